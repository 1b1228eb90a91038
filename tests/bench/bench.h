// The measurements. Each takes the prefix that hrwatch is installed in, and returns rows of the
// table; none when it could not measure, having said why on standard error.
#pragma once

#include <filesystem>
#include <vector>

#include "samples.h"

namespace hrwatch::bench {

// Save to commit against plain ninja, for a module of `files` sources; also what the stages say,
// and the processor time of the idle tool. Interleaved: one of each, `rounds` times.
std::vector<Row> measure_reloads(const std::filesystem::path& prefix, int files, int rounds,
                                 int idle_seconds);

// What is left of the verdict on an edit of one of `files` sources of 80 lines when the link is
// done.
std::vector<Row> measure_verdict(const std::filesystem::path& prefix, int files, int rounds);

// The same module with and without entries that a reload could use, nothing reloaded.
std::vector<Row> measure_forwarding(int rounds);

// How long state keeps the program's thread when its class has changed.
std::vector<Row> measure_migration(int rounds);

}  // namespace hrwatch::bench
