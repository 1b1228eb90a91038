#include "app/session_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

using app::SessionLock;

namespace {

// A process that takes the lock and keeps it until it is killed.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& build_dir) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      SessionLock lock;
      const char taken = lock.take(build_dir).ok() ? 'y' : 'n';
      if (write(ready[1], &taken, 1) != 1)
        _exit(1);
      for (;;)
        pause();
    }
    char taken = 0;
    REQUIRE(read(ready[0], &taken, 1) == 1);
    CHECK(taken == 'y');
    close(ready[0]);
    close(ready[1]);
  }

  ~Holder() { end(); }

  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  pid_t pid() const { return pid_; }

  void end() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = 0;
    }
  }

 private:
  pid_t pid_ = 0;
};

// What `act` gives in a process of its own: 0 to 255.
template <class Act>
int in_child(Act act) {
  const pid_t child = fork();
  if (child == 0)
    _exit(act());
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("a second process is refused by name, until the first one dies") {
  const Sandbox sandbox("lock");
  Holder first(sandbox.path());
  SessionLock second;
  const auto refused = second.take(sandbox.path());
  REQUIRE_FALSE(refused.ok());
  const std::string pid = std::to_string(first.pid());
  CHECK(refused.failure().what.find(sandbox.path().string()) != std::string::npos);
  CHECK(refused.failure().why == "its process id is " + pid);
  CHECK(refused.failure().fix.find("kill " + pid + " ") != std::string::npos);
  CHECK(SessionLock::holder(sandbox.path()) == first.pid());
  first.end();
  CHECK_FALSE(SessionLock::holder(sandbox.path()));
  CHECK(second.take(sandbox.path()).ok());
}

TEST_CASE("what a file of an earlier session says is of no account") {
  const Sandbox sandbox("lock-stale");
  sandbox.write(".hrwatch/lock", "1\n");
  CHECK_FALSE(SessionLock::holder(sandbox.path()));
  const Holder holder(sandbox.path());
  CHECK(SessionLock::holder(sandbox.path()) == holder.pid());
}

TEST_CASE("taken again, the lock stays; after the folder was wiped it is taken anew") {
  const Sandbox sandbox("lock-again");
  SessionLock lock;
  REQUIRE(lock.take(sandbox.path()).ok());
  const auto refused = [&] {
    return in_child([&] {
      SessionLock other;
      return other.take(sandbox.path()).ok() ? 0 : 1;
    });
  };
  CHECK(refused() == 1);
  REQUIRE(lock.take(sandbox.path()).ok());
  CHECK(refused() == 1);
  std::filesystem::remove_all(sandbox.path(".hrwatch"));
  REQUIRE(lock.take(sandbox.path()).ok());
  CHECK(refused() == 1);
}

TEST_CASE("who looks for a holder takes nothing") {
  const Sandbox sandbox("lock-look");
  CHECK_FALSE(SessionLock::holder(sandbox.path()));
  CHECK_FALSE(std::filesystem::exists(sandbox.path(".hrwatch")));
}

TEST_CASE("the lock's folder is the user's own") {
  const Sandbox sandbox("lock-mode");
  SessionLock lock;
  REQUIRE(lock.take(sandbox.path()).ok());
  CHECK(std::filesystem::status(sandbox.path(".hrwatch")).permissions() ==
        std::filesystem::perms::owner_all);
}

TEST_CASE("a folder that can't be used is a failure with a way out") {
  const Sandbox sandbox("lock-unusable");
  sandbox.write(".hrwatch", "a file");
  SessionLock lock;
  const auto refused = lock.take(sandbox.path());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().what.find(".hrwatch/lock") != std::string::npos);
  CHECK_FALSE(refused.failure().why.empty());
  CHECK(refused.failure().fix.find("chmod") != std::string::npos);
}

}  // namespace hrwatch::tests
