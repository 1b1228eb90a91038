// The explicit mode in programs of their own: switched off, forked, killed, with descriptors closed
// under it.
#include <filesystem>
#include <sstream>

#include "explicit/plug.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

namespace fs = std::filesystem;

// The program, with its copies below a folder of the test. Its input is a terminal's.
class Program {
 public:
  Program(const Plug& plug, const std::string& what, std::vector<std::string> more = {},
          std::map<std::string, std::string> environment = {})
      : copies_(plug.folder().path("tmp")) {
    fs::create_directories(copies_);
    environment["TMPDIR"] = copies_.string();
    std::vector<std::string> arguments = {HR_TEST_EXPLICIT_HOST, what, "lib/libplug.so"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    child_ = std::make_unique<Child>(ChildOptions{.arguments = arguments,
                                                  .folder = plug.folder().path(),
                                                  .environment = environment,
                                                  .terminal = true});
  }

  // The last line of it that begins with `word` is `word rest`.
  bool says(const std::string& line) const {
    return wait_until([&] { return all().find(line) != std::string::npos; },
                      std::chrono::seconds(20));
  }

  // It says so when asked, sooner or later.
  bool comes_to(const std::string& line) const {
    return wait_until(
        [&] {
          child_->type("\n");
          return all().find(line) != std::string::npos;
        },
        std::chrono::seconds(20));
  }

  std::string all() const { return child_->screen(); }

  int ends() const {
    child_->type("\x04");  // end of input
    return child_->wait(std::chrono::seconds(20)).value_or(-1);
  }

  int dies() const { return child_->wait(std::chrono::seconds(20)).value_or(-1); }

  Child& child() const { return *child_; }

  // Folders with copies.
  int folders() const {
    int count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(copies_))
      ++count;
    return count;
  }

 private:
  fs::path copies_;
  std::unique_ptr<Child> child_;
};

}  // namespace

TEST_CASE("switched off, the file itself is opened, once and for all") {
  const Plug plug("off");
  plug.truncate("1");
  std::vector<std::string> more;
  std::map<std::string, std::string> environment;
  SECTION("by an argument") {
    more = {"--no-hot-reload"};
  }
  SECTION("by the environment") {
    environment = {{"HRWATCH_DISABLE", "1"}};
  }
  const Program program(plug, "reload", more, environment);
  CHECK(program.says("1 " + plug.path()));
  CHECK(program.says("opened 1 3 0"));
  plug.rename("2");
  program.child().type("\n");
  CHECK(program.says("reloads 0"));
  CHECK(program.says("reloaded 1 3 0"));
  CHECK(program.ends() == 0);
  CHECK(program.folders() == 0);
}

TEST_CASE("copies go with the program, and what a killed one left goes with the next") {
  const Plug plug("left");
  plug.truncate("1");
  const Program killed(plug, "die");
  CHECK(killed.dies() == 128 + 9);
  CHECK(killed.folders() == 1);
  const Program next(plug, "answer");
  CHECK(next.says("opened 1 3 0"));
  CHECK(next.all().find(plug.folder().path("tmp").string()) != std::string::npos);
  CHECK(next.folders() == 1);
  const Program beside(plug, "answer");
  CHECK(beside.says("opened 1 3 0"));
  CHECK(next.folders() == 2);
  plug.rename("2");
  CHECK(next.comes_to("runs 2 3 1"));
  CHECK(beside.comes_to("runs 2 3 1"));
  CHECK(next.ends() == 0);
  CHECK(beside.folders() == 1);
  CHECK(beside.ends() == 0);
  CHECK(beside.folders() == 0);
}

TEST_CASE("a forked child keeps what is bound, and leaves the rest to its parent") {
  const Plug plug("fork");
  plug.truncate("1");
  const Program program(plug, "fork");
  CHECK(program.says("child 1 3 0"));
  CHECK(program.says("child reloads 0, watches 1, closes 1"));
  CHECK(program.says("child ended with 7"));
  CHECK(program.folders() == 1);
  plug.rename("2");
  CHECK(program.comes_to("runs 2 3 1"));
  CHECK(program.ends() == 0);
}

TEST_CASE("a program that closes all descriptors is served on") {
  const Plug plug("descriptors");
  plug.truncate("1");
  const Program program(plug, "close-all");
  CHECK(program.comes_to("runs 1 3 0"));
  plug.rename("2");
  CHECK(program.comes_to("runs 2 3 1"));
  CHECK(program.ends() == 0);
}

TEST_CASE("a relative path is that of the folder in which it was opened") {
  const Plug plug("relative");
  plug.truncate("1");
  const Program program(plug, "move");
  CHECK(program.comes_to("runs 1 3 0"));
  plug.rename("2");
  CHECK(program.comes_to("runs 2 3 1"));
  CHECK(program.ends() == 0);
}

}  // namespace hrwatch::tests
