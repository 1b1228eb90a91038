// Runs ninja: one child at a time, on libuv's loop, its output taken apart as it comes. Knows no
// session: whoever asks says which targets, and when to stop.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "build/command_times.h"
#include "build/linker_files.h"
#include "core/event.h"

namespace hrwatch::build {

struct Request {
  core::BuildId id = 0;
  std::string program;  // "" = the ninja on the PATH
  std::string build_dir;
  std::string source_dir;
  std::string config;  // only with a multi-config build: its build-<config>.ninja
  std::vector<std::string> targets;
  int jobs = 0;                               // 0: ninja's own choice
  std::vector<LinkerFile> linker_files = {};  // that the build may write, and others may hold
};

class Ninja {
 public:
  // `sink` gets BuildProgress, BuildOutput and BuildFinished, on the loop's thread.
  Ninja(uv_loop_t* loop, std::function<void(core::Event)> sink);

  // A running ninja is killed with everything it started.
  ~Ninja();
  Ninja(const Ninja&) = delete;
  Ninja& operator=(const Ninja&) = delete;

  // Starts a build, after making way for its linkers; once more when one was refused all the same.
  // Exactly one BuildFinished follows, also when ninja can't be started; never from inside this
  // call. A build that still runs is killed and not heard of again.
  void start(const Request& request);

  // Asks the build to stop (SIGINT), kills it after 2 s. Nothing when it is not running.
  void cancel(core::BuildId id);

  bool running() const;

 private:
  struct Run;
  void begin(Request request, bool once_more);
  void abandon();

  uv_loop_t* loop_;
  std::function<void(core::Event)> sink_;
  CommandTimes times_;
  Run* run_ = nullptr;  // deletes itself when its last libuv handle is closed
};

// The arguments for a request, without the program's name.
std::vector<std::string> ninja_arguments(const Request& request);

}  // namespace hrwatch::build
