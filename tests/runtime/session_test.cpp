// The runtime against a tool played by the test, in a program that never polls: reloads go live at
// once, from the runtime's thread.
#include <map>
#include <mutex>

#include "fake_tool.h"
#include "hr/hr.h"
#include "src/host.h"
#include "support/catch.h"
#include "tiny_host.h"

using namespace hr;
using test::FakeTool;
using test::TinyHost;

namespace {

// What the program has been told, as text.
class Told {
 public:
  Told() { runtime::Host::get().listeners().add(&Told::call, this); }

  ~Told() {
    runtime::Host::get().listeners().remove(&Told::call, this);
    runtime::Host::get().outbox().wait_for_end();
  }

  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return told_;
  }

  bool has(const std::string& text) {
    const std::vector<std::string> told = all();
    return std::find(told.begin(), told.end(), text) != told.end();
  }

 private:
  static void call(const hr_event* event, void* user) {
    Told& told = *static_cast<Told*>(user);
    std::string text = std::to_string(event->kind) + " " + event->module;
    if (event->generation != 0)
      text += " " + std::to_string(event->generation);
    for (unsigned i = 0; i < event->diagnostic_count; ++i)
      text += std::string(" ") + event->diagnostics[i].message;
    const std::lock_guard lock(told.mutex_);
    told.told_.push_back(text);
  }

  std::mutex mutex_;
  std::vector<std::string> told_;
};

// A module that has presented itself; takes its leave at the end.
struct Presented {
  Presented() { runtime::Host::get().module_loaded(host.info); }

  ~Presented() { runtime::Host::get().module_unloaded(host.info); }

  TinyHost host{false};
};

wire::Reload one(TinyHost& host, const std::string& version, std::uint32_t number) {
  wire::Reload reload;
  reload.reload_id = 100 + number;
  reload.modules.push_back(host.reload(version, number));
  return reload;
}

}  // namespace

TEST_CASE("A host joins a session that is there before it") {
  test::BuildFolder unused;
  TinyHost host(false);
  FakeTool tool(host.folder.path());
  tool.announce();
  runtime::Host::get().module_loaded(host.info);
  const wire::Hello hello = tool.greet();
  REQUIRE(hello.modules.size() == 1);
  CHECK(hello.modules[0].name == "tiny");
  CHECK(hello.modules[0].path ==
        (host.folder.path() / test::library_name("tiny")).generic_string());
  CHECK(hello.modules[0].generations.size() == 1);
  CHECK_FALSE(hello.modules[0].problem);
  CHECK_FALSE(hello.polls);
  CHECK(hello.modules[0].image_descriptor > 2);
  CHECK(hello.modules[0].base != 0);
  runtime::Host::get().module_unloaded(host.info);
}

TEST_CASE("A host joins a session that comes later, and every one after that") {
  Presented presented;
  FakeTool first(presented.host.folder.path(), "first");
  CHECK_FALSE(first.is_called(50));
  first.announce();
  first.greet();
  first.withdraw();
  first.hang_up();
  FakeTool second(presented.host.folder.path(), "second");
  second.announce();
  CHECK(second.greet().modules.size() == 1);
}

TEST_CASE("A module that comes before the tool has answered is told of after that") {
  Presented presented;
  TinyHost second(false);
  TinyHost elsewhere(false);
  FakeTool tool(presented.host.folder.path());
  FakeTool other(elsewhere.folder.path());
  other.announce();
  tool.announce();
  tool.accept();
  REQUIRE(tool.expect<wire::Hello>().modules.size() == 1);
  hr_module_info beside = second.info;
  beside.build_dir = presented.host.folder.name().c_str();
  runtime::Host::get().module_loaded(beside);
  runtime::Host::get().module_loaded(elsewhere.info);
  other.greet();  // the host has seen both by now, and had nobody to tell of the first
  tool.send(wire::Welcome{wire::protocol_version, tool.answer});
  CHECK(tool.expect<wire::ModulesChanged>().modules.size() == 2);
  runtime::Host::get().module_unloaded(elsewhere.info);
  runtime::Host::get().module_unloaded(beside);
}

