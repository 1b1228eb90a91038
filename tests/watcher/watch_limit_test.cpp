// What the user is told when the system allows no more watches. The limit is lowered in a user
// namespace of a child, so that nobody else notices.
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "support/catch.h"
#include "watcher/watcher.h"

namespace {

namespace fs = std::filesystem;

enum Ended { as_expected = 0, watched_all = 1, said_otherwise = 2, not_permitted = 77 };

bool lower_limit(const char* name, const char* value) {
  const int file = open((std::string("/proc/sys/user/") + name).c_str(), O_WRONLY | O_CLOEXEC);
  const bool done = file >= 0 && write(file, value, 1) == 1;
  close(file);
  return done;
}

bool tells(const hr::wire::Failure& failure, const char* limit) {
  std::cerr << failure.what << "\n    why: " << failure.why << "\n    fix: " << failure.fix << "\n";
  return !failure.what.empty() && !failure.why.empty() &&
         failure.fix.find(limit) != std::string::npos &&
         failure.fix.find("--poll") != std::string::npos;
}

Ended watch_too_many(const std::string& folder) {
  if (unshare(CLONE_NEWUSER) != 0 || !lower_limit("max_inotify_watches", "4")) {
    return not_permitted;
  }
  uv_loop_t loop;
  uv_loop_init(&loop);
  auto watcher = hrwatch::watcher::make_native_watcher(&loop, {});
  hrwatch::watcher::WatchSet set;
  for (int number = 0; number < 10; ++number) {
    set.folders.push_back(folder + "/" + std::to_string(number));
  }
  const auto watched = watcher.value()->watch(set);
  if (watched.ok()) {
    return watched_all;
  }
  return tells(watched.failure(), "fs.inotify.max_user_watches") ? as_expected : said_otherwise;
}

Ended open_too_many() {
  if (unshare(CLONE_NEWUSER) != 0 || !lower_limit("max_inotify_instances", "0")) {
    return not_permitted;
  }
  uv_loop_t loop;
  uv_loop_init(&loop);
  const auto watcher = hrwatch::watcher::make_native_watcher(&loop, {});
  if (watcher.ok()) {
    return watched_all;
  }
  return tells(watcher.failure(), "fs.inotify.max_user_instances") ? as_expected : said_otherwise;
}

template <class Act>
int in_child(Act act) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(act());
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("A project with more folders than the system watches is told how to allow them") {
  std::string folder = (fs::temp_directory_path() / "hrwatch-limit-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  for (int number = 0; number < 10; ++number) {
    fs::create_directory(folder + "/" + std::to_string(number));
  }
  const int ended = in_child([&] { return watch_too_many(folder); });
  fs::remove_all(folder);
  if (ended == not_permitted) {
    WARN("this machine lets nobody lower the limit of a namespace");
    return;
  }
  CHECK(ended == as_expected);
}

TEST_CASE("A system that gives no inotify instance is told of") {
  const int ended = in_child([] { return open_too_many(); });
  if (ended == not_permitted) {
    WARN("this machine lets nobody lower the limit of a namespace");
    return;
  }
  CHECK(ended == as_expected);
}
