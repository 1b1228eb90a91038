// A debugger on a program with a guard: it gets the signal first, and the guard gets it after that.
#include "support/catch.h"
#include "support/child.h"

TEST_CASE("gdb stops where module code crashes, and the guard goes on from there") {
  const std::string module = std::string(HR_TEST_CRASHING_FOLDER) + "/libcrashing_1.so";
  const hrwatch::tests::Outcome gdb = hrwatch::tests::run(
      {.arguments = {"gdb", "-nx", "-q", "-batch", "-ex", "run", "-ex", "backtrace 2", "-ex",
                     "handle SIGSEGV nostop noprint pass", "-ex", "continue", "--args",
                     HR_TEST_HOST, "nested", module}});
  INFO(gdb.output << gdb.errors);
  const std::size_t stopped = gdb.output.find("received signal SIGSEGV");
  REQUIRE(stopped != std::string::npos);
  CHECK(gdb.output.find("crash_segv ()", stopped) != std::string::npos);
  CHECK(gdb.output.find("crashing.cpp", stopped) != std::string::npos);
  CHECK(gdb.output.find("ok\n", stopped) != std::string::npos);
  CHECK(gdb.output.find("exited normally", stopped) != std::string::npos);
}
