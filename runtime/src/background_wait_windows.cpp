#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "src/background.h"
#include "src/background_wait.h"

namespace hr::runtime {
namespace {

HANDLE handle_of(std::intptr_t number) {
  return reinterpret_cast<HANDLE>(number);
}

// A notice of the next change in a folder.
class Notice {
 public:
  explicit Notice(const std::string& folder)
      : handle_(FindFirstChangeNotificationW(
            std::filesystem::path(folder).c_str(), FALSE,
            FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_SIZE |
                FILE_NOTIFY_CHANGE_LAST_WRITE)) {}

  Notice(Notice&& other) noexcept : handle_(std::exchange(other.handle_, INVALID_HANDLE_VALUE)) {}

  Notice(const Notice&) = delete;
  Notice& operator=(const Notice&) = delete;

  ~Notice() {
    if (works())
      FindCloseChangeNotification(handle_);
  }

  bool works() const { return handle_ != INVALID_HANDLE_VALUE; }

  HANDLE handle() const { return handle_; }

  // True when something happened; waits for more from then on.
  bool take() {
    if (WaitForSingleObject(handle_, 0) != WAIT_OBJECT_0)
      return false;
    FindNextChangeNotification(handle_);
    return true;
  }

 private:
  HANDLE handle_;
};

bool is_folder(const std::string& path) {
  const DWORD facts = GetFileAttributesW(std::filesystem::path(path).c_str());
  return facts != INVALID_FILE_ATTRIBUTES && (facts & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

}  // namespace

struct BackgroundWait::Parts {
  std::map<std::string, Notice> notices;  // by folder
  int wake = -1;
};

BackgroundWait::BackgroundWait() = default;
BackgroundWait::BackgroundWait(BackgroundWait&& other) noexcept = default;
BackgroundWait& BackgroundWait::operator=(BackgroundWait&& other) noexcept = default;
BackgroundWait::~BackgroundWait() = default;

bool BackgroundWait::works() const {
  return parts_ != nullptr;
}

WakePipe BackgroundWait::reopen() {
  parts_ = std::make_unique<Parts>();
  WakePipe pipe = WakePipe::open();
  parts_->wake = pipe.number();
  return pipe;
}

// Nothing is told from a crash handler yet.
int BackgroundWait::wake_number() const {
  return -1;
}

bool BackgroundWait::watch(const std::string& folder) {
  Notice notice(folder);
  if (!notice.works())
    return false;
  parts_->notices.erase(folder);
  parts_->notices.emplace(folder, std::move(notice));
  return true;
}

bool BackgroundWait::watches(const std::string& folder) const {
  return parts_->notices.contains(folder);
}

// A folder that has gone is not watched any more: one that comes in its place is another.
std::set<std::string> BackgroundWait::changed() {
  std::set<std::string> result;
  for (auto at = parts_->notices.begin(); at != parts_->notices.end();) {
    if (at->second.take())
      result.insert(at->first);
    at = is_folder(at->first) ? std::next(at) : parts_->notices.erase(at);
  }
  return result;
}

// More than the system waits for at once are looked at again and again.
bool BackgroundWait::wait(std::span<const Link> links, int at_most_ms) {
  constexpr DWORD look_again_ms = 100;
  std::vector<HANDLE> handles = {handle_of(parts_->wake)};
  for (const Link& link : links) {
    if (link->is_open())
      handles.push_back(handle_of(link->wait_handle()));
  }
  for (const auto& [folder, notice] : parts_->notices)
    handles.push_back(notice.handle());
  DWORD limit = at_most_ms < 0 ? INFINITE : static_cast<DWORD>(at_most_ms);
  if (handles.size() > MAXIMUM_WAIT_OBJECTS) {
    handles.resize(MAXIMUM_WAIT_OBJECTS);
    limit = std::min(limit, look_again_ms);
  }
  return WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.data(), FALSE, limit) !=
         WAIT_TIMEOUT;
}

// There is no fork().
void close_background_descriptors() {}

}  // namespace hr::runtime
