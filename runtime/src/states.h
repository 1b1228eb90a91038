// The named objects that the runtime keeps for the program (hr_state). Knows no module and no
// reload; migration.h changes what it keeps.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "hr/state.h"

namespace hr::runtime {

struct State {
  std::string name;
  const hr_type* type = nullptr;  // the table of the build that made it, or migrated it last
  void* object = nullptr;         // never moves
  std::size_t room = 0;           // bytes there
  bool made = false;
  std::vector<const hr_type*> users;  // every table that asked for it
};

class States {
 public:
  // The one of this process. Never destroyed.
  static States& get();

  // See hr_state. Throws what the type's constructor throws, and std::bad_alloc.
  void* find_or_make(const char* name, const hr_type& type);

  // Held while objects change; a thread that holds it may ask for states and make them.
  std::recursive_mutex& mutex() { return mutex_; }

  // Only with the mutex held. A reference stays valid for ever.
  std::list<State>& all() { return states_; }

 private:
  State* find(const char* name, const hr_type& type);

  std::recursive_mutex mutex_;
  std::list<State> states_;
};

// Address space for an object of `size` bytes and more, zeroed, page aligned; `room` gets how many
// bytes there are. nullptr when there is none. Never given back.
void* reserve_room(std::size_t size, std::size_t& room);

}  // namespace hr::runtime
