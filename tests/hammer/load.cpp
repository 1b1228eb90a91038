#include "load.h"

#include <stdexcept>
#include <string>

// The versions differ in what lies in front of the state, and in every body.
#if VERSION == 2
static long inserted[2] = {3};
#elif VERSION == 4
static long inserted_later[5] = {4};
#endif
static std::atomic<long> total = 0;
static std::atomic<int> last_version = 0;
static thread_local long mine = 0;
static int table[8] = {1, 2, 3, 4, 5, 6, 7, 8};
static const int weights[4] = {1, 2, 3, 4};

namespace {

class Mill : public Machine {
 public:
  int turn(int x) override { return x + 2 + (weights[x & 3] - 1 - (x & 3)) * VERSION; }
};

struct Refusal {
  int version;
};

}  // namespace

Machine::~Machine() = default;

int Machine::turn(int x) {
  return x;
}

static __attribute__((noinline)) int triple(int x) {
#if VERSION == 2
  if (inserted[0] != 3)
    return 0;
#elif VERSION == 4
  if (inserted_later[0] != 4)
    return 0;
#endif
#if VERSION == 3
  return x + x + x;
#else
  return x * 3;
#endif
}

template <class T>
static __attribute__((noinline)) T add_seven(T x) {
  return x + VERSION + (7 - VERSION);
}

static __attribute__((noinline)) int risky(int x) {
  if (x % 64 == 0)
    throw std::runtime_error("version " + std::to_string(VERSION));
  if (x % 64 == 1)
    throw Refusal{VERSION};
  return triple(x) + add_seven(x);
}

std::unique_ptr<Machine> make_machine() {
  return std::make_unique<Mill>();
}

std::function<int(int)> make_step() {
  return [](int x) {
    return x + triple(x);
  };
}

int work(Machine& machine, int x) {
  ++mine;
  last_version.store(VERSION, std::memory_order_relaxed);
  int sum = 0;
  for (const int& entry : table)
    sum += entry;
  try {
    sum += risky(x);
  } catch (const std::exception& error) {
    sum += error.what()[0] == 'v' ? 0 : 100000;
  } catch (const Refusal& refusal) {
    sum += refusal.version >= 1 ? 1 : 100000;
  }
  sum += machine.turn(x);
  const std::string text = std::to_string(x);
  sum += text.empty() ? 100000 : 0;
  total.fetch_add(1, std::memory_order_relaxed);
  return sum;
}

long calls_of_this_thread() {
  return mine;
}

long calls_of_all_threads() {
  return total;
}

int newest_version() {
  return VERSION;
}

int version_of_last_work() {
  return last_version;
}
