// hr_watch: a new library is noticed by itself, however it is put in place, and a half-written one
// is waited for. The program of these tests does not poll, but for the last one.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "explicit/plug.h"
#include "support/catch.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

constexpr std::chrono::seconds deadline(20);

struct Watched {
  explicit Watched(const Plug& plug) : library(hr_open(plug.path().c_str())) {
    hr_bind(library, "plug_version", &version);
    REQUIRE(hr_watch(library) == 1);
  }

  ~Watched() { hr_close(library); }

  int number() const {
    int (*const now)(void) = HR_LOAD(version);
    return now != nullptr ? now() : 0;
  }

  bool becomes(int number_wanted) const {
    return wait_until([&] { return number() == number_wanted; }, deadline);
  }

  bool comes_to(hr_library_state state) const {
    return wait_until([&] { return hr_status(library) == state; }, deadline);
  }

  int (*version)(void) = nullptr;
  hr_library* library;
};

}  // namespace

TEST_CASE("a new library is noticed, however it is put in place") {
  const Plug plug("watch");
  plug.truncate("1");
  const Watched watched(plug);
  CHECK(watched.number() == 1);
  SECTION("renamed over") {
    plug.rename("2");
  }
  SECTION("removed and created") {
    plug.unlink_and_create("2");
  }
  SECTION("truncated and written") {
    plug.truncate("2");
  }
  SECTION("a hard link") {
    plug.folder().write("lib/other.so", hrwatch::tests::plug("2"));
    std::filesystem::remove(plug.path());
    std::filesystem::create_hard_link(plug.folder().path("lib/other.so"), plug.path());
  }
  CHECK(watched.becomes(2));
  CHECK(watched.comes_to(HR_LIBRARY_OK));
  plug.unlink_and_create("3");
  CHECK(watched.becomes(3));
}

TEST_CASE("a library that is written in pieces is taken in when it is whole") {
  const Plug plug("pieces");
  plug.truncate("1");
  const Watched watched(plug);
  const std::string whole = hrwatch::tests::plug("2");
  const std::size_t piece = whole.size() / 7;
  SECTION("by one writer, who closes it at the end") {
    std::ofstream out(plug.path(), std::ios::binary | std::ios::trunc);
    for (std::size_t at = 0; at < whole.size(); at += piece) {
      out << whole.substr(at, piece) << std::flush;
      CHECK(watched.number() == 1);
    }
  }
  SECTION("by one who opens and closes it again and again") {
    std::filesystem::remove(plug.path());
    for (std::size_t at = 0; at < whole.size(); at += piece) {
      std::ofstream(plug.path(), std::ios::binary | std::ios::app) << whole.substr(at, piece);
      if (at + piece < whole.size()) {
        CHECK(watched.comes_to(HR_LIBRARY_WAITING));
        CHECK(watched.number() == 1);
      }
    }
  }
  SECTION("by one who gives it its size first and fills it from the end") {
    const int file = ::open(plug.path().c_str(), O_RDWR | O_CREAT | O_TRUNC, 0700);
    REQUIRE(::ftruncate(file, static_cast<off_t>(whole.size())) == 0);
    for (std::size_t at = whole.size(); at > 0;) {
      const std::size_t begin = at > piece ? at - piece : 0;
      REQUIRE(::pwrite(file, whole.data() + begin, at - begin, static_cast<off_t>(begin)) > 0);
      at = begin;
      if (at != 0) {
        CHECK(hr_reload(watched.library) == 0);
        CHECK(watched.number() == 1);
      }
    }
    ::close(file);
  }
  CHECK(watched.becomes(2));
  CHECK(watched.comes_to(HR_LIBRARY_OK));
}

TEST_CASE("the folder may come later, and go and come again") {
  const Plug plug("folder");
  const Watched watched(plug);
  CHECK(watched.comes_to(HR_LIBRARY_WAITING));
  plug.truncate("1");
  CHECK(watched.becomes(1));
  std::filesystem::remove_all(plug.folder().path("lib"));
  CHECK(watched.comes_to(HR_LIBRARY_WAITING));
  CHECK(watched.number() == 1);
  plug.truncate("2");
  CHECK(watched.becomes(2));
  std::filesystem::rename(plug.folder().path("lib"), plug.folder().path("away"));
  plug.truncate("3");
  CHECK(watched.becomes(3));
}

TEST_CASE("a symbolic link is followed, and so is what it leads to") {
  const Plug plug("link");
  plug.folder().write("a/libplug.so.1", hrwatch::tests::plug("1"));
  plug.folder().write("b/libplug.so.2", hrwatch::tests::plug("2"));
  std::filesystem::create_directories(plug.folder().path("lib"));
  std::filesystem::create_symlink("../a/libplug.so.1", plug.path());
  const Watched watched(plug);
  CHECK(watched.becomes(1));
  plug.folder().replace("a/libplug.so.1", hrwatch::tests::plug("3"));
  CHECK(watched.becomes(3));
  std::filesystem::create_symlink("../b/libplug.so.2", plug.folder().path("lib/new"));
  std::filesystem::rename(plug.folder().path("lib/new"), plug.path());
  CHECK(watched.becomes(2));
}

TEST_CASE("a library that is not good is told, and the next one is taken") {
  const Plug plug("bad");
  plug.truncate("1");
  const Watched watched(plug);
  plug.rename("throws");
  CHECK(watched.comes_to(HR_LIBRARY_ERROR));
  CHECK(watched.number() == 1);
  plug.rename("2");
  CHECK(watched.becomes(2));
  CHECK(watched.comes_to(HR_LIBRARY_OK));
}

TEST_CASE("a closed library is not watched") {
  const Plug plug("closed");
  plug.truncate("1");
  int (*version)(void) = nullptr;
  hr_library* library = hr_open(plug.path().c_str());
  hr_bind(library, "plug_version", &version);
  REQUIRE(hr_watch(library) == 1);
  CHECK(hr_close(library) == 1);
  // Another one that is watched tells when the change was seen.
  const Watched watched(plug);
  plug.rename("2");
  CHECK(watched.becomes(2));
  CHECK(version() == 1);
}

// The last one: from here on this program polls.
TEST_CASE("in a program that polls new code waits for the poll") {
  const Plug plug("poll");
  plug.truncate("1");
  const Watched watched(plug);
  hr_poll();
  plug.rename("2");
  CHECK(watched.comes_to(HR_LIBRARY_LOADING));
  CHECK(watched.number() == 1);
  std::atomic<int> told{0};
  std::thread::id told_on;
  const auto listener = hr::on_event([&](const hr_event& event) {
    if (event.kind == HR_EVENT_RELOADED) {
      told_on = std::this_thread::get_id();
      ++told;
    }
  });
  CHECK(wait_until(
      [&] {
        hr_poll();
        return watched.number() == 2;
      },
      deadline));
  hr_poll();
  CHECK(told == 1);
  CHECK(told_on == std::this_thread::get_id());
  SECTION("hr_reload() loads, hr_poll() swaps") {
    plug.rename("3");
    hr_reload(watched.library);
    CHECK(watched.number() == 2);
    CHECK(wait_until(
        [&] {
          hr_poll();
          return watched.number() == 3;
        },
        deadline));
  }
  SECTION("what is taken back before the poll was never there") {
    plug.rename("3");
    CHECK(watched.comes_to(HR_LIBRARY_LOADING));
    plug.rename("2");
    CHECK(watched.comes_to(HR_LIBRARY_OK));
    hr_poll();
    CHECK(watched.number() == 2);
    CHECK(hr_loaded(watched.library) == 1);
  }
}

}  // namespace hrwatch::tests
