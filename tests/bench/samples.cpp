#include "samples.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <thread>

namespace hrwatch::bench {

namespace {

double quantile(Samples samples, double where) {
  if (samples.empty())
    return 0;
  std::sort(samples.begin(), samples.end());
  const double position = where * static_cast<double>(samples.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, samples.size() - 1);
  const double part = position - static_cast<double>(below);
  return samples[below] * (1 - part) + samples[above] * part;
}

// The value of the first line `name : value` of a file, "" if there is none.
std::string field(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.rfind(name, 0) == 0)
      return line.substr(std::min(line.find(':') + 2, line.size()));
  return "";
}

}  // namespace

double median(Samples samples) {
  return quantile(std::move(samples), 0.5);
}

double spread(Samples samples) {
  return (quantile(samples, 0.75) - quantile(samples, 0.25)) / 2;
}

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

void print_machine() {
  utsname system{};
  uname(&system);
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  fmt::print("machine: {}, {} cores, {} {}, load {:.2f}\n\n", field("/proc/cpuinfo", "model name"),
             std::thread::hardware_concurrency(), system.sysname, system.release, load);
}

void print_heading() {
  fmt::print("{:<58} {:>10} {:>9}  {:<6} {:<22}\n", "what", "median", "+-", "unit", "wanted");
  std::fflush(stdout);
}

void print_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    fmt::print("{:<58} {:>10.3f} {:>9.3f}  {:<6} {:<22} {}\n", row.what, row.value, row.noise,
               row.unit, row.wanted,
               row.wanted.empty() ? ""
               : row.reached      ? "reached"
                                  : "MISSED");
}

}  // namespace hrwatch::bench
