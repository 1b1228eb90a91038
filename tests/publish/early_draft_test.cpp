// A copy that is made while a build goes on counts only where nobody wrote to the library since.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <vector>

#include "publish/fixtures.h"
#include "publish/publish.h"
#include "support/catch.h"

using hrwatch::publish::Draft;
namespace fs = std::filesystem;

namespace {

// Writes one byte without a trace but the time of the change: what a careless step of a build does.
void overwrite_byte(const fs::path& file, off_t at) {
  struct stat before {};

  const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(descriptor >= 0);
  REQUIRE(::fstat(descriptor, &before) == 0);
  unsigned char byte = 0;
  REQUIRE(::pread(descriptor, &byte, 1, at) == 1);
  byte ^= 0xff;
  REQUIRE(::pwrite(descriptor, &byte, 1, at) == 1);
  const timespec times[2] = {before.st_atim, before.st_mtim};
  REQUIRE(::futimens(descriptor, times) == 0);
  ::close(descriptor);
}

Draft early(const fs::path& library, const fs::path& folder) {
  auto draft = Draft::make_early(library, folder, "game");
  REQUIRE(draft.ok());
  return std::move(draft).value();
}

}  // namespace

TEST_CASE("an early copy is the library, written when that was") {
  const fixtures::Folder folder;
  const fs::path library = folder.path() / "libgame.so";
  fs::copy_file(fixtures::libraries().front(), library);
  const Draft draft = early(library, folder.path() / "gen");
  CHECK(fixtures::read(draft.path()) == fixtures::read(library));
  CHECK(fs::last_write_time(draft.path()) == fs::last_write_time(library));
  CHECK(draft.is_still(library));
  CHECK(draft.is_still(library));  // asking changes nothing
}

TEST_CASE("an early copy counts no more once somebody touched the library") {
  const std::vector<std::function<void(const fs::path&)>> changes = {
      [](const fs::path& file) { overwrite_byte(file, 5000); },
      [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) + 1); },
      [](const fs::path& file) {  // linked again, to the same bytes
        const fs::path other = file.string() + ".tmp";
        fs::copy_file(file, other);
        fs::last_write_time(other, fs::last_write_time(file));
        fs::rename(other, file);
      },
      [](const fs::path& file) { fs::remove(file); },
  };
  for (const auto& change : changes) {
    const fixtures::Folder folder;
    const fs::path library = folder.path() / "libgame.so";
    fs::copy_file(fixtures::libraries().front(), library);
    const Draft draft = early(library, folder.path() / "gen");
    REQUIRE(draft.is_still(library));
    change(library);
    CHECK_FALSE(draft.is_still(library));
  }
}

// File times move in ticks: two writings within one look the same.
TEST_CASE("a write right after the link shows, however soon it comes") {
  const fixtures::Folder folder;
  const fs::path library = folder.path() / "libgame.so";
  const auto bytes = fixtures::read(fixtures::libraries().front());
  for (int i = 0; i < 40; ++i) {
    fixtures::write(folder.path() / "new.so", bytes);
    fs::rename(folder.path() / "new.so", library);
    const Draft draft = early(library, folder.path() / "gen");
    overwrite_byte(library, 5000);
    CHECK_FALSE(draft.is_still(library));
  }
}

TEST_CASE("a file that is not there, or whose times are of no known clock, is not copied early") {
  const fixtures::Folder folder;
  for (const fs::path& file : {folder.path() / "none.so", fs::path("/proc/version")}) {
    const auto draft = Draft::make_early(file, folder.path() / "gen", "game");
    REQUIRE_FALSE(draft.ok());
    CHECK_FALSE(draft.failure().fix.empty());
  }
}

TEST_CASE("a copy that was not made early never stands for what the library was") {
  const fixtures::Folder folder;
  const fs::path library = fixtures::libraries().front();
  auto draft = Draft::make(library, folder.path() / "gen", "game");
  REQUIRE(draft.ok());
  CHECK_FALSE(draft.value().is_still(library));
}

TEST_CASE("an early copy is published like any other") {
  const fixtures::Folder folder;
  const fs::path library = fixtures::libraries().front();
  const auto request = fixtures::request(library, folder.path());
  const auto plain = hrwatch::publish::publish(request);
  REQUIRE(plain.ok());
  const auto expected = fixtures::read(plain.value());
  auto next = request;
  next.generation += 1;
  const auto copy = hrwatch::publish::publish(next, early(library, folder.path()));
  REQUIRE(copy.ok());
  CHECK(fixtures::read(copy.value()) == expected);
}
