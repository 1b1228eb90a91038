#include "app/description_store.h"

#include <thread>

#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

using app::DescriptionStore;
using app::LibraryFile;

namespace {

const LibraryFile one{HR_TEST_DESCRIBED_1, {}};
const LibraryFile two{HR_TEST_DESCRIBED_2, {}};

std::string id_of(const LibraryFile& library) {
  const auto id = analysis::read_build_id(library.path);
  REQUIRE(id.ok());
  return id.value();
}

}  // namespace

TEST_CASE("a build is described from the first library that is it") {
  const Sandbox sandbox("store");
  DescriptionStore store(sandbox.path("desc"));
  REQUIRE(id_of(one) != id_of(two));
  const auto described =
      store.get(id_of(two), {LibraryFile{sandbox.path("missing.so"), {}}, one, two});
  REQUIRE(described.ok());
  CHECK(described.value()->build_id == id_of(two));
  CHECK_FALSE(described.value()->variables.empty());
}

TEST_CASE("a build of which no file is left is a failure with a way out") {
  const Sandbox sandbox("store-none");
  DescriptionStore store(sandbox.path("desc"));
  for (const auto& libraries :
       {std::vector<LibraryFile>{}, std::vector<LibraryFile>{one},
        std::vector<LibraryFile>{LibraryFile{sandbox.path("missing.so"), {}}}}) {
    const auto described = store.get(id_of(two), libraries);
    REQUIRE_FALSE(described.ok());
    CHECK_FALSE(described.failure().what.empty());
    CHECK_FALSE(described.failure().why.empty());
    CHECK_FALSE(described.failure().fix.empty());
  }
  // Having failed once is no reason to fail when there is a file.
  CHECK(store.get(id_of(two), {two}).ok());
}

TEST_CASE("many who ask at once get one description") {
  const Sandbox sandbox("store-threads");
  DescriptionStore store(sandbox.path("desc"));
  const std::string id = id_of(one);
  std::vector<std::shared_ptr<const analysis::Description>> got(8);
  std::vector<std::thread> threads;
  for (auto& mine : got)
    threads.emplace_back([&] {
      if (auto described = store.get(id, {one}); described.ok())
        mine = described.value();
    });
  for (std::thread& thread : threads)
    thread.join();
  REQUIRE(got.front());
  for (const auto& mine : got)
    CHECK(mine == got.front());
}

TEST_CASE("what was described early counts for its own build alone, and only where it is given") {
  const Sandbox sandbox("store-early");
  DescriptionStore store(sandbox.path("desc"));
  const auto early = store.describe_early(one, one.path);
  REQUIRE(early.ok());
  CHECK_FALSE(store.get(id_of(one), {}).ok());
  CHECK_FALSE(store.get(id_of(two), {}, &early).ok());
  const auto other = store.get(id_of(two), {two}, &early);
  REQUIRE(other.ok());
  CHECK(other.value()->build_id == id_of(two));
  const DescriptionStore::Described failed = hr::wire::Failure{"a", "b", "c"};
  CHECK_FALSE(store.get(id_of(one), {}, &failed).ok());
  const auto described = store.get(id_of(one), {}, &early);
  REQUIRE(described.ok());
  CHECK(described.value() == early.value());
  CHECK(store.get(id_of(one), {}).value() == early.value());  // from now on it is known
}

TEST_CASE("a problem that was seen early is looked for again beside the library") {
  const Sandbox sandbox("store-early-unfit");
  DescriptionStore store(sandbox.path("desc"));
  const LibraryFile unfit{HR_TEST_DESCRIBED_UNFIT, {}};
  const auto early = store.describe_early(unfit, unfit.path);
  REQUIRE(early.ok());
  REQUIRE_FALSE(early.value()->problems.empty());
  CHECK_FALSE(store.get(id_of(unfit), {}, &early).ok());
  const auto described = store.get(id_of(unfit), {unfit}, &early);
  REQUIRE(described.ok());
  CHECK(described.value() != early.value());
}

TEST_CASE("what was made is written once, and read by the next session without a library") {
  const Sandbox sandbox("store-saved");
  std::filesystem::create_directories(sandbox.path("desc"));
  const std::string id = id_of(one);
  {
    DescriptionStore store(sandbox.path("desc"));
    REQUIRE(store.get(id, {one}).ok());
    CHECK_FALSE(std::filesystem::exists(sandbox.path("desc") / id));
    store.save_new();
    REQUIRE(std::filesystem::exists(sandbox.path("desc") / id));
    std::filesystem::remove(sandbox.path("desc") / id);
    store.save_new();
    CHECK_FALSE(std::filesystem::exists(sandbox.path("desc") / id));
    REQUIRE(analysis::save(*store.get(id, {one}).value(), sandbox.path("desc")).ok());
  }
  DescriptionStore next(sandbox.path("desc"));
  const auto described = next.get(id, {});
  REQUIRE(described.ok());
  CHECK(described.value()->build_id == id);
  CHECK_FALSE(described.value()->variables.empty());
}

}  // namespace hrwatch::tests
