#include "build/ninja.h"

#include <csignal>
#include <cstdlib>
#include <optional>
#include <utility>

#include "build/diagnostics.h"
#include "build/output_reader.h"
#include "build/process_tree.h"
#include "core/linker_files.h"

namespace hrwatch::build {
namespace {

constexpr std::uint64_t kill_after_ms = 2000;
constexpr std::uint64_t drain_after_exit_ms = 200;
constexpr std::size_t kept_output = std::size_t{4} << 20;

// Our environment with another NINJA_STATUS.
std::vector<std::string> environment() {
  std::vector<std::string> variables;
  uv_env_item_t* items = nullptr;
  int count = 0;
  if (uv_os_environ(&items, &count) == 0) {
    for (int i = 0; i < count; ++i) {
      if (std::string_view(items[i].name) != "NINJA_STATUS") {
        variables.push_back(std::string(items[i].name) + "=" + items[i].value);
      }
    }
    uv_os_free_environ(items, count);
  }
  variables.push_back("NINJA_STATUS=" + std::string(ninja_status));
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (auto& string : strings) {
    result.push_back(string.data());
  }
  result.push_back(nullptr);
  return result;
}

hr::wire::Failure not_started(int error, const Request& request) {
  const std::string& program = request.program;
  if (!program.empty()) {
    return {"ninja can't be started: " + program,
            std::string(uv_strerror(error)) + "; the build folder was configured for that ninja",
            "find another one: cmake -UCMAKE_MAKE_PROGRAM " + request.build_dir};
  }
  if (error == UV_ENOENT) {
    return {"ninja is not there", "no program 'ninja' is on the PATH",
            "install it: apt install ninja-build (or pip install ninja)"};
  }
  return {"ninja can't be started", uv_strerror(error), "check with: ninja --version"};
}

}  // namespace

std::vector<std::string> ninja_arguments(const Request& request) {
  std::vector<std::string> arguments{"-C", request.build_dir};
  if (!request.config.empty()) {
    arguments.insert(arguments.end(), {"-f", "build-" + request.config + ".ninja"});
  }
  if (request.jobs > 0) {
    arguments.insert(arguments.end(), {"-j", std::to_string(request.jobs)});
  }
  arguments.insert(arguments.end(), request.targets.begin(), request.targets.end());
  return arguments;
}

// One ninja. Owns its handles; lives until libuv has closed all of them, which may be after Ninja.
struct Ninja::Run {
  Ninja* owner;
  Request request;
  uv_process_t process{};
  uv_pipe_t pipe{};
  uv_timer_t timer{};
  ProcessTree tree;
  OutputReader reader;
  std::string output;  // the last of it, for the diagnostics
  std::string buffer = std::string(65536, '\0');
  int open_handles = 0;
  bool has_process = false;  // libuv knows `process`
  bool cancelled = false;
  bool exited = false;
  bool ended = false;  // the output
  bool told = false;
  std::int64_t status = 0;
  int signal = 0;
  bool once_more = false;  // this is the second try, after way was made
  std::optional<hr::wire::Failure> failure;

  Run(Ninja* ninja, Request wanted);
  int spawn();
  void read();
  void finish_when_over();
  core::BuildFinished result();
  void close();
};

Ninja::Run::Run(Ninja* ninja, Request wanted)
    : owner(ninja),
      request(std::move(wanted)),
      reader({[this](int done, int total) {
                if (owner != nullptr) {
                  owner->sink_(core::BuildProgress{request.id, done, total});
                }
              },
              [this](std::string_view text) {
                if (output.size() < kept_output) {
                  output += text;
                }
                if (owner != nullptr) {
                  owner->sink_(core::BuildOutput{request.id, std::string(text)});
                }
              }}) {
  process.data = this;
  pipe.data = this;
  timer.data = this;
}

int Ninja::Run::spawn() {
  uv_file ends[2] = {-1, -1};
  if (const int error = uv_pipe(ends, UV_NONBLOCK_PIPE, 0)) {
    return error;
  }
  uv_pipe_open(&pipe, ends[0]);
  auto arguments = ninja_arguments(request);
  const std::string program = request.program.empty() ? "ninja" : request.program;
  arguments.insert(arguments.begin(), program);
  auto variables = environment();
  auto argument_pointers = pointers(arguments);
  auto variable_pointers = pointers(variables);
  uv_stdio_container_t streams[3];
  streams[0].flags = UV_IGNORE;
  for (int i = 1; i < 3; ++i) {  // one pipe for both: their order is kept
    streams[i].flags = UV_INHERIT_FD;
    streams[i].data.fd = ends[1];
  }
  uv_process_options_t options{};
  options.file = program.c_str();
  options.args = argument_pointers.data();
  options.env = variable_pointers.data();
  options.stdio = streams;
  options.stdio_count = 3;
  options.flags = ProcessTree::flags();
  options.exit_cb = [](uv_process_t* handle, std::int64_t exit_status, int term_signal) {
    auto* run = static_cast<Run*>(handle->data);
    run->exited = true;
    run->status = exit_status;
    run->signal = term_signal;
    // Something it left running may hold the pipe open: don't wait for that.
    uv_timer_start(
        &run->timer,
        [](uv_timer_t* t) {
          static_cast<Run*>(t->data)->ended = true;
          static_cast<Run*>(t->data)->finish_when_over();
        },
        drain_after_exit_ms, 0);
    run->finish_when_over();
  };
  const int error = uv_spawn(owner->loop_, &process, &options);
  if (error == 0) {
    tree.adopt(process.pid);
  }
  has_process = true;
  ++open_handles;  // also after a failed uv_spawn the handle has to be closed
  uv_fs_t closing;
  uv_fs_close(nullptr, &closing, ends[1], nullptr);
  uv_fs_req_cleanup(&closing);
  return error;
}

void Ninja::Run::read() {
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&pipe),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* buf) {
        auto* run = static_cast<Run*>(handle->data);
        *buf = uv_buf_init(run->buffer.data(), static_cast<unsigned>(run->buffer.size()));
      },
      [](uv_stream_t* stream, ssize_t count, const uv_buf_t* buf) {
        auto* run = static_cast<Run*>(stream->data);
        if (count > 0) {
          run->reader.feed({buf->base, static_cast<std::size_t>(count)});
        } else if (count < 0) {
          uv_read_stop(stream);
          run->ended = true;
          run->finish_when_over();
        }
      });
}

