#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <vector>

#include "src/background.h"
#include "src/background_wait.h"
#include "src/folder_watch.h"

namespace hr::runtime {
namespace {

// Descriptor numbers in use, for the child of a fork(), which may read nothing else of this thread.
std::array<std::atomic<int>, 16> open_numbers{};

}  // namespace

struct BackgroundWait::Parts {
  ~Parts() {
    for (std::atomic<int>& number : open_numbers)
      number.store(-1, std::memory_order_release);
  }

  FolderWatch watch = FolderWatch::open();
  int wake = -1;
  int wake_writer = -1;
};

BackgroundWait::BackgroundWait() = default;
BackgroundWait::BackgroundWait(BackgroundWait&& other) noexcept = default;
BackgroundWait& BackgroundWait::operator=(BackgroundWait&& other) noexcept = default;
BackgroundWait::~BackgroundWait() = default;

bool BackgroundWait::works() const {
  return parts_ != nullptr && parts_->watch.works();
}

WakePipe BackgroundWait::reopen() {
  parts_.reset();
  parts_ = std::make_unique<Parts>();
  WakePipe pipe = WakePipe::open();
  parts_->wake = pipe.number();
  parts_->wake_writer = pipe.writer_number();
  return pipe;
}

int BackgroundWait::wake_number() const {
  return parts_ != nullptr ? parts_->wake_writer : -1;
}

bool BackgroundWait::watch(const std::string& folder) {
  return parts_->watch.watch(folder);
}

bool BackgroundWait::watches(const std::string& folder) const {
  return parts_->watch.watches(folder);
}

std::set<std::string> BackgroundWait::changed() {
  return parts_->watch.changed();
}

bool BackgroundWait::wait(std::span<const Link> links, int at_most_ms) {
  std::vector<pollfd> waiting = {{parts_->wake, POLLIN, 0}, {parts_->watch.number(), POLLIN, 0}};
  for (const Link& link : links) {
    if (link->is_open())
      waiting.push_back({static_cast<int>(link->wait_handle()),
                         static_cast<short>(POLLIN | (link->wants_to_write() ? POLLOUT : 0)), 0});
  }
  for (std::size_t i = 0; i < open_numbers.size(); ++i)
    open_numbers[i].store(i < waiting.size() ? waiting[i].fd : -1, std::memory_order_release);
  return ::poll(waiting.data(), waiting.size(), at_most_ms) != 0;
}

void close_background_descriptors() {
  for (std::atomic<int>& number : open_numbers) {
    const int descriptor = number.exchange(-1, std::memory_order_acq_rel);
    if (descriptor >= 0)
      ::close(descriptor);
  }
}

}  // namespace hr::runtime
