// A program that polls: nothing goes live and nothing is told outside of hr_poll(). The first case
// runs before any poll of this process.
#include <atomic>
#include <thread>

#include "fake_tool.h"
#include "src/host.h"
#include "src/poll_gate.h"
#include "support/catch.h"
#include "tiny_host.h"

using namespace hr;
using runtime::Host;
using test::FakeTool;
using test::TinyHost;

namespace {

struct Polling {
  Polling() {
    Host::get().module_loaded(host.info);
    Host::get().poll();
    tool.announce();
    hello = tool.greet();
  }

  ~Polling() { Host::get().module_unloaded(host.info); }

  wire::Reload reload(const std::string& version, std::uint32_t number) {
    wire::Reload message;
    message.reload_id = number;
    message.modules.push_back(host.reload(version, number));
    return message;
  }

  // Until something waits for the next poll.
  bool ready() {
    return test::wait_until([] { return (runtime::poll_gate.load() & runtime::gate_work) != 0; });
  }

  TinyHost host{false};
  FakeTool tool{host.folder.path()};
  wire::Hello hello;
};

struct Counter {
  static void call(const hr_event* event, void* user) {
    auto& counter = *static_cast<Counter*>(user);
    ++counter.calls;
    counter.kinds += std::to_string(event->kind);
    counter.thread = std::this_thread::get_id();
    Host::get().poll();  // a callback may poll: it does nothing then
  }

  Counter() { Host::get().listeners().add(&call, this); }

  ~Counter() { Host::get().listeners().remove(&call, this); }

  int calls = 0;
  std::string kinds;
  std::thread::id thread;
};

}  // namespace

TEST_CASE("The first poll is told to the tool") {
  TinyHost host(false);
  Host::get().module_loaded(host.info);
  FakeTool tool(host.folder.path());
  tool.announce();
  CHECK_FALSE(tool.greet().polls);
  CHECK(Host::get().poll() == 0);
  // What came before the greeting may be told once more first.
  CHECK(test::wait_until([&] { return tool.expect<wire::ModulesChanged>().polls; }));
  CHECK(runtime::poll_gate.load() == 0);
  Host::get().module_unloaded(host.info);
}

TEST_CASE("A reload waits for the poll, and events come with it") {
  Polling program;
  Counter counter;
  CHECK(program.hello.polls);
  program.tool.send(wire::BuildFinished{});
  program.tool.send(program.reload("2", 1));
  REQUIRE(program.ready());
  CHECK(program.host.call("tiny_version") == 1);
  CHECK(counter.calls == 0);
  int live = 0;
  CHECK(test::wait_until([&] { return (live += Host::get().poll()) > 0; }));
  CHECK(live == 1);
  CHECK(program.host.call("tiny_version") == 2);
  CHECK(counter.kinds == "612");
  CHECK(counter.thread == std::this_thread::get_id());
  const auto committed = program.tool.expect<wire::Committed>();
  CHECK(committed.reload_id == 1);
  CHECK(committed.wait_us > 0);
}

TEST_CASE("A newer reload takes the place of one that nobody polled for") {
  Polling program;
  program.tool.send(program.reload("2", 1));
  REQUIRE(program.ready());
  program.tool.send(program.reload("3", 2));
  CHECK(program.tool.expect<wire::RefusedByHost>().reload_id == 1);
  int live = 0;
  CHECK(test::wait_until([&] { return (live += Host::get().poll()) > 0; }));
  CHECK(program.tool.expect<wire::Committed>().reload_id == 2);
  CHECK(program.host.call("tiny_version") == 3);
}

TEST_CASE("A reload dies with its session, and with its module") {
  Polling program;
  program.tool.send(program.reload("2", 1));
  REQUIRE(program.ready());
  SECTION("the tool goes") {
    program.tool.withdraw();
    program.tool.hang_up();
    FakeTool next(program.host.folder.path(), "next");
    next.announce();
    CHECK(next.greet().modules[0].generations.size() == 1);
  }
  SECTION("the module goes") {
    Host::get().module_unloaded(program.host.info);
    CHECK(program.tool.host_hangs_up());
  }
  CHECK(Host::get().poll() == 0);
  CHECK(program.host.call("tiny_version") == 1);
}

TEST_CASE("Four threads call and poll while 200 reloads go live") {
  Polling program;
  using Function = int (*)();
  const auto version = reinterpret_cast<Function>(program.host.symbol("tiny_version"));
  const auto count = reinterpret_cast<Function>(program.host.symbol("tiny_count"));
  std::atomic<bool> stop{false};
  std::atomic<long> calls{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      while (!stop.load()) {
        const int seen = version();
        wrong += seen < 1 || seen > 3;
        count();
        ++calls;
        Host::get().poll();
      }
    });
  for (std::uint32_t number = 1; number <= 200; ++number) {
    const std::string next = std::to_string(number % 3 + 1);
    program.tool.send(program.reload(next, number));
    REQUIRE(program.tool.expect<wire::Committed>().modules[0].generation == number);
    CHECK(version() == static_cast<int>(number % 3 + 1));
    program.host.committed(next, number);
  }
  stop = true;
  for (std::thread& thread : threads)
    thread.join();
  CHECK(wrong == 0);
  CHECK(count() == 100 + calls.load() + 1);
}
