// A child process of a test: started with arguments, read line by line, and never left behind.
// Knows no product.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hrwatch::tests {

struct ChildOptions {
  std::vector<std::string> arguments = {};              // [0] is the program, looked up in PATH
  std::filesystem::path folder = {};                    // working folder; empty = the test's
  std::map<std::string, std::string> environment = {};  // in addition to the test's
  bool terminal = false;  // runs under a pseudo terminal, as its session's leader; on Windows: has
                          // a console of its own, and can be told of Ctrl-C
  std::optional<unsigned long> file_size_limit = {};  // RLIMIT_FSIZE in bytes
};

// In a process group of its own; destroyed = the whole group killed and reaped.
class Child {
 public:
  explicit Child(const ChildOptions& options);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int pid() const { return pid_; }

  // To the process alone.
  void signal(int number) const;

  // Ends it with SIGKILL, and its group, and waits.
  void kill();

  // Bytes to its terminal; only with `terminal`.
  void type(const std::string& keys) const;

  bool running();

  // Exit code, 128 + signal when killed by one; nothing when it still runs after `deadline`.
  std::optional<int> wait(std::chrono::milliseconds deadline);

  // Waits until both outputs have ended (a child of the child may hold them open).
  void drain(std::chrono::milliseconds deadline) const;

  // Whole lines of standard output so far, and everything from standard error: all that was
  // written before the call.
  std::vector<std::string> lines() const;
  std::string errors() const;

  // All of standard output (what its terminal was told to show) so far.
  std::string screen() const;

 private:
  struct Reader;
  int pid_ = -1;
  int terminal_ = -1;
  std::optional<int> status_;
  std::unique_ptr<Reader> reader_;
};

struct Outcome {
  int status = -1;  // -1 = did not end in time and was killed
  std::string output, errors;
};

// Runs to the end.
Outcome run(const ChildOptions& options,
            std::chrono::milliseconds deadline = std::chrono::minutes(2));

}  // namespace hrwatch::tests
