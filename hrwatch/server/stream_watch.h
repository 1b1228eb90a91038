// libuv's watch on one connection, or on the place where they come in: a call from the loop when
// there is something to do. Knows no message.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>

namespace hrwatch::server {

// Loop's thread only. Deletes itself when libuv has let go of it.
class StreamWatch {
 public:
  // `handle`: a Stream's or Listener's wait_handle(), which must not be closed before this watch.
  // Null when the loop refuses it.
  static StreamWatch* open(uv_loop_t* loop, std::intptr_t handle, std::function<void()> on_ready);

  // A call, once at least, when something can be received or has ended; `also_writable`: or sent.
  // To be said again after each call. `on_ready` may close this watch.
  void wait(bool also_writable);

  // No call comes afterwards.
  void close();

 private:
  StreamWatch() = default;
  ~StreamWatch() = default;
  struct Waiting;
  Waiting* waiting_ = nullptr;
  std::function<void()> on_ready_;
};

}  // namespace hrwatch::server
