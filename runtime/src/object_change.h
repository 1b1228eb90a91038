// What a reload does to the objects the runtime knows: named states and live objects. Between
// prepare and commit; knows the modules, not how an object is moved.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/live_objects.h"
#include "src/migration.h"
#include "src/prepare.h"
#include "src/states.h"

namespace hr::runtime {

class ObjectChange {
 public:
  // Plans the change and makes the new objects aside. nullptr: no object is concerned.
  // Errors: an object can't be migrated, or may not be here and now; nothing happened then.
  // Under States::mutex().
  static wire::Result<std::unique_ptr<ObjectChange>> begin(const Prepared& prepared);

  // Puts the new objects in place, before any old function leads to a new one. Returns what
  // happened, a line each. No way back.
  std::vector<std::string> carry_out();

 private:
  wire::Result<wire::Done> begin_states(const Prepared& prepared);
  wire::Result<wire::Done> begin_live(const Prepared& prepared);
  std::size_t change_vtables() const;

  TypeChanges changes_;
  std::unordered_map<Pointer, Pointer> vtables_;
  std::vector<State*> states_;
  std::vector<LiveObject> live_;
  std::unique_ptr<Migration> state_migration_;
  std::unique_ptr<Migration> live_migration_;
};

}  // namespace hr::runtime
