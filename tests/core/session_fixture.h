// A session as a test drives it: events in, effects out, time by hand. Knows only `core`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/session.h"

namespace hrwatch::tests {

using namespace std::chrono_literals;

inline std::shared_ptr<core::ProjectModel> small_project() {
  auto model = std::make_shared<core::ProjectModel>();
  model->source_dir = "/p";
  model->build_dir = "/p/build";
  model->generator = "Ninja";
  model->config = "Debug";
  model->targets.resize(3);
  model->targets[0].name = "game";
  model->targets[0].kind = core::TargetKind::shared;
  model->targets[0].hot = true;
  model->targets[0].module = "game";
  model->targets[0].artifact = "/p/build/libgame.so";
  model->targets[1].name = "app";
  model->targets[1].kind = core::TargetKind::executable;
  model->targets[1].artifact = "/p/build/app";
  model->targets[1].dependencies = {"game"};
  model->targets[2].name = "other";
  model->targets[2].kind = core::TargetKind::executable;
  model->owners["/p/game.cpp"] = {0};
  model->owners["/p/game.h"] = {0, 1};
  model->owners["/p/main.cpp"] = {1};
  model->owners["/p/other.cpp"] = {2};
  model->cmake_inputs = {"/p/CMakeLists.txt"};
  return model;
}

class Session {
 public:
  explicit Session(core::Options options = {}) : state(core::make_state(std::move(options), now)) {
    effects = core::start(state);
  }

  void take(const core::Event& event) { effects = core::step(state, event, now); }

  // The session watches, its first build came out as `build_id`.
  void settle_in(const std::string& build_id = "a") {
    take(core::ModelLoaded{small_project()});
    finish_build();
    analysed(build_id);
    now += 1s;
  }

  void save(const std::string& path) {
    take(core::FilesChanged{{{path, core::FileChange::written, false, now}}});
    now += 5ms;
    take(core::TimerFired{core::TimerId::settle});
  }

  // A step of the running build writes `path`, 20 ms on.
  void write_in_build(const std::string& path) {
    now += 20ms;
    take(core::FilesChanged{{{path, core::FileChange::written, false, now}}});
  }

  void finish_build(core::BuildOutcome outcome = core::BuildOutcome::succeeded) {
    take(core::BuildFinished{state.last_build, outcome, false, {}, {}});
  }

  void analysed(const std::string& build_id, const std::string& program_id = "exe") {
    take(core::Analysed{state.round.id, {{"game", build_id, {}}}, program_id});
  }

  void join(core::HostId host, const std::string& build_id, std::uint32_t generation = 0) {
    core::HostJoined joined;
    joined.host = host;
    joined.hello.pid = 100 + static_cast<int>(host);
    joined.hello.modules.push_back(
        {"game", "/p/build/libgame.so", 3, {{generation, build_id, 0}}, {}, 0, 0, 0});
    take(joined);
    take(core::HostFolded{host, {}});
  }

  void judged(core::HostId host, core::VerdictKind kind, const std::string& build_id,
              std::uint32_t generation = 1) {
    core::Judged event;
    event.round = state.hosts.at(host).judged;
    event.host = host;
    event.modules.push_back({"game", build_id, generation, kind, {}, {}});
    if (kind == core::VerdictKind::refused) {
      event.modules[0].reasons.push_back({"layout", "why", "fix"});
    }
    take(event);
  }

  void committed(core::HostId host, std::uint32_t generation) {
    core::HostCommitted event;
    event.host = host;
    event.committed.reload_id = state.hosts.at(host).pending.value_or(0);
    event.committed.modules.push_back({"game", generation});
    take(event);
  }

  // All effects, or all news, of one kind in the last step.
  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& effect : effects) {
      if constexpr (std::is_constructible_v<core::Effect, T>) {
        if (const auto* wanted = std::get_if<T>(&effect)) {
          found.push_back(*wanted);
        }
      } else if (const auto* report = std::get_if<core::Report>(&effect)) {
        if (const auto* wanted = std::get_if<T>(&report->news)) {
          found.push_back(*wanted);
        }
      }
    }
    return found;
  }

  template <class T>
  std::size_t count() const {
    return all<T>().size();
  }

  core::Time now = 10s;
  core::State state;
  std::vector<core::Effect> effects;
};

}  // namespace hrwatch::tests
