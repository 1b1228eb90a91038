#include <windows.h>

#include <algorithm>

#include "src/process_memory.h"

namespace hr::runtime {

struct ProcessMemory::Files {};

ProcessMemory::ProcessMemory() : bytes_(piece_pages * page_size + sizeof(Pointer)) {}

ProcessMemory::ProcessMemory(ProcessMemory&&) noexcept = default;
ProcessMemory& ProcessMemory::operator=(ProcessMemory&&) noexcept = default;
ProcessMemory::~ProcessMemory() = default;

wire::Result<ProcessMemory> ProcessMemory::open() {
  return ProcessMemory();
}

// All or nothing, in some versions: what is wanted of the page behind is not worth the rest.
std::size_t ProcessMemory::read(Pointer at, std::size_t size) {
  const std::size_t wanted = std::min(size, bytes_.size());
  for (const std::size_t part : {wanted, wanted / page_size * page_size}) {
    SIZE_T got = 0;
    if (ReadProcessMemory(GetCurrentProcess(), reinterpret_cast<const void*>(at), bytes_.data(),
                          part, &got) != 0)
      return got;
  }
  return 0;
}

// What is committed is asked for in the memory map; which pages of it were ever touched is not
// told.
const OwnVector<std::uint8_t>& ProcessMemory::used(Pointer, std::size_t count) {
  used_.assign(count, 1);
  return used_;
}

Pointer word_of_process(Pointer at) {
  Pointer word = 0;
  SIZE_T got = 0;
  if (ReadProcessMemory(GetCurrentProcess(), reinterpret_cast<const void*>(at), &word, sizeof word,
                        &got) == 0)
    return 0;
  return got == sizeof word ? word : 0;
}

}  // namespace hr::runtime
