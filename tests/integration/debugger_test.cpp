// A debugger on a program that was reloaded: it stops in the newest code, and reads the state that
// lives on.
#include "support/catch.h"
#include "support/project.h"

namespace hrwatch::tests {

namespace {

std::string value_of(const std::string& output, const std::string& number) {
  const std::string mark = number + " = ";
  const std::size_t at = output.find(mark);
  return at == std::string::npos
             ? "?"
             : output.substr(at + mark.size(), output.find('\n', at) - at - mark.size());
}

}  // namespace

TEST_CASE("gdb shows shared variables of a reloaded program where they live") {
  Project project("gdb");
  const auto source = [](const std::string& label) {
    return "#include \"game.h\"\n\nlong shared = 40;\nstatic long counter = 0;\n\n"
           "long tick() {\n  static long calls = 0;\n  ++calls;\n  shared = counter + 1000000;\n"
           "  return ++counter;  // " +
           label + "\n}\n\nconst char* label() { return \"" + label + "\"; }\n";
  };
  project.folder().write("game.cpp", source("first"));
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(tool->wait("build_finished"));
  for (const std::string label : {"second", "third"}) {
    const std::size_t mark = tool->mark();
    project.folder().write("game.cpp", source(label));
    REQUIRE(tool->wait("reloaded", mark));
    REQUIRE(shows(*program, label));
  }
  const long before = last_shown(*program)->counter;
  const Outcome gdb = run({.arguments = {"gdb", "-nx",
                                         "-q",  "-batch",
                                         "-p",  std::to_string(program->pid()),
                                         "-ex", "break game.cpp:10",
                                         "-ex", "continue",
                                         "-ex", "info symbol $pc",
                                         "-ex", "print counter",
                                         "-ex", "print calls",
                                         "-ex", "print shared - counter",
                                         "-ex", "print counter == calls - 1"}});
  INFO(gdb.output << gdb.errors);
  REQUIRE(gdb.output.find("ptrace") == std::string::npos);
  CHECK(gdb.output.find("game.2.so") != std::string::npos);  // the code that runs is the newest
  const std::string counter = value_of(gdb.output, "$1");
  REQUIRE(counter.find_first_not_of("0123456789") == std::string::npos);
  CHECK(std::stol(counter) >= before);
  CHECK(value_of(gdb.output, "$3") == "1000000");
  CHECK(value_of(gdb.output, "$4") == "true");
  CHECK(program->running());
}

}  // namespace hrwatch::tests
