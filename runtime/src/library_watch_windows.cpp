// Sleeps on one notice for each folder; what happened is for the library to find out.
#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <vector>

#include "src/host.h"
#include "src/libraries.h"
#include "src/library_folders.h"
#include "src/library_watch.h"
#include "src/process.h"

namespace hr::runtime {
namespace {

// While a file is being written: Windows has no notice of its closing.
constexpr DWORD look_again_ms = 10;

HANDLE wake_event() {
  static const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  return event;
}

// A notice that waits for the next change in a folder.
class Notice {
 public:
  explicit Notice(const std::string& folder)
      : handle_(FindFirstChangeNotificationW(
            std::filesystem::path(folder).c_str(), FALSE,
            FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_SIZE |
                FILE_NOTIFY_CHANGE_LAST_WRITE)) {}

  Notice(const Notice&) = delete;
  Notice& operator=(const Notice&) = delete;

  ~Notice() {
    if (works())
      FindCloseChangeNotification(handle_);
  }

  bool works() const { return handle_ != INVALID_HANDLE_VALUE; }

  HANDLE handle() const { return handle_; }

  void again() { FindNextChangeNotification(handle_); }

 private:
  HANDLE handle_;
};

class LibraryWatch {
 public:
  void run() {
    while (!Host::get().is_off()) {
      update();
      wait();
    }
  }

 private:
  // Folders are watched before the libraries are looked at: nothing is missed in between.
  void update() {
    const auto libraries = Libraries::get().watched();
    std::map<std::string, std::unique_ptr<Notice>> wanted;
    for (const auto& library : libraries) {
      const std::string folder = names_to_watch(library->path()).front().folder;
      auto& notice = wanted[folder];
      if (auto known = notices_.find(folder); notice == nullptr && known != notices_.end())
        notice = std::move(known->second);
      if (notice == nullptr)
        notice = std::make_unique<Notice>(folder);
    }
    notices_ = std::move(wanted);
    unfinished_ = false;
    for (const auto& library : libraries) {
      library->look(false);
      unfinished_ =
          unfinished_ || (library->state() == HR_LIBRARY_WAITING && !is_absent(library->path()));
    }
  }

  void wait() {
    std::vector<HANDLE> handles = {wake_event()};
    std::vector<Notice*> waiting = {nullptr};
    bool all = true;
    for (const auto& [folder, notice] : notices_) {
      all = all && notice->works() && handles.size() < MAXIMUM_WAIT_OBJECTS;
      if (notice->works() && handles.size() < MAXIMUM_WAIT_OBJECTS) {
        handles.push_back(notice->handle());
        waiting.push_back(notice.get());
      }
    }
    const DWORD limit = unfinished_ ? look_again_ms : all ? INFINITE : 100 * look_again_ms;
    const DWORD woken =
        WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.data(), FALSE, limit);
    if (woken > WAIT_OBJECT_0 && woken < WAIT_OBJECT_0 + handles.size())
      waiting[woken - WAIT_OBJECT_0]->again();
  }

  std::map<std::string, std::unique_ptr<Notice>> notices_;  // by folder
  bool unfinished_ = false;
};

}  // namespace

bool prepare_library_watch() {
  return wake_event() != nullptr;
}

void watch_libraries() {
  try {
    LibraryWatch watch;
    watch.run();
  } catch (const std::exception&) {
    // Out of memory: the program needs what is left more than we do. What is loaded runs on.
  }
}

void wake_library_watch() {
  SetEvent(wake_event());
}

void leave_library_watch() {}

}  // namespace hr::runtime
