#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "build/link_watch.h"

namespace hrwatch::build {

struct LinkWatch::Watch {
  std::function<void(const std::string&)> linked;
  int descriptor = -1;
  uv_poll_t* poll = nullptr;    // owned by libuv until it is closed
  std::set<std::string> files;  // wanted
  std::map<int, std::set<std::string>>
      folders;  // their folders by the kernel's number; one inode may have several paths

  void read();
};

void LinkWatch::Watch::read() {
  alignas(inotify_event) char buffer[16384];
  std::vector<std::string> moved;
  for (ssize_t got = 0; (got = ::read(descriptor, buffer, sizeof buffer)) > 0;) {
    for (const char *at = buffer, *end = buffer + got; at < end;) {
      inotify_event event{};
      std::memcpy(&event, at, sizeof event);
      const auto folder = folders.find(event.wd);
      for (const std::string& path :
           folder != folders.end() && event.len > 0 ? folder->second : std::set<std::string>()) {
        const std::string file = path + "/" + (at + sizeof event);
        if (files.contains(file)) {
          moved.push_back(file);
        }
      }
      if ((event.mask & IN_IGNORED) != 0) {
        folders.erase(event.wd);
      }
      at += sizeof event + event.len;
    }
  }
  for (const std::string& file : moved) {
    linked(file);
  }
}

LinkWatch::LinkWatch(uv_loop_t* loop, std::function<void(const std::string&)> linked)
    : watch_(std::make_unique<Watch>()) {
  watch_->linked = std::move(linked);
  watch_->descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watch_->descriptor < 0) {
    return;
  }
  watch_->poll = new uv_poll_t;
  uv_poll_init(loop, watch_->poll, watch_->descriptor);
  watch_->poll->data = watch_.get();
  uv_poll_start(watch_->poll, UV_READABLE, [](uv_poll_t* poll, int status, int) {
    if (status == 0) {
      static_cast<Watch*>(poll->data)->read();
    }
  });
}

LinkWatch::~LinkWatch() {
  if (watch_->poll != nullptr) {
    uv_poll_stop(watch_->poll);
    uv_close(reinterpret_cast<uv_handle_t*>(watch_->poll),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
    ::close(watch_->descriptor);
  }
}

void LinkWatch::watch(const std::vector<std::string>& files) {
  if (watch_->poll == nullptr) {
    return;
  }
  for (const auto& [number, paths] : std::exchange(watch_->folders, {})) {
    inotify_rm_watch(watch_->descriptor, number);
  }
  watch_->files = {files.begin(), files.end()};
  for (const std::string& file : watch_->files) {
    const std::string folder = file.substr(0, file.rfind('/'));
    const int number =
        inotify_add_watch(watch_->descriptor, folder.c_str(), IN_MOVED_TO | IN_ONLYDIR);
    if (number >= 0) {
      watch_->folders[number].insert(folder);
    }
  }
}

}  // namespace hrwatch::build
