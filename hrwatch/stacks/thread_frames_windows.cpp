#include <windows.h>
#include <tlhelp32.h>

#include <string>
#include <system_error>

#include "stacks/mapped_files_windows.h"
#include "stacks/thread_frames.h"

namespace hrwatch::stacks {
namespace {

constexpr std::size_t most_frames = 256;

hr::wire::Failure not_seen(int pid, const std::string& why) {
  return {"the threads of pid " + std::to_string(pid) + " can't be looked at", why,
          "start hrwatch as the same user as the program, or restart the program"};
}

std::string sentence(DWORD error) {
  return std::system_category().message(static_cast<int>(error));
}

// Threads that stand still as long as it lives.
class Stopped {
 public:
  explicit Stopped(DWORD process) {
    const HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry = {};
    entry.dwSize = sizeof entry;
    for (BOOL more = Thread32First(all, &entry); more != 0; more = Thread32Next(all, &entry)) {
      if (entry.th32OwnerProcessID == process) {
        stop(entry.th32ThreadID);
      }
    }
    CloseHandle(all);
  }

  ~Stopped() {
    for (const auto& [id, handle] : threads_) {
      ResumeThread(handle);
      CloseHandle(handle);
    }
  }

  Stopped(const Stopped&) = delete;
  Stopped& operator=(const Stopped&) = delete;

  const std::vector<std::pair<DWORD, HANDLE>>& threads() const { return threads_; }

  DWORD error() const { return error_; }  // of the last that could not be stopped

 private:
  std::vector<std::pair<DWORD, HANDLE>> threads_;
  DWORD error_ = 0;

  void stop(DWORD id) {
    const HANDLE thread = OpenThread(
        THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT | THREAD_QUERY_INFORMATION, FALSE, id);
    if (thread == nullptr) {
      error_ = GetLastError() == ERROR_INVALID_PARAMETER ? error_ : GetLastError();  // it ended
      return;
    }
    if (SuspendThread(thread) == static_cast<DWORD>(-1)) {
      error_ = GetLastError();
      CloseHandle(thread);
      return;
    }
    threads_.emplace_back(id, thread);
  }
};

}  // namespace

std::vector<std::uint64_t> walk(HANDLE process, HANDLE thread, CONTEXT context,
                                PREAD_PROCESS_MEMORY_ROUTINE64 reads_memory, std::size_t most) {
  STACKFRAME64 frame = {};
  frame.AddrPC.Offset = context.Rip;
  frame.AddrPC.Mode = AddrModeFlat;
  frame.AddrFrame.Offset = context.Rbp;
  frame.AddrFrame.Mode = AddrModeFlat;
  frame.AddrStack.Offset = context.Rsp;
  frame.AddrStack.Mode = AddrModeFlat;
  std::vector<std::uint64_t> calls;
  while (calls.size() < most &&
         StackWalk64(IMAGE_FILE_MACHINE_AMD64, process, thread, &frame, &context, reads_memory,
                     SymFunctionTableAccess64, SymGetModuleBase64, nullptr) != 0 &&
         frame.AddrPC.Offset != 0) {
    // A return address is behind the call, and may be another line's.
    calls.push_back(calls.empty() ? frame.AddrPC.Offset : frame.AddrPC.Offset - 1);
  }
  return calls;
}

hr::wire::Result<std::vector<ThreadFrames>> frames_of_threads(int pid) {
  const ProcessImage image(pid, {});
  const HANDLE process = image.mapped().process;
  if (process == nullptr) {
    return not_seen(pid, "there is no such process, or it is another user's");
  }
  const std::lock_guard lock(one_at_a_time);
  const Stopped stopped(static_cast<DWORD>(pid));
  if (stopped.error() != 0) {
    return not_seen(pid, sentence(stopped.error()));
  }
  if (stopped.threads().empty()) {
    return not_seen(pid, "it has ended");
  }
  std::vector<ThreadFrames> threads;
  for (const auto& [id, handle] : stopped.threads()) {
    CONTEXT context = {};
    context.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
    if (GetThreadContext(handle, &context) == 0) {
      return not_seen(pid, sentence(GetLastError()));
    }
    threads.push_back({static_cast<int>(id), walk(process, handle, context, nullptr, most_frames)});
  }
  return threads;
}

}  // namespace hrwatch::stacks
