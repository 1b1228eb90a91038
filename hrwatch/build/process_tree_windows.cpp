#include <windows.h>
#include <tlhelp32.h>
#include <uv.h>

#include <utility>

#include "build/process_tree.h"

namespace hrwatch::build {
namespace {

// Puts a process, and what it has started before it belonged to the job, into the job.
void assign(HANDLE job, DWORD process) {
  const HANDLE opened = OpenProcess(PROCESS_SET_QUOTA | PROCESS_TERMINATE, FALSE, process);
  if (opened == nullptr) {
    return;
  }
  AssignProcessToJobObject(job, opened);
  CloseHandle(opened);
  const HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  if (all == INVALID_HANDLE_VALUE) {
    return;
  }
  PROCESSENTRY32W entry = {};
  entry.dwSize = sizeof entry;
  for (BOOL more = Process32FirstW(all, &entry); more != 0; more = Process32NextW(all, &entry)) {
    if (entry.th32ParentProcessID == process && entry.th32ProcessID != process) {
      assign(job, entry.th32ProcessID);
    }
  }
  CloseHandle(all);
}

}  // namespace

// A job object: whatever is started in it belongs to it, and none outlives it.
struct ProcessTree::Family {
  HANDLE job = CreateJobObjectW(nullptr, nullptr);

  Family() {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  }

  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  ~Family() { CloseHandle(job); }
};

ProcessTree::ProcessTree() : family_(std::make_unique<Family>()) {}

ProcessTree::~ProcessTree() = default;

// libuv's own job lets grandchildren go; ours is nested in it, so the tool's end ends both.
unsigned ProcessTree::flags() {
  return UV_PROCESS_WINDOWS_HIDE;
}

void ProcessTree::adopt(int leader) {
  assign(family_->job, static_cast<DWORD>(leader));
}

void ProcessTree::interrupt() {
  kill();
}

void ProcessTree::kill() {
  constexpr UINT interrupted = 130;
  TerminateJobObject(family_->job, interrupted);
}

}  // namespace hrwatch::build
