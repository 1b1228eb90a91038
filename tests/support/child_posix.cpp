#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "support/child.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

bool readable(int descriptor) {
  pollfd waiting = {descriptor, POLLIN, 0};
  return poll(&waiting, 1, 0) > 0;
}

}  // namespace

// Reads both pipes in a thread of its own until their ends, so that the child never waits.
struct Child::Reader {
  Reader(int output, int errors) : descriptors{output, errors}, thread([this] { read_all(); }) {}

  ~Reader() {
    stopped = true;
    thread.join();
    for (const int descriptor : descriptors)
      if (descriptor >= 0)
        close(descriptor);
  }

  void read_all() {
    for (;;) {
      pollfd waiting[2] = {{descriptors[0], POLLIN, 0}, {descriptors[1], POLLIN, 0}};
      {
        const std::lock_guard lock(mutex);
        for (int i = 0; i < 2; ++i)
          if (ended[i])
            waiting[i].fd = -1;
      }
      if (waiting[0].fd < 0 && waiting[1].fd < 0)
        break;
      if (poll(waiting, 2, 20) > 0)
        catch_up();
      else if (stopped)
        break;
    }
    at_end = true;
  }

  // Takes what has been written until now, from any thread: who knows that the child has ended has
  // all that it said, however long the thread above has been waiting for the processor.
  void catch_up() {
    const std::lock_guard lock(mutex);
    char buffer[65536];
    for (int i = 0; i < 2; ++i) {
      // A bound, for children that write faster than this reads; a full pipe is one read.
      for (int reads = 0; reads < 32 && !ended[i] && readable(descriptors[i]); ++reads) {
        const ssize_t count = ::read(descriptors[i], buffer, sizeof buffer);
        if (count <= 0)
          ended[i] = true;
        else
          text[i].append(buffer, static_cast<std::size_t>(count));
      }
    }
  }

  int descriptors[2];
  bool ended[2] = {false, false};
  std::string text[2];
  std::mutex mutex;
  std::atomic<bool> stopped = false, at_end = false;
  std::thread thread;
};

namespace {

struct Ends {
  int read = -1, write = -1;
};

Ends open_pipe() {
  int both[2];
  if (pipe2(both, O_CLOEXEC) != 0) {
    std::perror("pipe2");
    std::abort();
  }
  return {both[0], both[1]};
}

// In the child, between fork and exec.
[[noreturn]] void become(const ChildOptions& options, char* const* arguments, int terminal,
                         int output, int errors) {
  if (options.terminal) {
    setsid();
    ioctl(terminal, TIOCSCTTY, 0);
    dup2(terminal, 0);
    dup2(terminal, 1);
    dup2(terminal, 2);
  } else {
    setpgid(0, 0);
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(output, 1);
    dup2(errors, 2);
  }
  for (const auto& [name, value] : options.environment)
    setenv(name.c_str(), value.c_str(), 1);
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0)
    _exit(126);
  if (options.file_size_limit) {
    const rlimit limit{*options.file_size_limit, *options.file_size_limit};
    setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
  }
  execvp(arguments[0], arguments);
  std::perror(arguments[0]);
  _exit(127);
}

}  // namespace

Child::Child(const ChildOptions& options) {
  std::vector<char*> arguments;
  for (const std::string& argument : options.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const Ends output = open_pipe();
  const Ends errors = open_pipe();
  int terminal = -1;
  if (options.terminal) {
    terminal_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    grantpt(terminal_);
    unlockpt(terminal_);
    terminal = open(ptsname(terminal_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    const winsize size{40, 120, 0, 0};
    ioctl(terminal, TIOCSWINSZ, &size);
  }
  pid_ = fork();
  if (pid_ == 0)
    become(options, arguments.data(), terminal, output.write, errors.write);
  if (pid_ < 0) {
    std::perror("fork");
    std::abort();
  }
  if (!options.terminal)
    setpgid(pid_, pid_);
  close(output.write);
  close(errors.write);
  if (options.terminal) {
    close(terminal);
    close(output.read);
    reader_ = std::make_unique<Reader>(dup(terminal_), errors.read);
  } else {
    reader_ = std::make_unique<Reader>(output.read, errors.read);
  }
}

Child::~Child() {
  kill();
  reader_.reset();
  if (terminal_ >= 0)
    close(terminal_);
}

void Child::signal(int number) const {
  if (!status_)
    ::kill(pid_, number);
}

void Child::kill() {
  ::kill(-pid_, SIGKILL);
  if (!status_)
    wait(std::chrono::seconds(10));
}

void Child::type(const std::string& keys) const {
  if (write(terminal_, keys.data(), keys.size()) < 0)
    std::perror("typing");
}

bool Child::running() {
  if (status_)
    return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0)
    return true;
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return false;
}

std::optional<int> Child::wait(std::chrono::milliseconds deadline) {
  wait_until([this] { return !running(); }, deadline);
  return status_;
}

void Child::drain(std::chrono::milliseconds deadline) const {
  wait_until([this] { return reader_->at_end.load(); }, deadline);
}

std::vector<std::string> Child::lines() const {
  reader_->catch_up();
  const std::lock_guard lock(reader_->mutex);
  std::vector<std::string> lines;
  const std::string& text = reader_->text[0];
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string Child::screen() const {
  reader_->catch_up();
  const std::lock_guard lock(reader_->mutex);
  return reader_->text[0];
}

std::string Child::errors() const {
  reader_->catch_up();
  const std::lock_guard lock(reader_->mutex);
  return reader_->text[1];
}

Outcome run(const ChildOptions& options, std::chrono::milliseconds deadline) {
  Child child(options);
  Outcome outcome;
  if (const auto status = child.wait(deadline))
    outcome.status = *status;
  child.drain(std::chrono::seconds(1));
  for (const std::string& line : child.lines())
    outcome.output += line + '\n';
  outcome.errors = child.errors();
  return outcome;
}

}  // namespace hrwatch::tests
