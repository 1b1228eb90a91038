#include <dlfcn.h>
#include <fmt/format.h>

#include "bench.h"
#include "support/child.h"
#include "support/sandbox.h"

namespace hrwatch::bench {

namespace {

const char* const workload = R"(#include <algorithm>
#include <vector>

struct Point { float x, y, z; };

static Point added(const Point& a, const Point& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }

extern "C" __attribute__((noinline)) int many_calls(int n) {
  return n < 2 ? n : many_calls(n - 1) + many_calls(n - 2);
}

extern "C" int std_heavy(int n) {
  std::vector<Point> points(static_cast<std::size_t>(n), Point{1, 2, 3});
  Point sum{0, 0, 0};
  for (const Point& point : points) sum = added(sum, point);
  std::vector<int> numbers;
  for (int i = 0; i < n; ++i) numbers.push_back((i * 7919) % 20011);
  std::sort(numbers.begin(), numbers.end());
  return static_cast<int>(sum.x) + numbers[static_cast<std::size_t>(n) / 2];
}
)";

using Work = int (*)(int);

struct Library {
  Work many_calls = nullptr, std_heavy = nullptr;
};

// Compiles the workload and loads it; the library stays loaded.
Library load(const tests::Sandbox& sandbox, const std::string& name,
             const std::vector<std::string>& flags) {
  sandbox.write("work.cpp", workload);
  const std::string file = sandbox.path(name + ".so");
  std::vector<std::string> command = {"g++",     "-O0",      "-g", "-fPIC",
                                      "-shared", "work.cpp", "-o", file};
  command.insert(command.end(), flags.begin(), flags.end());
  const tests::Outcome outcome = tests::run({.arguments = command, .folder = sandbox.path()});
  if (outcome.status != 0)
    fmt::print(stderr, "hr_bench: {}\n", outcome.errors);
  void* handle = outcome.status == 0 ? dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
  if (handle == nullptr)
    return {};
  return {reinterpret_cast<Work>(dlsym(handle, "many_calls")),
          reinterpret_cast<Work>(dlsym(handle, "std_heavy"))};
}

double time(Work work, int argument) {
  const auto start = std::chrono::steady_clock::now();
  const volatile int result = work(argument);
  (void)result;
  return since(start);
}

void add_rows(std::vector<Row>& rows, const std::string& what, const Samples& plain,
              const Samples& hot) {
  rows.push_back({"no entries: " + what, median(plain), spread(plain)});
  rows.push_back({"with entries: " + what, median(hot), spread(hot)});
  const double noise = (spread(plain) + spread(hot)) / median(plain);
  const double ratio = median(hot) / median(plain);
  rows.push_back(
      {"  the ratio", ratio, noise, "x", "within noise", ratio <= 1 + std::max(0.05, 2 * noise)});
}

}  // namespace

std::vector<Row> measure_forwarding(int rounds) {
  const tests::Sandbox sandbox("bench-forwarding");
  const Library plain = load(sandbox, "plain", {});
  const Library hot = load(sandbox, "hot",
                           {"-fpatchable-function-entry=8,6", "-falign-functions=16",
                            "-fdata-sections", "-fno-ipa-ra", "-fno-guess-branch-probability"});
  if (plain.std_heavy == nullptr || hot.std_heavy == nullptr)
    return {};
  Samples plain_calls, hot_calls, plain_std, hot_std;
  for (int round = 0; round < rounds; ++round) {
    plain_calls.push_back(time(plain.many_calls, 30));
    hot_calls.push_back(time(hot.many_calls, 30));
    plain_std.push_back(time(plain.std_heavy, 30000));
    hot_std.push_back(time(hot.std_heavy, 30000));
  }
  std::vector<Row> rows;
  add_rows(rows, "a recursive function", plain_calls, hot_calls);
  add_rows(rows, "small std functions", plain_std, hot_std);
  return rows;
}

}  // namespace hrwatch::bench
