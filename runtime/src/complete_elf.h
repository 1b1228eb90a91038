// Whether the bytes of a file are a whole shared library, or one that is being written (ELF gABI
// chapters 4 and 5). Knows no file and no process: bytes in, answer out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace hr::runtime {

enum class ElfVerdict {
  complete,
  half_written,  // more of it is to come: `why`
  foreign        // never a library for this program, however long one waits: `why`
};

struct ElfCheck {
  ElfVerdict verdict = ElfVerdict::complete;
  std::string why;
};

// Reads `size` bytes at `offset` into `into`; false when they are not there.
using ReadBytes = std::function<bool(void* into, std::size_t size, std::uint64_t offset)>;

// Looks at the headers, the section table, the dynamic section and the beginning of the code: what
// linkers that write in order write last, and what those that fill a file of its final size leave
// zero until the end. Total. Cost: some reads of a few hundred bytes.
ElfCheck check_elf(std::uint64_t file_size, const ReadBytes& read);

}  // namespace hr::runtime
