// libhr.so's guard as it ships, in programs that crash.
#include <csignal>

#include "support/catch.h"
#include "support/child.h"

namespace {

using hrwatch::tests::Outcome;

const std::string module = std::string(HR_TEST_CRASHING_FOLDER) + "/libcrashing_1.so";

Outcome run(const std::string& what, const std::string& kind = "", bool with_runtime = true) {
  hrwatch::tests::ChildOptions options;
  options.arguments = {HR_TEST_HOST, what, module};
  if (!kind.empty())
    options.arguments.push_back(kind);
  // What an abandoned frame had allocated is lost; and a sanitizer's own handlers would end the
  // program in a way of their own.
  std::string& asan = options.environment["ASAN_OPTIONS"] = "detect_leaks=0";
  if (what.starts_with("dies") || what == "forks") {
    const std::string none =
        "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0";
    asan += ":" + none;
    options.environment["TSAN_OPTIONS"] = none;
  }
  if (!with_runtime)
    options.environment["HRWATCH_DISABLE"] = "1";
  return hrwatch::tests::run(options, std::chrono::seconds(60));
}

}  // namespace

TEST_CASE("A guarded frame may crash in every way, and the thread is as it was") {
  const Outcome outcome = run("every_kind");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.status == 0);
}

TEST_CASE("The innermost guard abandons its frame, the outer one goes on") {
  const Outcome outcome = run("nested");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.status == 0);
}

TEST_CASE("Exceptions that are caught inside, or are the program's own, are left alone") {
  const Outcome outcome = run("caught_inside");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.status == 0);
}

TEST_CASE("Threads crash side by side, and threads that come later too") {
  const Outcome outcome = run("threads");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.status == 0);
}

TEST_CASE("A frame that waits for new code is not run meanwhile") {
  for (const char* what : {"waits", "rolls_back_to_nothing"}) {
    const Outcome outcome = run(what);
    INFO(what << ": " << outcome.output << outcome.errors);
    CHECK(outcome.status == 0);
  }
}

TEST_CASE("Without a tool the program is told what the dynamic linker knows, once a place") {
  const Outcome outcome = run("events");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.status == 0);
}

TEST_CASE("A handler that the program had before keeps what is not guarded") {
  const Outcome outcome = run("handler_before");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.status == 0);
}

TEST_CASE("A handler that the program installs later gets its faults") {
  const Outcome outcome = run("handler_after");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.status == 0);
}

TEST_CASE("Outside of a guard a crash ends the program as without the runtime") {
  for (const char* kind : {"segv", "in_callee", "fpe", "ill", "bus", "abort", "throw", "terminate",
                           "overflow", "raise", "kill"}) {
    const Outcome plain = run("dies", kind, false);
    INFO(kind << " plain: " << plain.status);
    CHECK(plain.status > 128);
    CHECK(run("dies", kind).status == plain.status);
    CHECK(run("dies_guarded_before", kind).status == plain.status);
  }
}

TEST_CASE("The child of a fork inside a guarded frame dies of its crash, the parent goes on") {
  const Outcome outcome = run("forks");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.status == 0);
}

TEST_CASE("A crash of the program's own code inside the guard is not module code's") {
  CHECK(run("dies_in_the_host").status == 128 + SIGSEGV);
}
