// The codec is total: whatever the bytes, a message, nothing or a Failure, and no more memory than
// a small multiple of the input. Deterministic: a failing case is the same in every run.
#include <random>

#include "support/catch.h"
#include "wire/largest_allocation.h"
#include "wire/samples.h"

using namespace hr::wire;

namespace {

using Bytes = std::vector<std::byte>;

// Decodes `bytes` in every way there is. Returns how many of them gave something.
int decode_all(const Bytes& bytes) {
  largest_allocation = 0;
  int accepted = 0;
  accepted += decode_rewiring(bytes).ok() ? 1 : 0;
  accepted += decode_host_message(bytes).ok() ? 1 : 0;
  accepted += decode_tool_message(bytes).ok() ? 1 : 0;
  FrameReader reader;
  reader.feed(bytes);
  for (auto next = reader.next(); next.ok() && next.value(); next = reader.next()) {
    accepted += decode_tool_message(*next.value()).ok() ? 1 : 0;
  }
  REQUIRE(largest_allocation <= 1024 + 40 * bytes.size());
  return accepted;
}

std::vector<Bytes> valid_inputs() {
  std::vector<Bytes> inputs{encode(samples::rewiring()), encode(Rewiring())};
  for (const HostMessage& message : samples::host_messages()) {
    inputs.push_back(encode(message));
  }
  for (const ToolMessage& message : samples::tool_messages()) {
    inputs.push_back(encode(message));
  }
  return inputs;
}

}  // namespace

TEST_CASE("random bytes never break the codec") {
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    Bytes bytes(random() % 200);
    for (std::byte& byte : bytes) {
      byte = static_cast<std::byte>(random());
    }
    decode_all(bytes);
  }
}

TEST_CASE("no truncation of a valid message is taken for one") {
  for (const Bytes& input : valid_inputs()) {
    CHECK(decode_all(input) > 0);
    for (std::size_t size = 0; size < input.size(); ++size) {
      CHECK(decode_all(Bytes(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size))) ==
            0);
    }
  }
}

TEST_CASE("flipped bits and foreign numbers never break the codec") {
  std::mt19937 random(2);
  int survived = 0;
  for (const Bytes& input : valid_inputs()) {
    for (std::size_t bit = 0; bit < input.size() * 8; ++bit) {
      Bytes bytes = input;
      bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
      survived += decode_all(bytes) > 0 ? 1 : 0;
    }
    for (int round = 0; round < 500 && input.size() >= 4; ++round) {
      Bytes bytes = input;
      const std::size_t at = random() % (bytes.size() - 3);
      const bool huge = random() % 2 == 0;
      for (std::size_t i = 0; i < 4; ++i) {
        bytes[at + i] = huge ? std::byte{0xff} : static_cast<std::byte>(random());
      }
      survived += decode_all(bytes) > 0 ? 1 : 0;
    }
  }
  CHECK(survived > 0);  // some flips hit free text: the mutations are not all refused at the door
}
