// Every call from many threads at once, about the same libraries: nothing waits for ever, nothing
// is torn. This program polls in one thread half of the time.
#include <array>
#include <atomic>
#include <random>
#include <thread>

#include "explicit/plug.h"
#include "support/catch.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

int (*version)(void);
PlugTable table;

// Whatever a thread might ask.
void ask(hr_library* library, std::mt19937& random, std::atomic<long>& wrong) {
  int (*mine)(void) = nullptr;
  switch (random() % 9) {
    case 0:
      hr_reload(library);
      break;
    case 1:
      hr_watch(library);
      break;
    case 2:
      wrong += hr_status(library) == 0;
      break;
    case 3:
      wrong += hr_error(library).what == nullptr;
      break;
    case 4:
      wrong += hr_symbol(library, "plug_twice") == nullptr;
      break;
    case 5:
      hr_bind(library, "plug_version", &version);
      break;
    case 6:
      if (hr_bind(library, "plug_calls", &mine) == 1)
        wrong += HR_LOAD(mine)() < 1;
      hr_unbind(library, &mine);
      break;
    case 7: {
      const hr_view* const view = hr_look(library);
      const auto* const seen = static_cast<const PlugTable*>(hr_view_table(view, &table));
      const auto seen_version = HR_SEEN(view, version);
      // Being bound again, it may not be there for a moment.
      if (seen != nullptr && seen_version != nullptr)
        wrong += seen_version() != seen->version || seen->plus(1) != 1 + seen->version;
      break;
    }
    default:
      wrong += hr_loaded(library) < 0;
      break;
  }
}

void crowd(const Plug& plug, bool polls) {
  plug.truncate("1");
  hr_library* library = hr_open(plug.path().c_str());
  REQUIRE(hr_bind(library, "plug_version", &version) == 1);
  REQUIRE(hr_bind_table(library, "plug_table", &table) == 1);
  REQUIRE(hr_watch(library) == 1);
  std::atomic<long> told{0};
  const auto listener = hr::on_event([&](const hr_event& event) {
    if (event.library != nullptr)
      told += hr_status(event.library) != 0 && hr_symbol(event.library, "plug_version") != nullptr;
  });
  std::atomic<bool> stop{false};
  std::atomic<long> wrong{0};
  std::array<std::thread, 4> threads;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    threads[i] = std::thread([&, i] {
      std::mt19937 random(static_cast<unsigned>(i));
      while (!stop) {
        ask(library, random, wrong);
        std::this_thread::yield();
      }
    });
  }
  const std::array<std::string, 3> builds = {"2", "3", "1"};  // the last one stays
  for (std::size_t i = 0; i < 402; ++i) {
    plug.rename(builds[i % builds.size()]);
    if (polls)
      hr_poll();
    std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads)
    thread.join();
  // The watching thread has the last word.
  CHECK(wait_until(
      [&] {
        if (polls)
          hr_poll();
        return hr_status(library) == HR_LIBRARY_OK && version() == 1 && table.version == 1;
      },
      std::chrono::seconds(20)));
  CHECK(wrong == 0);
  CHECK(told > 0);
  CHECK(hr_close(library) == 1);
}

}  // namespace

TEST_CASE("a crowd, and new code goes live at once") {
  crowd(Plug("crowd"), false);
}

TEST_CASE("a crowd, and new code waits for the poll") {
  hr_poll();
  crowd(Plug("crowd-polls"), true);
}

}  // namespace hrwatch::tests
