#include "app/program.h"

#include <csignal>
#include <utility>

namespace hrwatch::app {
namespace {

// "NAME=value" each.
std::vector<std::string> our_environment() {
  uv_env_item_t* items = nullptr;
  int count = 0;
  std::vector<std::string> variables;
  if (uv_os_environ(&items, &count) == 0) {
    for (int i = 0; i < count; ++i) {
      variables.push_back(std::string(items[i].name) + "=" + items[i].value);
    }
    uv_os_free_environ(items, count);
  }
  return variables;
}

}  // namespace

struct Program::Child {
  uv_process_t process{};
  Program* owner = nullptr;

  void close() {
    owner = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&process),
             [](uv_handle_t* handle) { delete static_cast<Child*>(handle->data); });
  }
};

Program::Program(uv_loop_t* loop, std::function<void(core::Event)> sink)
    : loop_(loop), sink_(std::move(sink)) {}

Program::~Program() {
  if (child_ != nullptr) {
    uv_process_kill(&child_->process, SIGKILL);
    child_->close();
  }
}

hr::wire::Result<hr::wire::Done> Program::start(std::vector<std::string> command,
                                                bool output_to_error, std::string variable) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (auto& argument : command) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  uv_stdio_container_t streams[3];
  for (int i = 0; i < 3; ++i) {
    streams[i].flags = UV_INHERIT_FD;
    streams[i].data.fd = i == 1 && output_to_error ? 2 : i;
  }
  uv_process_options_t options{};
  options.file = arguments.front();
  options.args = arguments.data();
  std::vector<std::string> variables;
  std::vector<char*> environment;
  if (!variable.empty()) {
    variables = our_environment();
    variables.push_back(std::move(variable));
    for (auto& entry : variables) {
      environment.push_back(entry.data());
    }
    environment.push_back(nullptr);
    options.env = environment.data();
  }
  options.stdio = streams;
  options.stdio_count = 3;
  options.exit_cb = [](uv_process_t* handle, std::int64_t status, int signal) {
    auto* child = static_cast<Child*>(handle->data);
    Program* owner = child->owner;
    child->close();
    if (owner != nullptr) {
      owner->child_ = nullptr;
      owner->sink_(core::ProgramExited{static_cast<int>(status), signal});
    }
  };
  auto* child = new Child;
  child->owner = this;
  child->process.data = child;
  const int error = uv_spawn(loop_, &child->process, &options);
  if (error != 0) {
    child->close();
    return hr::wire::Failure{"the program can't be started: " + command.front(), uv_strerror(error),
                             "build it, or name another --target"};
  }
  child_ = child;
  sink_(core::ProgramStarted{child->process.pid});
  return hr::wire::Done{};
}

void Program::signal(int number) {
  if (child_ != nullptr) {
    // Windows knows no signal but the end.
    if (uv_process_kill(&child_->process, number) == UV_ENOSYS) {
      uv_process_kill(&child_->process, SIGTERM);
    }
  }
}

}  // namespace hrwatch::app
