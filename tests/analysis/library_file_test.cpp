#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "analysis/describe.h"
#include "support/catch.h"

using namespace hrwatch::analysis;

namespace {

namespace fs = std::filesystem;

fs::path fixture(const std::string& name) {
  return fs::path(HR_FIXTURES) / (name + ".so");
}

// A folder of this test alone, gone with it.
struct Folder {
  fs::path path =
      fs::temp_directory_path() / ("hrwatch-descriptions-" + std::to_string(::getpid()));

  Folder() { fs::remove_all(path); }

  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }

  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("a description read back is the one that was written") {
  const Folder folder;
  const auto described = describe(fixture(HR_MODULE));
  REQUIRE(described.ok());
  const Description& description = *described.value();
  REQUIRE(save(description, folder.path).ok());
  CHECK(folder.files() == 1);
  const std::string first = content(folder.path / description.build_id);

  const auto loaded = load(description.build_id, folder.path);
  REQUIRE(loaded.ok());
  CHECK(loaded.value()->functions.size() == description.functions.size());
  CHECK(loaded.value()->functions.back().key == description.functions.back().key);
  CHECK(loaded.value()->variables.front().name == description.variables.front().name);
  CHECK(loaded.value()->types.size() == description.types.size());
  // Every field: what was read back writes the same file again.
  REQUIRE(save(*loaded.value(), folder.path).ok());
  CHECK(content(folder.path / description.build_id) == first);
  CHECK(folder.files() == 1);
}

TEST_CASE("half-written and foreign libraries are refused by name") {
  const Folder folder;
  fs::create_directories(folder.path);
  const std::string whole = content(fixture("fit"));
  const fs::path path = folder.path / "libhalf.so";
  for (std::size_t part = 0; part < 64; ++part) {
    write(path, whole.substr(0, whole.size() * part / 64));
    const auto described = describe(path);
    REQUIRE_FALSE(described.ok());
    CHECK(described.failure().what.find("libhalf.so") != std::string::npos);
  }
  CHECK_FALSE(describe(folder.path / "missing.so").ok());
  CHECK_FALSE(read_build_id(folder.path / "missing.so").ok());
  CHECK_FALSE(read_build_id(fixture("no_build_id")).ok());

  std::string foreign = whole;
  foreign[18] = 0x28;  // e_machine: EM_ARM
  write(path, foreign);
  REQUIRE_FALSE(describe(path).ok());
  CHECK(describe(path).failure().what.find("not for x86-64") != std::string::npos);
}

TEST_CASE("whatever a library's bytes say, it is described or refused") {
  const Folder folder;
  fs::create_directories(folder.path);
  const std::string whole = content(fixture("fit"));
  const fs::path path = folder.path / "libbroken.so";
  std::uint32_t random = 12345;
  int survived = 0;
  for (int round = 0; round < 300; ++round) {
    std::string broken = whole;
    for (int edit = 0; edit < 4; ++edit) {
      random = random * 1664525 + 1013904223;  // Numerical Recipes, "Quick and dirty generators"
      broken[random % broken.size()] = static_cast<char>(random >> 24);
    }
    // Headers and tables at the end of the file are where counts and offsets are.
    random = random * 1664525 + 1013904223;
    broken[broken.size() - 1 - random % 4096] = static_cast<char>(random >> 24);
    write(path, broken);
    survived += describe(path).ok() ? 1 : 0;
  }
  CHECK(survived > 0);
}
