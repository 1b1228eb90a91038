// The states of an opened library.
#include "src/library_progress.h"

#include "support/catch.h"

namespace hr::runtime {

namespace {

const wire::Failure absent{"it is not there", "why", "fix"};
const wire::Failure broken{"it is broken", "why", "fix"};

}  // namespace

TEST_CASE("from waiting to ok, and to the next") {
  LibraryProgress progress;
  CHECK(progress.state() == HR_LIBRARY_WAITING);
  CHECK(progress.generation() == -1);
  CHECK(progress.not_there(absent));
  CHECK_FALSE(progress.not_there(absent));
  CHECK(progress.failure() == absent);
  CHECK(progress.loading());
  CHECK(progress.state() == HR_LIBRARY_LOADING);
  CHECK(progress.failure().what.empty());
  CHECK(progress.live());
  CHECK(progress.state() == HR_LIBRARY_OK);
  CHECK(progress.generation() == 0);
  CHECK(progress.loading());
  CHECK(progress.live());
  CHECK(progress.generation() == 1);
}

TEST_CASE("an error ends with the next good file, or with the old one") {
  LibraryProgress progress;
  progress.loading();
  progress.live();
  progress.loading();
  CHECK(progress.failed(broken));
  CHECK_FALSE(progress.failed(broken));
  CHECK(progress.failed(absent));
  CHECK(progress.state() == HR_LIBRARY_ERROR);
  CHECK(progress.generation() == 0);
  SECTION("the old one") {
    CHECK(progress.unchanged(false));
    CHECK_FALSE(progress.unchanged(false));
    CHECK(progress.generation() == 0);
  }
  SECTION("a good one") {
    progress.loading();
    progress.live();
    CHECK(progress.generation() == 1);
  }
  CHECK(progress.state() == HR_LIBRARY_OK);
  CHECK(progress.failure().what.empty());
}

TEST_CASE("the file goes and comes back while its code runs on") {
  LibraryProgress progress;
  progress.loading();
  progress.live();
  CHECK(progress.not_there(absent));
  CHECK(progress.generation() == 0);
  CHECK(progress.unchanged(false));
  CHECK(progress.state() == HR_LIBRARY_OK);
}

TEST_CASE("what waits for a poll is loading; what is noted changes no state") {
  LibraryProgress progress;
  progress.loading();
  CHECK_FALSE(progress.unchanged(true));
  CHECK(progress.state() == HR_LIBRARY_LOADING);
  progress.live();
  progress.note(broken);
  CHECK(progress.state() == HR_LIBRARY_OK);
  CHECK(progress.failure() == broken);
  CHECK(progress.unloaded());
  CHECK(progress.state() == HR_LIBRARY_WAITING);
  CHECK(progress.generation() == -1);
}

}  // namespace hr::runtime
