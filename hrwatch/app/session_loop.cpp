#include "app/session_loop.h"

#include <uv.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "app/crash_reader.h"
#include "app/heap_pages.h"
#include "app/host_process.h"
#include "app/last_build.h"
#include "app/leftovers.h"
#include "app/program.h"
#include "app/session_lock.h"
#include "app/status_file.h"
#include "app/terminal.h"
#include "app/trace_file.h"
#include "app/workbench.h"
#include "build/link_watch.h"
#include "build/linker_outputs.h"
#include "build/ninja.h"
#include "project/project.h"
#include "report/screen.h"
#include "report/trace.h"
#include "server/server.h"
#include "watcher/watcher.h"

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;
using hr::wire::Failure;

constexpr std::uint64_t poll_interval_ms = 200;

core::Time now() {
  return core::Time{static_cast<std::int64_t>(uv_hrtime())};
}

void write_to(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

std::unique_ptr<report::Screen> make_screen(const Settings& settings, core::Time began) {
  const report::Streams streams{[](std::string_view text) { write_to(stdout, text); },
                                [](std::string_view text) {
                                  write_to(stderr, text);
                                }};
  std::error_code error;
  const report::Style style{settings.colour, terminal_columns(), fs::current_path(error).string()};
  switch (settings.look) {
    case Look::json:
      return report::make_json_screen(streams, began);
    case Look::tty:
      return report::make_tty_screen(streams, style);
    case Look::plain:
      break;
  }
  return report::make_plain_screen(streams, style);
}

class SessionLoop {
 public:
  explicit SessionLoop(const Settings& settings);
  ~SessionLoop();
  int run();

 private:
  void take(core::Event event);
  void perform(const core::SetTimer& effect);
  void perform(const core::StopTimer& effect);
  void perform(const core::StartBuild& effect);
  void perform(const core::CancelBuild& effect);
  void perform(const core::LoadModel& effect);
  void perform(const core::Watch& effect);
  void perform(const core::OpenSession& effect);
  void perform(const core::ReadAhead& effect);
  void perform(const core::Analyse& effect);
  void perform(const core::FoldHost& effect);
  void perform(const core::Judge& effect);
  void perform(const core::Announce& effect);
  void perform(const core::Adopt& effect);
  void perform(const core::Withdraw& effect);
  void perform(const core::ReadCrash& effect);
  void perform(const core::ReadThreads& effect);
  void perform(const core::Answer& effect);
  void perform(const core::Tell& effect);
  void perform(const core::ForgetHost& effect);
  void perform(const core::AskToSave& effect);
  void perform(const core::StartProgram& effect);
  void perform(const core::StopProgram& effect);
  void perform(const core::Report& effect);
  void perform(const core::Quit& effect);

  void make_adapters();
  void watch_signals();
  void remember(const core::Event& event);
  void check_build_folder(const core::Event& event);
  core::WatchLost build_folder_gone() const;
  std::string artifact_of(const std::string& target) const;
  void remove_leftovers() const;
  void end();

  struct Timer {
    uv_timer_t handle{};
    core::TimerId id = core::TimerId::settle;
    SessionLoop* owner = nullptr;
  };

  const Settings& settings_;
  uv_loop_t loop_{};
  core::State state_;
  std::deque<core::Event> events_;
  bool taking_ = false;
  bool status_changed_ = false;
  core::Phase told_phase_ = core::Phase::starting;  // what the status file says
  std::optional<int> exit_code_;

  std::unique_ptr<report::Screen> screen_;
  LastBuild last_build_;
  report::Trace trace_;
  std::FILE* trace_file_ = nullptr;
  SessionLock lock_;
  bool locked_ = false;  // else what is in the folder is another session's
  std::map<core::TimerId, Timer> timers_;
  std::map<int, uv_signal_t> signals_;
  std::map<core::HostId, std::pair<int, std::vector<hr::wire::ModuleState>>> hellos_;

  std::unique_ptr<project::Project> project_;
  std::unique_ptr<watcher::Watcher> watcher_;
  std::unique_ptr<build::Ninja> ninja_;
  std::unique_ptr<build::LinkWatch> link_watch_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<Workbench> workbench_;
  std::unique_ptr<CrashReader> crash_reader_;
  std::unique_ptr<Program> program_;
};

SessionLoop::SessionLoop(const Settings& settings)
    : settings_(settings),
      state_(core::make_state(settings.session, now())),
      screen_(make_screen(settings, state_.began)),
      last_build_(settings.build_dir),
      trace_(state_.began) {
  uv_loop_init(&loop_);
  for (const auto id : {core::TimerId::settle, core::TimerId::once, core::TimerId::rewatch,
                        core::TimerId::program, core::TimerId::commands, core::TimerId::old_code}) {
    Timer& timer = timers_[id];
    timer.id = id;
    timer.owner = this;
    timer.handle.data = &timer;
    uv_timer_init(&loop_, &timer.handle);
  }
}

SessionLoop::~SessionLoop() {
  end();
  uv_walk(
      &loop_,
      [](uv_handle_t* handle, void*) {
        if (uv_is_closing(handle) == 0) {
          uv_close(handle, nullptr);
        }
      },
      nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
  if (trace_file_ != nullptr) {
    write_to(trace_file_, trace_.end());
    std::fclose(trace_file_);
  }
}

int SessionLoop::run() {
  const auto locked = lock_.take(settings_.build_dir);
  if (!locked.ok()) {
    screen_->show(core::ErrorNews{locked.failure()}, now());
    return static_cast<int>(core::ExitCode::environment);
  }
  locked_ = true;
  if (!settings_.trace.empty()) {
    trace_file_ = open_trace_file(settings_.trace);
    if (trace_file_ == nullptr) {
      screen_->show(
          core::ErrorNews{{"the trace can't be written: " + settings_.trace,
                           "the file can't be opened", "name another file: --trace FILE"}},
          now());
      return static_cast<int>(core::ExitCode::environment);
    }
  }
  make_adapters();
  if (!watcher_) {
    return static_cast<int>(core::ExitCode::environment);
  }
  watch_signals();
  taking_ = true;
  for (const auto& effect : core::start(state_)) {
    std::visit([this](const auto& wanted) { perform(wanted); }, effect);
  }
  taking_ = false;
  uv_run(&loop_, UV_RUN_DEFAULT);
  end();
  screen_->finish();
  return exit_code_.value_or(static_cast<int>(core::ExitCode::environment));
}

void SessionLoop::make_adapters() {
  const auto sink = [this](core::Event event) {
    take(std::move(event));
  };
  project_ = std::make_unique<project::Project>(
      &loop_, project::ProjectSettings{settings_.build_dir, settings_.config},
      project::ProjectListener{[this](std::shared_ptr<const core::ProjectModel> model) {
                                 take(core::ModelLoaded{std::move(model)});
                               },
                               [this](Failure failure) {
                                 take(core::ModelFailed{std::move(failure)});
                               }});
  watcher::Listener listener{[this](std::vector<core::FileEvent> files) {
                               project_->notice(files);
                               take(core::FilesChanged{std::move(files)});
                             },
                             [this](core::WatchOverflow overflow) { take(overflow); },
                             [this](core::WatchLost lost) {
                               // What CMake and the session keep there goes when the whole folder
                               // is wiped.
                               const bool ours =
                                   lost.folder == settings_.build_dir ||
                                   lost.folder.starts_with(settings_.build_dir + "/.hrwatch") ||
                                   lost.folder.starts_with(settings_.build_dir + "/.cmake");
                               take(ours && state_.model ? build_folder_gone() : std::move(lost));
                             }};
  if (settings_.poll) {
    watcher_ = watcher::make_poll_watcher(&loop_, std::move(listener), poll_interval_ms);
  } else if (auto made = watcher::make_native_watcher(&loop_, std::move(listener)); made.ok()) {
    watcher_ = std::move(made.value());
  } else {
    screen_->show(core::ErrorNews{made.failure()}, now());
  }
  ninja_ = std::make_unique<build::Ninja>(&loop_, sink);
  workbench_ = std::make_unique<Workbench>(&loop_, settings_.build_dir, sink);
  link_watch_ = std::make_unique<build::LinkWatch>(&loop_, [this](const std::string& file) {
    if (ninja_->running()) {  // what others build is taken up when they are done
      workbench_->linked(file);
    }
  });
  crash_reader_ = std::make_unique<CrashReader>(&loop_, settings_.build_dir, sink);
  program_ = std::make_unique<Program>(&loop_, sink);
  server_ = std::make_unique<server::Server>(&loop_, settings_.build_dir, sink);
}

void SessionLoop::watch_signals() {
  for (const int number : stopping_signals()) {
    uv_signal_t& handle = signals_[number];
    uv_signal_init(&loop_, &handle);
    handle.data = this;
    uv_signal_start(
        &handle,
        [](uv_signal_t* signal, int got) {
          const bool shared = got == SIGINT && terminal_signals_children();
          static_cast<SessionLoop*>(signal->data)->take(core::StopAsked{got, shared});
        },
        number);
  }
}

// Events that come while effects are performed wait for their turn.
void SessionLoop::take(core::Event event) {
  if (exit_code_) {
    return;
  }
  events_.push_back(std::move(event));
  if (taking_) {
    return;
  }
  taking_ = true;
  while (!events_.empty() && !exit_code_) {
    const core::Event next = std::move(events_.front());
    events_.pop_front();
    remember(next);
    for (const auto& effect : core::step(state_, next, now())) {
      if (!exit_code_) {
        std::visit([this](const auto& wanted) { perform(wanted); }, effect);
      }
    }
    check_build_folder(next);
  }
  taking_ = false;
  status_changed_ = status_changed_ || state_.phase != told_phase_;
  if (std::exchange(status_changed_, false) && !exit_code_) {
    told_phase_ = state_.phase;
    write_status(settings_.build_dir, status_of(state_, static_cast<int>(uv_os_getpid())));
  }
}

// What the effects name by number only.
void SessionLoop::remember(const core::Event& event) {
  if (const auto* joined = std::get_if<core::HostJoined>(&event)) {
    hellos_[joined->host] = {joined->hello.pid, joined->hello.modules};
  } else if (const auto* changed = std::get_if<core::HostChanged>(&event)) {
    hellos_[changed->host].second = changed->change.modules;
  } else if (const auto* left = std::get_if<core::HostLeft>(&event)) {
    hellos_.erase(left->host);
  } else if (!std::holds_alternative<core::HostCommitted>(event) &&
             !std::holds_alternative<core::HostWithdrew>(event)) {
    return;
  }
  status_changed_ = true;
}

// A wiped build folder shows itself in many ways; all of them end here.
void SessionLoop::check_build_folder(const core::Event& event) {
  const auto* finished = std::get_if<core::BuildFinished>(&event);
  const bool suspicious = finished != nullptr && finished->outcome != core::BuildOutcome::succeeded;
  if (!suspicious || state_.phase == core::Phase::lost || !state_.model ||
      fs::exists(fs::path(settings_.build_dir) / "CMakeCache.txt")) {
    return;
  }
  events_.push_back(build_folder_gone());
}

core::WatchLost SessionLoop::build_folder_gone() const {
  const auto& model = *state_.model;
  const std::string type =
      model.config.empty() || model.multi_config ? "" : " -DCMAKE_BUILD_TYPE=" + model.config;
  return {settings_.build_dir,
          true,
          {"the build folder " + settings_.build_dir + " was wiped, or a part of it",
           "what CMake and hrwatch keep there (.cmake, .hrwatch) is gone",
           "configure it again: cmake -S " + model.source_dir + " -B " + settings_.build_dir +
               " -G " + (model.multi_config ? "\"Ninja Multi-Config\"" : "Ninja") + type +
               "  (hrwatch waits for it)"}};
}

std::string SessionLoop::artifact_of(const std::string& target) const {
  for (const auto& candidate : state_.model->targets) {
    if (candidate.name == target) {
      return candidate.artifact;
    }
  }
  return {};
}

// Not while a linker may write: its new .pdb is not named by a library yet.
void SessionLoop::remove_leftovers() const {
  if (state_.model && !ninja_->running()) {
    remove_link_leftovers(*state_.model);
  }
}

void SessionLoop::perform(const core::SetTimer& effect) {
  uv_update_time(&loop_);
  const double wait = std::max(0.0, core::to_ms(effect.at - now()));
  uv_timer_start(
      &timers_.at(effect.timer).handle,
      [](uv_timer_t* handle) {
        const auto* timer = static_cast<Timer*>(handle->data);
        timer->owner->take(core::TimerFired{timer->id});
      },
      static_cast<std::uint64_t>(std::ceil(wait)), 0);
}

void SessionLoop::perform(const core::StopTimer& effect) {
  uv_timer_stop(&timers_.at(effect.timer).handle);
}

void SessionLoop::perform(const core::StartBuild& effect) {
  project_->pause_refresh();
  ninja_->start({effect.build, state_.model->ninja, settings_.build_dir, state_.model->source_dir,
                 state_.model->multi_config ? state_.model->config : "", effect.targets,
                 settings_.jobs, build::linker_outputs(*state_.model, effect.targets)});
}

void SessionLoop::perform(const core::CancelBuild& effect) {
  ninja_->cancel(effect.build);
}

void SessionLoop::perform(const core::LoadModel& effect) {
  if (effect.full || project_->cmake_has_run()) {
    project_->load();
  } else {
    project_->refresh();
  }
}

void SessionLoop::perform(const core::Watch& effect) {
  const auto& model = *effect.model;
  watcher::WatchSet set;
  set.folders = settings_.session.build ? model.watched_folders : model.artifact_folders;
  if (model.build_dir != model.source_dir) {
    set.excluded.push_back(model.build_dir);
  }
  for (const auto& [file, owners] : model.owners) {
    set.dependent.insert(file);
  }
  set.dependent.insert(model.cmake_inputs.begin(), model.cmake_inputs.end());
  std::vector<WatchedModule> modules;
  std::vector<std::string> linked;
  for (const auto& wanted : state_.wanted.modules) {
    set.dependent.insert(wanted.artifact);
    linked.push_back(wanted.artifact);
    for (const auto& target : model.targets) {
      if (target.name == wanted.target) {
        modules.push_back(
            {wanted.name, wanted.artifact, {target.objects.begin(), target.objects.end()}});
      }
    }
  }
  workbench_->set_modules(std::move(modules), effect.model);
  link_watch_->watch(linked);
  remove_leftovers();
  if (const auto watching = watcher_->watch(set); !watching.ok()) {
    take(core::Trouble{watching.failure()});
  }
}

void SessionLoop::perform(const core::OpenSession&) {
  auto opened = lock_.take(settings_.build_dir);
  if (opened.ok()) {
    opened = workbench_->open();
  }
  if (opened.ok()) {
    opened = server_->open();
  }
  if (!opened.ok()) {
    take(core::Trouble{opened.failure()});
  }
  status_changed_ = true;
}

void SessionLoop::perform(const core::ReadAhead& /*effect*/) {
  workbench_->read_ahead();
}

void SessionLoop::perform(const core::Analyse& effect) {
  std::vector<std::filesystem::path> program;
  for (const std::string& target : effect.program) {
    program.emplace_back(artifact_of(target));
  }
  workbench_->analyse(effect.round, program);
}

void SessionLoop::perform(const core::FoldHost& effect) {
  if (const auto hello = hellos_.find(effect.host); hello != hellos_.end()) {
    workbench_->fold(effect.host, hello->second.first, hello->second.second);
  }
}

void SessionLoop::perform(const core::Judge& effect) {
  workbench_->judge(effect.round, effect.host, effect.modules);
}

void SessionLoop::perform(const core::Announce& effect) {
  server_->send(effect.host, workbench_->take_reload(effect.round, effect.host));
}

void SessionLoop::perform(const core::Adopt& effect) {
  workbench_->adopt(effect.host);
  remove_leftovers();  // a debugger may have let go of the last build's
}

void SessionLoop::perform(const core::Withdraw& effect) {
  workbench_->withdraw(effect.host, effect.modules);
}

void SessionLoop::perform(const core::ReadCrash& effect) {
  const auto hello = hellos_.find(effect.host);
  crash_reader_->read(
      effect, hello != hellos_.end() ? hello->second.second : std::vector<hr::wire::ModuleState>{});
}

void SessionLoop::perform(const core::ReadThreads& effect) {
  std::map<std::string, std::uint32_t> running;
  if (const auto host = state_.hosts.find(effect.host); host != state_.hosts.end()) {
    for (const auto& [name, module] : host->second.modules) {
      running[name] = module.generation;
    }
  }
  const auto hello = hellos_.find(effect.host);
  workbench_->read_threads(
      effect.host, effect.command,
      hello != hellos_.end() ? hello->second.second : std::vector<hr::wire::ModuleState>{},
      running);
}

void SessionLoop::perform(const core::Answer& effect) {
  server_->answer(effect.command, effect.answer);
}

void SessionLoop::perform(const core::Tell& effect) {
  if (effect.host != 0) {
    server_->send(effect.host, effect.message);
  } else {
    server_->send_to_all(effect.message);
  }
}

void SessionLoop::perform(const core::ForgetHost& effect) {
  workbench_->forget(effect.host);
}

void SessionLoop::perform(const core::AskToSave& effect) {
  // The file may be that of the next build already; what runs is still to be read there.
  const auto hello = hellos_.find(effect.host);
  workbench_->write_names(effect.builds,
                          hello == hellos_.end() ? "" : running_executable(hello->second.first));
  server_->send(effect.host, hr::wire::Save{effect.request});
}

void SessionLoop::perform(const core::StartProgram& effect) {
  std::string carry;
  if (effect.carry) {
    workbench_->write_names({}, artifact_of(state_.wanted.run));
    carry = "HRWATCH_CARRY=" + workbench_->carry_folder().string();
  } else {
    workbench_->forget_values();
  }
  std::vector<std::string> command{artifact_of(state_.wanted.run)};
  command.insert(command.end(), settings_.arguments.begin(), settings_.arguments.end());
  const auto started = program_->start(std::move(command), settings_.look == Look::json, carry);
  if (!started.ok()) {
    take(core::Trouble{started.failure()});
    take(core::ProgramExited{static_cast<int>(core::ExitCode::environment), 0});
  }
}

void SessionLoop::perform(const core::StopProgram& effect) {
  program_->signal(effect.force ? SIGKILL : effect.signal != 0 ? effect.signal : SIGTERM);
}

void SessionLoop::perform(const core::Report& effect) {
  const auto time = now();
  last_build_.note(effect.news);  // first: who sees the news may ask `explain` at once
  screen_->show(effect.news, time);
  if (trace_file_ != nullptr) {
    write_to(trace_file_, trace_.add(effect.news, time));
  }
}

void SessionLoop::perform(const core::Quit& effect) {
  // The adapters end after the loop: this may have come from inside one of them.
  exit_code_ = effect.code;
  uv_stop(&loop_);
}

// Lets go of everything outside: children, files, sockets. Harmless when repeated.
void SessionLoop::end() {
  server_.reset();
  link_watch_.reset();
  ninja_.reset();
  program_.reset();
  watcher_.reset();
  project_.reset();
  workbench_.reset();
  crash_reader_.reset();
  if (state_.model) {
    remove_link_leftovers(*state_.model);
    remove_published_leftovers(fs::path(settings_.build_dir) / ".hrwatch" / "gen");
  }
  if (locked_) {
    remove_status(settings_.build_dir);
  }
}

}  // namespace

int run_session(const Settings& settings) {
  keep_heap_in_large_pages();
  ignore_broken_pipes();
  SessionLoop loop(settings);
  return loop.run();
}

}  // namespace hrwatch::app
