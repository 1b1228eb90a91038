#include <utility>

#include "server/stream_watch.h"

namespace hrwatch::server {

struct StreamWatch::Waiting {
  uv_poll_t poll = {};
};

StreamWatch* StreamWatch::open(uv_loop_t* loop, std::intptr_t handle,
                               std::function<void()> on_ready) {
  auto* waiting = new Waiting;
  if (uv_poll_init(loop, &waiting->poll, static_cast<int>(handle)) != 0) {
    delete waiting;
    return nullptr;
  }
  auto* watch = new StreamWatch;
  watch->waiting_ = waiting;
  watch->on_ready_ = std::move(on_ready);
  waiting->poll.data = watch;
  return watch;
}

void StreamWatch::wait(bool also_writable) {
  const int events = UV_READABLE | UV_DISCONNECT | (also_writable ? UV_WRITABLE : 0);
  uv_poll_start(&waiting_->poll, events, [](uv_poll_t* handle, int, int) {
    const auto call = static_cast<StreamWatch*>(handle->data)->on_ready_;  // it may close this
    call();
  });
}

void StreamWatch::close() {
  uv_close(reinterpret_cast<uv_handle_t*>(&waiting_->poll), [](uv_handle_t* handle) {
    auto* watch = static_cast<StreamWatch*>(handle->data);
    delete watch->waiting_;
    delete watch;
  });
}

}  // namespace hrwatch::server
