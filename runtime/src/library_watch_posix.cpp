#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <set>

#include "src/folder_watch.h"
#include "src/host.h"
#include "src/libraries.h"
#include "src/library_folders.h"
#include "src/library_watch.h"
#include "src/process.h"

namespace hr::runtime {
namespace {

constexpr int look_again_ms = 1000;  // only while the system refuses to watch

// Descriptor numbers in use, for the child of a fork().
std::array<std::atomic<int>, 3> open_numbers{-1, -1, -1};

// Behind libraries_mutex().
WakePipe& pipe_in_use() {
  static WakePipe& pipe = *new WakePipe;
  return pipe;
}

class LibraryWatch {
 public:
  void run() {
    while (!Host::get().is_off()) {
      if (!descriptors_work())
        reopen();
      update();
      wait();
      take_changes();
    }
  }

 private:
  struct Watched {
    std::vector<WatchedName> names;
    bool looked = false;
    bool refused = false;  // the system does not watch one of its folders
  };

  bool descriptors_work() const {
    const std::lock_guard lock(libraries_mutex());
    return watch_.works() && pipe_in_use().works();
  }

  // At the start, and after the program has closed descriptors that it did not open.
  void reopen() {
    const std::uint64_t now = now_us();
    if (reopened_at_us_ != 0 && now - reopened_at_us_ < look_again_ms * 1000u)
      ::poll(nullptr, 0, look_again_ms);
    reopened_at_us_ = now_us();
    watch_ = FolderWatch::open(true);
    const std::lock_guard lock(libraries_mutex());
    if (!pipe_in_use().works())
      pipe_in_use() = WakePipe::open();
    open_numbers[0].store(watch_.number(), std::memory_order_release);
    open_numbers[1].store(pipe_in_use().number(), std::memory_order_release);
    open_numbers[2].store(pipe_in_use().writer_number(), std::memory_order_release);
    watched_.clear();
  }

  // Whoever is new is looked at once it is watched: nothing is missed in between.
  void update() {
    const auto libraries = Libraries::get().watched();
    std::erase_if(watched_, [&](const auto& entry) {
      return std::find(libraries.begin(), libraries.end(), entry.first) == libraries.end();
    });
    for (const auto& library : libraries) {
      Watched& watched = watched_[library];
      const bool moved = place(*library, watched);
      if (std::exchange(watched.looked, true) && !moved)
        continue;
      library->look(false);
    }
  }

  // Watches what must be watched for it now; true when that has changed. A folder may appear while
  // its parent is being watched: asked again until nothing changes.
  bool place(Library& library, Watched& watched) {
    bool moved = false;
    for (int turns = 0; turns < 64; ++turns) {
      const std::vector<WatchedName> names = names_to_watch(library.path());
      bool same = names.size() == watched.names.size();
      bool refused = false;
      for (const WatchedName& name : names) {
        same = same && std::any_of(watched.names.begin(), watched.names.end(),
                                   [&](const WatchedName& known) {
                                     return known.folder == name.folder && known.name == name.name;
                                   });
        if (watch_.watches(name.folder))
          continue;
        same = false;
        refused = !watch_.watch(name.folder) || refused;
      }
      if (refused && !std::exchange(watched.refused, true))
        library.note({"changes of " + library.path() + " are not noticed at once",
                      "the system does not watch one more folder (inotify)",
                      "sudo sysctl fs.inotify.max_user_watches=524288"});
      watched.refused = refused;
      if (same)
        return moved;
      moved = true;
      watched.names = names;
      if (refused)
        return true;
    }
    return moved;
  }

  void wait() {
    std::array<pollfd, 2> waiting = {
        {{open_numbers[0].load(), POLLIN, 0}, {open_numbers[1].load(), POLLIN, 0}}};
    const bool refused = std::any_of(watched_.begin(), watched_.end(),
                                     [](const auto& entry) { return entry.second.refused; });
    const int ready = ::poll(waiting.data(), waiting.size(), refused ? look_again_ms : -1);
    if (ready == 0) {
      for (auto& [library, watched] : watched_)
        watched.looked = watched.looked && !watched.refused;
    }
    const std::lock_guard lock(libraries_mutex());
    pipe_in_use().drain();
  }

  void take_changes() {
    for (const FolderChange& change : watch_.changes()) {
      for (auto& [library, watched] : watched_) {
        const bool concerned =
            std::any_of(watched.names.begin(), watched.names.end(), [&](const WatchedName& name) {
              return name.folder == change.folder &&
                     (change.name.empty() || change.name == name.name);
            });
        if (concerned && deserves_a_look(*library, change))
          watched.looked = false;
      }
    }
  }

  // A file that someone is writing is left alone until it is closed, however complete it looks:
  // some linkers fill a file of its final size in any order.
  static bool deserves_a_look(const Library& library, const FolderChange& change) {
    switch (change.kind) {
      case FolderChangeKind::finished:
        return true;
      case FolderChangeKind::begun:
        return is_another_name(change.folder + "/" + change.name);
      case FolderChangeKind::gone:
        return is_absent(library.path());
      case FolderChangeKind::other:
        return library.state() == HR_LIBRARY_ERROR;
    }
    return true;
  }

  FolderWatch watch_;
  std::map<std::shared_ptr<Library>, Watched> watched_;
  std::uint64_t reopened_at_us_ = 0;
};

}  // namespace

bool prepare_library_watch() {
  WakePipe pipe = WakePipe::open();
  if (!pipe.works() || !FolderWatch::open(true).works())
    return false;
  const std::lock_guard lock(libraries_mutex());
  pipe_in_use() = std::move(pipe);
  return true;
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
  const std::lock_guard lock(libraries_mutex());
  pipe_in_use().wake();
}

void leave_library_watch() {
  for (std::atomic<int>& number : open_numbers) {
    const int descriptor = number.exchange(-1, std::memory_order_acq_rel);
    if (descriptor >= 0)
      ::close(descriptor);
  }
}

}  // namespace hr::runtime
