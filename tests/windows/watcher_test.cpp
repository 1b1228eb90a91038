#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/sandbox.h"
#include "support/turned_loop.h"
#include "watcher/watcher_windows.h"

using namespace hrwatch;
using core::FileChange;
using watcher::Reach;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience(10);

// A folder, a loop and a watcher on it.
class Watched {
 public:
  explicit Watched(Reach reach) : sandbox_("watch") {
    watcher::Listener listener;
    listener.on_events = [this](std::vector<core::FileEvent> events) {
      events_.insert(events_.end(), events.begin(), events.end());
    };
    listener.on_overflow = [this](core::WatchOverflow) {
      ++overflows;
    };
    watcher_ = watcher::make_windows_watcher(loop_.get(), listener, reach);
  }

  ~Watched() {
    watcher_.reset();
    CHECK(loop_.close());
  }

  std::string path(const std::string& name) const { return sandbox_.path(name).generic_string(); }

  void watch(const std::vector<std::string>& folders) {
    watcher::WatchSet set;
    for (const std::string& folder : folders)
      set.folders.push_back(folder == "." ? sandbox_.path().generic_string() : path(folder));
    REQUIRE(watcher_->watch(set).ok());
  }

  bool sees(const std::string& name, FileChange change) {
    const auto seen = [&] {
      return std::any_of(events_.begin(), events_.end(), [&](const core::FileEvent& event) {
        return event.path == path(name) && event.change == change;
      });
    };
    return loop_.wait_until(seen, patience);
  }

  std::size_t count(const std::string& name) const {
    return static_cast<std::size_t>(
        std::count_if(events_.begin(), events_.end(),
                      [&](const core::FileEvent& event) { return event.path == path(name); }));
  }

  void forget() { events_.clear(); }

  tests::Sandbox& files() { return sandbox_; }

  tests::TurnedLoop& loop() { return loop_; }

  const watcher::Watcher& watcher() const { return *watcher_; }

  int overflows = 0;

 private:
  tests::Sandbox sandbox_;
  tests::TurnedLoop loop_;
  std::unique_ptr<watcher::Watcher> watcher_;
  std::vector<core::FileEvent> events_;
};

}  // namespace

TEST_CASE("Saves in a watched folder are told, whichever way they are written") {
  for (const Reach reach : {Reach::folders, Reach::trees}) {
    Watched watched(reach);
    watched.files().write("a.cpp", "int a;");
    watched.watch({"."});
    watched.files().write("a.cpp", "int aa;");
    CHECK(watched.sees("a.cpp", FileChange::written));
    watched.forget();
    watched.files().replace("a.cpp", "int aaa;");
    CHECK(watched.sees("a.cpp", FileChange::written));
    watched.files().write("b.cpp", "int b;");
    CHECK(watched.sees("b.cpp", FileChange::written));
    fs::remove(watched.path("b.cpp"));
    CHECK(watched.sees("b.cpp", FileChange::removed));
  }
}

TEST_CASE("A file that is open for writing is not written yet") {
  Watched watched(Reach::folders);
  watched.watch({"."});
  const fs::path path = watched.path("slow.cpp");
  const HANDLE file =
      CreateFileW(path.c_str(), GENERIC_WRITE, FILE_SHARE_READ, nullptr, CREATE_ALWAYS, 0, nullptr);
  REQUIRE(file != INVALID_HANDLE_VALUE);
  DWORD written = 0;
  WriteFile(file, "half", 4, &written, nullptr);
  CHECK(watched.sees("slow.cpp", FileChange::being_written));
  WriteFile(file, " done", 5, &written, nullptr);
  CloseHandle(file);
  CHECK(watched.sees("slow.cpp", FileChange::written));
}

TEST_CASE("Folders made later are watched with what they hold") {
  for (const Reach reach : {Reach::folders, Reach::trees}) {
    Watched watched(reach);
    watched.watch({"."});
    watched.files().write("sub/deep/c.cpp", "int c;");
    CHECK(watched.sees("sub/deep/c.cpp", FileChange::written));
    watched.forget();
    watched.files().write("sub/deep/c.cpp", "int cc;");
    CHECK(watched.sees("sub/deep/c.cpp", FileChange::written));
  }
}

TEST_CASE("Only what was asked for is told, also where one handle covers a tree") {
  Watched watched(Reach::trees);
  fs::create_directories(watched.path("src"));
  fs::create_directories(watched.path("src/.hidden"));
  watched.watch({"src"});
  watched.files().write("src/.hidden/x.cpp", "int x;");
  watched.files().write("outside.cpp", "int o;");
  watched.files().write("src/in.cpp", "int i;");
  CHECK(watched.sees("src/in.cpp", FileChange::written));
  CHECK(watched.count("src/.hidden/x.cpp") == 0);
  CHECK(watched.count("outside.cpp") == 0);
}

TEST_CASE("A folder that is not there yet is waited for") {
  Watched watched(Reach::folders);
  watched.watch({"later"});
  CHECK(watched.watcher().watched_folders() == 0);
  watched.files().write("later/d.cpp", "int d;");
  CHECK(watched.sees("later/d.cpp", FileChange::written));
  watched.forget();
  watched.files().write("later/d.cpp", "int dd;");
  CHECK(watched.sees("later/d.cpp", FileChange::written));
}

TEST_CASE("More notices than the system keeps: what had changed is found by looking") {
  Watched watched(Reach::folders);
  watched.watch({"."});
  constexpr int files = 400;
  for (int i = 0; i < files; ++i)
    watched.files().write("a_rather_long_name_of_a_source_file_" + std::to_string(i) + ".cpp", "x");
  for (int i = 0; i < files; ++i)
    CHECK(watched.sees("a_rather_long_name_of_a_source_file_" + std::to_string(i) + ".cpp",
                       FileChange::written));
  CHECK(watched.overflows > 0);
}
