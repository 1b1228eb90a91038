#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "src/own_memory.h"
#include "src/process.h"

namespace hr::runtime {

bool start_quiet_thread(void (*run)()) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0)
    return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const auto entry = [](void* argument) -> void* {
    pthread_setname_np(pthread_self(), "hrwatch");
    own_this_stack();
    reinterpret_cast<void (*)()>(argument)();
    return nullptr;
  };
  const int error = pthread_create(&thread, &attributes, entry, reinterpret_cast<void*>(run));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return error == 0;
}

void around_fork(void (*before)(), void (*in_parent)(), void (*in_child)()) {
  pthread_atfork(before, in_parent, in_child);
}

std::uint64_t now_us() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

void rest(std::uint64_t us) {
  const timespec span = {static_cast<time_t>(us / 1'000'000),
                         static_cast<long>(us % 1'000'000 * 1'000)};
  ::nanosleep(&span, nullptr);
}

void allow_tracing(int pid) {
  if (pid > 0)
    ::prctl(PR_SET_PTRACER, static_cast<unsigned long>(pid), 0UL, 0UL, 0UL);
}

int process_id() {
  return static_cast<int>(::getpid());
}

// Threads run on while destructors do.
bool process_is_ending() {
  return false;
}

std::string program_path() {
  std::array<char, 4096> path = {};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string();
}

bool disabled_by_environment() {
  const char* value = std::getenv("HRWATCH_DISABLE");
  const bool asked = value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
  return asked || ::getauxval(AT_SECURE) != 0;
}

}  // namespace hr::runtime
