// Every pointer in a library's data that the dynamic linker fills in and a reload re-points. Knows
// no earlier build.
#pragma once

#include <vector>

#include "analysis/description.h"
#include "analysis/elf_image.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

struct DataReferences {
  std::vector<DataReference> references;  // by `at`
  std::vector<Address> tls_modules;       // DTPMOD64 words of the library's own TLS
};

// Words that name a variable, a function or a type_info of this library. Left out: functions in
// virtual tables (a table leads to the code of its own build), tables of loader and linker, and the
// metadata of sanitizers, which must keep describing their own build's memory.
DataReferences find_data_references(const ElfImage& image, const Symbols& symbols);

}  // namespace hrwatch::analysis
