// The real cmake.exe and ninja.exe, started as a user or an IDE starts them. Knows no session.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "project/command.h"
#include "support/catch.h"
#include "support/turned_loop.h"

namespace hrwatch::tests {

struct RealTools {
  struct Outcome {
    int status = -1;
    std::string output;
  };

  // Runs to its end.
  static Outcome run(const std::vector<std::string>& arguments) {
    Outcome outcome;
    std::optional<project::Command::Ended> ended;
    TurnedLoop loop;
    {
      project::Command::Request request;
      request.arguments = arguments;
      request.with_errors = true;
      const project::Command command(
          loop.get(), request, [&](std::string_view text) { outcome.output += text; },
          [&](project::Command::Ended end) { ended = end; });
      REQUIRE(loop.wait_until([&] { return ended.has_value(); }, std::chrono::minutes(3)));
    }
    CHECK(loop.close());
    outcome.status = ended->started ? ended->status : -1;
    return outcome;
  }

  static Outcome configure(const std::filesystem::path& source, const std::filesystem::path& build,
                           const std::vector<std::string>& more) {
    const std::string compilers = HR_TEST_COMPILERS;
    std::vector<std::string> arguments = {HR_TEST_CMAKE,
                                          "-G",
                                          "Ninja",
                                          "-S",
                                          source.generic_string(),
                                          "-B",
                                          build.generic_string(),
                                          "-DCMAKE_MAKE_PROGRAM=" HR_TEST_NINJA,
                                          "-DCMAKE_CXX_COMPILER=" + compilers + "/clang++.exe",
                                          "-DCMAKE_PREFIX_PATH=" HR_TEST_PREFIX};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  static Outcome ninja(const std::filesystem::path& build, const std::string& target) {
    return run({HR_TEST_NINJA, "-C", build.generic_string(), target});
  }
};

}  // namespace hrwatch::tests
