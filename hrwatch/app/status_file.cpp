#include "app/status_file.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;

fs::path file_in(const fs::path& build_dir) {
  return build_dir / ".hrwatch" / "status.json";
}

const char* phase_text(core::Phase phase) {
  switch (phase) {
    case core::Phase::starting:
      return "starting";
    case core::Phase::idle:
      return "waiting for a save";
    case core::Phase::building:
    case core::Phase::cancelling:
      return "building";
    case core::Phase::analysing:
      return "analysing";
    case core::Phase::lost:
      return "waiting for the build folder to come back";
  }
  return "";
}

}  // namespace

StatusFile status_of(const core::State& state, int pid) {
  StatusFile status{pid, phase_text(state.phase), {}, {}};
  for (const auto& module : state.wanted.modules) {
    status.targets.push_back(module.target);
  }
  for (const auto& [id, host] : state.hosts) {
    StatusFile::Host shown{host.pid, {}};
    for (const auto& [name, module] : host.modules) {
      shown.modules.push_back(name + " generation " + std::to_string(module.generation) +
                              (module.problem ? " (" + module.problem->what + ")" : ""));
    }
    status.hosts.push_back(std::move(shown));
  }
  return status;
}

void write_status(const fs::path& build_dir, const StatusFile& status) {
  nlohmann::json hosts = nlohmann::json::array();
  for (const auto& host : status.hosts) {
    hosts.push_back({{"pid", host.pid}, {"modules", host.modules}});
  }
  const nlohmann::json file{{"pid", status.pid},
                            {"state", status.state},
                            {"targets", status.targets},
                            {"hosts", std::move(hosts)}};
  const auto path = file_in(build_dir);
  fs::path temporary = path;
  temporary += ".new";
  {
    std::ofstream out(temporary);
    out << file.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  }
  std::error_code error;
  fs::rename(temporary, path, error);
}

std::optional<StatusFile> read_status(const fs::path& build_dir) {
  std::ifstream in(file_in(build_dir));
  const auto file = nlohmann::json::parse(in, nullptr, false);
  if (!file.is_object()) {
    return std::nullopt;
  }
  StatusFile status;
  try {
    status.pid = file.at("pid").get<int>();
    status.state = file.at("state").get<std::string>();
    status.targets = file.at("targets").get<std::vector<std::string>>();
    for (const auto& host : file.at("hosts")) {
      status.hosts.push_back(
          {host.at("pid").get<int>(), host.at("modules").get<std::vector<std::string>>()});
    }
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
  return status;
}

void remove_status(const fs::path& build_dir) {
  std::error_code error;
  fs::remove(file_in(build_dir), error);
}

}  // namespace hrwatch::app
