// The rules against real sharing violations. The holder and the writer are this process: the system
// does not ask who it is.
#include "build/linker_files.h"

#include <fstream>
#include <iterator>
#include <span>

#include "core/pe_image.h"
#include "support/catch.h"
#include "support/sandbox.h"
#include "windows/holder.h"

using namespace hrwatch;
using build::LinkerFile;
using tests::Holder;
using tests::Sharing;
namespace fs = std::filesystem;

namespace {

constexpr DWORD sharing_violation = 32;

LinkerFile file_of(const tests::Sandbox& files, const std::string& name_file = {}) {
  return {files.path("game.pdb").generic_string(),
          name_file.empty() ? "" : files.path(name_file).generic_string()};
}

}  // namespace

TEST_CASE("Without making way the linker fails, whatever the holder shares") {
  for (const Sharing& sharing : tests::sharings) {
    INFO(sharing.name);
    tests::Sandbox files("locked");
    files.write("game.pdb", "old");
    const Holder holder(files.path("game.pdb"), sharing.mode);
    REQUIRE(holder.holds());
    CHECK(tests::write_as_linker(files.path("game.pdb"), "new") == sharing_violation);
  }
}

TEST_CASE("A held file is renamed, the linker writes a fresh one, the holder keeps its own") {
  for (const Sharing& sharing : tests::sharings) {
    if (!sharing.renamable)
      continue;
    INFO(sharing.name);
    tests::Sandbox files("locked");
    files.write("game.pdb", "old");
    const Holder holder(files.path("game.pdb"), sharing.mode);
    REQUIRE(build::make_way({file_of(files)}).ok());
    CHECK(tests::write_as_linker(files.path("game.pdb"), "new") == 0);
    CHECK(holder.read() == "old");
    CHECK(files.read("game.1.pdb.old") == "old");
    CHECK(files.read("game.pdb") == "new");
  }
}

TEST_CASE("What no link has written anew gets its name back, with the newest content") {
  tests::Sandbox files("locked");
  files.write("game.pdb", "older");
  {
    const Holder holder(files.path("game.pdb"), FILE_SHARE_READ | FILE_SHARE_DELETE);
    REQUIRE(build::make_way({file_of(files)}).ok());
  }
  files.write("game.pdb", "newer");
  fs::last_write_time(files.path("game.1.pdb.old"),
                      fs::last_write_time(files.path("game.pdb")) - std::chrono::seconds(5));
  const Holder holder(files.path("game.pdb"), FILE_SHARE_READ | FILE_SHARE_DELETE);
  REQUIRE(build::make_way({file_of(files)}).ok());
  CHECK_FALSE(fs::exists(files.path("game.pdb")));
  CHECK(build::put_back({file_of(files)}) == 1);
  CHECK(files.read("game.pdb") == "newer");
  CHECK(build::put_back({file_of(files)}) == 0);
}

TEST_CASE("A holder that opens each new file: one more file aside each time") {
  tests::Sandbox files("locked");
  std::vector<std::unique_ptr<Holder>> holders;
  for (int build = 0; build < 5; ++build) {
    REQUIRE(build::make_way({file_of(files)}).ok());
    REQUIRE(tests::write_as_linker(files.path("game.pdb"), std::to_string(build)) == 0);
    holders.push_back(
        std::make_unique<Holder>(files.path("game.pdb"), FILE_SHARE_READ | FILE_SHARE_DELETE));
    REQUIRE(holders.back()->holds());
  }
  for (int build = 0; build < 5; ++build)
    CHECK(holders[static_cast<std::size_t>(build)]->read() == std::to_string(build));
  CHECK(build::remove_asides({file_of(files)}) == 0);
  holders.clear();
  CHECK(build::remove_asides({file_of(files)}) == 4);
  CHECK(fs::exists(files.path("game.pdb")));
}

TEST_CASE("A holder that shares reading only: another name where the build takes one") {
  tests::Sandbox files("locked");
  files.write("game.pdb", "old");
  {
    const Holder holder(files.path("game.pdb"), FILE_SHARE_READ);
    REQUIRE(build::make_way({file_of(files, "pdb.rsp")}).ok());
    CHECK(files.read("pdb.rsp") == "\"--pdb=" + files.path("game.1.pdb").generic_string() + "\"\n");
  }
  REQUIRE(build::make_way({file_of(files, "pdb.rsp")}).ok());
  CHECK(files.read("pdb.rsp").empty());
}

TEST_CASE("A holder that shares reading only, and no other name: what, why and a way out") {
  tests::Sandbox files("locked");
  files.write("game.pdb", "old");
  const Holder holder(files.path("game.pdb"), FILE_SHARE_READ);
  const auto outcome = build::make_way({file_of(files)});
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.failure().what.find("game.pdb") != std::string::npos);
  CHECK(outcome.failure().why.find("error 32") != std::string::npos);
  CHECK_FALSE(outcome.failure().fix.empty());
  CHECK(files.read("game.pdb") == "old");
}

TEST_CASE("A library that is loaded is renamed aside, too") {
  tests::Sandbox files("locked");
  fs::copy_file(HR_TEST_LIBRARY, files.path("game.dll"));
  const HMODULE library = LoadLibraryW(files.path("game.dll").c_str());
  REQUIRE(library != nullptr);
  const LinkerFile file = {files.path("game.dll").generic_string(), ""};
  CHECK(tests::write_as_linker(files.path("game.dll"), "new") != 0);
  REQUIRE(build::make_way({file}).ok());
  CHECK(tests::write_as_linker(files.path("game.dll"), "new") == 0);
  CHECK(build::remove_asides({file}) == 0);
  FreeLibrary(library);
  CHECK(build::remove_asides({file}) == 1);
}

TEST_CASE("The .pdb that a library names stays, whatever its name; older ones go") {
  tests::Sandbox files("locked");
  std::ifstream in(HR_TEST_LIBRARY, std::ios::binary);
  std::string library{std::istreambuf_iterator<char>(in), {}};
  const auto image = core::read_pe_image(std::as_bytes(std::span(library)));
  REQUIRE(image.ok());
  REQUIRE(image.value().pdb.has_value());
  REQUIRE(core::set_pdb_path(std::as_writable_bytes(std::span(library)), *image.value().pdb,
                             "game.2.pdb"));
  std::ofstream(files.path("game.dll"), std::ios::binary) << library;
  for (const char* name : {"game.pdb", "game.1.pdb", "game.2.pdb", "game.1.pdb.old"})
    files.write(name, "x");
  CHECK(build::remove_asides({{files.path("game.dll").generic_string(), ""}, file_of(files)}) == 2);
  CHECK(fs::exists(files.path("game.2.pdb")));
  CHECK_FALSE(fs::exists(files.path("game.1.pdb")));
  CHECK(build::remove_asides({file_of(files)}) == 1);  // no library: nothing names it
  CHECK(fs::exists(files.path("game.pdb")));
}

TEST_CASE("Free and absent files are left alone") {
  tests::Sandbox files("locked");
  files.write("game.pdb", "old");
  REQUIRE(build::make_way({file_of(files), {files.path("none.pdb").generic_string(), ""}}).ok());
  CHECK(files.read("game.pdb") == "old");
  CHECK_FALSE(fs::exists(files.path("game.1.pdb.old")));
}
