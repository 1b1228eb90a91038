// Ten thousand swaps under four threads that call: each sees all of one library, or all of another.
#include <array>
#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "explicit/plug.h"
#include "support/catch.h"

namespace hrwatch::tests {

namespace {

int (*version)(void);
int (*twice)(int);
PlugTable table;

// The callers' way round an unload: they hold it shared around their calls, and wait outside as
// soon as it is to be shut (a shared_mutex lets readers pass a waiting writer).
struct Door {
  void enter() {
    while (shutting.load(std::memory_order_relaxed))
      std::this_thread::yield();
    mutex.lock_shared();
  }

  std::shared_mutex mutex;
  std::atomic<bool> shutting{false};
  int swaps = 0;
};

// Old libraries go while no caller is inside.
hr_hooks hooks_with(Door& door) {
  hr_hooks hooks = {};
  hooks.struct_size = sizeof(hooks);
  hooks.user = &door;
  hooks.thaw = [](hr_library* library, void* user) {
    Door& here = *static_cast<Door*>(user);
    if (++here.swaps % 50 != 0)
      return;
    here.shutting = true;
    const std::unique_lock lock(here.mutex);
    CHECK(hr_unload(library, HR_UNLOAD_OLD) == 0);
    here.shutting = false;
  };
  return hooks;
}

// One round of a caller: false when it saw a mixture.
bool one_round(const hr_library* library) {
  const hr_view* const view = hr_look(library);
  const int seen = HR_SEEN(view, version)();
  const auto* const seen_table = static_cast<const PlugTable*>(hr_view_table(view, &table));
  const bool one_view = seen_table->version == seen && seen_table->version_again == seen &&
                        seen_table->plus(7) == 7 + seen && HR_SEEN(view, twice)(21) == 42;
  const int now = HR_LOAD(version)();
  return one_view && (now == 1 || now == 2) && HR_LOAD(twice)(4) == 8 &&
         HR_LOAD(table.plus)(0) <= 2;
}

}  // namespace

TEST_CASE("10,000 swaps under four calling threads") {
  const Plug plug("swaps");
  plug.truncate("1");
  Door door;
  const hr_hooks hooks = hooks_with(door);
  hr_library* library = hr_open_with(plug.path().c_str(), &hooks);
  REQUIRE(hr_bind(library, "plug_version", &version) == 1);
  REQUIRE(hr_bind(library, "plug_twice", &twice) == 1);
  REQUIRE(hr_bind_table(library, "plug_table", &table) == 1);
  std::atomic<bool> stop{false};
  std::atomic<long> rounds{0};
  std::atomic<long> wrong{0};
  std::array<std::thread, 4> callers;
  for (std::thread& caller : callers) {
    caller = std::thread([&] {
      while (!stop.load(std::memory_order_relaxed)) {
        door.enter();
        wrong += one_round(library) ? 0 : 1;
        door.mutex.unlock_shared();
        ++rounds;
        std::this_thread::yield();  // on two processors, four spinning threads leave no room
      }
    });
  }
  const std::array<std::string, 2> builds = {hrwatch::tests::plug("2"), hrwatch::tests::plug("1")};
  long live = 0;
  constexpr int swaps = 10'000;
  for (int i = 0; i < swaps; ++i) {
    plug.folder().replace("lib/libplug.so", builds[static_cast<std::size_t>(i % 2)]);
    live += hr_reload(library);
  }
  stop = true;
  for (std::thread& caller : callers)
    caller.join();
  CHECK(live == swaps);
  CHECK(hr_loaded(library) == swaps);
  CHECK(wrong == 0);
  CHECK(rounds > swaps);
  CHECK(hr_unload(library, HR_UNLOAD_ALL) == 0);
  hr_close(library);
}

}  // namespace hrwatch::tests
