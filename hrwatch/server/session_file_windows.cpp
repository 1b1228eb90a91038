#include <windows.h>
#include <aclapi.h>
#include <sddl.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "server/session_file.h"
#include "server/session_place.h"

namespace hrwatch::server {
namespace {

using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;
namespace fs = std::filesystem;

std::string sentence(DWORD error) {
  return std::system_category().message(static_cast<int>(error)) + ", error " +
         std::to_string(error);
}

// The owner, and nobody else; for what is made in it, too.
bool close_to_others(const fs::path& folder) {
  PSECURITY_DESCRIPTOR security = nullptr;
  if (ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;OICI;FA;;;OW)", SDDL_REVISION_1,
                                                           &security, nullptr) == 0) {
    return false;
  }
  PACL list = nullptr;
  BOOL present = FALSE;
  BOOL by_default = FALSE;
  std::wstring path = folder.wstring();
  const bool done =
      GetSecurityDescriptorDacl(security, &present, &list, &by_default) != 0 &&
      SetNamedSecurityInfoW(path.data(), SE_FILE_OBJECT,
                            DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                            nullptr, nullptr, list, nullptr) == ERROR_SUCCESS;
  LocalFree(security);
  return done;
}

}  // namespace

Result<std::string> prepare_session_folder(const std::string& build_dir) {
  const std::string folder = session_folder(build_dir);
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    return Failure{"cannot make the folder " + folder,
                   error ? error.message() : "a file has its name",
                   "make the build folder writable for this user"};
  }
  if (!close_to_others(folder)) {
    return Failure{
        "cannot close " + folder + " to others", sentence(GetLastError()),
        "use a build folder that belongs to this user, on a disk that knows rights (NTFS)"};
  }
  return folder;
}

// A pipe goes with its process.
void remove_stale_sockets(const std::string&) {}

Result<Done> write_session_text(const std::string& path, const std::string& text) {
  const fs::path draft = path + "." + std::to_string(GetCurrentProcessId());
  std::ofstream out(draft, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  // A program may be reading it just now: then it is not replaced.
  constexpr int tries = 50;
  for (int i = 0; out && i < tries; ++i) {
    if (MoveFileExW(draft.c_str(), fs::path(path).c_str(), MOVEFILE_REPLACE_EXISTING) != 0) {
      return Done{};
    }
    Sleep(2);
  }
  const DWORD error = GetLastError();
  DeleteFileW(draft.c_str());
  return Failure{"cannot write the session file " + path, sentence(error),
                 "make the build folder writable for this user"};
}

}  // namespace hrwatch::server
