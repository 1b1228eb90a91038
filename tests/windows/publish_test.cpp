#include "publish/publish.h"

#include <windows.h>

#include <fstream>
#include <iterator>

#include "core/pe_image.h"
#include "support/catch.h"
#include "support/sandbox.h"
#include "windows/holder.h"

using namespace hrwatch;
namespace fs = std::filesystem;

namespace {

const fs::path library = HR_TEST_LIBRARY;

core::PeImage image_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto image = core::read_pe_image(std::as_bytes(std::span(text)));
  REQUIRE(image.ok());
  return std::move(image).value();
}

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

publish::Request request_for(const tests::Sandbox& files, std::uint32_t generation) {
  publish::Request request;
  request.library = library;
  request.folder = files.path("gen");
  request.module = "library";
  request.generation = generation;
  request.build_id = image_of(library).build_id();
  return request;
}

}  // namespace

TEST_CASE("A copy has a name and a .pdb of its own, and the identity of the build") {
  tests::Sandbox files("publish");
  const auto built = image_of(library);
  REQUIRE(built.pdb.has_value());
  const auto path = publish::publish(request_for(files, 12));
  REQUIRE(path.ok());
  CHECK(path.value() == files.path("gen") / "library.12.dll");
  const auto copy = image_of(path.value());
  REQUIRE(copy.pdb.has_value());
  CHECK(copy.pdb->path == "library.12.pdb");
  CHECK(copy.pdb->identity == built.pdb->identity);
  CHECK(bytes_of(files.path("gen/library.12.pdb")) ==
        bytes_of(library.parent_path() / built.pdb->path));
  CHECK(publish::next_generation(files.path("gen"), "library") == 13);
}

TEST_CASE("A copy runs, beside the library itself and another copy") {
  tests::Sandbox files("publish");
  const auto one = publish::publish(request_for(files, 1));
  const auto two = publish::publish(request_for(files, 2));
  REQUIRE(one.ok());
  REQUIRE(two.ok());
  HMODULE loaded[2] = {LoadLibraryW(one.value().c_str()), LoadLibraryW(two.value().c_str())};
  CHECK(loaded[0] != loaded[1]);
  for (const HMODULE module : loaded) {
    REQUIRE(module != nullptr);
    const auto answer =
        reinterpret_cast<int (*)()>(reinterpret_cast<void (*)()>(GetProcAddress(module, "answer")));
    REQUIRE(answer != nullptr);
    CHECK(answer() == 1);
    FreeLibrary(module);
  }
}

TEST_CASE("Another build than the announced one, and a generation that is there, are refused") {
  tests::Sandbox files("publish");
  auto request = request_for(files, 1);
  REQUIRE(publish::publish(request).ok());
  CHECK_FALSE(publish::publish(request).ok());
  request.generation = 2;
  request.build_id = "another";
  const auto refused = publish::publish(request);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().why.find("built again") != std::string::npos);
  std::size_t there = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(files.path("gen")))
    ++there;
  CHECK(there == 2);  // generation 1 and its .pdb
}

TEST_CASE("A .pdb that a debugger reads is copied all the same") {
  tests::Sandbox files("publish");
  const auto built = image_of(library);
  const tests::Holder holder(library.parent_path() / built.pdb->path,
                             FILE_SHARE_READ | FILE_SHARE_DELETE);
  REQUIRE(holder.holds());
  CHECK(publish::publish(request_for(files, 1)).ok());
}

TEST_CASE("Leftovers go unless somebody holds them") {
  tests::Sandbox files("publish");
  for (std::uint32_t n = 1; n <= 3; ++n)
    REQUIRE(publish::publish(request_for(files, n)).ok());
  files.write("gen/library.9.dll.part", "half");
  const HMODULE loaded = LoadLibraryW(files.path("gen/library.2.dll").c_str());
  REQUIRE(loaded != nullptr);
  {
    const tests::Holder holder(files.path("gen/library.2.pdb"), FILE_SHARE_READ);
    CHECK(publish::remove_leftovers(files.path("gen")) == 5);
    CHECK(fs::exists(files.path("gen/library.2.dll")));
    CHECK(fs::exists(files.path("gen/library.2.pdb")));
  }
  FreeLibrary(loaded);
  CHECK(publish::remove_leftovers(files.path("gen")) == 2);
}
