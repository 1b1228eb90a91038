#include "support/example.h"

#include <cstdio>
#include <filesystem>

#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace fs = std::filesystem;

Example::Example(const fs::path& folder) : sandbox_("example") {
  fs::copy(folder, sandbox_.path(), fs::copy_options::recursive);
  // What a user of the repository may have left there.
  fs::remove_all(sandbox_.path("build"));
  fs::remove_all(sandbox_.path("build-release"));
}

bool Example::run(const std::vector<std::string>& command) const {
  const Outcome outcome = tests::run({.arguments = command, .folder = sandbox_.path()});
  if (outcome.status != 0)
    std::printf("%s%s", outcome.output.c_str(), outcome.errors.c_str());
  return outcome.status == 0;
}

bool Example::make(const std::string& preset) const {
  return run({"cmake", "--preset", preset, "-DCMAKE_PREFIX_PATH=" + installed_prefix().string()}) &&
         run({"cmake", "--build", preset == "hot" ? "build" : "build-" + preset});
}

bool Example::build() const {
  return run({"cmake", "--build", "build"});
}

std::string Example::output(const std::string& program, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), sandbox_.path(program).string());
  const Outcome outcome = tests::run({.arguments = arguments, .folder = sandbox_.path()});
  return outcome.status == 0 ? outcome.output
                             : "ended with " + std::to_string(outcome.status) + outcome.errors;
}

std::unique_ptr<Child> Example::start(const std::string& program,
                                      std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), sandbox_.path(program).string());
  return std::make_unique<Child>(ChildOptions{.arguments = arguments, .folder = sandbox_.path()});
}

std::string Listener::all() const {
  std::string text;
  const std::vector<std::string> lines = program_.lines();
  for (std::size_t i = lines_; i < lines.size(); ++i)
    text += lines[i] + "\n";
  return text + program_.errors().substr(errors_);
}

bool Listener::hears(const std::string& words) {
  return wait_until([&] { return all().find(words) != std::string::npos; },
                    std::chrono::seconds(60));
}

void Listener::forget() {
  lines_ = program_.lines().size();
  errors_ = program_.errors().size();
}

}  // namespace hrwatch::tests
