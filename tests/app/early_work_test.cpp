#include "app/early_work.h"

#include <fstream>

#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

using namespace app;
namespace fs = std::filesystem;

namespace {

// A build folder whose linker has just put a library in its place.
struct Linked {
  Sandbox sandbox{"early"};
  fs::path library = sandbox.path("libgame.so");
  DescriptionStore store{sandbox.path("desc")};
  EarlyWork work;

  Linked() {
    fs::copy_file(HR_TEST_DESCRIBED_1, library);
    std::promise<std::shared_ptr<const EarlyDone>> promise;
    promise.set_value(work_early({library, {}}, "game", sandbox.path("gen"), store));
    work = promise.get_future().share();
  }
};

}  // namespace

TEST_CASE("a library that is as it was when its build ends is copied and described already") {
  const Linked linked;
  const auto done = done_for(linked.library, linked.work);
  REQUIRE(done != nullptr);
  REQUIRE(done->described.ok());
  CHECK(done->described.value()->build_id == analysis::read_build_id(linked.library).value());
  CHECK(fs::file_size(done->draft->path()) == fs::file_size(linked.library));
}

TEST_CASE("a step behind the link that writes to the library makes early work worthless") {
  const Linked linked;
  std::ofstream(linked.library, std::ios::binary | std::ios::app) << "more";
  CHECK(done_for(linked.library, linked.work) == nullptr);
}

TEST_CASE("early work for another file, or none at all, is none") {
  const Linked linked;
  CHECK(done_for(HR_TEST_DESCRIBED_2, linked.work) == nullptr);
  CHECK(done_for(linked.library, EarlyWork()) == nullptr);
  DescriptionStore store(linked.sandbox.path("desc"));
  CHECK(work_early({linked.sandbox.path("none.so"), {}}, "game", linked.sandbox.path("gen"),
                   store) == nullptr);
}

TEST_CASE("a copy that nobody took goes with the work") {
  fs::path copy;
  const Sandbox sandbox("early-gone");
  {
    DescriptionStore store(sandbox.path("desc"));
    const auto done = work_early({HR_TEST_DESCRIBED_1, {}}, "game", sandbox.path("gen"), store);
    REQUIRE(done != nullptr);
    copy = done->draft->path();
    CHECK(fs::exists(copy));
  }
  CHECK_FALSE(fs::exists(copy));
}

}  // namespace hrwatch::tests
