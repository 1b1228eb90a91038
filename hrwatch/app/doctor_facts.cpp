// Where the facts of a build folder come from.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/doctor.h"
#include "app/machine.h"
#include "app/session_lock.h"
#include "project/project.h"

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;

// NAME:TYPE=value of a CMakeCache.txt
std::string cached(const fs::path& build_dir, const std::string& name) {
  std::ifstream in(build_dir / "CMakeCache.txt");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name + ":")) {
      return line.substr(std::min(line.find('='), line.size() - 1) + 1);
    }
  }
  return {};
}

void read_build_folder(Facts& facts) {
  const fs::path folder = facts.build_dir;
  facts.generator = cached(folder, "CMAKE_GENERATOR");
  facts.build_type = cached(folder, "CMAKE_BUILD_TYPE");
  facts.multi_config = facts.generator == "Ninja Multi-Config";
  if (const auto ninja = cached(folder, "CMAKE_MAKE_PROGRAM");
      facts.generator.starts_with("Ninja") && !ninja.empty()) {
    facts.ninja_version = version_of(ninja);
  }
  std::error_code error;
  const auto own = folder / ".hrwatch";
  facts.writable = is_writable((fs::exists(own, error) ? own : folder).string());
  facts.session = SessionLock::holder(folder);
  for (const auto& file : fs::directory_iterator(own / "modules", error)) {
    if (file.path().extension() == ".json") {
      facts.modules.push_back(file.path().stem().string());
    }
  }
  std::sort(facts.modules.begin(), facts.modules.end());
}

}  // namespace

std::string version_in(const std::string& line) {
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (word.front() >= '0' && word.front() <= '9') {
      return word;
    }
  }
  return {};
}

Facts read_facts(const std::string& build_dir, const std::vector<std::string>& targets) {
  Facts facts;
  facts.targets = targets;
  read_machine(facts);
  auto found = build_dir.empty() ? project::find_build_folder(fs::current_path().generic_string())
                                 : hr::wire::Result<std::string>(build_dir);
  if (!found.ok()) {
    facts.no_build_dir = found.failure();
    return facts;
  }
  facts.build_dir = found.value();
  if (!fs::exists(fs::path(facts.build_dir) / "CMakeCache.txt")) {
    facts.no_build_dir =
        hr::wire::Failure{"no build in " + facts.build_dir, "it has no CMakeCache.txt",
                          "cmake -G Ninja -DCMAKE_BUILD_TYPE=Debug -B " + facts.build_dir};
    return facts;
  }
  read_build_folder(facts);
  return facts;
}

}  // namespace hrwatch::app
