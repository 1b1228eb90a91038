// Crashes, older code put back, and what verbs of the command line ask.
#include "core/crash_words.h"
#include "core/session_fixture.h"
#include "support/catch.h"

using namespace hrwatch::core;
using hrwatch::tests::Session;
using namespace std::chrono_literals;

namespace {

HostWithdrew withdrew(HostId host, std::uint32_t generation, std::uint32_t during,
                      std::uint32_t running, std::uint64_t request = 0) {
  HostWithdrew event;
  event.host = host;
  event.withdrawn = {request, {{"game", {generation, during}, running}}};
  return event;
}

// A session with a host that runs generation 1, build "b".
void run_one(Session& session) {
  session.settle_in();
  session.join(1, "a");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  session.judged(1, VerdictKind::accepted, "b", 1);
  session.committed(1, 1);
}

}  // namespace

TEST_CASE("older code put back is told, and not undone before the next save") {
  Session session;
  run_one(session);
  session.take(withdrew(1, 1, 1, 0));
  REQUIRE(session.count<RolledBack>() == 1);
  CHECK(session.all<RolledBack>()[0].generation == 0);
  CHECK(session.all<RolledBack>()[0].withdrawn == 1);
  CHECK(session.all<RolledBack>()[0].after_crash);
  REQUIRE(session.count<Withdraw>() == 1);
  CHECK(session.count<Judge>() == 0);
  // A plugin was opened: the modules are looked at again.
  HostChanged changed;
  changed.host = 1;
  changed.change.modules = {
      {"game", "/p/build/libgame.so", 3, {{0, "a", 0}, {1, "b", 0}}, {}, 0, 0, 0, {{1, 1}}},
      {"sound", "/p/build/libsound.so", 4, {{0, "s", 0}}, {}, 0, 0, 0}};
  session.take(changed);
  CHECK(session.count<FoldHost>() == 1);
  session.take(HostFolded{1, {}});
  CHECK(session.count<Judge>() == 0);

  session.save("/p/game.cpp");  // the same content
  session.finish_build();
  session.analysed("b");
  CHECK(session.count<Judge>() == 1);
}

TEST_CASE("a host that joins with older code put back keeps it until a save") {
  Session session;
  session.settle_in("b");
  HostJoined joined;
  joined.host = 1;
  joined.hello.pid = 7;
  joined.hello.modules.push_back({"game",
                                  "/p/build/libgame.so",
                                  3,
                                  {{0, "a", 0}, {1, "c", 0}, {2, "b", 0}},
                                  {},
                                  0,
                                  0,
                                  0,
                                  {{2, 2}}});
  session.take(joined);
  session.take(HostFolded{1, {}});
  CHECK(session.count<Judge>() == 0);
  CHECK(session.state.hosts.at(1).modules.at("game").generation == 1);
  CHECK(session.state.hosts.at(1).modules.at("game").build_id == "c");
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("d");
  CHECK(session.count<Judge>() == 1);
}

TEST_CASE("what was judged for the code before a withdrawal is judged again") {
  Session session;
  run_one(session);
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("c");
  session.judged(1, VerdictKind::accepted, "c", 2);
  CHECK(session.count<Announce>() == 1);
  session.take(withdrew(1, 1, 1, 0));
  HostRefused refused;
  refused.host = 1;
  refused.refused = {session.state.hosts.at(1).pending.value_or(0), "game", {"w", "y", "f"}};
  session.take(refused);
  CHECK(session.count<RefusedReload>() == 0);
  CHECK(session.count<Judge>() == 1);
}

TEST_CASE("rollback asks every program, and answers when all have") {
  Session session;
  run_one(session);
  session.join(2, "b", 1);
  session.take(CommandAsked{9, "rollback", ""});
  REQUIRE(session.count<Tell>() == 2);
  const auto first = std::get<hr::wire::RollBack>(session.all<Tell>()[0].message);
  const auto second = std::get<hr::wire::RollBack>(session.all<Tell>()[1].message);
  CHECK(session.count<Answer>() == 0);
  session.take(withdrew(1, 1, 1, 0, first.request));
  CHECK_FALSE(session.all<RolledBack>()[0].after_crash);
  session.take(HostAnswered{1, {first.request, 1, {}}});
  CHECK(session.count<Answer>() == 0);
  session.take(HostAnswered{1, {second.request, 1, {}}});  // not its own
  CHECK(session.count<Answer>() == 0);
  session.take(HostAnswered{2, {second.request, 0, hr::wire::Failure{"no", "because", "do"}}});
  REQUIRE(session.count<Answer>() == 1);
  CHECK(session.all<Answer>()[0].command == 9);
  CHECK(session.all<Answer>()[0].answer.code == 4);
  CHECK(session.all<Answer>()[0].answer.text == "pid 101: game runs generation 0\n");
  CHECK(session.all<Answer>()[0].answer.failure->what == "no");
}

