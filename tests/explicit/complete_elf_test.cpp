// What is a whole library, what may become one, and what never will.
#include "src/complete_elf.h"

#include <elf.h>

#include <cstring>

#include "explicit/plug.h"
#include "support/catch.h"

namespace hrwatch::tests {

namespace {

using hr::runtime::ElfCheck;
using hr::runtime::ElfVerdict;

ElfCheck check(const std::string& bytes) {
  return hr::runtime::check_elf(bytes.size(),
                                [&](void* into, std::size_t size, std::uint64_t offset) {
                                  if (offset > bytes.size() || size > bytes.size() - offset)
                                    return false;
                                  std::memcpy(into, bytes.data() + offset, size);
                                  return true;
                                });
}

template <class T>
std::string with(std::string bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
  return bytes;
}

ElfVerdict verdict(const std::string& bytes) {
  return check(bytes).verdict;
}

}  // namespace

TEST_CASE("a library is complete, and nothing shorter is") {
  const std::string whole = plug("1");
  REQUIRE(whole.size() > 1000);
  CHECK(verdict(whole) == ElfVerdict::complete);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (verdict(whole.substr(0, size)) != ElfVerdict::half_written)
      FAIL("complete with " << size << " of " << whole.size() << " bytes");
  }
}

TEST_CASE("a file of the final size that is being filled is not complete") {
  const std::string whole = plug("1");
  const std::string empty(whole.size(), '\0');
  CHECK(verdict(empty) == ElfVerdict::half_written);
  for (std::size_t filled = 64; filled + 1 < whole.size(); filled += 61) {
    INFO(filled);
    const std::string from_begin = whole.substr(0, filled) + empty.substr(filled);
    const std::string from_end = empty.substr(filled) + whole.substr(whole.size() - filled);
    // The names of sections stand last but for the section headers.
    if (filled < whole.size() - 2000)
      CHECK(verdict(from_begin) == ElfVerdict::half_written);
    CHECK(verdict(from_end) == ElfVerdict::half_written);
  }
}

TEST_CASE("what is no library is told apart from what is not there yet") {
  const std::string whole = plug("1");
  CHECK(check("#!/bin/sh\n").why.find("not an ELF file") != std::string::npos);
  CHECK(verdict("#!/bin/sh\n") == ElfVerdict::foreign);
  CHECK(verdict(with<Elf64_Half>(whole, offsetof(Elf64_Ehdr, e_machine), EM_AARCH64)) ==
        ElfVerdict::foreign);
  CHECK(verdict(with<Elf64_Half>(whole, offsetof(Elf64_Ehdr, e_type), ET_REL)) ==
        ElfVerdict::foreign);
  CHECK(verdict(with<Elf64_Half>(whole, offsetof(Elf64_Ehdr, e_type), ET_EXEC)) ==
        ElfVerdict::foreign);
  CHECK(verdict(with<unsigned char>(whole, EI_CLASS, ELFCLASS32)) == ElfVerdict::foreign);
}

TEST_CASE("any bytes have an answer") {
  const std::string whole = plug("1");
  unsigned state = 12345;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (int i = 0; i < 4; ++i) {
      state = state * 1664525U + 1013904223U;
      // Mostly in the headers, where it hurts.
      const std::size_t at = (state >> 8) % (round % 2 == 0 ? 1024 : bytes.size());
      bytes[at] = static_cast<char>(state >> 24);
    }
    check(bytes);
  }
}

}  // namespace hrwatch::tests
