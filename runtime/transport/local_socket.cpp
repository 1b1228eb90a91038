#include "transport/local_socket.h"

#include <utility>

#include "transport/endpoint.h"

namespace hr::transport {

Stream::Stream() = default;

Stream::Stream(std::unique_ptr<Endpoint> endpoint) : endpoint_(std::move(endpoint)) {}

Stream::Stream(Stream&& other) noexcept {
  *this = std::move(other);
}

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this == &other)
    return *this;
  endpoint_ = std::move(other.endpoint_);
  queue_ = std::move(other.queue_);
  sent_of_first_ = std::exchange(other.sent_of_first_, 0);
  unsent_ = std::exchange(other.unsent_, 0);
  other.queue_.clear();
  return *this;
}

Stream::~Stream() = default;

std::intptr_t Stream::wait_handle() const {
  return is_open() ? endpoint_->wait_handle() : -1;
}

void Stream::wait(std::chrono::milliseconds at_most) const {
  if (is_open())
    endpoint_->wait(unsent_ > 0, at_most);
}

void Stream::close() {
  endpoint_.reset();
  queue_.clear();
  sent_of_first_ = 0;
  unsent_ = 0;
}

Flow Stream::send(std::vector<std::byte> frame) {
  if (!is_open())
    return Flow::closed;
  unsent_ += frame.size();
  queue_.push_back(std::move(frame));
  return flush();
}

Flow Stream::flush() {
  if (!is_open())
    return Flow::closed;
  while (!queue_.empty()) {
    const std::span<const std::byte> rest = std::span(queue_.front()).subspan(sent_of_first_);
    std::size_t taken = 0;
    const Flow flow = endpoint_->write(rest, taken);
    sent_of_first_ += taken;
    unsent_ -= taken;
    if (sent_of_first_ == queue_.front().size()) {
      queue_.erase(queue_.begin());
      sent_of_first_ = 0;
    }
    if (flow == Flow::closed || taken < rest.size())
      return flow;
  }
  return Flow::open;
}

Flow Stream::receive(std::vector<std::byte>& into, std::size_t limit) {
  return is_open() ? endpoint_->read(into, limit) : Flow::closed;
}

bool Stream::peer_is_same_user() const {
  return is_open() && endpoint_->peer_is_same_user();
}

int Stream::peer_process() const {
  return is_open() ? endpoint_->peer_process() : 0;
}

Listener::Listener() = default;
Listener::Listener(Listener&& other) noexcept = default;
Listener& Listener::operator=(Listener&& other) noexcept = default;
Listener::~Listener() = default;

std::intptr_t Listener::wait_handle() const {
  return entrance_ != nullptr ? entrance_->wait_handle() : -1;
}

std::optional<Stream> Listener::accept() {
  while (entrance_ != nullptr) {
    std::unique_ptr<Endpoint> endpoint = entrance_->accept();
    if (endpoint == nullptr)
      break;
    if (endpoint->peer_is_same_user())
      return Stream(std::move(endpoint));
  }
  return std::nullopt;
}

void Listener::close() {
  entrance_.reset();
  path_.clear();
}

}  // namespace hr::transport
