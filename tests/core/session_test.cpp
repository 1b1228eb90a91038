#include "core/session.h"

#include "core/session_fixture.h"
#include "support/catch.h"

namespace {

using namespace hrwatch::core;
using hrwatch::tests::Session;
using hrwatch::tests::small_project;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

TEST_CASE("session: starts by reading the project, then watches and builds") {
  Session session;
  CHECK(session.count<LoadModel>() == 1);
  session.take(ModelLoaded{small_project()});
  CHECK(session.count<Watch>() == 1);
  CHECK(session.count<OpenSession>() == 1);
  CHECK(session.all<StartBuild>().at(0).targets == Names{"game"});
}

TEST_CASE("session: a project that can't be read ends it") {
  Session session;
  session.take(ModelFailed{{"what", "why", "fix"}});
  CHECK(session.all<Quit>().at(0).code == 3);
}

TEST_CASE("session: an unknown target is a usage error and names the nearest one") {
  Options options;
  options.targets = {"gane"};
  Session session(options);
  session.take(ModelLoaded{small_project()});
  CHECK(session.all<Quit>().at(0).code == 2);
  CHECK(session.all<ErrorNews>().at(0).failure.fix.find("'game'") != std::string::npos);
}

TEST_CASE("session: a save builds the module it belongs to") {
  Session session;
  session.settle_in();
  session.save("/p/game.cpp");
  CHECK(session.all<StartBuild>().at(0).targets == Names{"game"});
  CHECK(session.count<BuildBegan>() == 1);
}

TEST_CASE("session: a file of a target nobody watches builds nothing") {
  Session session;
  session.settle_in();
  session.save("/p/other.cpp");
  CHECK(session.count<StartBuild>() == 0);
}

TEST_CASE("session: a save before the quiet time is over sets the timer again") {
  Session session;
  session.settle_in();
  session.take(FilesChanged{{{"/p/game.cpp", FileChange::written, false, session.now}}});
  CHECK(session.all<SetTimer>().at(0).at == session.now + 5ms);
  session.take(TimerFired{TimerId::settle});
  CHECK(session.count<StartBuild>() == 0);
  CHECK(session.count<SetTimer>() == 1);
}

TEST_CASE("session: a newer save cancels the build, and both files get built") {
  Options options;
  options.targets = {"app"};
  Session session(options);
  session.settle_in();
  session.save("/p/main.cpp");
  session.save("/p/game.cpp");
  CHECK(session.count<CancelBuild>() == 1);
  CHECK(session.count<StartBuild>() == 0);
  session.finish_build(BuildOutcome::cancelled);
  CHECK(session.all<StartBuild>().at(0).targets == Names{"app", "game"});
}

TEST_CASE("session: a save that changes nothing does not disturb the running build") {
  Session session;
  session.settle_in();
  session.save("/p/game.cpp");
  session.save("/p/other.cpp");
  CHECK(session.count<CancelBuild>() == 0);
}

TEST_CASE("session: the result of a stale build is ignored") {
  Session session;
  session.settle_in();
  session.save("/p/game.cpp");
  session.take(BuildFinished{session.state.last_build - 1, BuildOutcome::succeeded, false, {}, {}});
  CHECK(session.effects.empty());
}

TEST_CASE("session: a failed build tells the hosts and keeps the old code") {
  Session session;
  session.settle_in();
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.finish_build(BuildOutcome::failed);
  CHECK(session.count<BuildBroke>() == 1);
  CHECK(session.count<Tell>() == 1);
  CHECK(session.count<Analyse>() == 0);
  CHECK(session.count<Quit>() == 0);
}

TEST_CASE("session: what failed to build is built with the next save, whatever that is") {
  Options options;
  options.targets = {"app"};
  Session session(options);
  session.settle_in();
  session.save("/p/main.cpp");
  session.finish_build(BuildOutcome::failed);
  session.save("/p/game.cpp");
  CHECK(session.all<StartBuild>().at(0).targets == Names{"game", "app"});
}

TEST_CASE("session: a file that the build writes each time is told once, and ends no build") {
  Session session;
  session.settle_in();
  session.save("/p/game.cpp");
  session.write_in_build("/p/version.h");
  session.now += 5ms;
  session.take(TimerFired{TimerId::settle});
  REQUIRE(session.count<CancelBuild>() == 1);  // once it may be a save like any other
  session.finish_build(BuildOutcome::cancelled);
  for (int build = 2; build <= 3; ++build) {
    REQUIRE(session.count<StartBuild>() == 1);
    session.write_in_build("/p/version.h");
    CHECK(session.count<ErrorNews>() == (build == 3 ? 1 : 0));
    session.now += 500ms;
    session.take(TimerFired{TimerId::settle});
    CHECK(session.count<CancelBuild>() == 0);
    session.finish_build();
    session.analysed("b" + std::to_string(build));
    CHECK(session.count<StartBuild>() == 0);
    session.now += 500ms;  // quiet for a second: perhaps it was a save after all
    session.take(TimerFired{TimerId::settle});
  }
  REQUIRE(session.count<StartBuild>() == 1);
  session.write_in_build("/p/version.h");
  CHECK(session.effects.empty());
  session.finish_build();
  session.analysed("c");

  session.save("/p/game.cpp");
  session.write_in_build("/p/version.h");
  CHECK(session.effects.empty());
  session.finish_build();
  session.analysed("d");
  session.now += 1s;
  session.save("/p/version.h");
  CHECK(session.count<StartBuild>() == 1);
}

TEST_CASE("session: a save beside a doubtful change is built at once") {
  Session session;
  session.settle_in();
  session.save("/p/game.cpp");
  session.write_in_build("/p/version.h");
  session.now += 5ms;
  session.take(TimerFired{TimerId::settle});
  session.finish_build(BuildOutcome::cancelled);
  session.write_in_build("/p/version.h");
  session.now += 100ms;
  session.finish_build();
  session.analysed("b");
  CHECK(session.count<StartBuild>() == 0);
  session.now += 100ms;
  session.save("/p/game.cpp");
  session.now += 5ms;  // two files now
  session.take(TimerFired{TimerId::settle});
  CHECK(session.count<StartBuild>() == 1);
}

TEST_CASE("session: what a build writes last is the build's own, also when it is heard of later") {
  Session session;
  session.settle_in();
  session.save("/p/game.cpp");
  for (int build = 1; build <= 4; ++build) {
    REQUIRE(session.count<StartBuild>() == 1);
    session.now += 20ms;
    session.finish_build();
    session.analysed("b" + std::to_string(build));
    session.now += 1ms;
    session.take(FilesChanged{{{"/p/version.h", FileChange::written, false, session.now}}});
    CHECK(session.count<ErrorNews>() == (build == 3 ? 1 : 0));
    CHECK(session.count<SetTimer>() == (build == 4 ? 0 : 1));
    session.now += 1s;
    session.take(TimerFired{TimerId::settle});
  }
}

TEST_CASE("session: a save right after each build is a save") {
  Session session;
  session.settle_in();
  session.save("/p/game.cpp");
  for (int build = 0; build < 6; ++build) {
    REQUIRE(session.count<StartBuild>() == 1);
    session.now += 100ms;
    session.finish_build();
    session.analysed("b");
    session.now += 6ms;
    session.save("/p/game.cpp");
    CHECK(session.count<ErrorNews>() == 0);
  }
}

TEST_CASE("session: a save during the analysis waits for it") {
  Session session;
  session.settle_in();
  session.save("/p/game.cpp");
  session.finish_build();
  session.save("/p/game.cpp");
  CHECK(session.count<StartBuild>() == 0);
  session.analysed("b");
  CHECK(session.count<StartBuild>() == 1);
}

TEST_CASE("session: a good build is judged for each host and announced where it is accepted") {
  Session session;
  session.settle_in();
  session.join(1, "a");
  session.join(2, "a");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  CHECK(session.count<Judge>() == 2);
  session.judged(1, VerdictKind::accepted, "b");
  CHECK(session.count<Announce>() == 1);
  session.judged(2, VerdictKind::refused, "b");
  CHECK(session.count<Announce>() == 0);
  CHECK(session.count<RefusedReload>() == 1);
  CHECK(session.all<Tell>().at(0).host == 2);
}

TEST_CASE("session: a commit is reported with the time since the save") {
  Session session;
  session.settle_in();
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.now += 100ms;
  session.finish_build();
  session.analysed("b");
  session.judged(1, VerdictKind::accepted, "b", 4);
  session.now += 10ms;
  session.committed(1, 4);
  const auto reloaded = session.all<Reloaded>().at(0);
  CHECK(reloaded.generation == 4);
  CHECK(reloaded.total == 115ms);
  CHECK(reloaded.stages.settle == 5ms);
  CHECK(reloaded.stages.build == 100ms);
  CHECK(reloaded.stages.load == 10ms);
  CHECK(session.count<Adopt>() == 1);
}

TEST_CASE("session: a build that comes out the same is said to be unchanged and not judged") {
  Session session;
  session.settle_in();
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("a");
  CHECK(session.count<UnchangedModule>() == 1);
  CHECK(session.count<Judge>() == 0);
}

TEST_CASE("session: each save is answered, also where no program takes anything in") {
  Session session;
  session.take(ModelLoaded{small_project()});
  session.finish_build();
  session.analysed("a");
  REQUIRE(session.count<Note>() == 1);  // of the first build
  CHECK(session.all<Note>()[0].text ==
        "built game; no program has joined (one that opens the file itself need not)");
  session.now += 1s;
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  CHECK(session.count<Note>() == 1);

  session.save("/p/other.cpp");
  REQUIRE(session.count<Note>() == 1);
  CHECK(session.all<Note>()[0].text ==
        "nothing to build: /p/other.cpp: in no target that is watched");

  // A program is there: what it takes in or has already says so itself.
  session.join(1, "b");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  CHECK(session.count<UnchangedModule>() == 1);
  CHECK(session.count<Note>() == 0);
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("c");
  CHECK(session.count<Judge>() == 1);
  CHECK(session.count<Note>() == 0);
}

TEST_CASE("session: a host that came out the same is said to be nothing new") {
  Options options;
  options.targets = {"app"};
  options.run = true;
  Session session(options);
  session.take(ModelLoaded{small_project()});
  session.finish_build();
  session.analysed("a");
  CHECK(session.count<Note>() == 0);  // the program starts
  session.take(ProgramStarted{101});
  REQUIRE(session.count<Note>() == 1);
  CHECK(session.all<Note>()[0].text == "started app (pid 101)");
  session.join(1, "a");
  session.now += 1s;
  session.save("/p/main.cpp");
  session.finish_build();
  session.analysed("a");
  REQUIRE(session.count<Note>() == 1);
  CHECK(session.all<Note>()[0].text == "built app; nothing in it is new to what runs");
}

TEST_CASE("session: a program that joins late gets the newest build") {
  Session session;
  session.settle_in("b");
  session.join(1, "a");
  CHECK(session.count<Judge>() == 1);
}

TEST_CASE("session: a program that joins or leaves during the analysis does not end it") {
  Session session;
  session.settle_in("a");
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.finish_build();
  SECTION("joins") {
    session.join(2, "a");
    CHECK(session.count<Judge>() == 0);
    session.analysed("b");
    CHECK(session.count<Judge>() == 2);
  }
  SECTION("leaves") {
    session.join(2, "a");
    session.take(HostLeft{2});
    session.analysed("b");
    CHECK(session.count<Judge>() == 1);
  }
}

TEST_CASE("session: a program that runs the newest build is left alone") {
  Session session;
  session.settle_in("a");
  session.join(1, "a");
  CHECK(session.count<Judge>() == 0);
}

TEST_CASE("session: while a host has not answered, the newer build waits for its answer") {
  Session session;
  session.settle_in();
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  session.judged(1, VerdictKind::accepted, "b");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("c");
  CHECK(session.count<Judge>() == 0);
  session.committed(1, 1);
  CHECK(session.count<Judge>() == 1);
}

TEST_CASE("session: a host that leaves while it is judged holds nothing up") {
  Session session;
  session.settle_in();
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  session.take(HostLeft{1});
  CHECK(session.count<AppLeft>() == 1);
  CHECK(session.state.phase == Phase::idle);
}

TEST_CASE("session: CMake's inputs build everything wanted") {
  Options options;
  options.targets = {"app"};
  Session session(options);
  session.settle_in();
  session.save("/p/CMakeLists.txt");
  CHECK(session.all<StartBuild>().at(0).targets == Names{"app", "game"});
}

TEST_CASE("session: half a build folder that is back is waited for, in silence") {
  Session session;
  session.settle_in();
  session.take(WatchLost{"/p/build", true, {"wiped", "why", "fix"}});
  CHECK(session.count<ErrorNews>() == 1);
  const auto half = small_project();
  half->targets[0].hot = false;
  session.take(ModelLoaded{half});
  CHECK(session.count<ErrorNews>() == 0);
  CHECK(session.all<SetTimer>().at(0).timer == TimerId::rewatch);
  session.take(ModelLoaded{small_project()});
  CHECK(session.count<OpenSession>() == 1);
  CHECK(session.count<StartBuild>() == 1);
}

TEST_CASE("session: lost events build everything and read the project again") {
  Session session;
  session.settle_in();
  session.take(WatchOverflow{session.now});
  session.now += 100ms;
  session.take(TimerFired{TimerId::settle});
  CHECK(session.count<StartBuild>() == 1);
  session.finish_build();
  session.analysed("a");
  CHECK(session.all<LoadModel>().at(0).full);
}

TEST_CASE("session: without building, an artifact's change is analysed") {
  Options options;
  options.build = false;
  Session session(options);
  session.take(ModelLoaded{small_project()});
  CHECK(session.count<StartBuild>() == 0);
  session.analysed("a");
  session.save("/p/build/libgame.so");
  CHECK(session.count<Analyse>() == 1);
  CHECK(session.count<StartBuild>() == 0);
}

TEST_CASE("session: the wiped build folder is waited for, then built anew") {
  Session session;
  session.settle_in();
  session.take(WatchLost{"/p/build", true, {"gone", "why", "fix"}});
  CHECK(session.count<ErrorNews>() == 1);
  session.take(TimerFired{TimerId::rewatch});
  CHECK(session.count<LoadModel>() == 1);
  session.take(ModelFailed{{"still gone", "why", "fix"}});
  CHECK(session.count<ErrorNews>() == 0);
  CHECK(session.count<SetTimer>() == 1);
  session.take(ModelLoaded{small_project()});
  CHECK(session.count<OpenSession>() == 1);
  CHECK(session.count<StartBuild>() == 1);
}

TEST_CASE("session: Ctrl-C ends at once, or after the build is cancelled") {
  Session session;
  session.settle_in();
  SECTION("idle") {
    session.take(StopAsked{2, false});
    CHECK(session.all<Quit>().at(0).code == 130);
  }
  SECTION("building") {
    session.save("/p/game.cpp");
    session.take(StopAsked{2, false});
    CHECK(session.count<CancelBuild>() == 1);
    CHECK(session.count<Quit>() == 0);
    session.finish_build(BuildOutcome::cancelled);
    CHECK(session.all<Quit>().at(0).code == 130);
  }
}

}  // namespace
