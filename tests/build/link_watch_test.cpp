#include "build/link_watch.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

namespace {

// A loop with a watch, and what it told.
class Watching {
 public:
  Watching() {
    uv_loop_init(&loop_);
    watch_ = std::make_unique<build::LinkWatch>(
        &loop_, [this](const std::string& file) { told_.push_back(file); });
  }

  ~Watching() {
    watch_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&loop_) == 0);
  }

  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  build::LinkWatch& operator*() { return *watch_; }

  // What is told of what has been done: the kernel's events are there when a call returns.
  std::vector<std::string> told() {
    uv_run(&loop_, UV_RUN_NOWAIT);
    return std::exchange(told_, {});
  }

 private:
  uv_loop_t loop_{};
  std::unique_ptr<build::LinkWatch> watch_;
  std::vector<std::string> told_;
};

using Files = std::vector<std::string>;

}  // namespace

TEST_CASE("a library that is renamed into its place is told, one that is written there is not") {
  const Sandbox sandbox("link-watch");
  const std::string library = sandbox.path("libgame.so"), other = sandbox.path("libother.so");
  Watching watching;
  (*watching).watch({library});
  sandbox.replace("libgame.so", "linked");
  CHECK(watching.told() == Files{library});
  sandbox.write("libgame.so", "written in place");
  CHECK(watching.told() == Files{});
  sandbox.replace("libother.so", "not asked for");
  CHECK(watching.told() == Files{});
  sandbox.replace("libgame.so", "linked again");
  CHECK(watching.told() == Files{library});

  (*watching).watch({other});
  sandbox.replace("libgame.so", "not asked for any more");
  sandbox.replace("libother.so", "linked");
  CHECK(watching.told() == Files{other});
}

TEST_CASE("files of several folders are told apart; a folder that is not there is no error") {
  const Sandbox sandbox("link-watch-folders");
  std::filesystem::create_directories(sandbox.path("a"));
  std::filesystem::create_directories(sandbox.path("b"));
  const std::string one = sandbox.path("a/libgame.so"), two = sandbox.path("b/libgame.so");
  Watching watching;
  (*watching).watch({one, two, sandbox.path("none/libgame.so")});
  sandbox.replace("b/libgame.so", "linked");
  CHECK(watching.told() == Files{two});
  sandbox.replace("a/libgame.so", "linked");
  sandbox.replace("b/libgame.so", "linked");
  CHECK(watching.told() == Files{one, two});
  std::filesystem::remove_all(sandbox.path("b"));
  sandbox.replace("a/libgame.so", "linked");
  CHECK(watching.told() == Files{one});
}

}  // namespace hrwatch::tests
