// The program of --run: started, asked to end, its end told. Shares the terminal with the tool.
// Knows no session.
#pragma once

#include <uv.h>

#include <functional>
#include <string>
#include <vector>

#include "core/event.h"

namespace hrwatch::app {

// Loop's thread only. Destroying it kills the program.
class Program {
 public:
  // `sink` gets ProgramStarted and ProgramExited, never from within a call.
  Program(uv_loop_t* loop, std::function<void(core::Event)> sink);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // The program first. `output_to_error`: its standard output goes to our standard error.
  // Errors: it can't be started; then nothing follows.
  // `variable`: "NAME=value" to add to its environment, "" = nothing.
  hr::wire::Result<hr::wire::Done> start(std::vector<std::string> command, bool output_to_error,
                                         std::string variable = {});

  void signal(int number);

  bool running() const { return child_ != nullptr; }

 private:
  struct Child;
  uv_loop_t* loop_;
  std::function<void(core::Event)> sink_;
  Child* child_ = nullptr;  // deletes itself when libuv has let go of it
};

}  // namespace hrwatch::app
