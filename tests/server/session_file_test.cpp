#include "server/session_file.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "server/fake_host.h"
#include "support/catch.h"

using hrwatch::test::ServerFixture;
namespace fs = std::filesystem;

TEST_CASE("A session left by a process that died is taken over, socket and all") {
  ServerFixture fixture;
  const std::string folder = fixture.build_dir() + "/.hrwatch";
  const pid_t child = fork();
  if (child == 0) {
    // Dies without a chance to clean up.
    uv_loop_t loop;
    uv_loop_init(&loop);
    hrwatch::server::Server server(&loop, fixture.build_dir(), [](hrwatch::core::Event) {});
    kill(getpid(), server.open().ok() ? SIGKILL : SIGTERM);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WTERMSIG(status) == SIGKILL);
  const auto stale = fixture.session();
  CHECK(fs::exists(stale.socket));
  REQUIRE(fixture.server().open().ok());
  CHECK_FALSE(fs::exists(stale.socket));
  CHECK(fixture.session().pid == getpid());
  CHECK(fixture.session().token != stale.token);
  fixture.join();
}

TEST_CASE("A session file of another session is not removed") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  std::ofstream(fixture.session_path()) << R"({"protocol":1,"token":"other"})";
  fixture.server().close();
  CHECK(fs::exists(fixture.session_path()));
}

TEST_CASE("A session folder that is open to others is closed") {
  ServerFixture fixture;
  const std::string folder = fixture.build_dir() + "/.hrwatch";
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::all);
  REQUIRE(fixture.server().open().ok());
  CHECK(fs::status(folder).permissions() == fs::perms::owner_all);
}

TEST_CASE("A session can't be opened where there is no folder to be had, and says how to get one") {
  ServerFixture fixture;
  SECTION("a file stands there") {
    std::ofstream(fixture.build_dir() + "/.hrwatch") << "text";
    const auto opened = fixture.server().open();
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.failure().fix == "rm " + fixture.build_dir() + "/.hrwatch");
  }
  SECTION("a link to a folder of somebody's choosing") {
    fs::create_directory(fixture.build_dir() + "/elsewhere");
    fs::create_directory_symlink(fixture.build_dir() + "/elsewhere",
                                 fixture.build_dir() + "/.hrwatch");
    CHECK_FALSE(fixture.server().open().ok());
  }
  SECTION("it belongs to another user") {
    const std::string folder = fixture.build_dir() + "/.hrwatch";
    fs::create_directory(folder);
    if (chown(folder.c_str(), 12345, 12345) == 0) {  // only root can set this up
      const auto opened = fixture.server().open();
      REQUIRE_FALSE(opened.ok());
      CHECK(opened.failure().why.find("another user (number 12345)") != std::string::npos);
      CHECK(opened.failure().fix.find("chown") != std::string::npos);
    }
  }
}
