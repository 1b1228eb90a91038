// The rewiring: everything the runtime must write to turn one published copy of a module into the
// next generation of a host. The tool computes it from the descriptions of the host's generations;
// the runtime adds load addresses and obeys. Knows no ELF, no operating system and no address of a
// running process: every place is a pair (generation, link-time address in that library).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wire/result.h"

namespace hr::wire {

// A link-time address inside one library: add the library's load bias to get a pointer.
using Address = std::uint64_t;

// Where the one living copy of a function, variable or type_info is. Generation 0 may have been
// bound elsewhere by the dynamic linker (COPY relocation, interposition, canonical PLT entry). The
// runtime resolves a home in this order: `got` != 0 -> the pointer stored at that word of
// `generation`; `name` not empty -> dlsym(RTLD_DEFAULT, name) if it is found; else `address`.
struct Home {
  std::uint32_t generation = 0;
  Address address = 0;
  Address got = 0;
  std::string name;
};

// A 4-byte PC-relative operand: *(int32*)at = home + addend - at (as R_X86_64_PC32, psABI 4.4.1).
struct CodePatch {
  Address at = 0;
  std::int64_t addend = 0;
  std::uint32_t home = 0;
};

// An 8-byte pointer in data: *(uint64*)at = home + addend. Applied only where the word still points
// to `expected` (an address of the new generation): otherwise the dynamic linker bound it
// elsewhere.
struct DataPatch {
  Address at = 0;
  Address expected = 0;
  std::int64_t addend = 0;
  std::uint32_t home = 0;
};

// A DTPMOD64 word that takes the TLS module id of generation `owner`.
struct TlsPatch {
  Address at = 0;
  std::uint32_t owner = 0;
};

// Bytes of the new generation's code to replace (statements of an initialiser to jump over).
struct BytePatch {
  Address at = 0;
  std::vector<std::byte> bytes;
};

// An initial image to copy over living storage at commit: an edited initialiser or constant table.
struct ImageWrite {
  std::uint32_t home = 0;
  Address source = 0;
  std::uint64_t size = 0;
  std::string name;
};

// A function entry of an older generation that must forward through its slot from now on: its six
// bytes before `entry` become `jmp *slot(%rip)`, its 2-byte NOP at `nop` a short jump to them.
struct Supersede {
  std::uint32_t generation = 0;
  Address entry = 0;
  Address nop = 0;
  std::uint32_t slot = 0;
};

// The function body of the new generation that a slot leads to from the commit on.
struct SlotValue {
  std::uint32_t slot = 0;
  Address body = 0;
};

// A static initialiser to call at commit, because it builds a variable no older generation has.
struct Initialiser {
  Address function = 0;
  std::string variable;
};

struct Rewiring {
  std::uint64_t memory_size = 0;  // bytes of address space the published copy occupies
  std::vector<Home> homes;
  std::vector<CodePatch> code;
  std::vector<DataPatch> data;
  std::vector<TlsPatch> tls;
  std::vector<BytePatch> bytes;
  std::vector<ImageWrite> images;
  std::vector<Supersede> supersede;
  std::vector<SlotValue> slots;
  std::vector<Initialiser> initialisers;
};

// Serialises a rewiring (little endian, length-prefixed lists). Never fails.
std::vector<std::byte> encode(const Rewiring& rewiring);

// Total: any bytes give a rewiring whose indices are in range (every `home` < homes.size()), or a
// Failure; never undefined behaviour, never an allocation larger than a small multiple of the
// input.
Result<Rewiring> decode_rewiring(std::span<const std::byte> bytes);

}  // namespace hr::wire