core::BuildFinished Ninja::Run::result() {
  core::BuildFinished finished;
  finished.build = request.id;
  finished.no_work = reader.no_work();
  if (cancelled) {
    finished.outcome = core::BuildOutcome::cancelled;
  } else if (failure) {
    finished.outcome = core::BuildOutcome::broken;
    finished.failure = failure;
  } else if (signal != 0 || status == 130) {
    finished.outcome = core::BuildOutcome::broken;
    finished.failure = hr::wire::Failure{
        "the build was stopped from outside",
        "ninja was ended by signal " + std::to_string(signal != 0 ? signal : SIGINT),
        "save again: what was not built is built then"};
  } else if (status != 0) {
    finished.outcome = core::BuildOutcome::failed;
    finished.diagnostics = parse_diagnostics(output, request.build_dir, request.source_dir);
    finished.failure = explain_ninja(output, request.build_dir, request.source_dir);
    if (finished.failure) {
      finished.outcome = core::BuildOutcome::broken;
    }
  }
  return finished;
}

void Ninja::Run::finish_when_over() {
  if (!exited || !ended || told) {
    return;
  }
  told = true;
  reader.finish();
  auto* ninja = owner;
  if (ninja != nullptr && !once_more && !cancelled && status != 0 && holders_stop_linkers() &&
      core::blames_held_file(output)) {
    Request again = std::move(request);
    close();
    ninja->begin(std::move(again), true);
    return;
  }
  auto finished = result();
  put_back(request.linker_files);
  close();
  if (ninja != nullptr) {
    ninja->run_ = nullptr;
    ninja->sink_(std::move(finished));
  }
}

void Ninja::Run::close() {
  owner = nullptr;
  const auto closed = [](uv_handle_t* handle) {
    auto* run = static_cast<Run*>(handle->data);
    if (--run->open_handles == 0) {
      delete run;
    }
  };
  if (has_process) {
    uv_close(reinterpret_cast<uv_handle_t*>(&process), closed);
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&pipe), closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer), closed);
}

Ninja::Ninja(uv_loop_t* loop, std::function<void(core::Event)> sink)
    : loop_(loop), sink_(std::move(sink)) {}

Ninja::~Ninja() {
  abandon();
}

void Ninja::abandon() {
  if (run_ == nullptr) {
    return;
  }
  if (!run_->exited && run_->process.pid > 0) {
    run_->tree.kill();
  }
  run_->told = true;
  run_->close();
  run_ = nullptr;
}

bool Ninja::running() const {
  return run_ != nullptr;
}

void Ninja::start(const Request& request) {
  abandon();
  times_.set();
  times_.build_begins(request.build_dir);
  begin(request, false);
}

// `once_more`: a linker could not write what somebody has open.
void Ninja::begin(Request request, bool once_more) {
  run_ = new Run(this, std::move(request));
  run_->once_more = once_more;
  uv_pipe_init(loop_, &run_->pipe, 0);
  uv_timer_init(loop_, &run_->timer);
  run_->open_handles = 2;
  // Renamed files are missing ones to ninja: all of them would be linked anew, the running program
  // too. So only a linker that was refused makes the tool do it; before links of hot modules the
  // build itself does (hrwatch make-way).
  const auto way = once_more ? make_way(run_->request.linker_files)
                             : hr::wire::Result<hr::wire::Done>(hr::wire::Done{});
  const int error = way ? run_->spawn() : 0;
  if (way && error == 0) {
    run_->read();
    return;
  }
  run_->failure = way ? not_started(error, run_->request) : way.failure();
  run_->exited = true;
  run_->ended = true;
  uv_timer_start(
      &run_->timer, [](uv_timer_t* t) { static_cast<Run*>(t->data)->finish_when_over(); }, 0, 0);
}

void Ninja::cancel(core::BuildId id) {
  if (run_ == nullptr || run_->request.id != id || run_->cancelled) {
    return;
  }
  run_->cancelled = true;
  if (run_->exited) {
    return;
  }
  run_->tree.interrupt();
  uv_timer_start(
      &run_->timer,
      [](uv_timer_t* t) {
        auto* run = static_cast<Run*>(t->data);
        if (!run->exited) {
          run->tree.kill();
        }
      },
      kill_after_ms, 0);
}

}  // namespace hrwatch::build
