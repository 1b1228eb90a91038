// Whether the bytes of a file are a whole Windows library, or one that is being written (PE/COFF
// specification, sections 2 to 4). Knows no file and no process: bytes in, answer out.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace hr::runtime {

enum class PeVerdict {
  complete,
  half_written,  // more of it is to come: `why`
  foreign        // never a library for this program, however long one waits: `why`
};

struct PeCheck {
  PeVerdict verdict = PeVerdict::complete;
  std::string why;
};

// Looks at the headers, the section table and whether all sections are there. Total.
PeCheck check_pe(std::span<const std::byte> file);

}  // namespace hr::runtime
