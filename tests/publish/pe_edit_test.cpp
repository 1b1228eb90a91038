// On a file made by hand here; a real linker's is moved, and runs, in tests/runtime on Windows.
#include "publish/pe_edit.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "support/catch.h"

using hrwatch::publish::rebase;

namespace {

constexpr std::uint64_t old_base = 0x180000000;
constexpr std::uint64_t new_base = 0x7ffb40000000;
constexpr std::uint64_t optional = 0x98;
constexpr std::uint64_t relocations = 0x600;

// The smallest library with three words that hold addresses in it, in two blocks.
class Image {
 public:
  Image() : bytes_(0x800) {
    put<std::uint16_t>(0, 0x5a4d);
    put<std::uint32_t>(0x3c, 0x80);
    put<std::uint32_t>(0x80, 0x4550);
    put<std::uint16_t>(0x84, 0x8664);
    put<std::uint16_t>(0x86, 2);  // sections
    put<std::uint16_t>(0x94, 112 + 16 * 8);
    put<std::uint16_t>(0x96, 0x2022);
    put<std::uint16_t>(optional, 0x20b);
    put<std::uint64_t>(optional + 24, old_base);
    put<std::uint16_t>(optional + 70, 0x0160);  // DYNAMIC_BASE, HIGH_ENTROPY_VA, NX_COMPAT
    put<std::uint32_t>(optional + 108, 16);
    put<std::uint32_t>(optional + 112 + 5 * 8, 0x4000);
    put<std::uint32_t>(optional + 116 + 5 * 8, 12 + 12);
    section(0x188, 0x2000, 0x200, 0x400);
    section(0x1b0, 0x4000, 0x100, 0x600);
    put<std::uint64_t>(0x400, old_base + 0x2010);
    put<std::uint64_t>(0x408, 0x1122334455667788);  // no address
    put<std::uint64_t>(0x413, old_base + 0x1000);
    put<std::uint64_t>(0x5f8, old_base);
    block(relocations, 0x2000, 0xa000, 0xa013);
    block(relocations + 12, 0x2000, 0xa1f8, 0x0000);
  }

  void block(std::uint64_t at, std::uint32_t page, std::uint16_t first, std::uint16_t second) {
    put<std::uint32_t>(at, page);
    put<std::uint32_t>(at + 4, 12);
    put<std::uint16_t>(at + 8, first);
    put<std::uint16_t>(at + 10, second);
  }

  void section(std::uint64_t at, std::uint32_t address, std::uint32_t size, std::uint32_t offset) {
    put<std::uint32_t>(at + 8, size);
    put<std::uint32_t>(at + 12, address);
    put<std::uint32_t>(at + 16, size);
    put<std::uint32_t>(at + 20, offset);
  }

  template <class Number>
  void put(std::uint64_t at, Number number) {
    std::memcpy(bytes_.data() + at, &number, sizeof number);
  }

  template <class Number>
  Number get(std::uint64_t at) const {
    Number number;
    std::memcpy(&number, bytes_.data() + at, sizeof number);
    return number;
  }

