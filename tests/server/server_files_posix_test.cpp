// The session's files and the rights they have.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "server/fake_host.h"
#include "support/catch.h"

using hrwatch::test::FakeHost;
using hrwatch::test::ServerFixture;
namespace fs = std::filesystem;
namespace wire = hr::wire;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat status = {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

}  // namespace

TEST_CASE("Server opens a session that only its user can read, and leaves nothing behind") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  CHECK(mode_of(fixture.build_dir() + "/.hrwatch") == 0700);
  CHECK(mode_of(fixture.session_path()) == 0600);
  const auto session = fixture.session();
  CHECK(session.protocol == wire::protocol_version);
  CHECK(session.pid == getpid());
  CHECK(session.token.size() == 64);
  CHECK(session.answer.size() == 64);
  CHECK(session.token != session.answer);
  CHECK(mode_of(session.socket) == 0600);
  fixture.server().close();
  CHECK_FALSE(fs::exists(fixture.session_path()));
  CHECK_FALSE(fs::exists(session.socket));
  CHECK(fs::is_empty(fixture.build_dir() + "/.hrwatch"));
}

TEST_CASE("Server finds another place for its socket when the build folder's path is too long") {
  ServerFixture fixture({}, std::string(120, 'd'));
  REQUIRE(fixture.server().open().ok());
  const std::string socket = fixture.session().socket;
  CHECK(socket.find(fixture.build_dir()) == std::string::npos);
  fixture.join();
  fixture.server().close();
  CHECK_FALSE(fs::exists(socket));
  CHECK_FALSE(fs::exists(fs::path(socket).parent_path()));
}
