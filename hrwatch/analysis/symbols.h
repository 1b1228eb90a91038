// The symbols of a library by what they are to a reload: functions, variables, constants,
// thread-locals. Knows no debug info and no identity across builds.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/description.h"

namespace hrwatch::analysis {

struct Symbol {
  std::string_view name;  // without a version ("@...")
  Address address = 0;    // thread-locals: offset in the TLS image
  std::uint64_t size = 0;
  Binding binding = Binding::local;
  bool exported = false;
  bool ifunc = false;
  bool clone = false;      // of functions: see is_clone()
  bool zero = false;       // in .bss or .tbss
  std::uint32_t file = 0;  // local symbols: index into Symbols::files
  Address got = 0;         // a word that the dynamic linker fills with its canonical address
};

struct Symbols {
  // Each by address, then global before local, then name.
  std::vector<Symbol> functions;
  std::vector<Symbol> variables;
  std::vector<Symbol> constants;
  std::vector<Symbol> thread_locals;
  // Linker, compiler and sanitizer internals among the variables.
  std::vector<Symbol> internals;
  // STT_FILE symbols in the order of the link; [0] is no file.
  std::vector<std::string_view> files;
};

// The name without the number that a compiler appended to tell C statics of one name apart
// ("calls.12" -> "calls"); other names as they are.
std::string_view without_number(const Symbol& symbol);

// The symbol that covers `where` in a list by address; of several that start at one address the
// first. Null when there is none.
const Symbol* covering(const std::vector<Symbol>& symbols, Address where);
// The symbol that ends exactly at `where`; null when there is none.
const Symbol* ending_at(const std::vector<Symbol>& symbols, Address where);
// The first symbol that starts exactly at `where`; null when there is none.
const Symbol* starting_at(const std::vector<Symbol>& symbols, Address where);

}  // namespace hrwatch::analysis
