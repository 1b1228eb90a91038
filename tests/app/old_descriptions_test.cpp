#include "app/old_descriptions.h"

#include "analysis/describe.h"
#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

namespace fs = std::filesystem;

namespace {

// Descriptions of 100 bytes, of which `a` is the oldest.
void write_descriptions(const Sandbox& sandbox, const std::vector<std::string>& builds) {
  const auto now = fs::file_time_type::clock::now();
  int age = static_cast<int>(builds.size());
  for (const std::string& build : builds) {
    sandbox.write("desc/" + build, std::string(100, 'x'));
    fs::last_write_time(sandbox.path("desc/" + build), now - std::chrono::hours(age--));
  }
}

std::set<std::string> left(const Sandbox& sandbox) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(sandbox.path("desc")))
    names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

TEST_CASE("of descriptions that nobody needs the newest stay, as far as there is room") {
  const Sandbox sandbox("old-descriptions");
  write_descriptions(sandbox, {"a", "b", "c", "d"});
  app::remove_old_descriptions(sandbox.path("desc"), sandbox.path("none"), {}, 400);
  CHECK(left(sandbox) == std::set<std::string>{"a", "b", "c", "d"});
  app::remove_old_descriptions(sandbox.path("desc"), sandbox.path("none"), {}, 250);
  CHECK(left(sandbox) == std::set<std::string>{"c", "d"});
}

TEST_CASE("descriptions of what hosts run stay, however old") {
  const Sandbox sandbox("old-descriptions-needed");
  const auto copied = analysis::read_build_id(HR_TEST_DESCRIBED_1);
  REQUIRE(copied.ok());
  write_descriptions(sandbox, {"a", copied.value(), "c", "d"});
  fs::create_directories(sandbox.path("gen"));
  fs::copy_file(HR_TEST_DESCRIBED_1, sandbox.path("gen/game.1.so"));
  sandbox.write("gen/unfinished.so", "not a library");
  app::remove_old_descriptions(sandbox.path("desc"), sandbox.path("gen"), {"a"}, 100);
  CHECK(left(sandbox) == std::set<std::string>{"a", copied.value(), "d"});
}

}  // namespace hrwatch::tests
