// What a reload does to the objects the runtime knows: named states. Between prepare and commit;
// knows the modules, not how an object is moved.
#pragma once

#include <memory>
#include <string>
#include <vector>

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
  TypeChanges changes_;
  std::vector<State*> states_;
  std::unique_ptr<Migration> migration_;
};

}  // namespace hr::runtime
