#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "analysis/describe.h"
#include "support/catch.h"
#include "support/sandbox.h"

using namespace hrwatch::analysis;
using hrwatch::tests::Sandbox;

namespace {

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                std::filesystem::directory_iterator()));
}

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Something of everything.
Description some_description(const std::string& build_id) {
  Description description;
  description.build_id = build_id;
  description.memory_size = 0x5000;
  description.functions.resize(3);
  description.functions[1].name = "_Z4playi";
  description.functions[1].key = 77;
  description.variables.resize(2);
  description.variables[1].type = "int [3]";
  description.constants.resize(1);
  description.constants[0].slots = {"", "_ZN5Enemy4stepEv"};
  description.code_references.push_back({0x1010, 0x3000, -4, 1, true});
  description.data_references.push_back({0x3008, 0x1000, DataReferenceKind::absolute});
  description.types["Enemy"].members.resize(2);
  return description;
}

}  // namespace

TEST_CASE("what was written is read back, every field of it") {
  const Sandbox sandbox("descriptions");
  for (const char* id : {"0123abcd", "AABBCCDD00000000000000000000000000000003-12345678"}) {
    const std::filesystem::path folder = sandbox.path(id);
    REQUIRE(save(some_description(id), folder).ok());
    CHECK(files_in(folder) == 1);
    const std::string first = content(folder / id);
    const auto loaded = load(id, folder);
    REQUIRE(loaded.ok());
    CHECK(loaded.value()->functions[1].name == "_Z4playi");
    CHECK(loaded.value()->functions[1].key == 77);
    CHECK(loaded.value()->code_references.front().addend == -4);
    REQUIRE(save(*loaded.value(), folder).ok());
    CHECK(content(folder / id) == first);
    CHECK(files_in(folder) == 1);
  }
}

TEST_CASE("a damaged, cut or foreign description is refused, never half read") {
  const Sandbox sandbox("descriptions");
  const std::filesystem::path folder = sandbox.path("desc");
  const Description description = some_description("0123abcd");
  REQUIRE(save(description, folder).ok());
  const std::filesystem::path path = folder / description.build_id;
  const std::string whole = content(path);
  REQUIRE(load(description.build_id, folder).ok());

  for (std::size_t length = 0; length < whole.size(); ++length) {
    write(path, whole.substr(0, length));
    CHECK_FALSE(load(description.build_id, folder).ok());
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    write(path, damaged);
    CHECK_FALSE(load(description.build_id, folder).ok());
  }
  write(path, whole);
  std::filesystem::rename(path, folder / "ffff");
  CHECK_FALSE(load("ffff", folder).ok());
  const auto missing = load(description.build_id, folder);
  REQUIRE_FALSE(missing.ok());
  CHECK_FALSE(missing.failure().fix.empty());
}

TEST_CASE("only a build-id names a description") {
  const Sandbox sandbox("descriptions");
  const std::filesystem::path folder = sandbox.path("desc");
  Description description;
  for (const char* id : {"", "../secret", "WXYZ", "12/34"}) {
    description.build_id = id;
    CHECK_FALSE(save(description, folder).ok());
    CHECK_FALSE(load(id, folder).ok());
  }
}

TEST_CASE("a folder that can't be written is said, and leaves nothing behind") {
  const Sandbox sandbox("descriptions");
  const std::filesystem::path folder = sandbox.path("desc");
  write(folder, "a file where the folder should be");
  Description description;
  description.build_id = "0123abcd";
  const auto saved = save(description, folder);
  REQUIRE_FALSE(saved.ok());
  CHECK(saved.failure().what.find("0123abcd") != std::string::npos);
}
