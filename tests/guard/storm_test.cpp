// A thousand crashes in four threads, each bad build rolled back and followed by a good one.

#include "publish/publish.h"
#include "runtime/fake_tool.h"
#include "runtime/symbols.h"
#include "runtime/tiny_host.h"
#include "support/catch.h"
#include "support/child.h"

using namespace hr;
using test::FakeTool;

namespace {

const std::filesystem::path build = HR_TEST_CRASHING_FOLDER;

std::string library(int version) {
  return (build / ("libcrashing_" + std::to_string(version) + ".so")).string();
}

const char* const functions[] = {"crash_update", "crash_version", "crash_steps_done"};

// The reloads of a tool that keeps book by hand.
class Reloads {
 public:
  Reloads() : newest_(test::read_symbols(library(1))), oldest_(newest_) {}

  wire::Reload next(int version, std::uint32_t withdrawals) {
    const test::Symbols symbols = test::read_symbols(library(version));
    wire::ModuleReload module;
    module.module = "crashing";
    module.generation = ++number_;
    module.build_id = test::build_id_of(library(version));
    module.withdrawals = withdrawals;
    module.path = publish(version, symbols);
    wire::Rewiring rewiring;
    std::uint32_t slot = 0;
    for (const char* function : functions) {
      rewiring.slots.push_back({slot, symbols[function]});
      rewiring.supersede.push_back({newest_number_, newest_[function], newest_[function], slot});
      ++slot;
    }
    wire::Home home;
    home.address = oldest_["crash_steps"];
    rewiring.homes.push_back(home);
    rewiring.data.push_back({symbols.pointer_to.at("crash_steps"), symbols["crash_steps"], 0, 0});
    module.rewiring = wire::encode(rewiring);
    sent_ = symbols;
    wire::Reload reload;
    reload.reload_id = number_;
    reload.modules.push_back(module);
    return reload;
  }

  void committed() {
    newest_ = sent_;
    newest_number_ = number_;
  }

 private:
  std::string publish(int version, const test::Symbols& symbols) const {
    hrwatch::publish::Request request;
    request.library = library(version);
    request.folder = build / ".hrwatch" / "gen";
    request.module = "crashing";
    request.generation = number_;
    request.build_id = test::build_id_of(library(version));
    for (const char* function : functions)
      request.nops.push_back(symbols[function]);
    auto published = hrwatch::publish::publish(request);
    REQUIRE(published.ok());
    return published.value();
  }

  test::Symbols newest_, oldest_, sent_;
  std::uint32_t newest_number_ = 0;
  std::uint32_t number_ = 0;
};

struct Tally {
  std::uint32_t withdrawals = 0;
  int crashes = 0;
  int reloads = 0;
};

// Sends a bad build, waits until it is taken back, sends a good one, until the program ends.
Tally serve(FakeTool& tool, Reloads& reloads) {
  Tally tally;
  bool bad = true;
  tool.send(reloads.next(2, 0));
  while (auto message = tool.next()) {
    bool send = false;
    if (std::holds_alternative<wire::Committed>(*message)) {
      reloads.committed();
      ++tally.reloads;
      send = !bad;
    } else if (const auto* withdrawn = std::get_if<wire::Withdrawn>(&*message)) {
      ++tally.withdrawals;
      CHECK(withdrawn->modules.size() == 1);
      send = bad;
    } else if (std::holds_alternative<wire::Crashed>(*message)) {
      ++tally.crashes;
    } else if (const auto* refused = std::get_if<wire::RefusedByHost>(&*message)) {
      // A program that ends takes its module with it.
      if (!refused->failure.why.starts_with("the program has unloaded it"))
        FAIL(refused->failure.what << ": " << refused->failure.why);
    }
    if (send) {
      bad = !bad;
      tool.send(reloads.next(bad ? 2 : 3, tally.withdrawals));
    }
  }
  return tally;
}

}  // namespace

TEST_CASE("A thousand crashes in four threads, with reloads between") {
  std::filesystem::remove_all(build / ".hrwatch");
  std::filesystem::create_directories(build / ".hrwatch" / "gen");
  std::filesystem::permissions(build / ".hrwatch", std::filesystem::perms::owner_all);
  std::filesystem::permissions(build / ".hrwatch" / "gen", std::filesystem::perms::owner_all);
  FakeTool tool(build);
  tool.announce();
  hrwatch::tests::Child program({.arguments = {HR_TEST_HOST, "storm", library(1)}});
  tool.greet();
  Reloads reloads;
  const Tally tally = serve(tool, reloads);
  const auto status = program.wait(std::chrono::seconds(60));
  program.drain(std::chrono::seconds(5));
  INFO(program.screen() << program.errors());
  INFO(tally.reloads << " reloads, " << tally.withdrawals << " taken back, " << tally.crashes
                     << " crashes told");
  CHECK(status.value_or(-1) == 0);
  CHECK(tally.withdrawals > 100);
  CHECK(tally.crashes >= static_cast<int>(tally.withdrawals) - 1);
  std::printf("%d reloads, %u taken back, %d crashes told; %s", tally.reloads, tally.withdrawals,
              tally.crashes, program.screen().c_str());
}
