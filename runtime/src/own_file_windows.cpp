#include "src/own_file_windows.h"

#include <aclapi.h>

#include <memory>
#include <system_error>
#include <vector>

namespace hr::runtime {
namespace {

struct LocalFreer {
  void operator()(void* memory) const { LocalFree(memory); }
};

// What GetTokenInformation says of this process; empty when it says nothing.
std::vector<std::byte> token_words(TOKEN_INFORMATION_CLASS what) {
  HANDLE token = nullptr;
  if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) == 0)
    return {};
  const OwnHandle owned(token);
  DWORD size = 0;
  GetTokenInformation(token, what, nullptr, 0, &size);
  std::vector<std::byte> words(size);
  if (size == 0 || GetTokenInformation(token, what, words.data(), size, &size) == 0)
    return {};
  return words;
}

// This user, and whom the system makes the owner of what it creates: for an administrator that may
// be the group.
class Us {
 public:
  Us() : user_(token_words(TokenUser)), owner_(token_words(TokenOwner)) {}

  bool are(PSID someone) {
    const bool user = !user_.empty() &&
                      EqualSid(someone, reinterpret_cast<TOKEN_USER*>(user_.data())->User.Sid) != 0;
    return user || (!owner_.empty() &&
                    EqualSid(someone, reinterpret_cast<TOKEN_OWNER*>(owner_.data())->Owner) != 0);
  }

 private:
  std::vector<std::byte> user_;
  std::vector<std::byte> owner_;
};

// Who may write anywhere, or stands for the owner.
bool is_always_trusted(PSID someone) {
  for (const WELL_KNOWN_SID_TYPE known : {WinLocalSystemSid, WinBuiltinAdministratorsSid,
                                          WinCreatorOwnerSid, WinCreatorOwnerRightsSid}) {
    if (IsWellKnownSid(someone, known) != 0)
      return true;
  }
  return false;
}

bool lets_write(const ACE_HEADER& entry) {
  constexpr DWORD writing = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE |
                            WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;
  if ((entry.AceFlags & INHERIT_ONLY_ACE) != 0)
    return false;
  return (reinterpret_cast<const ACCESS_ALLOWED_ACE&>(entry).Mask & writing) != 0;
}

bool nobody_else_writes(ACL* list, Us& us) {
  if (list == nullptr)
    return false;  // everybody may
  for (DWORD i = 0; i < list->AceCount; ++i) {
    void* at = nullptr;
    if (GetAce(list, i, &at) == 0)
      return false;
    const auto& entry = *static_cast<const ACE_HEADER*>(at);
    if (entry.AceType == ACCESS_DENIED_ACE_TYPE || !lets_write(entry))
      continue;
    PSID someone = &static_cast<ACCESS_ALLOWED_ACE*>(at)->SidStart;
    if (entry.AceType != ACCESS_ALLOWED_ACE_TYPE ||
        (!us.are(someone) && !is_always_trusted(someone)))
      return false;
  }
  return true;
}

}  // namespace

OwnHandle open_to_read(const std::filesystem::path& path, bool nobody_writes) {
  const DWORD sharing =
      FILE_SHARE_READ | FILE_SHARE_DELETE | (nobody_writes ? 0 : FILE_SHARE_WRITE);
  std::filesystem::path native = path;
  return OwnHandle(CreateFileW(native.make_preferred().c_str(), GENERIC_READ | READ_CONTROL,
                               sharing, nullptr, OPEN_EXISTING,
                               FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
}

bool is_plain_file(HANDLE file) {
  BY_HANDLE_FILE_INFORMATION facts = {};
  constexpr DWORD others =
      FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DEVICE;
  return GetFileType(file) == FILE_TYPE_DISK && GetFileInformationByHandle(file, &facts) != 0 &&
         (facts.dwFileAttributes & others) == 0;
}

std::wstring final_path(HANDLE file) {
  std::wstring path(32768, L'\0');
  const DWORD size = GetFinalPathNameByHandleW(file, path.data(), static_cast<DWORD>(path.size()),
                                               FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
  path.resize(size < path.size() ? size : 0);
  return path;
}

bool only_ours(HANDLE file) {
  PSID owner = nullptr;
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR security = nullptr;
  if (GetSecurityInfo(file, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                      &owner, nullptr, &list, nullptr, &security) != ERROR_SUCCESS)
    return false;
  const std::unique_ptr<void, LocalFreer> freed(security);
  Us us;
  return owner != nullptr && us.are(owner) && nobody_else_writes(list, us);
}

MappedFile::MappedFile(HANDLE file)
    : mapping_(CreateFileMappingW(file, nullptr, PAGE_READONLY, 0, 0, nullptr)) {
  LARGE_INTEGER size = {};
  if (!mapping_ || GetFileSizeEx(file, &size) == 0)
    return;
  const void* view = MapViewOfFile(mapping_.get(), FILE_MAP_READ, 0, 0, 0);
  if (view != nullptr)
    bytes_ = {static_cast<const std::byte*>(view), static_cast<std::size_t>(size.QuadPart)};
}

MappedFile::~MappedFile() {
  if (bytes_.data() != nullptr)
    UnmapViewOfFile(bytes_.data());
}

std::string system_words(DWORD error) {
  return std::system_category().message(static_cast<int>(error)) + ", error " +
         std::to_string(error);
}

}  // namespace hr::runtime
