// What an opened library's status says: a state machine over what happens to its file. Knows no
// file, no thread and no bindings.
#pragma once

#include <string>

#include "hr/explicit.h"
#include "wire/result.h"

namespace hr::runtime {

class LibraryProgress {
 public:
  hr_library_state state() const { return state_; }

  // 0 = the first that went live, -1 = none did yet.
  int generation() const { return generation_; }

  const wire::Failure& failure() const { return failure_; }

  // Each says what happened, and returns whether the program is to be told: the state is another
  // one, or another reason holds.

  // The file is not there, or not whole yet.
  bool not_there(wire::Failure why);
  // A whole file with new content is being loaded.
  bool loading();
  // What was being loaded, or anything else, went wrong; what is live goes on.
  bool failed(wire::Failure why);
  // The file holds what is live; `waits`: what waits to go live.
  bool unchanged(bool waits);
  // What was loaded has gone live.
  bool live();
  // Nothing is live any more.
  bool unloaded();

  // Something that was asked for could not be done; the file's state is what it was.
  void note(wire::Failure why) { failure_ = std::move(why); }

 private:
  bool go(hr_library_state state, wire::Failure failure);

  hr_library_state state_ = HR_LIBRARY_WAITING;
  int generation_ = -1;
  wire::Failure failure_;
};

}  // namespace hr::runtime
