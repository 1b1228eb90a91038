// Finds out where a program crashed, on a worker thread. Knows no host beyond its modules.
#pragma once

#include <uv.h>

#include <filesystem>
#include <functional>
#include <vector>

#include "app/worker.h"
#include "core/effect.h"
#include "stacks/process_image.h"

namespace hrwatch::app {

// The files that generations of `modules` are mapped from, in the program `pid`. `copies`:
// <build>/.hrwatch/gen.
std::vector<stacks::GenerationFile> generation_files(
    int pid, const std::vector<hr::wire::ModuleState>& modules,
    const std::filesystem::path& copies);

// Loop's thread only. `sink` gets CrashRead, never from within a call.
class CrashReader {
 public:
  CrashReader(uv_loop_t* loop, const std::filesystem::path& build_dir,
              std::function<void(core::Event)> sink)
      : copies_(build_dir / ".hrwatch" / "gen"), sink_(std::move(sink)), workers_(loop) {}

  void read(const core::ReadCrash& wanted, const std::vector<hr::wire::ModuleState>& modules);

 private:
  std::filesystem::path copies_;
  std::function<void(core::Event)> sink_;
  Workers workers_;
};

}  // namespace hrwatch::app
