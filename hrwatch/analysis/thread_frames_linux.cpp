#include <elfutils/libdwfl.h>

#include <memory>
#include <string>

#include "analysis/thread_frames.h"

namespace hrwatch::analysis {
namespace {

int add_frame(Dwfl_Frame* frame, void* list) {
  Dwarf_Addr address = 0;
  bool interrupted = false;  // else a return address: the call is before it
  if (!dwfl_frame_pc(frame, &address, &interrupted))
    return DWARF_CB_ABORT;
  static_cast<std::vector<Address>*>(list)->push_back(interrupted ? address : address - 1);
  return DWARF_CB_OK;
}

// A thread whose unwinding ends early has no frames further out that could be told.
int add_thread(Dwfl_Thread* thread, void* list) {
  dwfl_thread_getframes(thread, add_frame, list);
  return DWARF_CB_OK;
}

}  // namespace

hr::wire::Result<std::vector<Address>> frames_of_threads(int pid) {
  Dwfl_Callbacks callbacks{};
  callbacks.find_elf = dwfl_linux_proc_find_elf;
  callbacks.find_debuginfo = [](Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*,
                                const char*, GElf_Word, char**) {
    return -1;
  };
  const std::unique_ptr<Dwfl, void (*)(Dwfl*)> dwfl(dwfl_begin(&callbacks), dwfl_end);
  std::vector<Address> frames;
  if (dwfl == nullptr || dwfl_linux_proc_report(dwfl.get(), pid) != 0 ||
      dwfl_report_end(dwfl.get(), nullptr, nullptr) != 0 ||
      dwfl_linux_proc_attach(dwfl.get(), pid, false) != 0 ||
      dwfl_getthreads(dwfl.get(), add_thread, &frames) != DWARF_CB_OK) {
    const char* why = dwfl_errmsg(-1);
    return hr::wire::Failure{"the threads of pid " + std::to_string(pid) + " can't be looked at",
                             why == nullptr ? "it may not be traced" : why,
                             "detach the debugger, or restart the program"};
  }
  return frames;
}

}  // namespace hrwatch::analysis
