#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>

#include "publish/fixtures.h"
#include "support/catch.h"

using hrwatch::publish::publish;

namespace {

// Runs `body` in a process of its own and returns its text; its limits and mounts end with it.
std::string in_a_child(const std::function<std::string()>& body) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string said = body();
    const ssize_t written = ::write(ends[1], said.data(), said.size());
    ::_exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[256];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    said.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  return said;
}

bool write_text(const char* path, const std::string& text) {
  std::ofstream out(path);
  out << text << std::flush;
  return out.good();
}

// A file system of 8 KB over `folder`, for this process alone. Root may; others may where user
// namespaces are on.
bool mount_tiny(const std::filesystem::path& folder) {
  if (::unshare(CLONE_NEWNS) != 0) {
    const std::string map = std::to_string(::getuid()) + " " + std::to_string(::getuid()) + " 1";
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_text("/proc/self/uid_map", map)) {
      return false;
    }
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", folder.c_str(), "tmpfs", 0, "size=8k") == 0;
}

std::string why_and_rest(const hrwatch::publish::Request& request) {
  const auto copy = publish(request);
  return (copy.ok() ? "published" : copy.failure().why) +
         "; left: " + std::to_string(fixtures::names_in(request.folder).size());
}

}  // namespace

TEST_CASE("a full disk is named and nothing is left on it") {
  const fixtures::Folder folder;
  const auto request = fixtures::request(fixtures::libraries().at(0), folder.path());
  const std::string said = in_a_child([&]() -> std::string {
    if (!mount_tiny(folder.path())) {
      return "no namespace";
    }
    return why_and_rest(request);
  });
  const std::string full =
      "the disk is full; the copy needs 1 MB in " + folder.path().native() + "; left: 0";
  INFO("where user namespaces are forbidden this case proves nothing; the next one still does");
  CHECK((said == full || said == "no namespace"));
}

TEST_CASE("a limit on file sizes is named and nothing is left") {
  const fixtures::Folder folder;
  const auto request = fixtures::request(fixtures::libraries().at(0), folder.path());
  const std::string said = in_a_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{8192, 8192};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return why_and_rest(request);
  });
  CHECK(said == "the largest allowed file size is reached; the copy needs 1 MB in " +
                    folder.path().native() + "; left: 0");
}
