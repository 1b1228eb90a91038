#include "project/project.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "project/command.h"
#include "project/dependencies.h"
#include "project/file_api.h"
#include "project/ninja_deps.h"
#include "project/path_rules.h"
#include "project/project_failures.h"
#include "project/watched_places.h"

namespace hrwatch::project {
namespace {

using core::ProjectModel;
using hr::wire::Failure;

// So long after a build ninja is left alone, in case the next build is about to begin.
constexpr std::uint64_t refresh_delay_ms = 250;

// Executables are many in some projects, and each costs a run of ninja.
constexpr std::size_t max_asked_executables = 8;

constexpr std::size_t kept_output_bytes = 64 * 1024;

// Runs `work` on a worker thread, then `after` on the loop's.
void run_on_worker(uv_loop_t* loop, std::function<void()> work, std::function<void()> after) {
  struct Task {
    uv_work_t request = {};
    std::function<void()> work;
    std::function<void()> after;
  };

  auto* task = new Task{{}, std::move(work), std::move(after)};
  task->request.data = task;
  uv_queue_work(
      loop, &task->request, [](uv_work_t* request) { static_cast<Task*>(request->data)->work(); },
      [](uv_work_t* request, int) {
        const std::unique_ptr<Task> done(static_cast<Task*>(request->data));
        done->after();
      });
}

// Everything one load or refresh gathers; shared with the worker that reads for it.
struct Round {
  ProjectSettings settings;
  bool refresh = false;
  bool cmake_was_run = false;
  bool needs_cmake = false;
  std::optional<Failure> failure;
  std::string reply_name;
  CMakeReply reply;
  std::optional<PathRules> rules;
  std::optional<Dependencies> dependencies;
  std::shared_ptr<ProjectModel> model;
};

// On a worker: CMake's answer, or what stands in its way.
void read_cmake(Round& round) {
  const std::string& build_dir = round.settings.build_dir;
  round.needs_cmake = false;
  round.failure = check_build_folder(build_dir);
  if (round.failure) {
    return;
  }
  if (const auto written = write_query(build_dir); !written) {
    round.failure = written.failure();
    return;
  }
  round.reply_name = current_reply(build_dir);
  if (round.reply_name.empty()) {
    round.needs_cmake = !round.cmake_was_run;
    if (round.cmake_was_run) {
      round.failure = cmake_is_silent(build_dir);
    }
    return;
  }
  auto reply = read_reply(build_dir, round.settings.config);
  if (!reply) {
    round.failure = reply.failure();
    return;
  }
  round.reply = std::move(reply).value();
  round.rules.emplace(round.reply.model.source_dir, round.reply.model.build_dir,
                      round.reply.system_folders);
  round.dependencies.emplace(round.reply.model, *round.rules);
}

// On a worker: the model with all that was gathered.
void complete(Round& round) {
  round.model = std::make_shared<ProjectModel>(round.reply.model);
  round.model->owners = round.dependencies->owners();
  complete_places(*round.model, *round.rules);
}

bool needs(const core::Target& target, const ProjectModel& model) {
  for (const core::Target& other : model.targets) {
    if (other.hot && std::find(target.dependencies.begin(), target.dependencies.end(),
                               other.name) != target.dependencies.end()) {
      return true;
    }
  }
  return false;
}

// The targets whose inputs ninja is asked for: hot modules, and executables that link one.
std::deque<std::uint32_t> targets_to_ask(const ProjectModel& model) {
  std::deque<std::uint32_t> asked;
  std::size_t executables = 0;
  for (std::uint32_t index = 0; index < model.targets.size(); ++index) {
    const core::Target& target = model.targets[index];
    const bool user = target.kind == core::TargetKind::executable && needs(target, model);
    if (target.hot || (user && executables++ < max_asked_executables)) {
      asked.push_back(index);
    }
  }
  return asked;
}

// Calls `take` for each whole line of a text that comes in pieces.
class Lines {
 public:
  explicit Lines(std::function<void(std::string_view)> take) : take_(std::move(take)) {}

