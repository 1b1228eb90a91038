#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "src/own_descriptor.h"

namespace hr::runtime {
namespace {

constexpr int lowest_number = 64;

std::string identity_of(int number) {
  std::array<char, 128> text = {};
  const std::string link = "/proc/self/fd/" + std::to_string(number);
  const ssize_t size = ::readlink(link.c_str(), text.data(), text.size());
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
}

int moved_up(int descriptor) {
  if (descriptor < 0)
    return -1;
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, lowest_number);
  if (moved < 0)
    return descriptor;
  ::close(descriptor);
  return moved;
}

}  // namespace

OwnDescriptor::OwnDescriptor(int descriptor) : number_(moved_up(descriptor)) {
  if (number_ >= 0)
    identity_ = identity_of(number_);
}

OwnDescriptor::OwnDescriptor(OwnDescriptor&& other) noexcept {
  *this = std::move(other);
}

OwnDescriptor& OwnDescriptor::operator=(OwnDescriptor&& other) noexcept {
  if (this == &other)
    return *this;
  close();
  number_ = std::exchange(other.number_, -1);
  identity_ = std::exchange(other.identity_, {});
  return *this;
}

bool OwnDescriptor::still_ours() const {
  return number_ >= 0 && identity_of(number_) == identity_;
}

void OwnDescriptor::close() {
  if (still_ours())
    ::close(number_);
  number_ = -1;
}

WakePipe WakePipe::open() {
  WakePipe pipe;
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0) {
    pipe.reader_ = OwnDescriptor(ends[0]);
    pipe.writer_ = OwnDescriptor(ends[1]);
  }
  return pipe;
}

void WakePipe::wake() {
  const char byte = 0;
  // Full means that a wake-up is on its way already.
  if (writer_.still_ours() && ::write(writer_.number(), &byte, 1) < 0)
    return;
}

void WakePipe::drain() {
  std::array<char, 64> bytes = {};
  while (reader_.still_ours() && ::read(reader_.number(), bytes.data(), bytes.size()) > 0) {
  }
}

}  // namespace hr::runtime
