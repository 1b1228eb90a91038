// Which threads of a program are in code that newer code has taken the place of. Runs on a worker
// thread; knows no lineage beyond the bodies that run.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/event.h"
#include "stacks/process_image.h"

namespace hrwatch::app {

// What runs of one module.
struct RunningCode {
  std::uint32_t generation = 0;
  std::set<std::pair<std::uint32_t, std::uint64_t>> bodies;  // generation and entry
};

// The innermost old call of each thread that has one. Errors: the threads can't be looked at. Cost:
// milliseconds, in which the program stands still.
hr::wire::Result<std::vector<core::OldCall>> find_old_code(
    int pid, const std::vector<stacks::GenerationFile>& files,
    const std::map<std::string, RunningCode>& running);

}  // namespace hrwatch::app
