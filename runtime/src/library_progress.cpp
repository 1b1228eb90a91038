#include "src/library_progress.h"

namespace hr::runtime {

bool LibraryProgress::go(hr_library_state state, wire::Failure failure) {
  const bool news = state != state_ || failure != failure_;
  state_ = state;
  failure_ = std::move(failure);
  return news;
}

bool LibraryProgress::not_there(wire::Failure why) {
  return go(HR_LIBRARY_WAITING, std::move(why));
}

bool LibraryProgress::loading() {
  return go(HR_LIBRARY_LOADING, {});
}

bool LibraryProgress::failed(wire::Failure why) {
  return go(HR_LIBRARY_ERROR, std::move(why));
}

bool LibraryProgress::unchanged(bool waits) {
  return go(waits ? HR_LIBRARY_LOADING : HR_LIBRARY_OK, {});
}

bool LibraryProgress::live() {
  ++generation_;
  go(HR_LIBRARY_OK, {});
  return true;
}

bool LibraryProgress::unloaded() {
  generation_ = -1;
  return go(HR_LIBRARY_WAITING, {"nothing is loaded", "the program has unloaded it",
                                 "call hr_reload() to load it again"});
}

}  // namespace hr::runtime
