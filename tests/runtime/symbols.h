// Addresses in a library's file by name, for rewirings written by hand.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace hr::test {

struct Symbols {
  std::map<std::string, std::uint64_t> address;     // link-time, of .symtab
  std::map<std::string, std::uint64_t> pointer_to;  // a word that the dynamic linker fills with it
  std::uint64_t tls_module = 0;                     // its DTPMOD64 word, 0 if none

  std::uint64_t operator[](const std::string& name) const;  // fails the test when unknown
};

// Fails the test when `path` is not an x86-64 library with symbols.
Symbols read_symbols(const std::string& path);

}  // namespace hr::test
