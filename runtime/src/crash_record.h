// One crash as it was when it happened: filled in a signal handler, read after it. Plain data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/code_map.h"

namespace hr::runtime {

inline constexpr std::size_t register_count =
    17;  // psABI 3.38: rax rdx rcx rbx rsi rdi rbp rsp r8-15 rip
inline constexpr std::size_t most_stack_bytes = std::size_t{64} << 10;

inline constexpr int cause_exception = 0;  // other causes are signal numbers
inline constexpr int cause_request = -1;

struct CrashRecord {
  int cause = 0;
  std::int64_t thread = 0;
  std::uint64_t address = 0;  // si_addr
  std::array<std::uint64_t, register_count> registers{};
  Pointer site = 0;                 // the first address of module code on the stack
  const CodeRange* code = nullptr;  // that it is in
  std::uint32_t running = 0;        // of that module then
  Pointer stack_address = 0;
  std::size_t stack_size = 0;
  std::array<std::byte, most_stack_bytes> stack;
  std::array<Pointer, 512> words;  // to look for `site` in: a handler's own stack may be small
};

}  // namespace hr::runtime
