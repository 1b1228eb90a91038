#include "wire/little_endian.h"
#include "wire/messages.h"

namespace hr::wire {

void FrameReader::feed(std::span<const std::byte> bytes) {
  // Consumed bytes go when they are the larger part, so that each byte is moved O(1) times.
  if (begin_ > buffer_.size() / 2) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<std::vector<std::byte>>> FrameReader::next() {
  constexpr std::size_t prefix = sizeof(std::uint32_t);
  const std::span<const std::byte> pending = std::span(buffer_).subspan(begin_);
  if (pending.size() < prefix) {
    return std::optional<std::vector<std::byte>>();
  }
  const std::size_t length = Reader(pending).number<std::uint32_t>();
  if (length > max_frame_bytes) {
    return Failure{"the connection was closed",
                   "the other side announced a message of " + std::to_string(length) +
                       " bytes; the largest allowed is " + std::to_string(max_frame_bytes),
                   "use the hrwatch and libhr.so of one release; if they are, report this"};
  }
  if (pending.size() - prefix < length) {
    return std::optional<std::vector<std::byte>>();
  }
  const std::span<const std::byte> frame = pending.first(prefix + length);
  std::optional<std::vector<std::byte>> taken(std::in_place, frame.begin(), frame.end());
  begin_ += frame.size();
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
  }
  return taken;
}

}  // namespace hr::wire