TEST_CASE("A reload goes live at once in a program that does not poll") {
  Presented presented;
  Told told;
  FakeTool tool(presented.host.folder.path());
  tool.announce();
  tool.greet();
  CHECK(presented.host.call("tiny_version") == 1);
  tool.send(wire::BuildStarted{{"tiny"}});
  tool.send(wire::BuildFinished{});
  tool.send(one(presented.host, "2", 4));
  const auto committed = tool.expect<wire::Committed>();
  CHECK(committed.reload_id == 104);
  REQUIRE(committed.modules.size() == 1);
  CHECK(committed.modules[0].module == "tiny");
  CHECK(committed.modules[0].generation == 4);
  CHECK(committed.load_us > 0);
  CHECK(committed.wait_us == 0);
  CHECK(presented.host.call("tiny_version") == 2);
  CHECK(runtime::Host::get().generation("tiny") == 4);
  CHECK(test::wait_until([&] { return told.has("2 tiny 4"); }));
  CHECK(told.all() == std::vector<std::string>{"4 ", "6 ", "1 tiny 4", "2 tiny 4"});
}

TEST_CASE("A failed build reaches the program with its diagnostics") {
  Presented presented;
  Told told;
  FakeTool tool(presented.host.folder.path());
  tool.announce();
  tool.greet();
  tool.send(wire::BuildFailed{{{"a.cpp", 3, 1, "error", "missing ;"}}});
  CHECK(test::wait_until([&] { return told.has("5  missing ;"); }));
}

TEST_CASE("A reload that can't be prepared is refused, and leaves the module byte for byte") {
  Presented presented;
  Told told;
  TinyHost& host = presented.host;
  FakeTool tool(host.folder.path());
  tool.announce();
  tool.greet();
  const auto module = runtime::Host::get().modules().back();
  const std::string before = test::image_bytes(*module);
  wire::Reload reload = one(host, "2", 1);
  SECTION("a symbol is missing") {
    reload.modules[0] = host.reload("missing", 2);
  }
  SECTION("it lies outside the build folder") {
    reload.modules[0].path = test::tiny_library("2");
  }
  SECTION("another build was announced") {
    reload.modules[0].build_id = "1234";
  }
  if (test::files_have_modes()) {
    SECTION("others may write to it") {
      std::filesystem::permissions(reload.modules[0].path, std::filesystem::perms(0666));
    }
    SECTION("it is a link") {
      const std::string real = reload.modules[0].path;
      reload.modules[0].path = real + ".link";
      std::filesystem::create_symlink(real, reload.modules[0].path);
    }
  }
  SECTION("it is a folder") {
    std::filesystem::remove(reload.modules[0].path);
    std::filesystem::create_directory(reload.modules[0].path);
  }
  SECTION("it has not been prepared") {
    std::filesystem::remove(reload.modules[0].path);
    std::filesystem::copy_file(test::tiny_library("2"), reload.modules[0].path);
  }
  SECTION("the rewiring is garbage") {
    reload.modules[0].rewiring.resize(5);
  }
  SECTION("the rewiring forwards a place that is no entry") {
    wire::Rewiring rewiring = host.rewiring("2", 1);
    rewiring.supersede.back().entry += 16;
    reload.modules[0].rewiring = wire::encode(rewiring);
  }
  SECTION("the rewiring writes outside the new generation") {
    wire::Rewiring rewiring = host.rewiring("2", 1);
    rewiring.code.back().at = std::uint64_t{1} << 40;
    reload.modules[0].rewiring = wire::encode(rewiring);
  }
  SECTION("the rewiring names a generation that is not there") {
    wire::Rewiring rewiring = host.rewiring("2", 1);
    rewiring.homes.back().generation = 9;
    reload.modules[0].rewiring = wire::encode(rewiring);
  }
  SECTION("the rewiring copies an image from nowhere") {
    wire::Rewiring rewiring = host.rewiring("2", 1);
    rewiring.images.back().size = std::uint64_t{1} << 60;
    reload.modules[0].rewiring = wire::encode(rewiring);
  }
  SECTION("the second module of the save is not loaded") {
    reload.modules.push_back(reload.modules[0]);
    reload.modules[1].module = "stranger";
  }
  SECTION("an initialiser throws") {
    wire::Rewiring rewiring = host.rewiring("2", 1);
    rewiring.initialisers.push_back(
        {test::read_symbols(test::tiny_library("2"))["tiny_throw"], "tiny_fresh"});
    reload.modules[0].rewiring = wire::encode(rewiring);
  }
  tool.send(reload);
  const auto refused = tool.expect<wire::RefusedByHost>();
  CHECK(refused.reload_id == reload.reload_id);
  CHECK_FALSE(refused.failure.what.empty());
  CHECK_FALSE(refused.failure.why.empty());
  CHECK_FALSE(refused.failure.fix.empty());
  CHECK(test::wait_until([&] { return !told.all().empty(); }));
  CHECK(test::image_bytes(*module) == before);
  CHECK(host.call("tiny_version") == 1);
  tool.send(one(host, "3", 3));
  CHECK(tool.expect<wire::Committed>().modules[0].generation == 3);
  CHECK(host.call("tiny_version") == 3);
}

