#include "src/libraries.h"

#include <algorithm>

#include "src/host.h"
#include "src/library_folders.h"
#include "src/library_watch.h"
#include "src/private_folder.h"
#include "src/process.h"

namespace hr::runtime {
namespace {

LibraryOutlet outlet() {
  LibraryOutlet result;
  result.tell = [](Event event) {
    Host::get().bring(std::move(event));
  };
  result.bring = [](std::shared_ptr<Library> library) {
    Host::get().bring(LibrarySwap{std::move(library)});
  };
  result.forget = [](Pointer begin, Pointer end) {
    Host::get().listeners().forget(begin, end);
  };
  return result;
}

}  // namespace

Libraries& Libraries::get() {
  static Libraries& libraries = *new Libraries;
  return libraries;
}

hr_library* Libraries::open(const std::string& path, const hr_hooks& hooks) {
  if (disabled_by_environment())
    Host::get().switch_off();
  Host::get().mind_forks();
  auto handle = std::make_unique<hr_library>();
  handle->library = std::make_shared<Library>(from_root(path), hooks, handle.get(), outlet());
  {
    const std::lock_guard lock(libraries_mutex());
    opened_.push_back(handle->library);
  }
  handle->library->open(Host::get().is_off());
  return handle.release();
}

bool Libraries::close(hr_library* handle) {
  if (!handle->library->close())
    return false;
  std::vector<std::unique_ptr<hr_library>> gone;
  {
    const std::lock_guard lock(libraries_mutex());
    std::erase(opened_, handle->library);
    std::erase(watched_, handle->library);
    closed_.emplace_back(handle);
  }
  wake_library_watch();
  // It may be in an event that is being told just now, by this thread even.
  Outbox& outbox = Host::get().outbox();
  outbox.forget(handle);
  if (outbox.is_callers())
    return true;
  outbox.wait_for_end();
  const std::lock_guard lock(libraries_mutex());
  std::erase_if(closed_, [&](std::unique_ptr<hr_library>& closed) {
    if (closed.get() != handle)
      return false;
    gone.push_back(std::move(closed));
    return true;
  });
  return true;
}

bool Libraries::watch(const hr_library& handle) {
  const std::shared_ptr<Library>& library = handle.library;
  if (Host::get().is_off())
    return true;
  bool start = false;
  {
    const std::lock_guard lock(libraries_mutex());
    start = !std::exchange(thread_runs_, true);
  }
  if (start && (!prepare_library_watch() || !start_quiet_thread(watch_libraries))) {
    const std::lock_guard lock(libraries_mutex());
    thread_runs_ = false;
  }
  {
    const std::lock_guard lock(libraries_mutex());
    if (thread_runs_ && std::find(watched_.begin(), watched_.end(), library) == watched_.end())
      watched_.push_back(library);
    start = thread_runs_;
  }
  if (!start) {
    library->note({library->path() + " can't be watched",
                   "the system has no thread or no inotify instance left",
                   "sudo sysctl fs.inotify.max_user_instances=1024"});
    return false;
  }
  wake_library_watch();
  return true;
}

bool Libraries::reload(const hr_library& handle) {
  Library& library = *handle.library;
  Host& host = Host::get();
  if ((host.is_off() && library.generation() >= 0) || !library.look(true))
    return false;
  if (!host.polls() && !host.outbox().is_callers())
    library.settle([&] { return host.polls() || host.is_off(); });
  return library.state() != HR_LIBRARY_ERROR;
}

std::vector<std::shared_ptr<Library>> Libraries::watched() {
  const std::lock_guard lock(libraries_mutex());
  return watched_;
}

void Libraries::leave_to_parent() {
  for (const auto& library : opened_)
    library->forget_other_threads();
  watched_.clear();
  thread_runs_ = false;
  leave_library_watch();
  leave_private_folder();
}

}  // namespace hr::runtime
