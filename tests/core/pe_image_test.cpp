// On a file made by hand here; real linkers' files are looked at in tests/windows.
#include "core/pe_image.h"

#include <cstring>

#include "support/catch.h"

using namespace hrwatch::core;

namespace {

// The smallest library with two exports and a record of a .pdb.
class Image {
 public:
  Image() : bytes_(0x1000) {
    put<std::uint16_t>(0, 0x5a4d);
    put<std::uint32_t>(0x3c, 0x80);
    put<std::uint32_t>(0x80, 0x4550);
    put<std::uint16_t>(0x84, 0x8664);
    put<std::uint16_t>(0x86, 2);           // sections
    put<std::uint32_t>(0x88, 0x12345678);  // time stamp
    put<std::uint16_t>(0x94, 112 + 16 * 8);
    constexpr std::uint64_t optional = 0x98;
    put<std::uint16_t>(optional, 0x20b);
    put<std::uint32_t>(optional + 56, 0x4000);
    put<std::uint32_t>(optional + 108, 16);
    put<std::uint32_t>(optional + 112, 0x2000);  // exports
    put<std::uint32_t>(optional + 116, 0x100);
    put<std::uint32_t>(optional + 112 + 6 * 8, 0x2200);  // debug
    put<std::uint32_t>(optional + 116 + 6 * 8, 28);
    section(0x188, ".text", 0x1000, 0x400, 0x60000020);
    section(0x1b0, ".rdata", 0x2000, 0x800, 0x40000040);
    put<std::uint32_t>(0x814, 2);  // addresses
    put<std::uint32_t>(0x818, 2);  // names
    put<std::uint32_t>(0x81c, 0x2040);
    put<std::uint32_t>(0x820, 0x2050);
    put<std::uint32_t>(0x824, 0x2060);
    put<std::uint32_t>(0x840, 0x1010);  // code
    put<std::uint32_t>(0x844, 0x2300);  // data
    put<std::uint32_t>(0x850, 0x2070);
    put<std::uint32_t>(0x854, 0x2080);
    put<std::uint16_t>(0x860, 0);
    put<std::uint16_t>(0x862, 1);
    text(0x870, "step");
    text(0x880, "table");
    put<std::uint32_t>(0xa0c, 2);  // CodeView
    put<std::uint32_t>(0xa10, 24 + 9);
    put<std::uint32_t>(0xa18, 0xb00);
    text(0xb00, "RSDS");
    put<std::uint32_t>(0xb04, 0xAABBCCDD);
    put<std::uint32_t>(0xb14, 3);  // age
    text(0xb18, "game.pdb");
  }

  template <class Number>
  void put(std::uint64_t at, Number number) {
    std::memcpy(bytes_.data() + at, &number, sizeof number);
  }

  void text(std::uint64_t at, const char* letters) {
    std::memcpy(bytes_.data() + at, letters, std::strlen(letters));
  }

  std::span<std::byte> bytes() { return bytes_; }

 private:
  void section(std::uint64_t at, const char* name, std::uint32_t address, std::uint32_t offset,
               std::uint32_t flags) {
    text(at, name);
    put<std::uint32_t>(at + 8, 0x400);
    put<std::uint32_t>(at + 12, address);
    put<std::uint32_t>(at + 16, 0x400);
    put<std::uint32_t>(at + 20, offset);
    put<std::uint32_t>(at + 36, flags);
  }

  std::vector<std::byte> bytes_;
};

}  // namespace

TEST_CASE("A library's exports, sections and .pdb are read") {
  Image file;
  const auto image = read_pe_image(file.bytes());
  REQUIRE(image.ok());
  REQUIRE(image.value().exports.size() == 2);
  CHECK(image.value().exports[0].name == "step");
  CHECK(image.value().exports[0].address == 0x1010);
  CHECK(image.value().exports[0].code);
  CHECK(image.value().exports[1].name == "table");
  CHECK_FALSE(image.value().exports[1].code);
  REQUIRE(image.value().pdb.has_value());
  CHECK(image.value().pdb->path == "game.pdb");
  CHECK(image.value().pdb->room == 9);
  CHECK(image.value().build_id() == "AABBCCDD00000000000000000000000000000003-12345678");
}

TEST_CASE("Two builds with one .pdb identity are two builds") {
  Image file;
  const auto before = read_pe_image(file.bytes());
  file.put<std::uint32_t>(0x88, 0x12345679);
  const auto after = read_pe_image(file.bytes());
  REQUIRE(before.ok());
  REQUIRE(after.ok());
  CHECK(after.value().pdb->identity == before.value().pdb->identity);
  CHECK(after.value().build_id() != before.value().build_id());
}

TEST_CASE("Without a .pdb, time stamp and size tell builds apart") {
  Image file;
  file.put<std::uint32_t>(0xa0c, 1);
  const auto image = read_pe_image(file.bytes());
  REQUIRE(image.ok());
  CHECK_FALSE(image.value().pdb.has_value());
  CHECK(image.value().build_id() == "1234567800004000");
}

TEST_CASE("Another name is written into the record, and nothing else") {
  Image file;
  const auto before = read_pe_image(file.bytes());
  REQUIRE(before.ok());
  CHECK_FALSE(set_pdb_path(file.bytes(), *before.value().pdb, "game.1.pdb"));
  REQUIRE(set_pdb_path(file.bytes(), *before.value().pdb, "g1.pdb"));
  const auto after = read_pe_image(file.bytes());
  REQUIRE(after.ok());
  CHECK(after.value().pdb->path == "g1.pdb");
  CHECK(after.value().pdb->room == 9);
  CHECK(after.value().build_id() == before.value().build_id());
}

TEST_CASE("Names fit into the room there is, and differ by generation") {
  CHECK(pdb_name_that_fits("game", 12, 100) == "game.12.pdb");
  CHECK(pdb_name_that_fits("game", 12, 12) == "game.12.pdb");
  CHECK(pdb_name_that_fits("game", 12, 11) == "game12.pdb");
  CHECK(pdb_name_that_fits("game", 12, 9) == "ga12.pdb");
  CHECK(pdb_name_that_fits("game", 12, 7) == "12.pdb");
  CHECK(pdb_name_that_fits("game", 12, 6).empty());
}

TEST_CASE("Whatever is cut off or damaged gives a reason") {
  Image whole;
  for (std::size_t size = 0; size < 0xb20; size += 7)
    CHECK_FALSE(read_pe_image(whole.bytes().subspan(0, size)).ok());
  for (std::size_t at = 0; at < 0xb20; ++at) {
    Image damaged;
    damaged.bytes()[at] = std::byte{0xff};
    const auto image = read_pe_image(damaged.bytes());
    if (!image.ok())
      CHECK_FALSE(image.failure().why.empty());
  }
}
