#include "app/build_folder.h"

#include <filesystem>

#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

namespace fs = std::filesystem;

namespace {

// The current folder for as long as it lives.
class Inside {
 public:
  explicit Inside(const fs::path& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }

  ~Inside() { fs::current_path(before_); }

  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  fs::path before_;
};

}  // namespace

TEST_CASE("a build folder that is given is made absolute and straight") {
  const Sandbox sandbox("build-folder");
  sandbox.write("project/out/CMakeCache.txt", "CMAKE_GENERATOR:INTERNAL=Ninja\n");
  const Inside inside(sandbox.path("project"));
  for (const char* given : {"out", "./out/", "../project/out", "out/../out"}) {
    INFO(given);
    const auto folder = app::build_folder(given);
    REQUIRE(folder.ok());
    CHECK(folder.value() == sandbox.path("project/out").generic_string());
  }
}

TEST_CASE("a folder without a build is refused with the command that makes one") {
  const Sandbox sandbox("no-build-folder");
  fs::create_directory(sandbox.path("empty"));
  for (const std::string& given :
       {sandbox.path("empty").generic_string(), sandbox.path("missing").generic_string()}) {
    INFO(given);
    const auto folder = app::build_folder(given);
    REQUIRE_FALSE(folder.ok());
    CHECK(folder.failure().what.find(given) != std::string::npos);
    CHECK(folder.failure().fix.find("-B " + given) != std::string::npos);
  }
}

TEST_CASE("without a name the build folder is found from the current folder") {
  const Sandbox sandbox("found-build-folder");
  sandbox.write("CMakeLists.txt", "project(sample)\n");
  const Inside inside(sandbox.path());
  sandbox.write("build/CMakeCache.txt",
                "CMAKE_GENERATOR:INTERNAL=Ninja\nCMAKE_HOME_DIRECTORY:INTERNAL=" +
                    sandbox.path().generic_string() + "\n");
  const auto folder = app::build_folder("");
  REQUIRE(folder.ok());
  CHECK(folder.value() == sandbox.path("build").generic_string());
}

}  // namespace hrwatch::tests
