#include "core/settle.h"

#include "support/catch.h"

namespace {

using namespace std::chrono_literals;
using hrwatch::core::FileChange;
using hrwatch::core::Settle;
using hrwatch::core::Time;

Time after(const Settle& settle, Time base) {
  return settle.due().value() - base;
}

TEST_CASE("settle: a single save is over after the quiet time") {
  Settle settle;
  CHECK_FALSE(settle.due());
  settle.add({"/p/a.cpp", FileChange::written, false, 1s});
  CHECK(after(settle, 1s) == 5ms);
}

TEST_CASE("settle: a rename into place counts as a save") {
  Settle settle;
  settle.add({"/p/a.cpp", FileChange::moved_in, false, 1s});
  CHECK(after(settle, 1s) == 5ms);
}

TEST_CASE("settle: a burst of many files waits longer, up to the limit") {
  Settle settle;
  for (int i = 0; i < 10; ++i) {
    settle.add({"/p/" + std::to_string(i), FileChange::written, false, 1s});
  }
  CHECK(after(settle, 1s) == 50ms);
  for (int i = 0; i < 2000; ++i) {
    settle.add({"/p/" + std::to_string(i), FileChange::written, false, 1s});
  }
  CHECK(after(settle, 1s) == 100ms);
}

TEST_CASE("settle: a file being written is waited for until it is closed") {
  Settle settle;
  settle.add({"/p/a.cpp", FileChange::being_written, true, 1s});
  CHECK(after(settle, 1s) == 2s);
  settle.add({"/p/a.cpp", FileChange::written, false, 1s + 300ms});
  CHECK(after(settle, 1s) == 305ms);
}

TEST_CASE("settle: a writer that never closes is not waited for longer than the deadline") {
  Settle settle;
  for (int i = 0; i <= 100; ++i) {
    settle.add({"/p/a.cpp", FileChange::being_written, false, 1s + i * 100ms});
  }
  CHECK(after(settle, 1s) == 3s);
}

TEST_CASE("settle: a truncated file gets a second to be filled") {
  Settle settle;
  settle.add({"/p/a.cpp", FileChange::written, true, 1s});
  CHECK(after(settle, 1s) == 1s);
  settle.add({"/p/a.cpp", FileChange::written, false, 1s + 10ms});
  CHECK(after(settle, 1s) == 15ms);
}

TEST_CASE("settle: a file that vanished may come back at once, as vim does it") {
  Settle settle;
  settle.add({"/p/a.cpp", FileChange::removed, false, 1s});
  CHECK(after(settle, 1s) == 50ms);
  settle.add({"/p/a.cpp", FileChange::created, true, 1s + 1ms});
  settle.add({"/p/a.cpp", FileChange::written, false, 1s + 2ms});
  CHECK(after(settle, 1s) == 7ms);
}

TEST_CASE("settle: a link appears with its content and is never closed") {
  Settle settle;
  settle.add({"/p/a.cpp", FileChange::created, false, 1s});
  CHECK(after(settle, 1s) == 5ms);
}

TEST_CASE("settle: lost events are acted on soon, and remembered") {
  Settle settle;
  settle.add_overflow(1s);
  CHECK(after(settle, 1s) == 100ms);
  CHECK(settle.take().overflow);
  CHECK(settle.empty());
  CHECK_FALSE(settle.take().overflow);
}

TEST_CASE("settle: a burst names its files once and the time of its last event") {
  Settle settle;
  settle.add({"/p/b.cpp", FileChange::written, false, 1s});
  settle.add({"/p/a.cpp", FileChange::written, false, 2s});
  settle.add({"/p/b.cpp", FileChange::written, false, 3s});
  const auto burst = settle.take();
  CHECK(burst.paths == std::vector<std::string>{"/p/a.cpp", "/p/b.cpp"});
  CHECK(burst.saved == 3s);
}

}  // namespace
