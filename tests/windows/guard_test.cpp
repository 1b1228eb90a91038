// Guarded frames that crash in code which counts as a module's: here a function of the test itself.
#include "src/guard.h"

#include <windows.h>

#include <array>
#include <thread>

#include "src/code_map.h"
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

TEST_CASE("Exceptions are the program's own") {
  be_a_module();
  CHECK_THROWS(run_guarded([](void*) { throw 1; }, nullptr));
  CHECK(guard_thread()->innermost.load() == nullptr);
}
