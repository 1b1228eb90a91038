#include "transport/pipe_windows.h"

#include <sddl.h>

#include <array>
#include <cstddef>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace hr::transport {
namespace {

// Memory of LocalAlloc, as the calls of sddl.h return it.
struct LocalFreer {
  void operator()(void* memory) const { LocalFree(memory); }
};

std::wstring wide(const std::string& ascii) {
  return {ascii.begin(), ascii.end()};
}

// The TOKEN_USER of a process; empty when it can't be had.
std::vector<std::byte> user_of(HANDLE process) {
  HANDLE token = nullptr;
  if (OpenProcessToken(process, TOKEN_QUERY, &token) == 0)
    return {};
  const OwnHandle owned(token);
  DWORD size = 0;
  GetTokenInformation(token, TokenUser, nullptr, 0, &size);
  std::vector<std::byte> user(size);
  if (size == 0 || GetTokenInformation(token, TokenUser, user.data(), size, &size) == 0)
    return {};
  return user;
}

PSID sid_of(std::vector<std::byte>& user) {
  return reinterpret_cast<TOKEN_USER*>(user.data())->User.Sid;
}

std::wstring own_sid() {
  std::vector<std::byte> user = user_of(GetCurrentProcess());
  wchar_t* text = nullptr;
  if (user.empty() || ConvertSidToStringSidW(sid_of(user), &text) == 0)
    return {};
  const std::unique_ptr<void, LocalFreer> owned(text);
  return text;
}

}  // namespace

OwnHandle::OwnHandle(OwnHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

OwnHandle& OwnHandle::operator=(OwnHandle&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

OwnHandle::~OwnHandle() {
  if (*this)
    CloseHandle(handle_);
}

std::string new_pipe_name() {
  constexpr const char* digits = "0123456789abcdef";
  std::random_device random;
  std::string name = "\\\\.\\pipe\\hrwatch." + std::to_string(GetCurrentProcessId()) + ".";
  for (int i = 0; i < 16; ++i)
    name += digits[random() & 15U];
  return name;
}

OwnHandle claim_pipe_name(const std::string& name) {
  const std::wstring mutex = L"Local\\" + wide(name.substr(name.rfind('\\') + 1));
  OwnHandle claim(CreateMutexW(nullptr, FALSE, mutex.c_str()));
  if (claim && GetLastError() == ERROR_ALREADY_EXISTS)
    return OwnHandle();
  return claim;
}

OwnHandle make_pipe_instance(const std::string& name, bool first) {
  const std::wstring sid = own_sid();
  // Protected, so nothing is inherited; all rights for this user, none for anybody else.
  const std::wstring rights = L"D:P(A;;GA;;;" + sid + L")";
  SECURITY_ATTRIBUTES security = {sizeof(security), nullptr, FALSE};
  if (sid.empty() ||
      ConvertStringSecurityDescriptorToSecurityDescriptorW(
          rights.c_str(), SDDL_REVISION_1, &security.lpSecurityDescriptor, nullptr) == 0)
    return OwnHandle();
  const std::unique_ptr<void, LocalFreer> owned(security.lpSecurityDescriptor);
  constexpr DWORD buffer = 64 * 1024;
  const DWORD once = first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0;
  return OwnHandle(
      CreateNamedPipeW(wide(name).c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | once,
                       PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                       PIPE_UNLIMITED_INSTANCES, buffer, buffer, 0, &security));
}

std::string system_sentence(DWORD error) {
  std::array<char, 512> text = {};
  DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                                error, 0, text.data(), static_cast<DWORD>(text.size()), nullptr);
  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r' ||
                        text[length - 1] == '.' || text[length - 1] == ' '))
    --length;
  return "error " + std::to_string(error) + ": " + std::string(text.data(), length);
}

bool runs_as_same_user(DWORD process) {
  const OwnHandle opened(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process));
  if (!opened)
    return false;
  std::vector<std::byte> theirs = user_of(opened.get());
  std::vector<std::byte> ours = user_of(GetCurrentProcess());
  return !theirs.empty() && !ours.empty() && EqualSid(sid_of(theirs), sid_of(ours)) != 0;
}

}  // namespace hr::transport