TEST_CASE("a program that leaves, or is stopped, does not keep a command waiting") {
  Session session;
  run_one(session);
  SECTION("it leaves") {
    session.take(CommandAsked{9, "abandon", ""});
    session.take(HostLeft{1});
    REQUIRE(session.count<Answer>() == 1);
    CHECK(session.all<Answer>()[0].answer.failure->what == "the program has ended");
  }
  SECTION("it is stopped") {
    session.take(CommandAsked{9, "rollback", "game"});
    session.now += 8s;
    session.take(TimerFired{TimerId::commands});
    REQUIRE(session.count<Answer>() == 1);
    CHECK(session.all<Answer>()[0].answer.code == 4);
    CHECK(session.all<Answer>()[0].answer.failure->what == "a program did not answer");
    CHECK_FALSE(session.all<Answer>()[0].answer.failure->fix.empty());
  }
  SECTION("it has no such module") {
    session.take(CommandAsked{9, "rollback", "sound"});
    CHECK(session.all<Answer>().at(0).answer.failure->what ==
          "no program has a module named sound");
  }
  SECTION("nobody knows the verb") {
    session.take(CommandAsked{9, "dance", ""});
    CHECK(session.all<Answer>().at(0).answer.failure->what ==
          "hrwatch dance is not known to the running session");
  }
}

TEST_CASE("status asks where the threads are, and keeps looking while they are in old code") {
  Session session;
  session.take(CommandAsked{8, "status", ""});
  CHECK(session.all<Answer>().at(0).answer.text.empty());
  run_one(session);
  session.take(CommandAsked{9, "status", ""});
  REQUIRE(session.count<ReadThreads>() == 1);
  OldCall call;
  call.thread = 77;
  call.thread_name = "server";
  call.running = 1;
  call.frame.function = "serve()";
  call.frame.module = "game";
  call.frame.file = "/p/game.cpp";
  call.frame.line = 12;
  session.take(ThreadsRead{1, 9, {call}, {}});
  CHECK(session.all<Answer>().at(0).answer.text ==
        "pid 101: thread 77 (server) is in serve() of generation 0 of game, /p/game.cpp:12; "
        "generation 1 runs\n");
  REQUIRE(session.count<SetTimer>() == 1);
  CHECK(session.all<SetTimer>()[0].at == session.now + 1s);
  session.take(TimerFired{TimerId::old_code});
  CHECK(session.count<ReadThreads>() == 1);
  session.take(ThreadsRead{1, 0, {call}, {}});
  CHECK(session.all<SetTimer>().at(0).at == session.now + 2s);
  session.take(TimerFired{TimerId::old_code});
  session.take(ThreadsRead{1, 0, {}, {}});
  CHECK(session.count<OldCodeLeft>() == 1);
  CHECK(session.count<SetTimer>() == 0);
  session.take(CommandAsked{10, "status", ""});
  session.take(ThreadsRead{1, 10, {}, hr::wire::Failure{"no", "because", "do"}});
  CHECK(session.all<Answer>().at(0).answer.text == "pid 101: no: because (do)\n");
}

TEST_CASE("a crash is read, told, and explained to the program") {
  Session session;
  run_one(session);
  hr::wire::Crashed crash;
  crash.crash = 5;
  crash.cause = "SIGSEGV";
  crash.address = 8;
  crash.module = "game";
  crash.outcome = hr::wire::CrashOutcome::went_back;
  crash.running = 3;
  session.take(HostCrashed{1, crash});
  REQUIRE(session.count<ReadCrash>() == 1);
  CHECK(session.all<ReadCrash>()[0].pid == 101);
  Frame library;
  library.function = "memcpy";
  Frame update;
  update.function = "update()";
  update.file = "/p/game.cpp";
  update.line = 42;
  update.module = "game";
  session.take(CrashRead{1, 101, crash, {library, update}});
  CHECK(session.count<CrashedApp>() == 1);
  REQUIRE(session.count<Tell>() == 1);
  const auto told = std::get<hr::wire::CrashExplained>(session.all<Tell>()[0].message);
  CHECK(told.crash == 5);
  CHECK(told.text.what == "SIGSEGV (address 0x8) in update() (/p/game.cpp:42)");
  CHECK(told.text.why == "its frame was abandoned; generation 3 of game runs again");
  CHECK(told.text.fix == "mend it and save");
}

TEST_CASE("run: a program that crashed is started again after the next save") {
  Options options;
  options.run = true;
  options.targets = {"app"};
  Session session(options);
  session.settle_in();
  session.take(ProgramStarted{7});
  session.take(ProgramExited{0, 11});
  CHECK(session.count<Quit>() == 0);
  REQUIRE(session.count<Note>() == 1);
  CHECK(session.all<Note>()[0].text.find("save, and it is started again") != std::string::npos);
  session.save("/p/game.cpp");
  session.finish_build(BuildOutcome::failed);
  CHECK(session.count<StartProgram>() == 0);
  session.save("/p/game.cpp");
  session.finish_build();
  session.analysed("b");
  CHECK(session.count<StartProgram>() == 1);
  session.take(ProgramStarted{8});
  CHECK(session.all<RelaunchedApp>().at(0).reason == "it had crashed");
  session.take(ProgramExited{3, 0});
  CHECK(session.all<Quit>().at(0).code == 3);
}
