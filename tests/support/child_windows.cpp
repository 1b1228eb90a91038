#include <windows.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "support/child.h"
#include "support/wait.h"

namespace hrwatch::tests {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s: error %lu\n", what, GetLastError());
  std::abort();
}

std::wstring wide(const std::string& text) {
  return std::filesystem::path(text).wstring();
}

// One word of a command line, as CommandLineToArgvW takes it apart again.
std::wstring quoted(const std::wstring& word) {
  std::wstring text = L"\"";
  std::size_t backslashes = 0;
  for (const wchar_t letter : word) {
    if (letter == L'"')
      text.append(backslashes + 1, L'\\');
    backslashes = letter == L'\\' ? backslashes + 1 : 0;
    text += letter;
  }
  text.append(backslashes, L'\\');
  return text + L"\"";
}

// The test's environment, with these variables as well.
std::wstring environment_block(const std::map<std::string, std::string>& more) {
  std::wstring block;
  wchar_t* const ours = GetEnvironmentStringsW();
  for (const wchar_t* entry = ours; *entry != 0; entry += std::wcslen(entry) + 1) {
    const std::wstring text = entry;
    const std::wstring name = text.substr(0, text.find(L'=', 1));
    bool replaced = false;
    for (const auto& [key, value] : more)
      replaced = replaced || _wcsicmp(name.c_str(), wide(key).c_str()) == 0;
    if (!replaced)
      block += text + L'\0';
  }
  FreeEnvironmentStringsW(ours);
  for (const auto& [key, value] : more)
    block += wide(key + "=" + value) + L'\0';
  return block + L'\0';
}

// Unlike SetConsoleCtrlHandler(nullptr, TRUE) it is not inherited.
BOOL WINAPI ignore(DWORD) {
  return TRUE;
}

struct Ends {
  HANDLE read = nullptr, write = nullptr;
};

// What writes to it is inherited.
Ends open_pipe() {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, nullptr, TRUE};
  Ends ends;
  if (CreatePipe(&ends.read, &ends.write, &inherited, 1 << 20) == 0)
    give_up("CreatePipe");
  SetHandleInformation(ends.read, HANDLE_FLAG_INHERIT, 0);
  return ends;
}

}  // namespace

// Reads both pipes in a thread of its own until their ends, so that the child never waits. Keeps
// the process and its job, too: the header knows no handles.
struct Child::Reader {
  Reader(HANDLE output, HANDLE errors)
      : pipes{output, errors}, thread([this] {
          while (!stopped && !catch_up())
            Sleep(2);
          at_end = true;
        }) {}

  ~Reader() {
    stopped = true;
    thread.join();
    for (const HANDLE handle : {pipes[0], pipes[1], process, job})
      if (handle != nullptr)
        CloseHandle(handle);
  }

  // Takes what has been written until now, from any thread. True when both have ended.
  bool catch_up() {
    const std::lock_guard lock(mutex);
    for (int i = 0; i < 2; ++i) {
      DWORD there = 0;
      while (!ended[i]) {
        if (PeekNamedPipe(pipes[i], nullptr, 0, nullptr, &there, nullptr) == 0) {
          ended[i] = true;
          break;
        }
        if (there == 0)
          break;
        std::string piece(there, '\0');
        DWORD count = 0;
        if (ReadFile(pipes[i], piece.data(), there, &count, nullptr) == 0)
          ended[i] = true;
        text[i].append(piece, 0, count);
      }
    }
    return ended[0] && ended[1];
  }

  HANDLE pipes[2];
  HANDLE process = nullptr;
  HANDLE job = nullptr;
  bool ended[2] = {false, false};
  std::string text[2];
  std::mutex mutex;
  std::atomic<bool> stopped = false, at_end = false;
  std::thread thread;
};

Child::Child(const ChildOptions& options) {
  std::wstring line;
  for (const std::string& argument : options.arguments)
    line += (line.empty() ? L"" : L" ") + quoted(wide(argument));
  std::wstring environment = environment_block(options.environment);
  const Ends output = open_pipe();
  const Ends errors = open_pipe();
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, nullptr, TRUE};
  const HANDLE nothing = CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                     &inherited, OPEN_EXISTING, 0, nullptr);
  STARTUPINFOW startup = {};
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = nothing;
  startup.hStdOutput = output.write;
  startup.hStdError = errors.write;
  const std::wstring folder = options.folder.wstring();
  PROCESS_INFORMATION started = {};
  const DWORD console = options.terminal ? CREATE_NO_WINDOW : DETACHED_PROCESS;
  if (CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE,
                     console | CREATE_UNICODE_ENVIRONMENT | CREATE_SUSPENDED, environment.data(),
                     folder.empty() ? nullptr : folder.c_str(), &startup, &started) == 0)
    give_up(options.arguments.front().c_str());
  reader_ = std::make_unique<Reader>(output.read, errors.read);
  reader_->process = started.hProcess;
  reader_->job = CreateJobObjectW(nullptr, nullptr);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  SetInformationJobObject(reader_->job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  AssignProcessToJobObject(reader_->job, started.hProcess);
  ResumeThread(started.hThread);
  CloseHandle(started.hThread);
  for (const HANDLE handle : {output.write, errors.write, nothing})
    CloseHandle(handle);
  pid_ = static_cast<int>(started.dwProcessId);
}

Child::~Child() {
  kill();
  reader_.reset();
}

// SIGINT as Ctrl-C in its console; everything else ends it.
void Child::signal(int number) const {
  if (status_)
    return;
  if (number != SIGINT) {
    TerminateProcess(reader_->process, 128 + static_cast<UINT>(number));
    return;
  }
  FreeConsole();
  if (AttachConsole(static_cast<DWORD>(pid_)) == 0)
    give_up("AttachConsole");
  SetConsoleCtrlHandler(ignore, TRUE);  // it comes to us as well
  if (GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) == 0)
    give_up("GenerateConsoleCtrlEvent");
  FreeConsole();
}

void Child::kill() {
  TerminateJobObject(reader_->job, 137);
  if (!status_)
    wait(std::chrono::seconds(10));
}

void Child::type(const std::string& /*keys*/) const {
  give_up("a child has no terminal on Windows");
}

bool Child::running() {
  if (status_)
    return false;
  if (WaitForSingleObject(reader_->process, 0) != WAIT_OBJECT_0)
    return true;
  DWORD code = 0;
  GetExitCodeProcess(reader_->process, &code);
  status_ = static_cast<int>(code);
  return false;
}

std::optional<int> Child::wait(std::chrono::milliseconds deadline) {
  wait_until([this] { return !running(); }, deadline);
  return status_;
}

void Child::drain(std::chrono::milliseconds deadline) const {
  wait_until([this] { return reader_->at_end.load(); }, deadline);
}

std::vector<std::string> Child::lines() const {
  const std::string text = screen();
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string Child::screen() const {
  reader_->catch_up();
  const std::lock_guard lock(reader_->mutex);
  return reader_->text[0];
}

std::string Child::errors() const {
  reader_->catch_up();
  const std::lock_guard lock(reader_->mutex);
  return reader_->text[1];
}

Outcome run(const ChildOptions& options, std::chrono::milliseconds deadline) {
  Child child(options);
  Outcome outcome;
  if (const auto status = child.wait(deadline))
    outcome.status = *status;
  child.drain(std::chrono::seconds(1));
  for (const std::string& line : child.lines())
    outcome.output += line + '\n';
  outcome.errors = child.errors();
  return outcome;
}

}  // namespace hrwatch::tests