TEST_CASE("A module that leaves is forgotten, and is generation 0 when it comes again") {
  Presented presented;
  FakeTool tool(presented.host.folder.path());
  tool.announce();
  tool.greet();
  tool.send(one(presented.host, "2", 1));
  tool.expect<wire::Committed>();
  runtime::Host::get().module_unloaded(presented.host.info);
  CHECK(runtime::Host::get().generation("tiny") == -1);
  CHECK(tool.host_hangs_up());
  runtime::Host::get().module_loaded(presented.host.info);
  CHECK(tool.greet().modules[0].generations.size() == 1);
}

TEST_CASE("A session that is none is left alone until its file changes") {
  Presented presented;
  FakeTool tool(presented.host.folder.path());
  SECTION("garbage") {
    tool.announce_text("{\"protocol\":");
  }
  if (test::files_have_modes()) {
    SECTION("readable by others") {
      tool.announce(wire::protocol_version, 0644);
    }
  }
  SECTION("another protocol") {
    tool.announce(wire::protocol_version + 1);
  }
  SECTION("nobody listens there") {
    tool.announce_text("{\"protocol\":1,\"pid\":1,\"socket\":\"" + test::nobodys_address() +
                       "\",\"token\":\"t\",\"answer\":\"a\"}");
  }
  CHECK_FALSE(tool.is_called(50));
  FakeTool good(presented.host.folder.path(), "good");
  good.announce();
  good.greet();
}

TEST_CASE("A tool that does not prove itself is left") {
  Presented presented;
  FakeTool tool(presented.host.folder.path());
  tool.announce();
  tool.accept();
  SECTION("a wrong answer") {
    tool.send(wire::Welcome{wire::protocol_version, "wrong"});
  }
  SECTION("a reload before any answer") {
    tool.send(one(presented.host, "2", 1));
  }
  SECTION("an oversize frame") {
    tool.send_bytes(std::vector<std::byte>(16, std::byte{0xff}));
  }
  SECTION("rejected") {
    tool.send(wire::Rejected{{"no", "because", "do"}});
  }
  CHECK(tool.host_hangs_up());
  CHECK(presented.host.call("tiny_version") == 1);
}

TEST_CASE("A frame may come in pieces, and be cut off") {
  Presented presented;
  FakeTool tool(presented.host.folder.path());
  tool.announce();
  tool.greet();
  const auto bytes = wire::encode(wire::ToolMessage(one(presented.host, "2", 1)));
  for (std::size_t at = 0; at < bytes.size(); at += 97)
    tool.send_bytes({bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at + 97, bytes.size()))});
  tool.expect<wire::Committed>();
  tool.send_bytes({bytes.begin(), bytes.begin() + 50});
  tool.withdraw();
  tool.hang_up();
  FakeTool next(presented.host.folder.path(), "next");
  next.announce();
  CHECK(next.greet().modules[0].generations.size() == 2);
}

TEST_CASE("A build folder that is wiped and made again is found again") {
  Presented presented;
  const auto folder = presented.host.folder.path() / ".hrwatch";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  FakeTool tool(presented.host.folder.path());
  tool.announce();
  CHECK(tool.greet().modules.size() == 1);
}
