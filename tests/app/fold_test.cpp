#include "app/fold.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

using app::DescriptionStore;
using app::FoldRequest;

namespace {

// A store that knows these builds, of which there is no library.
struct KnownBuilds {
  explicit KnownBuilds(std::initializer_list<const char*> ids) {
    std::filesystem::create_directories(sandbox.path("desc"));
    for (const char* id : ids) {
      analysis::Description description;
      description.build_id = id;
      REQUIRE(analysis::save(description, sandbox.path("desc")).ok());
    }
  }

  Sandbox sandbox{"fold"};
  DescriptionStore store{sandbox.path("desc")};
};

hr::wire::ModuleState module(const std::string& name, std::vector<hr::wire::GenerationId> builds) {
  hr::wire::ModuleState state;
  state.name = name;
  state.path = "/gone/lib" + name + ".so";
  state.generations = std::move(builds);
  return state;
}

FoldRequest request(std::vector<hr::wire::ModuleState> modules) {
  FoldRequest request;
  request.pid = getpid();
  request.modules = std::move(modules);
  return request;
}

}  // namespace

TEST_CASE("each module's generations become its lineage, the newest last") {
  KnownBuilds known{"aa", "bb", "cc"};
  const auto folded = app::fold(
      request({module("game", {{0, "aa"}, {3, "bb"}}), module("sound", {{0, "cc"}})}), known.store);
  REQUIRE(folded.ok());
  REQUIRE(folded.value().size() == 2);
  CHECK(folded.value().at("game").newest_build_id() == "bb");
  CHECK(folded.value().at("sound").newest_build_id() == "cc");
}

TEST_CASE("a program with a generation that nobody can describe is named") {
  KnownBuilds known{"aa"};
  const auto folded = app::fold(request({module("game", {{0, "aa"}, {1, "bb"}})}), known.store);
  REQUIRE_FALSE(folded.ok());
  CHECK(folded.failure().what.find("pid " + std::to_string(getpid())) != std::string::npos);
  CHECK_FALSE(folded.failure().fix.empty());
}

TEST_CASE("generation 0 is read through the host's open file when its path is gone") {
  KnownBuilds known{};
  const auto library = known.sandbox.path("libgame.so");
  std::filesystem::copy_file(HR_TEST_DESCRIBED_1, library);
  const auto id = analysis::read_build_id(library);
  REQUIRE(id.ok());
  auto game = module("game", {{0, id.value()}});
  game.path = library.string();
  game.image_descriptor = open(library.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(game.image_descriptor >= 0);
  std::filesystem::remove(library);
  const auto folded = app::fold(request({game}), known.store);
  close(game.image_descriptor);
  REQUIRE(folded.ok());
  CHECK(folded.value().at("game").newest_build_id() == id.value());
}

TEST_CASE("a later generation is read from its published copy") {
  KnownBuilds known{"aa"};
  std::filesystem::create_directory(known.sandbox.path("gen"));
  std::filesystem::copy_file(HR_TEST_DESCRIBED_2, known.sandbox.path("gen/game.4.so"));
  const auto id = analysis::read_build_id(HR_TEST_DESCRIBED_2);
  REQUIRE(id.ok());
  auto asked = request({module("game", {{0, "aa"}, {4, id.value()}})});
  CHECK_FALSE(app::fold(asked, known.store).ok());
  asked.copies = known.sandbox.path("gen");
  const auto folded = app::fold(asked, known.store);
  REQUIRE(folded.ok());
  CHECK(folded.value().at("game").newest_build_id() == id.value());
}

}  // namespace hrwatch::tests
