// libuv polls sockets only: here a thread of the system's pool waits for the event, and wakes the
// loop.
#include <windows.h>

#include <utility>

#include "server/stream_watch.h"

namespace hrwatch::server {

struct StreamWatch::Waiting {
  uv_async_t wake = {};
  HANDLE event = nullptr;
  HANDLE registered = nullptr;

  void stop() {
    if (registered != nullptr) {
      // Waits for a call that is under way: the event may be closed afterwards.
      UnregisterWaitEx(std::exchange(registered, nullptr), INVALID_HANDLE_VALUE);
    }
  }
};

StreamWatch* StreamWatch::open(uv_loop_t* loop, std::intptr_t handle,
                               std::function<void()> on_ready) {
  auto* waiting = new Waiting;
  const auto call = [](uv_async_t* wake) {
    auto* watch = static_cast<StreamWatch*>(wake->data);
    watch->waiting_->stop();
    const auto ready = watch->on_ready_;  // it may close this
    ready();
  };
  if (uv_async_init(loop, &waiting->wake, call) != 0) {
    delete waiting;
    return nullptr;
  }
  auto* watch = new StreamWatch;
  watch->waiting_ = waiting;
  watch->on_ready_ = std::move(on_ready);
  waiting->event = reinterpret_cast<HANDLE>(handle);
  waiting->wake.data = watch;
  return watch;
}

// The event says both.
void StreamWatch::wait(bool) {
  waiting_->stop();
  const auto call = [](void* waiting, BOOLEAN) {
    uv_async_send(&static_cast<Waiting*>(waiting)->wake);
  };
  RegisterWaitForSingleObject(&waiting_->registered, waiting_->event, call, waiting_, INFINITE,
                              WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD);
}

void StreamWatch::close() {
  waiting_->stop();
  uv_close(reinterpret_cast<uv_handle_t*>(&waiting_->wake), [](uv_handle_t* handle) {
    auto* watch = static_cast<StreamWatch*>(handle->data);
    delete watch->waiting_;
    delete watch;
  });
}

}  // namespace hrwatch::server
