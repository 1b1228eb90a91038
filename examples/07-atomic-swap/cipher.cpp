#include "cipher.h"

static const std::uint32_t key = 1000;  // change it and build: both functions change at once

std::uint32_t cipher_encode(std::uint32_t value) {
  return (value ^ key) + 7;
}

std::uint32_t cipher_decode(std::uint32_t value) {
  return (value - 7) ^ key;
}
