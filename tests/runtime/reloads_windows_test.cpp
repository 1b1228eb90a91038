// What a host that runs for long goes through on Windows: a thousand reloads, copies that are not
// at their place, copies that are given up.
#include <windows.h>
#include <tlhelp32.h>

#include <thread>

#include "src/commit.h"
#include "src/prepare.h"
#include "support/catch.h"
#include "tiny_host.h"

using namespace hr;
using test::TinyHost;

namespace {

std::string text_of(const wire::Failure& failure) {
  return failure.what + ": " + failure.why;
}

DWORD handles() {
  DWORD count = 0;
  GetProcessHandleCount(GetCurrentProcess(), &count);
  return count;
}

int threads() {
  const HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  REQUIRE(all != INVALID_HANDLE_VALUE);
  THREADENTRY32 one = {};
  one.dwSize = sizeof one;
  int count = 0;
  for (BOOL more = Thread32First(all, &one); more != 0; more = Thread32Next(all, &one))
    count += one.th32OwnerProcessID == GetCurrentProcessId() ? 1 : 0;
  CloseHandle(all);
  return count;
}

}  // namespace

TEST_CASE("A thousand reloads: each goes live at its place, and none leaves a handle or thread") {
  TinyHost host(true, "small_1");
  REQUIRE_FALSE(host.module->problem());
  REQUIRE(host.module->space().place_count() > 1000);
  const auto pointer = reinterpret_cast<int (*(*)())()>(host.symbol("tiny_pointer"))();
  const auto reload_now = [&](std::uint32_t number) {
    const std::string version = number % 2 == 1 ? "small_2" : "small_1";
    auto prepared = runtime::prepare(host.module, host.reload(version, number));
    INFO((prepared ? "" : text_of(prepared.failure())));
    REQUIRE(prepared.ok());
    REQUIRE(runtime::commit(*prepared.value()).ok());
    host.committed(version, number);
    REQUIRE(host.call("tiny_version") == (number % 2 == 1 ? 2 : 1));
    REQUIRE(host.module->find(number)->image.begin == host.place_of(number));
  };
  reload_now(1);
  const DWORD handles_before = handles();
  const int threads_before = threads();
  for (std::uint32_t number = 2; number <= 1000; ++number)
    reload_now(number);
  CHECK(handles() == handles_before);
  CHECK(threads() == threads_before);
  CHECK(pointer() == 11);
  CHECK(host.call("tiny_count") == 101);  // one counter for all of them
}

TEST_CASE("A hundred reloads that are given up leave nothing") {
  TinyHost host(true, "small_1");
  const auto reload = host.reload("small_2", 1);
  const std::string before = test::image_bytes(*host.module);
  const std::string rights = test::memory_rights(host.module->generation_0().path);
  const auto give_up = [&] {
    auto prepared = runtime::prepare(host.module, reload);
    INFO((prepared ? "" : text_of(prepared.failure())));
    REQUIRE(prepared.ok());
    REQUIRE(test::is_mapped(reload.path));
    prepared.value().reset();
    REQUIRE_FALSE(test::is_mapped(reload.path));
  };
  give_up();
  const DWORD handles_before = handles();
  const int threads_before = threads();
  for (int i = 1; i < 100; ++i)
    give_up();
  CHECK(handles() == handles_before);
  CHECK(threads() == threads_before);
  CHECK(test::image_bytes(*host.module) == before);
  CHECK(test::memory_rights(host.module->generation_0().path) == rights);
  CHECK(host.call("tiny_version") == 1);
}

TEST_CASE("thread_local variables of the module stay, in threads of before and after") {
  TinyHost host;
  CHECK(host.call("tiny_thread_count") == 1001);
  auto given_up = runtime::prepare(host.module, host.reload("2", 1));
  REQUIRE(given_up.ok());
  given_up.value().reset();
  CHECK(host.call("tiny_thread_count") == 1002);
  auto prepared = runtime::prepare(host.module, host.reload("2", 2));
  REQUIRE(prepared.ok());
  REQUIRE(runtime::commit(*prepared.value()).ok());
  CHECK(host.call("tiny_thread_count") == 1003);
  int elsewhere = 0;
  std::thread([&] { elsewhere = host.call("tiny_thread_count"); }).join();
  CHECK(elsewhere == 1001);
}

TEST_CASE("A copy that was made for another host's place goes live where it lands, within reach") {
  TinyHost host;
  auto reload = host.reload("2", 1);
  // As a host has it whose module lies 64 KB higher.
  std::filesystem::remove(reload.path);
  test::publish_into(host.folder.gen(), test::tiny_library("2"), "tiny", 1,
                     host.place_of(1) + 0x10000);
  auto prepared = runtime::prepare(host.module, reload);
  if (!prepared) {
    CHECK(prepared.failure().why.find("more than 2 GB away") != std::string::npos);
    return;
  }
  REQUIRE(runtime::commit(*prepared.value()).ok());
  CHECK(host.call("tiny_version") == 2);
  CHECK(host.module->state().generations.back().distance ==
        static_cast<std::int64_t>(host.module->find(1)->image.begin -
                                  host.module->generation_0().begin));
}

TEST_CASE("A copy that lands out of reach is refused, and gone") {
  TinyHost host;
  const std::string before = test::image_bytes(*host.module);
  auto reload = host.reload("2", 1);
  std::filesystem::remove(reload.path);
  constexpr std::uint64_t far_away = 0x20'0000'0000;
  test::publish_into(host.folder.gen(), test::tiny_library("2"), "tiny", 1,
                     host.place_of(1) < 2 * far_away ? 4 * far_away : far_away);
  const auto refused = runtime::prepare(host.module, reload);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().why.find("more than 2 GB away") != std::string::npos);
  CHECK_FALSE(refused.failure().fix.empty());
  CHECK_FALSE(test::is_mapped(reload.path));
  CHECK(test::image_bytes(*host.module) == before);
  auto next = runtime::prepare(host.module, host.reload("3", 2));
  REQUIRE(next.ok());
  REQUIRE(runtime::commit(*next.value()).ok());
  CHECK(host.call("tiny_version") == 3);
}

TEST_CASE("A copy of which the program holds a handle already is not loaded again") {
  TinyHost host;
  const auto reload = host.reload("2", 1);
  void* held = test::open_library(reload.path);
  REQUIRE(held != nullptr);
  const auto refused = runtime::prepare(host.module, reload);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().why == "the program has already loaded it");
  FreeLibrary(static_cast<HMODULE>(held));
  CHECK(runtime::prepare(host.module, reload).ok());
}

TEST_CASE("A module without patchable entries is a problem by name") {
  TinyHost host(false, "bare");
  const auto module = runtime::Module::adopt(host.info);
  REQUIRE(module != nullptr);
  REQUIRE(module->problem());
  CHECK(module->problem()->what == "module tiny has no patchable entries");
}
