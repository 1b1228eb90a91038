// Folders that vanish and disks that fill up.
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>

#include "support/catch.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

using namespace std::chrono_literals;

// As rm -rf, repeated while the tool still writes something there.
bool wipe(const std::filesystem::path& folder) {
  return wait_until(
      [&] {
        std::error_code error;
        std::filesystem::remove_all(folder, error);
        return !std::filesystem::exists(folder);
      },
      10s);
}

// A small file system over a folder, taken away again when the test ends.
class SmallDisk {
 public:
  SmallDisk(const std::filesystem::path& folder, const std::string& options) : folder_(folder) {
    mounted_ = mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID, options.c_str()) == 0;
  }

  ~SmallDisk() { release(); }

  bool mounted() const { return mounted_; }

  void release() {
    if (mounted_)
      umount2(folder_.c_str(), MNT_DETACH);
    mounted_ = false;
  }

 private:
  std::filesystem::path folder_;
  bool mounted_ = false;
};

}  // namespace

TEST_CASE("a full disk during publish is told, and the next save works") {
  Project project("full-disk");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  const auto copies = project.folder().path("build/.hrwatch/gen");
  std::filesystem::create_directories(copies);
  SmallDisk disk(copies, "size=8k,mode=0700,uid=" + std::to_string(getuid()));
  if (!disk.mounted()) {
    WARN("not tested: a small file system can't be mounted here: " << std::strerror(errno));
    return;
  }
  const std::size_t mark = tool->mark();
  project.set_label("second");
  const auto told = tool->wait("error", mark);
  INFO(tool->transcript());
  REQUIRE(told);
  CHECK(told->value("why", "").find("the disk is full") != std::string::npos);
  CHECK(told->value("fix", "").find("free some space") != std::string::npos);
  CHECK(tool->count("reloaded", mark) == 0);
  CHECK(std::filesystem::is_empty(copies));
  CHECK(last_shown(*program)->label == "first");
  disk.release();
  project.set_label("third");
  const bool shown = shows(*program, "third");
  INFO(tool->transcript());
  CHECK(shown);
}

TEST_CASE("a wiped build folder is told, and works again once it is rebuilt") {
  Project project("wiped");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  const std::size_t mark = tool->mark();
  REQUIRE(wipe(project.folder().path("build")));
  project.set_label("second");
  const auto told = tool->wait("error", mark);
  INFO(tool->transcript());
  REQUIRE(told);
  CHECK(told->value("what", "").find("was wiped") != std::string::npos);
  CHECK(told->value("fix", "").find("cmake -S") != std::string::npos);
  CHECK(program->running());
  REQUIRE(project.build());
  project.set_label("third");
  const bool shown = shows(*program, "third", 60s);
  INFO(tool->transcript());
  CHECK(shown);
}

TEST_CASE("the tool's own folder removed is told, and works again once CMake has run") {
  Project project("own-folder");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  const std::size_t mark = tool->mark();
  REQUIRE(wipe(project.folder().path("build/.hrwatch")));
  const auto told = tool->wait("error", mark);
  INFO(tool->transcript());
  REQUIRE(told);
  CHECK(told->value("fix", "").find("cmake -S") != std::string::npos);
  project.set_label("second");
  REQUIRE(tool->settle(2500ms));
  CHECK(tool->count("error", mark) == 1);
  REQUIRE(project.build());
  const bool shown = shows(*program, "second", 60s);
  INFO(tool->transcript());
  CHECK(shown);
  project.set_label("third");
  CHECK(shows(*program, "third", 60s));
}

TEST_CASE("a source folder that is moved away and back") {
  Project project("moved");
  project.folder().write("src/part.h", "#define WORD \"first\"\n");
  project.folder().write(
      "game.cpp",
      "#include \"game.h\"\n#include \"src/part.h\"\nstatic long counter = 0;\n"
      "long tick() { return ++counter; }\nconst char* label() { return WORD; }\n");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  const auto from = project.folder().path("src"), away = project.folder().path("away");
  std::filesystem::rename(from, away);
  std::filesystem::rename(away, from);
  project.folder().write("src/part.h", "#define WORD \"second\"\n");
  const bool shown = shows(*program, "second");
  INFO(tool->transcript());
  CHECK(shown);
}

}  // namespace hrwatch::tests
