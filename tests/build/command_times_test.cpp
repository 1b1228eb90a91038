#include "build/command_times.h"

#include <filesystem>
#include <optional>
#include <string>

#include "build/ninja.h"
#include "support/catch.h"
#include "support/sandbox.h"
#include "support/turned_loop.h"

using namespace hrwatch;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// A "compiler" that reads its source, says so, and ends when it is told to; a "linker" behind it.
constexpr const char* build_file = R"(
rule compile
  command = cat $in > read && touch reading && while [ ! -e go ]; do sleep 0.01; done && cp read $out
rule link
  command = cp $in $out
build a.o: compile source
build program: link a.o
)";

class Build {
 public:
  Build() {
    folder_.write("build.ninja", build_file);
    folder_.write("source", "old");
    fs::create_directory(folder_.path(".hrwatch"));
  }

  void start() {
    finished_.reset();
    ninja_.start({++id_, "", folder_.path().string(), folder_.path().string(), "", {}, 0});
  }

  bool reading() {
    return loop_.wait_until([&] { return fs::exists(folder_.path("reading")); }, 60s);
  }

  void let_go() { folder_.write("go", ""); }

  void cancel() { ninja_.cancel(id_); }

  core::BuildFinished end() {
    REQUIRE(loop_.wait_until([&] { return finished_.has_value(); }, 60s));
    return *finished_;
  }

  const tests::Sandbox& folder() { return folder_; }

 private:
  tests::Sandbox folder_{"command-times"};
  tests::TurnedLoop loop_;
  std::optional<core::BuildFinished> finished_;
  core::BuildId id_ = 0;
  build::Ninja ninja_{loop_.get(), [this](const core::Event& event) {
                        if (const auto* over = std::get_if<core::BuildFinished>(&event))
                          finished_ = *over;
                      }};
};

}  // namespace

TEST_CASE("A file that is saved while it is compiled is built by the next build") {
  Build build;
  build.start();
  REQUIRE(build.reading());
  build.folder().write("source", "new");
  build.let_go();
  CHECK(build.end().outcome == core::BuildOutcome::succeeded);
  CHECK(build.folder().read("program") == "old");

  build.start();
  CHECK_FALSE(build.end().no_work);
  CHECK(build.folder().read("program") == "new");

  build.start();
  CHECK(build.end().no_work);
}

TEST_CASE("What was saved before the build is not built again") {
  Build build;
  build.let_go();
  for (const bool nothing_left : {false, true, true}) {
    build.start();
    CHECK(build.end().no_work == nothing_left);
  }
  const auto object = fs::last_write_time(build.folder().path("a.o"));
  CHECK(object <= fs::last_write_time(build.folder().path("program")));
  CHECK(object >= fs::last_write_time(build.folder().path("source")));
}

TEST_CASE("Lines of ninja's log, and what is none") {
  using build::LoggedCommand;
  CHECK(
      build::logged_commands("# ninja log v5\n0\t1020\t1795328414375743599\tout\t97c99b184a3bf205\n"
                             "7\t9\t0\td/b c.o\tff\n12\t40\t0\thalf") ==
      std::vector<LoggedCommand>{{0, "out"}, {7, "d/b c.o"}});
  CHECK(build::logged_commands("x\t1\t2\ta\tb\n1x\t1\t2\ta\tb\n\n\t\t\t\t\n").empty());
}