  std::vector<std::byte>& bytes() { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace

TEST_CASE("A library is moved to its place, word by word, and nothing else of it changes") {
  Image image;
  REQUIRE(rebase(image.bytes(), new_base).ok());
  CHECK(image.get<std::uint64_t>(optional + 24) == new_base);
  CHECK(image.get<std::uint16_t>(optional + 70) == 0x0100);
  CHECK(image.get<std::uint64_t>(0x400) == new_base + 0x2010);
  CHECK(image.get<std::uint64_t>(0x413) == new_base + 0x1000);
  CHECK(image.get<std::uint64_t>(0x5f8) == new_base);
  CHECK(image.get<std::uint64_t>(0x408) == 0x1122334455667788);
  Image expected;
  expected.put<std::uint64_t>(optional + 24, new_base);
  expected.put<std::uint16_t>(optional + 70, 0x0100);
  expected.put<std::uint64_t>(0x400, new_base + 0x2010);
  expected.put<std::uint64_t>(0x413, new_base + 0x1000);
  expected.put<std::uint64_t>(0x5f8, new_base);
  CHECK(image.bytes() == expected.bytes());
}

TEST_CASE("Moved there and back it is what it was, but for its flags") {
  Image image;
  REQUIRE(rebase(image.bytes(), new_base).ok());
  REQUIRE(rebase(image.bytes(), old_base).ok());
  Image expected;
  expected.put<std::uint16_t>(optional + 70, 0x0100);
  CHECK(image.bytes() == expected.bytes());
}

TEST_CASE("A library without a single address in it is moved, too") {
  Image image;
  image.put<std::uint32_t>(optional + 112 + 5 * 8, 0);
  image.put<std::uint32_t>(optional + 116 + 5 * 8, 0);
  REQUIRE(rebase(image.bytes(), new_base).ok());
  CHECK(image.get<std::uint64_t>(optional + 24) == new_base);
}

TEST_CASE("What can't be moved is refused, and says why") {
  Image image;
  std::uint64_t base = new_base;
  std::string why;
  SECTION("no PE file") {
    image.put<std::uint16_t>(0, 0x4d5a);
    why = "it is no PE file";
  }
  SECTION("empty") {
    image.bytes().clear();
    why = "it is no PE file";
  }
  SECTION("cut off") {
    image.bytes().resize(0x1a0);
    why = "it is cut off";
  }
  SECTION("for 32 bits") {
    image.put<std::uint16_t>(0x84, 0x14c);
    why = "it is not made for x86-64";
  }
  SECTION("without relocations") {
    image.put<std::uint16_t>(0x96, 0x2023);
    why = "it was linked for one address, without relocations";
  }
  SECTION("a place between two") {
    base += 0x1000;
    why = "its place is no multiple of 64 KB";
  }
  SECTION("a relocation outside of the file") {
    image.block(relocations + 12, 0x3000, 0xa000, 0x0000);
    why = "a relocation of it leads outside of the file";
  }
  SECTION("a word that is half inside") {
    image.block(relocations + 12, 0x2000, 0xa1f9, 0x0000);
    why = "a relocation of it leads outside of the file";
  }
  SECTION("a relocation of 32 bits") {
    image.block(relocations + 12, 0x2000, 0x3000, 0x0000);
    why = "it has relocations of a kind that x86-64 does not have";
  }
  SECTION("a block without end") {
    image.put<std::uint32_t>(relocations + 4, 0);
    why = "its table of relocations is damaged";
  }
  SECTION("a block that is longer than the table") {
    image.put<std::uint32_t>(relocations + 12 + 4, 14);
    why = "its table of relocations is damaged";
  }
  SECTION("a table outside of the file") {
    image.put<std::uint32_t>(optional + 112 + 5 * 8, 0x5000);
    why = "its table of relocations leads outside of the file";
  }
  const auto done = rebase(image.bytes(), base);
  REQUIRE_FALSE(done.ok());
  CHECK(done.failure().why == why);
  CHECK_FALSE(done.failure().what.empty());
  CHECK_FALSE(done.failure().fix.empty());
}

TEST_CASE("Damaged files harm nobody") {
  std::mt19937 random(7);
  int moved = 0;
  for (int i = 0; i < 20'000; ++i) {
    Image image;
    // Mostly where the headers and the table are.
    for (unsigned hits = random() % 4 + 1; hits > 0; --hits) {
      const std::size_t at = random() % 3 != 0 ? random() % 0x1d8 : relocations + random() % 24;
      image.bytes()[at] = static_cast<std::byte>(random());
    }
    if (random() % 4 == 0) {
      image.bytes().resize(random() % image.bytes().size());
      image.bytes().shrink_to_fit();  // what is read behind the end is seen by a sanitizer
    }
    moved += rebase(image.bytes(), new_base).ok() ? 1 : 0;
  }
  CHECK(moved > 1000);
  CHECK(moved < 19'000);
}
