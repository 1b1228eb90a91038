#include "project/command.h"

#include <array>
#include <csignal>
#include <utility>

namespace hrwatch::project {

struct Command::Child {
  uv_process_t process = {};
  uv_pipe_t pipe = {};
  uv_timer_t failed = {};  // tells of a failed start from the loop
  std::function<void(std::string_view)> on_output;
  std::function<void(Ended)> on_end;
  Ended ended;
  bool has_handle = false;   // libuv knows `process`
  bool has_process = false;  // and it runs, or ran
  bool exited = false;
  bool drained = false;
  int open_handles = 0;
  std::array<char, 64 * 1024> buffer = {};

  void start(uv_loop_t* loop, const Request& request);
  void fail_later();  // from the loop, as everything is told
  void read();
  void close(uv_handle_t* handle);
  void finish_when_over();
  void abandon();
};

namespace {

void close_descriptor(uv_file descriptor) {
  if (descriptor >= 0) {
    uv_fs_t request;
    uv_fs_close(nullptr, &request, descriptor, nullptr);
    uv_fs_req_cleanup(&request);
  }
}

}  // namespace

void Command::Child::close(uv_handle_t* handle) {
  if (uv_is_closing(handle) != 0) {
    return;
  }
  uv_close(handle, [](uv_handle_t* closed) {
    auto* self = static_cast<Child*>(closed->data);
    if (--self->open_handles == 0) {
      delete self;
    }
  });
}

void Command::Child::abandon() {
  on_output = nullptr;
  on_end = nullptr;
  if (has_process && !exited) {
    // Its whole group, where there are groups: CMake starts compilers and what projects ask for.
    if (uv_kill(-process.pid, SIGKILL) != 0) {
      uv_process_kill(&process, SIGKILL);
    }
  }
  close(reinterpret_cast<uv_handle_t*>(&pipe));
  close(reinterpret_cast<uv_handle_t*>(&failed));
  if (has_handle && !has_process) {
    close(reinterpret_cast<uv_handle_t*>(&process));
  }
}

void Command::Child::finish_when_over() {
  if (exited && drained && on_end) {
    const auto call = std::exchange(on_end, nullptr);
    call(ended);  // may destroy the Command, and so abandon this
  }
}

void Command::Child::start(uv_loop_t* loop, const Request& request) {
  process.data = pipe.data = failed.data = this;
  uv_pipe_init(loop, &pipe, 0);
  uv_timer_init(loop, &failed);
  open_handles = 2;
  std::vector<char*> arguments;
  arguments.reserve(request.arguments.size() + 1);
  std::vector<std::string> texts = request.arguments;
  for (std::string& text : texts) {
    arguments.push_back(text.data());
  }
  arguments.push_back(nullptr);
  // One pipe for both streams keeps the order of their lines.
  std::array<uv_file, 2> ends = {-1, -1};
  const bool piped =
      uv_pipe(ends.data(), UV_NONBLOCK_PIPE, 0) == 0 && uv_pipe_open(&pipe, ends[0]) == 0;
  std::array<uv_stdio_container_t, 3> stdio = {};
  stdio[0].flags = UV_IGNORE;
  stdio[1].flags = UV_INHERIT_FD;
  stdio[1].data.fd = ends[1];
  stdio[2].flags = UV_IGNORE;
  if (request.with_errors) {
    stdio[2] = stdio[1];
  }
  uv_process_options_t options = {};
  options.file = arguments.front();
  options.args = arguments.data();
  options.cwd = request.folder.empty() ? nullptr : request.folder.c_str();
  options.stdio = stdio.data();
  options.stdio_count = 3;
  options.flags = UV_PROCESS_DETACHED;  // a group of its own
  options.exit_cb = [](uv_process_t* handle, std::int64_t status, int signal) {
    auto* self = static_cast<Child*>(handle->data);
    self->exited = true;
    self->ended.status = signal == 0 ? static_cast<int>(status) : -1;
    self->ended.signal = signal;
    self->close(reinterpret_cast<uv_handle_t*>(handle));
    self->finish_when_over();
  };
  if (piped) {
    has_handle = true;
    ++open_handles;
  }
  const bool spawned = piped && uv_spawn(loop, &process, &options) == 0;
  close_descriptor(ends[1]);
  if (!spawned) {
    fail_later();
    return;
  }
  ended.started = true;
  has_process = true;
  if (request.background) {
    uv_os_setpriority(process.pid, UV_PRIORITY_BELOW_NORMAL);
  }
  read();
}

void Command::Child::fail_later() {
  uv_timer_start(
      &failed,
      [](uv_timer_t* handle) {
        auto* self = static_cast<Child*>(handle->data);
        self->exited = self->drained = true;
        self->finish_when_over();
      },
      0, 0);
}

void Command::Child::read() {
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&pipe),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* into) {
        auto* self = static_cast<Child*>(handle->data);
        *into = uv_buf_init(self->buffer.data(), static_cast<unsigned>(self->buffer.size()));
      },
      [](uv_stream_t* stream, ssize_t got, const uv_buf_t* bytes) {
        auto* self = static_cast<Child*>(stream->data);
        if (got > 0 && self->on_output) {
          const auto call = self->on_output;  // it may destroy the Command
          call({bytes->base, static_cast<std::size_t>(got)});
        } else if (got < 0) {
          self->drained = true;
          self->finish_when_over();
        }
      });
}

Command::Command(uv_loop_t* loop, const Request& request,
                 std::function<void(std::string_view)> on_output, std::function<void(Ended)> on_end)
    : child_(new Child) {
  child_->on_output = std::move(on_output);
  child_->on_end = std::move(on_end);
  child_->start(loop, request);
}

Command::~Command() {
  child_->abandon();
}

}  // namespace hrwatch::project
