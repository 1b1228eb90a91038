#include "support/catch.h"
#include "wire/little_endian.h"
#include "wire/samples.h"

using namespace hr::wire;

TEST_CASE("frames come out whole, however the stream was cut") {
  std::vector<std::byte> stream;
  std::vector<std::vector<std::byte>> sent;
  for (const ToolMessage& message : samples::tool_messages()) {
    sent.push_back(encode(message));
    stream.insert(stream.end(), sent.back().begin(), sent.back().end());
  }
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{7}, std::size_t{100}, stream.size()}) {
    FrameReader reader;
    std::vector<std::vector<std::byte>> received;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.feed(std::span(stream).subspan(at, std::min(piece, stream.size() - at)));
      for (;;) {
        auto next = reader.next();
        REQUIRE(next.ok());
        if (!next.value()) {
          break;
        }
        received.push_back(std::move(*next.value()));
      }
    }
    CHECK(received == sent);
  }
}

TEST_CASE("a frame over the maximum is refused before its bytes arrive") {
  Writer out;
  out.count(max_frame_bytes + 1);
  FrameReader reader;
  reader.feed(out.take());
  const auto next = reader.next();
  REQUIRE_FALSE(next.ok());
  CHECK(next.failure().what == "the connection was closed");
}
