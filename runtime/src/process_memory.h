// This process's memory, read through the system: what is unmapped meanwhile is an error there, not
// here. Knows nothing of what lies there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "src/memory_map.h"
#include "src/own_memory.h"
#include "wire/result.h"

namespace hr::runtime {

class ProcessMemory {
 public:
  static constexpr std::size_t piece_pages = 256;  // read at once, and a word

  // Errors: the system does not let it be read.
  static wire::Result<ProcessMemory> open();

  ProcessMemory(ProcessMemory&& other) noexcept;
  ProcessMemory& operator=(ProcessMemory&& other) noexcept;
  ~ProcessMemory();

  // How many bytes of [at, at + size) there are; they stand at bytes().
  std::size_t read(Pointer at, std::size_t size);

  std::byte* bytes() { return bytes_.data(); }

  // For each of `count` pages whether it may have anything of the process's own: all of them when
  // that is not told.
  const OwnVector<std::uint8_t>& used(Pointer at, std::size_t count);

 private:
  ProcessMemory();

  struct Files;
  std::unique_ptr<Files> files_;
  OwnVector<std::byte> bytes_;
  OwnVector<std::uint8_t> used_;
};

// The word at `at`, 0 when it can't be read.
Pointer word_of_process(Pointer at);

}  // namespace hr::runtime
