// What the hammer's threads call. Every version gives the same answers: a different one is a
// defect.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

class Machine {
 public:
  virtual ~Machine();
  virtual int turn(int x);
};

std::unique_ptr<Machine> make_machine();
std::function<int(int)> make_step();
int work(Machine& machine, int x);
int expected_work(int x);     // computed by the host's rules, never changes
long calls_of_this_thread();  // a thread_local of the module
long calls_of_all_threads();  // an atomic of the module
int newest_version();
int version_of_last_work();  // written by work()
