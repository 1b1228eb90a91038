#include <elfutils/libdwfl.h>

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "stacks/thread_frames.h"

namespace hrwatch::stacks {
namespace {

bool is_there(int pid, int thread) {
  std::error_code error;
  return std::filesystem::exists("/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread),
                                 error);
}

struct Looking {
  int pid = 0;
  std::vector<ThreadFrames> threads;
  std::string unseen;  // why a thread that is there could not be looked at
};

int add_frame(Dwfl_Frame* frame, void* list) {
  Dwarf_Addr address = 0;
  bool interrupted = false;  // else a return address: the call is before it
  if (!dwfl_frame_pc(frame, &address, &interrupted))
    return DWARF_CB_ABORT;
  static_cast<ThreadFrames*>(list)->frames.push_back(interrupted ? address : address - 1);
  return DWARF_CB_OK;
}

// A thread whose unwinding ends early has no frames further out that could be told; one without any
// has not been looked at, unless it has ended meanwhile.
int add_thread(Dwfl_Thread* thread, void* list) {
  auto& looking = *static_cast<Looking*>(list);
  ThreadFrames& one = looking.threads.emplace_back();
  one.thread = dwfl_thread_tid(thread);
  dwfl_thread_getframes(thread, add_frame, &one);
  const char* why = dwfl_errmsg(-1);
  if (one.frames.empty() && is_there(looking.pid, one.thread))
    looking.unseen = why != nullptr ? why : "it may not be traced";
  return DWARF_CB_OK;
}

hr::wire::Failure not_seen(int pid, const std::string& why) {
  return {"the threads of pid " + std::to_string(pid) + " can't be looked at", why,
          "detach the debugger, or restart the program"};
}

}  // namespace

hr::wire::Result<std::vector<ThreadFrames>> frames_of_threads(int pid) {
  Dwfl_Callbacks callbacks{};
  callbacks.find_elf = dwfl_linux_proc_find_elf;
  callbacks.find_debuginfo = [](Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*,
                                const char*, GElf_Word, char**) {
    return -1;
  };
  const std::unique_ptr<Dwfl, void (*)(Dwfl*)> dwfl(dwfl_begin(&callbacks), dwfl_end);
  Looking looking{pid, {}, {}};
  if (dwfl == nullptr || dwfl_linux_proc_report(dwfl.get(), pid) != 0 ||
      dwfl_report_end(dwfl.get(), nullptr, nullptr) != 0 ||
      dwfl_linux_proc_attach(dwfl.get(), pid, false) != 0 ||
      dwfl_getthreads(dwfl.get(), add_thread, &looking) != DWARF_CB_OK) {
    const char* why = dwfl_errmsg(-1);
    return not_seen(pid, why == nullptr ? "it may not be traced" : why);
  }
  if (!looking.unseen.empty())
    return not_seen(pid, looking.unseen);
  return std::move(looking.threads);
}

}  // namespace hrwatch::stacks
