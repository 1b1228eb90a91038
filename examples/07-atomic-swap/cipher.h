// Two functions that only fit together when they are of one build.
#pragma once

#include <cstdint>

extern "C" {
std::uint32_t cipher_encode(std::uint32_t value);
std::uint32_t cipher_decode(std::uint32_t value);
}
