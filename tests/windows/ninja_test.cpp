// ninja.exe itself, as hrwatch runs it. HR_TEST_NINJA names it.
#include "build/ninja.h"

#include <windows.h>
#include <tlhelp32.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "support/catch.h"
#include "support/sandbox.h"
#include "support/turned_loop.h"
#include "windows/holder.h"

using namespace hrwatch;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience(30);

struct Builder {
  tests::Sandbox files{"ninja"};
  tests::TurnedLoop loop;
  std::string output;
  int progress = 0;
  std::optional<core::BuildFinished> finished;
  std::unique_ptr<build::Ninja> ninja =
      std::make_unique<build::Ninja>(loop.get(), [this](core::Event event) {
        if (const auto* text = std::get_if<core::BuildOutput>(&event))
          output += text->text;
        if (std::holds_alternative<core::BuildProgress>(event))
          ++progress;
        if (auto* end = std::get_if<core::BuildFinished>(&event))
          finished = std::move(*end);
      });

  ~Builder() {
    ninja.reset();
    CHECK(loop.close());
  }

  void start(const std::string& rules, std::vector<build::LinkerFile> linker_files = {}) {
    files.write("build.ninja", rules);
    build::Request request;
    request.id = 7;
    request.program = HR_TEST_NINJA;
    request.build_dir = files.path().generic_string();
    request.linker_files = std::move(linker_files);
    ninja->start(request);
  }

  bool ends() {
    return loop.wait_until([this] { return finished.has_value(); }, patience);
  }
};

int running(const std::wstring& program) {
  int count = 0;
  const HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  PROCESSENTRY32W entry = {};
  entry.dwSize = sizeof entry;
  for (BOOL more = Process32FirstW(all, &entry); more != 0; more = Process32NextW(all, &entry))
    count += program == entry.szExeFile ? 1 : 0;
  CloseHandle(all);
  return count;
}

}  // namespace

TEST_CASE("A build runs, and its progress and output come") {
  Builder builder;
  builder.start(
      "rule say\n  command = cmd /c echo hello from the rule> $out && echo said\n"
      "build a.txt: say\nbuild b.txt: say\n");
  REQUIRE(builder.ends());
  CHECK(builder.finished->outcome == core::BuildOutcome::succeeded);
  CHECK(builder.progress > 0);
  CHECK(builder.output.find("said") != std::string::npos);
  CHECK(fs::exists(builder.files.path("a.txt")));
}

TEST_CASE("A failed command is a failed build") {
  Builder builder;
  builder.start("rule no\n  command = cmd /c exit 3\nbuild a.txt: no\n");
  REQUIRE(builder.ends());
  CHECK(builder.finished->outcome == core::BuildOutcome::failed);
}

TEST_CASE("A cancelled build leaves nothing: neither ninja nor what it started") {
  const fs::path sleeper = HR_TEST_SLEEPER;
  REQUIRE(running(sleeper.filename().wstring()) == 0);
  Builder builder;
  builder.start("rule wait\n  command = cmd /c " + sleeper.string() +
                "\nbuild a.txt: wait\nbuild b.txt: wait\n");
  REQUIRE(builder.loop.wait_until([&] { return running(sleeper.filename().wstring()) == 2; },
                                  patience));
  builder.ninja->cancel(7);
  REQUIRE(builder.ends());
  CHECK(builder.finished->outcome == core::BuildOutcome::cancelled);
  CHECK(builder.loop.wait_until([&] { return running(sleeper.filename().wstring()) == 0; },
                                patience));
}

TEST_CASE("A build whose owner goes leaves nothing") {
  const fs::path sleeper = HR_TEST_SLEEPER;
  {
    Builder builder;
    builder.start("rule wait\n  command = cmd /c " + sleeper.string() + "\nbuild a.txt: wait\n");
    const bool started = builder.loop.wait_until(
        [&] { return running(sleeper.filename().wstring()) == 1; }, patience);
    INFO(builder.output);
    INFO(running(sleeper.filename().wstring()));
    REQUIRE(started);
  }
  tests::TurnedLoop loop;
  CHECK(loop.wait_until([&] { return running(sleeper.filename().wstring()) == 0; }, patience));
}

TEST_CASE("A held .pdb is renamed when the linker could not write it") {
  const fs::path linker = HR_TEST_LINKER;  // opens as link.exe does, and fails as it does
  const std::string rules = "rule link\n  command = " + linker.string() + " game.pdb\n" +
                            "build always: phony\nbuild game.pdb: link always\n";
  for (const tests::Sharing& sharing : tests::sharings) {
    INFO(sharing.name);
    Builder builder;
    builder.files.write("game.pdb", "old");
    const tests::Holder holder(builder.files.path("game.pdb"), sharing.mode);
    REQUIRE(holder.holds());
    SECTION(std::string("nothing done: the failure, ") + sharing.name) {
      builder.start(rules);
      REQUIRE(builder.ends());
      CHECK(builder.finished->outcome == core::BuildOutcome::failed);
      CHECK(builder.output.find("LNK1201") != std::string::npos);
    }
    SECTION(std::string("way is made, ") + sharing.name) {
      builder.start(rules, {{builder.files.path("game.pdb").generic_string(), ""}});
      REQUIRE(builder.ends());
      const bool good = builder.finished->outcome == core::BuildOutcome::succeeded;
      CHECK(good == sharing.renamable);
      CHECK(builder.finished->failure.has_value() != sharing.renamable);
      CHECK(holder.read() == "old");
    }
  }
}

TEST_CASE("A .pdb that is opened while ninja runs already: way is made once more") {
  const fs::path linker = HR_TEST_LINKER;
  Builder builder;
  builder.files.write("game.pdb", "old");
  builder.start("rule wait\n  command = " + linker.string() + " --wait begun held\n" +
                    "rule link\n  command = " + linker.string() + " game.pdb\n" +
                    "build always: phony\nbuild waited: wait always\n"
                    "build game.pdb: link always | waited\n",
                {{builder.files.path("game.pdb").generic_string(), ""}});
  REQUIRE(
      builder.loop.wait_until([&] { return fs::exists(builder.files.path("begun")); }, patience));
  const tests::Holder holder(builder.files.path("game.pdb"), FILE_SHARE_READ | FILE_SHARE_DELETE);
  REQUIRE(holder.holds());
  builder.files.write("held", "");
  REQUIRE(builder.ends());
  CHECK(builder.output.find("LNK1201") != std::string::npos);
  CHECK(builder.finished->outcome == core::BuildOutcome::succeeded);
  CHECK(builder.files.read("game.pdb") == "new");
  CHECK(holder.read() == "old");
}

TEST_CASE("A ninja that is not there: what, why and a way out") {
  Builder builder;
  build::Request request;
  request.program = "C:/nowhere/ninja.exe";
  request.build_dir = builder.files.path().generic_string();
  builder.ninja->start(request);
  REQUIRE(builder.ends());
  REQUIRE(builder.finished->failure.has_value());
  CHECK(builder.finished->failure->what.find("nowhere") != std::string::npos);
}
