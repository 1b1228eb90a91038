// Guarded frames that crash in code which counts as a module's: here a function of the test itself.
#include "src/guard.h"

#include <windows.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "src/code_map.h"
#include "src/crash_signals.h"
#include "src/guard_frame.h"
#include "src/guard_thread.h"
#include "support/catch.h"

using namespace hr::runtime;

namespace {

// All code of this program is a module's from now on.
void be_a_module() {
  static const HotCode code("test", "");
  static const bool done = [] {
    const auto image = find_image(reinterpret_cast<const void*>(&be_a_module));
    REQUIRE(image.has_value());
    add_code(code, 0, *image);
    return true;
  }();
  REQUIRE(done);
  set_guard_policy(GuardPolicy::go_on);
}

// Beyond what the optimiser can see.
int* volatile nowhere = nullptr;

void writes_nowhere(void* user) {
  ++*static_cast<int*>(user);
  *nowhere = 1;
}

void executes_nothing(void*) {
  asm volatile("ud2");
}

void calls_nowhere(void*) {
  reinterpret_cast<void (*)()>(std::uintptr_t{16})();
}

void divides(void*) {
  asm volatile("xorl %%ecx, %%ecx\n\tmovl $1, %%eax\n\tcltd\n\tidivl %%ecx"
               :
               :
               : "eax", "ecx", "edx");
}

volatile bool endless = true;

int overflows(volatile char* above) {
  volatile char here[4096];  // one page, so that none is left out
  here[0] = above != nullptr ? above[0] : '\0';
  return endless ? overflows(&here[0]) + here[0] : 0;
}

void uses_up_the_stack(void*) {
  overflows(nullptr);
}

}  // namespace

TEST_CASE("Exceptions of code that is no module's are the program's own") {
  CHECK_THROWS(run_guarded([](void*) { throw 1; }, nullptr));
  CHECK(guard_thread()->innermost.load() == nullptr);
}

TEST_CASE("A guarded frame may crash in every way, and the thread goes on") {
  be_a_module();
  int count = 0;
  CHECK_FALSE(run_guarded(writes_nowhere, &count));
  CHECK(count == 1);
  CHECK(static_cast<DWORD>(guard_thread()->record.cause) == EXCEPTION_ACCESS_VIOLATION);
  CHECK_FALSE(run_guarded(executes_nothing, nullptr));
  CHECK_FALSE(run_guarded(calls_nowhere, nullptr));
  CHECK_FALSE(run_guarded(divides, nullptr));
  for (int i = 0; i < 3; ++i)
    CHECK_FALSE(run_guarded(uses_up_the_stack, nullptr));
  CHECK(run_guarded([](void* user) { ++*static_cast<int*>(user); }, &count));
  CHECK(count == 2);
}

TEST_CASE("A thousand access violations in a row") {
  be_a_module();
  int count = 0;
  for (int i = 0; i < 1000; ++i)
    CHECK_FALSE(run_guarded(writes_nowhere, &count));
  CHECK(count == 1000);
  CHECK(guard_thread()->innermost.load() == nullptr);
}

TEST_CASE("The innermost guard abandons its frame, the outer one goes on") {
  be_a_module();
  static int outer = 0;
  CHECK(run_guarded(
      [](void* user) {
        CHECK_FALSE(run_guarded(writes_nowhere, user));
        ++outer;
      },
      &outer));
  CHECK(outer == 2);
}

TEST_CASE("Threads crash side by side, and threads that come later too") {
  be_a_module();
  for (int turn = 0; turn < 3; ++turn) {
    std::array<int, 4> counts = {};
    std::vector<std::thread> threads;
    for (int& count : counts)
      threads.emplace_back([&count] {
        for (int i = 0; i < 50; ++i)
          run_guarded(writes_nowhere, &count);
      });
    for (std::thread& thread : threads)
      thread.join();
    for (const int count : counts)
      CHECK(count == 50);
  }
}

TEST_CASE("An exception out of module code abandons the frame, and says what it is") {
  be_a_module();
  GuardThread& thread = *enter_guard_thread();
  for (int i = 0; i < 100; ++i) {
    std::string detail;
    const Frame frame = [](void*) {
      throw std::runtime_error("no such level");
    };
    CHECK_FALSE(run_frame(thread, frame, nullptr, detail));
    CHECK(detail == "std::runtime_error: no such level");
    CHECK(thread.record.cause == cause_exception);
    CHECK(thread.record.site != 0);
  }
  CHECK(std::uncaught_exceptions() == 0);
  CHECK(thread.innermost.load() == nullptr);
  int caught = 0;
  const Frame catches = [](void* user) {
    try {
      throw 1;
    } catch (int number) {
      *static_cast<int*>(user) = number;
    }
  };
  CHECK(run_guarded(catches, &caught));
  CHECK(caught == 1);
}

TEST_CASE("abort() in module code abandons the frame, as often as it comes") {
  be_a_module();
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(run_guarded([](void*) { std::abort(); }, nullptr));
    CHECK(std::string(cause_name(guard_thread()->record.cause)) == "abort");
  }
  CHECK_FALSE(run_guarded([](void*) { std::terminate(); }, nullptr));
}

TEST_CASE("A frame that never returns is abandoned when somebody asks for it") {
  be_a_module();
  static std::atomic<int> spins{0};
  for (int turn = 0; turn < 10; ++turn) {
    spins = 0;
    bool whole = true;
    std::thread stuck([&] {
      whole = run_guarded(
          [](void*) {
            while (endless)
              ++spins;
          },
          nullptr);
      CHECK(std::string(cause_name(guard_thread()->record.cause)) == "request");
    });
    while (spins == 0)
      std::this_thread::yield();
    std::uint32_t busy = 0;
    CHECK(abandon_frames(0, &busy) == 1);
    CHECK(busy == 0);
    stuck.join();
    CHECK_FALSE(whole);
  }
}

TEST_CASE("What the runtime itself does is not abandoned") {
  be_a_module();
  static std::atomic<bool> inside{false}, done{false};
  std::thread busy_thread([] {
    CHECK(run_guarded(
        [](void*) {
          const InRuntime calling;
          inside = true;
          while (!done)
            std::this_thread::yield();
        },
        nullptr));
  });
  while (!inside)
    std::this_thread::yield();
  std::uint32_t busy = 0;
  CHECK(abandon_frames(0, &busy) == 0);
  CHECK(busy == 1);
  done = true;
  busy_thread.join();
}