  void feed(std::string_view piece) {
    rest_.append(piece);
    std::size_t at = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', at)) {
      take_(std::string_view(rest_).substr(at, end - at));
      at = end + 1;
    }
    rest_.erase(0, at);
  }

 private:
  std::function<void(std::string_view)> take_;
  std::string rest_;
};

}  // namespace

class Project::Impl {
 public:
  Impl(uv_loop_t* loop, ProjectSettings settings, ProjectListener listener)
      : loop_(loop), settings_(std::move(settings)), listener_(std::move(listener)) {
    uv_timer_init(loop_, delay_);
    delay_->data = this;
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    *alive_ = false;
    uv_close(reinterpret_cast<uv_handle_t*>(delay_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
  }

  void load() {
    building_ = false;
    begin(false);
  }

  void refresh() {
    building_ = false;
    if (loaded_ && (!round_ || round_->refresh)) {
      stop_round();
      uv_timer_start(
          delay_, [](uv_timer_t* timer) { static_cast<Impl*>(timer->data)->refresh_now(); },
          refresh_delay_ms, 0);
    }
  }

  // What CMake says during a build is read after it.
  void notice_reply() {
    if (!building_) {
      refresh();
    }
  }

  void pause_refresh() {
    building_ = true;
    uv_timer_stop(delay_);
    if (round_ && round_->refresh) {
      stop_round();
    }
  }

  bool is_reply(const std::string& path) const {
    return folder_of(path) == reply_folder(settings_.build_dir);
  }

  bool cmake_has_run() const { return current_reply(settings_.build_dir) != loaded_reply_; }

 private:
  void begin(bool refresh);
  void refresh_now();
  void stop_round();
  void on_worker(void (*work)(Round&), void (Impl::*after)());
  void have_read();
  void run_cmake();
  void ask_headers();
  void ask_next_inputs();
  void ask_ninja(std::vector<std::string> tool, std::function<void(std::string_view)> on_output,
                 void (Impl::*after)());
  void have_model();
  void fail(Failure failure);

  uv_loop_t* loop_;
  ProjectSettings settings_;
  ProjectListener listener_;
  uv_timer_t* delay_ = new uv_timer_t;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::shared_ptr<Round> round_;  // under way
  bool building_ = false;
  std::deque<std::uint32_t> to_ask_;
  std::unique_ptr<Command> command_;
  std::shared_ptr<const ProjectModel> loaded_;
  std::string loaded_reply_;
};

void Project::Impl::begin(bool refresh) {
  stop_round();
  uv_timer_stop(delay_);
  round_ = std::make_shared<Round>();
  round_->settings = settings_;
  round_->refresh = refresh;
  on_worker(read_cmake, &Impl::have_read);
}

void Project::Impl::refresh_now() {
  begin(true);
}

void Project::Impl::stop_round() {
  command_.reset();
  round_.reset();
}

// The worker keeps the round alive; whether anybody still waits for it shows when it comes back.
void Project::Impl::on_worker(void (*work)(Round&), void (Impl::*after)()) {
  const std::shared_ptr<Round> round = round_;
  run_on_worker(
      loop_, [round, work] { work(*round); },
      [this, alive = alive_, round, after] {
        if (*alive && round == round_) {
          (this->*after)();
        }
      });
}

void Project::Impl::have_read() {
  if (round_->failure) {
    fail(*round_->failure);
  } else if (round_->needs_cmake) {
    run_cmake();
  } else {
    ask_headers();
  }
}

void Project::Impl::run_cmake() {
  round_->cmake_was_run = true;
  std::string cmake = cache_entry(settings_.build_dir, "CMAKE_COMMAND");
  if (cmake.empty()) {
    cmake = "cmake";
  }
  auto output = std::make_shared<std::string>();
  Command::Request request;
  request.arguments = {cmake, settings_.build_dir};
  request.folder = settings_.build_dir;
  request.with_errors = true;
  command_ = std::make_unique<Command>(
      loop_, request,
      [output](std::string_view piece) {
        output->append(piece);
        if (output->size() > 2 * kept_output_bytes) {
          output->erase(0, output->size() - kept_output_bytes);
        }
      },
      [this, output, cmake](Command::Ended ended) {
        command_.reset();
        if (!ended.started) {
          fail(cmake_did_not_start(cmake));
        } else if (ended.status != 0) {
          fail(cmake_failed(settings_.build_dir, *output));
        } else {
          on_worker(read_cmake, &Impl::have_read);
        }
      });
}

void Project::Impl::ask_ninja(std::vector<std::string> tool,
                              std::function<void(std::string_view)> on_output,
                              void (Impl::*after)()) {
  const ProjectModel& model = round_->reply.model;
  Command::Request request;
  // -n: the tool must not open ninja's logs for writing, a build may be running.
  request.arguments = {model.ninja.empty() ? "ninja" : model.ninja, "-n"};
  if (model.multi_config) {
    request.arguments.insert(request.arguments.end(), {"-f", "build-" + model.config + ".ninja"});
  }
  request.arguments.insert(request.arguments.end(), tool.begin(), tool.end());
  request.folder = model.build_dir;
  request.background = round_->refresh;
  // A ninja that can't be run or doesn't know the tool leaves the model with its sources.
  command_ = std::make_unique<Command>(loop_, request, std::move(on_output),
                                       [this, after](Command::Ended) {
                                         command_.reset();
                                         (this->*after)();
                                       });
}

void Project::Impl::ask_headers() {
  to_ask_ = targets_to_ask(round_->reply.model);
  auto parser = std::make_shared<NinjaDepsParser>(
      [round = round_.get()](std::string_view output, std::string_view dependency) {
        round->dependencies->add_header(output, dependency);
      });
  ask_ninja(
      {"-t", "deps"}, [parser](std::string_view piece) { parser->feed(piece); },
      &Impl::ask_next_inputs);
}

void Project::Impl::ask_next_inputs() {
  if (to_ask_.empty()) {
    on_worker(complete, &Impl::have_model);
    return;
  }
  const std::uint32_t target = to_ask_.front();
  to_ask_.pop_front();
  auto lines = std::make_shared<Lines>([round = round_.get(), target](std::string_view line) {
    round->dependencies->add_input(target, line);
  });
  ask_ninja(
      {"-t", "inputs", round_->reply.model.targets[target].name},
      [lines](std::string_view piece) { lines->feed(piece); }, &Impl::ask_next_inputs);
}

void Project::Impl::have_model() {
  const std::shared_ptr<Round> round = std::exchange(round_, nullptr);
  const bool same = round->refresh && loaded_ && round->reply_name == loaded_reply_ &&
                    round->model->owners == loaded_->owners &&
                    round->model->watched_folders == loaded_->watched_folders;
  loaded_reply_ = round->reply_name;
  if (same) {
    return;
  }
  loaded_ = round->model;
  if (const auto call = listener_.on_model) {
    call(loaded_);
  }
}

void Project::Impl::fail(Failure failure) {
  const std::shared_ptr<Round> round = std::exchange(round_, nullptr);
  if (round->refresh) {
    return;  // nobody asked; the next load() tells
  }
  if (const auto call = listener_.on_failure) {
    call(std::move(failure));
  }
}

Project::Project(uv_loop_t* loop, ProjectSettings settings, ProjectListener listener)
    : impl_(std::make_unique<Impl>(loop, std::move(settings), std::move(listener))) {}

Project::~Project() = default;

void Project::load() {
  impl_->load();
}

void Project::refresh() {
  impl_->refresh();
}

void Project::notice(const std::vector<core::FileEvent>& files) {
  if (std::any_of(files.begin(), files.end(),
                  [this](const core::FileEvent& file) { return impl_->is_reply(file.path); })) {
    impl_->refresh();
  }
}

void Project::pause_refresh() {
  impl_->pause_refresh();
}

bool Project::cmake_has_run() const {
  return impl_->cmake_has_run();
}

}  // namespace hrwatch::project
