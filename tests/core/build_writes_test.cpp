#include "core/build_writes.h"

#include "support/catch.h"

namespace {

using namespace hrwatch::core;
using namespace std::chrono_literals;
using Writer = BuildWrites::Writer;

// So long after the beginning of a build; they begin every ten seconds.
Writer during(BuildWrites& writes, const std::string& path, BuildId build, Time since_begin) {
  const Time began = std::chrono::seconds{10 * build};
  return writes.changed_during(path, build, began, began + since_begin);
}

TEST_CASE("build writes: at the same moment of builds in a row, told once, then ignored") {
  BuildWrites writes;
  CHECK(during(writes, "/a", 1, 500ms) == Writer::somebody);
  CHECK(during(writes, "/a", 2, 540ms) == Writer::suspect);
  CHECK(during(writes, "/a", 3, 460ms) == Writer::found_out);
  CHECK(during(writes, "/a", 3, 461ms) == Writer::suspect);  // built once more
  CHECK(during(writes, "/a", 4, 500ms) == Writer::build);
  CHECK(during(writes, "/a", 5, 500ms) == Writer::build);
  CHECK(during(writes, "/b", 5, 500ms) == Writer::somebody);
}

TEST_CASE("build writes: one write makes several events") {
  BuildWrites writes;
  for (int event = 0; event < 6; ++event) {
    CHECK(during(writes, "/a", 1, 500ms + event * 2ms) == Writer::somebody);
  }
  CHECK(during(writes, "/a", 2, 500ms) == Writer::suspect);
  CHECK(during(writes, "/a", 2, 510ms) == Writer::suspect);
}

TEST_CASE("build writes: who saves during each build does so at other moments") {
  BuildWrites writes;
  Time moment = 100ms;
  for (BuildId build = 1; build < 20; ++build) {
    moment = moment < 1500ms ? moment + 400ms : 100ms;
    CHECK(during(writes, "/a", build, moment) == Writer::somebody);
  }
}

TEST_CASE("build writes: who saves so often that a build sees two of it is no build") {
  BuildWrites writes;
  for (BuildId build = 1; build < 20; ++build) {
    CHECK(during(writes, "/a", build, 40ms) != Writer::build);
    CHECK(during(writes, "/a", build, 80ms) == Writer::somebody);
  }
}

TEST_CASE("build writes: a save every 40 ms, each of which begins a build, is no build's") {
  BuildWrites writes;
  for (BuildId build = 1; build < 60; ++build) {
    const Time began = build * 40ms;
    const Writer writer = writes.changed_during("/a", build, began, began + 35ms);
    CHECK((writer == Writer::somebody || writer == Writer::suspect));
  }
}

TEST_CASE("build writes: a rhythm that drifts is no build's") {
  BuildWrites writes;
  Time moment = 400ms;
  for (BuildId build = 1; build < 8; ++build) {
    moment -= 50ms;  // saves every 350 ms, builds of 400 ms
    CHECK(during(writes, "/a", build, moment) != Writer::build);
  }
}

TEST_CASE("build writes: builds in which the file rests are no row") {
  BuildWrites writes;
  for (BuildId build = 1; build < 20; build += 2) {
    CHECK(during(writes, "/a", build, 100ms) == Writer::somebody);
  }
}

TEST_CASE("build writes: a save of such a file at another moment of a build is a save") {
  BuildWrites writes;
  for (BuildId build = 1; build <= 4; ++build) {
    during(writes, "/a", build, 100ms);
  }
  CHECK(during(writes, "/a", 9, 100ms) == Writer::build);
  CHECK(during(writes, "/a", 9, 3s) == Writer::somebody);
  CHECK(during(writes, "/a", 10, 380ms) == Writer::build);  // the machine is busy
  CHECK(during(writes, "/a", 10, 100ms) == Writer::build);
}

TEST_CASE("build writes: a change outside of builds starts anew") {
  BuildWrites writes;
  for (BuildId build = 1; build <= 4; ++build) {
    during(writes, "/a", build, 100ms);
  }
  writes.changed_outside("/a");
  CHECK(during(writes, "/a", 5, 100ms) == Writer::somebody);
}

}  // namespace
