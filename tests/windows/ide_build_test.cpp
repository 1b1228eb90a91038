// Builds that no session has started, as an IDE makes them: a plain ninja.exe, while programs have
// the .pdb or the library open. What makes way is the step before the link that add_hot_module()
// adds.
#include <windows.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "core/pe_image.h"
#include "support/sandbox.h"
#include "windows/holder.h"
#include "windows/real_tools.h"
#include "windows/work_folder.h"

using namespace hrwatch;
using tests::Holder;
using tests::RealTools;
namespace fs = std::filesystem;

namespace {

constexpr int edits = 5;

// `plain` is linked as `game` is, without the step.
constexpr const char* project_text = R"(cmake_minimum_required(VERSION 3.23)
project(sample LANGUAGES CXX)
find_package(hrwatch REQUIRED)
if(NOT TARGET hrwatch::hrwatch)
  add_executable(hrwatch::hrwatch IMPORTED GLOBAL)
  set_target_properties(hrwatch::hrwatch PROPERTIES IMPORTED_LOCATION "${TOOL}")
endif()
add_hot_module(game game.cpp)
add_library(plain SHARED game.cpp)
target_compile_options(plain PRIVATE -g -gcodeview)
target_link_options(plain PRIVATE -Wl,--pdb=)
)";

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Rig {
 public:
  Rig() {
    files_.write("CMakeLists.txt", project_text);
    edit(0);
    const auto configured =
        RealTools::configure(files_.path(), files_.path("build"),
                             {"-DCMAKE_BUILD_TYPE=Debug", "-DTOOL=" HR_TEST_MAKE_WAY});
    INFO(configured.output);
    REQUIRE(configured.status == 0);
    REQUIRE(configured.output.find("modules are HOT") != std::string::npos);
    build("game");
    build("plain");
  }

  void edit(int number) {
    text_ = "edit number " + std::to_string(number) + ".";
    files_.write("game.cpp",
                 "extern \"C\" const char* game_text() { return \"" + text_ + "\"; }\n");
  }

  RealTools::Outcome try_to_build(const std::string& target) const {
    return RealTools::ninja(files_.path("build"), target);
  }

  // And looks whether the library is the new one.
  void build(const std::string& target) const {
    const auto built = try_to_build(target);
    INFO(built.output);
    REQUIRE(built.status == 0);
    REQUIRE(bytes_of(library(target)).find(text_) != std::string::npos);
  }

  fs::path library(const std::string& target) const {
    return files_.path("build/lib" + target + ".dll");
  }

  // The one that the library names: a debugger opens that.
  fs::path pdb() const {
    const std::string bytes = bytes_of(library("game"));
    const auto image = core::read_pe_image(std::as_bytes(std::span(bytes)));
    REQUIRE(image.ok());
    REQUIRE(image.value().pdb.has_value());
    return image.value().pdb->path;
  }

  std::size_t asides() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(files_.path("build"))) {
      const std::string name = entry.path().filename().string();
      const bool pdb = name.rfind("libgame.", 0) == 0 && name.find(".pdb") != std::string::npos;
      count += name.ends_with(".old") || (pdb && name != "libgame.pdb") ? 1u : 0u;
    }
    return count;
  }

 private:
  tests::Sandbox files_{tests::in_work_folder("ide-build")};
  std::string text_;
};

void edit_and_build(Rig& rig, const tests::Sharing& sharing, int& number) {
  INFO(sharing.name);
  {
    const Holder holder(rig.library("plain").replace_extension(".pdb"), sharing.mode);
    REQUIRE(holder.holds());
    rig.edit(++number);
    const auto refused = rig.try_to_build("plain");
    CHECK(refused.status != 0);
    CHECK(refused.output.find("LNK1201") != std::string::npos);
  }

  struct Held {
    std::unique_ptr<Holder> holder;
    std::string bytes;
  };

  std::vector<Held> debugger;
  for (int i = 0; i < edits; ++i) {
    debugger.push_back({std::make_unique<Holder>(rig.pdb(), sharing.mode), bytes_of(rig.pdb())});
    REQUIRE(debugger.back().holder->holds());
    rig.edit(++number);
    rig.build("game");
  }
  for (const Held& held : debugger) {
    CHECK_FALSE(held.bytes.empty());
    CHECK(held.holder->read() == held.bytes);
  }
  CHECK(rig.asides() >= edits);
}

}  // namespace

TEST_CASE("Plain builds, while a debugger opens each new .pdb") {
  SetEnvironmentVariableA("HR_TEST_LINKER", "microsoft");
  Rig rig;
  int number = 0;
  for (const tests::Sharing& sharing : tests::sharings)
    edit_and_build(rig, sharing, number);
  // Nobody has anything open any more. The second build lets go of what the first was still using.
  for (int i = 0; i < 2; ++i) {
    rig.edit(++number);
    rig.build("game");
  }
  CHECK(rig.pdb().filename() == "libgame.pdb");
  CHECK(rig.asides() == 0);
}

TEST_CASE("A plain build, while the library is loaded") {
  Rig rig;
  const HMODULE loaded =
      LoadLibraryExW(rig.library("game").c_str(), nullptr, DONT_RESOLVE_DLL_REFERENCES);
  REQUIRE(loaded != nullptr);
  rig.edit(1);
  rig.build("game");
  CHECK(rig.asides() == 1);
  FreeLibrary(loaded);
  rig.edit(2);
  rig.build("game");
  CHECK(rig.asides() == 0);
}
