// Runs one program and hands over what it prints. Knows libuv's child processes; not what the
// program is for.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hrwatch::project {

// A running program; destroying it kills the program and makes no more calls. Loop's thread only.
class Command {
 public:
  struct Request {
    std::vector<std::string> arguments;  // the program first, looked up in PATH
    std::string folder;                  // to run in
    bool with_errors = false;            // standard error goes the way of standard output
    bool background = false;             // yields to whatever else wants the processor
  };

  struct Ended {
    bool started = false;
    int status = -1;  // exit status; -1 when a signal ended it
    int signal = 0;
  };

  // `on_output` gets pieces as they come; `on_end` is called once, last, never from within this
  // constructor. Either may destroy the Command.
  Command(uv_loop_t* loop, const Request& request, std::function<void(std::string_view)> on_output,
          std::function<void(Ended)> on_end);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

 private:
  struct Child;
  Child* child_;  // deletes itself when libuv has let go of it
};

}  // namespace hrwatch::project
