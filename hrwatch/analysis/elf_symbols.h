// The symbols of an ELF library, sorted by what they are to a reload. Knows no debug info.
#pragma once

#include <cstdint>

#include "analysis/elf_image.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

enum class SectionUse : std::uint8_t { other, code, variables, constants, thread_locals };

// What the program keeps in `section`. Read-only after relocation (RELRO) counts as constant;
// tables of linker, loader and sanitizers are `other`.
SectionUse use_of(const Section& section, const ElfImage& image);

// Cost: one pass over .symtab and .dynsym.
Symbols read_symbols(const ElfImage& image);

}  // namespace hrwatch::analysis
