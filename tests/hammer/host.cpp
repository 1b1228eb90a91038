// Four threads call into the module without pause while it is reloaded:
// `hammer PLAN FOLDER RELOADS SECONDS`. Ends with 0 when no answer was wrong and no call was lost.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "lab/lab.h"
#include "load.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Build {
  int version = 0;
  std::string library, object;
};

struct Tally {
  std::atomic<bool> stop = false;
  std::atomic<long> calls = 0, wrong = 0;
};

// The same rule in the host's words.
int answer(int x) {
  const int rest = x % 64;
  const int risky = rest == 0 ? 0 : rest == 1 ? 1 : 4 * x + 7;
  return 36 + risky + x + 2;
}

void call_without_pause(int thread, Machine& shared, Tally& tally) {
  const std::unique_ptr<Machine> own = make_machine();
  int (*stored)(Machine&, int) = &work;
  const std::function<int(int)> step = make_step();
  long calls = 0;
  for (int x = thread; !tally.stop; x = (x + 1) & 0xFFFF) {
    const int result = x & 1 ? work(*own, x) : stored(shared, x);
    if (result != answer(x) && tally.wrong++ < 5)
      std::printf("wrong: work(%d) = %d, want %d\n", x, result, answer(x));
    if (step(x) != 4 * x)
      ++tally.wrong;
    ++calls;
  }
  if (calls_of_this_thread() != calls) {
    ++tally.wrong;
    std::printf("lost: thread %d counted %ld of %ld calls\n", thread, calls_of_this_thread(),
                calls);
  }
  tally.calls += calls;
}

std::vector<Build> read_plan(const char* file) {
  std::vector<Build> builds;
  std::ifstream in(file);
  Build build;
  while (in >> build.version >> build.library >> build.object)
    builds.push_back(build);
  return builds;
}

// Bytes of this process in memory.
long resident_kib() {
  std::ifstream in("/proc/self/statm");
  long all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4;
}

// Reloads until `wanted` or out of time; false at the first reload that is not committed.
bool reload_often(const std::vector<Build>& builds, unsigned wanted, Clock::time_point deadline,
                  Tally& tally) {
  for (unsigned done = 0; done < wanted && Clock::now() < deadline; ++done) {
    const Build& build = builds[done % builds.size()];
    const char* object = build.object.c_str();
    if (lab_reload(build.library.c_str(), &object, 1) != LAB_COMMITTED) {
      std::printf("reload %u was not committed:\n%s\n", done + 1, lab_reason());
      return false;
    }
    if (newest_version() != build.version && tally.wrong++ < 5)
      std::printf("wrong: version %d runs after the reload of %d\n", newest_version(),
                  build.version);
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5)
    return 2;
  const std::vector<Build> builds = read_plan(arguments[1]);
  const unsigned wanted = static_cast<unsigned>(std::atoi(arguments[3]));
  const auto deadline = Clock::now() + std::chrono::seconds(std::atoi(arguments[4]));
  lab_start(arguments[2]);
  Tally tally;
  const std::unique_ptr<Machine> shared = make_machine();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] { call_without_pause(i, *shared, tally); });
  const long before = resident_kib();
  const auto started = Clock::now();
  const bool committed = reload_often(builds, wanted, deadline, tally);
  const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
  tally.stop = true;
  for (std::thread& thread : threads)
    thread.join();
  if (calls_of_all_threads() != tally.calls) {
    ++tally.wrong;
    std::printf("lost: the module counted %ld of %ld calls\n", calls_of_all_threads(),
                tally.calls.load());
  }
  const unsigned reloads = lab_generations();
  std::printf("%u reloads in %.1f s under 4 threads, %ld calls, %ld wrong, %ld KiB a generation\n",
              reloads, seconds, tally.calls.load(), tally.wrong.load(),
              (resident_kib() - before) / std::max(1L, static_cast<long>(reloads)));
  if (reloads < wanted)
    std::printf("only %u of %u reloads\n", reloads, wanted);
  return committed && reloads == wanted && tally.wrong == 0 ? 0 : 1;
}
