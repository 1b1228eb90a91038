#include "core/session.h"
#include "core/session_fixture.h"
#include "support/catch.h"

namespace {

using namespace hrwatch::core;
using hrwatch::tests::Session;
using hrwatch::tests::small_project;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

Options running() {
  Options options;
  options.targets = {"app"};
  options.run = true;
  return options;
}

Options once() {
  Options options;
  options.once = true;
  return options;
}

TEST_CASE("run: the program starts after the first good build") {
  Session session(running());
  session.take(ModelLoaded{small_project()});
  session.finish_build(BuildOutcome::failed);
  CHECK(session.count<StartProgram>() == 0);
  session.save("/p/main.cpp");
  session.finish_build();
  session.analysed("a");
  CHECK(session.count<StartProgram>() == 1);
}

TEST_CASE("run: the program's exit status is the session's") {
  Session session(running());
  session.settle_in();
  session.take(ProgramStarted{7});
  SECTION("an exit") {
    session.take(ProgramExited{5, 0});
    CHECK(session.all<Quit>().at(0).code == 5);
  }
  SECTION("a signal") {
    session.take(ProgramExited{0, 15});
    CHECK(session.all<Quit>().at(0).code == 143);
  }
}

TEST_CASE("run: a changed host is built, stopped and started again") {
  Session session(running());
  session.settle_in();
  session.take(ProgramStarted{7});
  session.save("/p/main.cpp");
  CHECK(session.all<StartBuild>().at(0).targets == Names{"app"});
  session.finish_build();
  session.analysed("a", "exe 2");
  CHECK(session.count<StopProgram>() == 1);
  session.take(ProgramExited{0, 15});
  CHECK(session.count<StartProgram>() == 1);
  CHECK(session.count<Quit>() == 0);
  session.take(ProgramStarted{8});
  CHECK(session.all<RelaunchedApp>().at(0).pid == 8);
}

TEST_CASE("run: a host that came out the same goes on running") {
  Session session(running());
  session.settle_in();
  session.take(ProgramStarted{7});
  session.save("/p/main.cpp");
  session.finish_build();
  session.analysed("a", "exe");
  CHECK(session.count<StopProgram>() == 0);
}

TEST_CASE("run: a program that ignores the request is killed") {
  Session session(running());
  session.settle_in();
  session.take(ProgramStarted{7});
  session.take(StopAsked{15, false});
  CHECK(session.all<StopProgram>().at(0).signal == 15);
  CHECK(session.count<Quit>() == 0);
  session.take(TimerFired{TimerId::program});
  CHECK(session.all<StopProgram>().at(0).force);
  session.take(ProgramExited{0, 9});
  CHECK(session.all<Quit>().at(0).code == 130);
}

TEST_CASE("run: what the terminal gave the program already is not given twice") {
  Session session(running());
  session.settle_in();
  session.take(ProgramStarted{7});
  session.take(StopAsked{2, true});
  CHECK(session.count<StopProgram>() == 0);
  CHECK(session.count<SetTimer>() == 1);
}

TEST_CASE("run: --on-refuse relaunch starts the program again") {
  auto options = running();
  options.relaunch_on_refuse = true;
  Session session(options);
  session.settle_in();
  session.take(ProgramStarted{101});
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  session.judged(1, VerdictKind::refused, "b");
  SECTION("once it has saved its state") {
    CHECK(session.count<StopProgram>() == 0);
    REQUIRE(session.count<AskToSave>() == 1);
    session.take(HostAnswered{1, {session.all<AskToSave>().at(0).request, 1, {}}});
  }
  SECTION("when it takes too long to save its state") {
    session.take(TimerFired{TimerId::program});
  }
  REQUIRE(session.count<StopProgram>() == 1);
  CHECK_FALSE(session.all<StopProgram>().at(0).force);
  session.take(ProgramExited{0, 15});
  REQUIRE(session.count<StartProgram>() == 1);
  CHECK(session.all<StartProgram>().at(0).carry);
}

TEST_CASE("run: a program that crashes while it saves is relaunched all the same") {
  auto options = running();
  options.relaunch_on_refuse = true;
  Session session(options);
  session.settle_in();
  session.take(ProgramStarted{101});
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  session.judged(1, VerdictKind::refused, "b");
  session.take(ProgramExited{0, 11});
  CHECK(session.count<StartProgram>() == 1);
  CHECK(session.count<Quit>() == 0);
}

TEST_CASE("once: a failed build is exit code 1") {
  Session session(once());
  session.take(ModelLoaded{small_project()});
  session.finish_build(BuildOutcome::failed);
  CHECK(session.all<Quit>().at(0).code == 1);
}

TEST_CASE("once: ends when running programs have had their time to join") {
  Session session(once());
  session.settle_in();
  CHECK(session.count<Quit>() == 0);
  session.now += 2s;
  session.take(TimerFired{TimerId::once});
  CHECK(session.all<Quit>().at(0).code == 0);
}

TEST_CASE("once: waits for the answer of a program that joined") {
  Session session(once());
  session.settle_in("b");
  session.join(1, "a");
  session.judged(1, VerdictKind::accepted, "b");
  session.now += 2s;
  session.take(TimerFired{TimerId::once});
  CHECK(session.count<Quit>() == 0);
  SECTION("committed") {
    session.committed(1, 1);
    CHECK(session.all<Quit>().at(0).code == 0);
  }
  SECTION("never") {
    session.now += 20s;
    session.take(TimerFired{TimerId::once});
    CHECK(session.all<Quit>().at(0).code == 4);
  }
}

TEST_CASE("once: a refusal is exit code 4") {
  Session session(once());
  session.settle_in("b");
  session.join(1, "a");
  session.judged(1, VerdictKind::refused, "b");
  session.now += 2s;
  session.take(TimerFired{TimerId::once});
  CHECK(session.all<Quit>().at(0).code == 4);
}

}  // namespace
