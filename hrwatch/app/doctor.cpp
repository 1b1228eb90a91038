#include "app/doctor.h"

#include <algorithm>
#include <charconv>

namespace hrwatch::app {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

void check_machine(const Facts& facts, std::vector<Check>& checks) {
  const auto version = [](const std::string& found) {
    return found.empty() ? std::string("not on the PATH") : found;
  };
  checks.push_back({"ninja", at_least(facts.ninja_version, 1, 11), true,
                    version(facts.ninja_version), "install 1.11 or newer: " + facts.install.ninja});
  checks.push_back({"cmake", at_least(facts.cmake_version, 3, 23), true,
                    version(facts.cmake_version), "install 3.23 or newer: " + facts.install.cmake});
  checks.push_back({"compiler", !facts.compilers.empty(), true,
                    facts.compilers.empty() ? facts.install.no_compiler : joined(facts.compilers),
                    facts.install.compiler});
  checks.push_back({facts.install.linker_subject, !facts.linkers.empty(),
                    facts.install.linker_needed,
                    facts.linkers.empty() ? facts.install.no_linker : joined(facts.linkers),
                    facts.install.linker});
  constexpr std::uint64_t enough_watches = 8192;
  if (facts.inotify_watches) {
    checks.push_back({"inotify watches", *facts.inotify_watches >= enough_watches, false,
                      std::to_string(*facts.inotify_watches) + " folders can be watched",
                      "sudo sysctl fs.inotify.max_user_watches=65536  (or hrwatch --poll)"});
  }
  constexpr std::uint64_t enough_instances = 16;
  if (facts.inotify_instances) {
    checks.push_back({"inotify instances", *facts.inotify_instances >= enough_instances, false,
                      std::to_string(*facts.inotify_instances) + " watchers for each user",
                      "sudo sysctl fs.inotify.max_user_instances=128"});
  }
}

void check_build_folder(const Facts& facts, std::vector<Check>& checks) {
  if (facts.no_build_dir) {
    checks.push_back({"build folder", false, true,
                      facts.no_build_dir->what + " (" + facts.no_build_dir->why + ")",
                      facts.no_build_dir->fix});
    return;
  }
  checks.push_back({"build folder", true, true, facts.build_dir, ""});
  checks.push_back({"generator", facts.generator.starts_with("Ninja"), true,
                    facts.generator.empty() ? "unknown" : facts.generator,
                    "make another build folder: cmake -G Ninja -B build-ninja"});
  const bool optimised = facts.build_type == "Release" || facts.build_type == "MinSizeRel";
  checks.push_back({"build type", facts.multi_config || (!optimised && !facts.build_type.empty()),
                    false,
                    facts.multi_config ? "several configurations"
                    : facts.build_type.empty()
                        ? "none given"
                        : facts.build_type + (optimised ? ": hot modules are static there" : ""),
                    "cmake -DCMAKE_BUILD_TYPE=Debug " + facts.build_dir});
  checks.push_back({"writable", facts.writable, true,
                    facts.build_dir + (facts.writable ? "/.hrwatch" : " can't be written"),
                    "chmod u+rwx " + facts.build_dir});
  checks.push_back(
      {"hot modules", !facts.modules.empty(), true,
       facts.modules.empty() ? "none" : joined(facts.modules),
       "write add_hot_module(name sources...) in CMakeLists.txt, configure for Debug"});
  checks.push_back({"session", true, false,
                    facts.session ? "hrwatch " + std::to_string(*facts.session) + " works here"
                                  : "none: start hrwatch",
                    ""});
}

}  // namespace

bool at_least(const std::string& version, int major, int minor) {
  int found_major = 0;
  int found_minor = 0;
  const char* const end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, found_major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') {
    return false;
  }
  std::from_chars(first.ptr + 1, end, found_minor);
  return found_major > major || (found_major == major && found_minor >= minor);
}

std::vector<Check> judge_facts(const Facts& facts) {
  std::vector<Check> checks;
  check_machine(facts, checks);
  check_build_folder(facts, checks);
  for (const auto& target : facts.targets) {
    const bool hot =
        std::find(facts.modules.begin(), facts.modules.end(), target) != facts.modules.end();
    checks.push_back({"target " + target, hot, false,
                      hot ? "is a hot module" : "is no hot module (an executable may be named)",
                      "write add_hot_module(" + target + " ...) where it is declared"});
  }
  return checks;
}

}  // namespace hrwatch::app
