#include "wire/rewiring.h"

#include "support/catch.h"
#include "wire/samples.h"

using hr::wire::decode_rewiring;
using hr::wire::Rewiring;

TEST_CASE("a rewiring comes out as it went in") {
  const auto decoded = decode_rewiring(encode(samples::rewiring()));
  REQUIRE(decoded.ok());
  const Rewiring& r = decoded.value();
  CHECK(r.memory_size == 0x123456789abcULL);
  REQUIRE(r.homes.size() == 2);
  CHECK(r.homes[0].address == 0x4010);
  CHECK(r.homes[0].got == 0x3fd8);
  CHECK(r.homes[0].name == "hp");
  CHECK(r.homes[1].generation == 2);
  REQUIRE(r.code.size() == 2);
  CHECK(r.code[0].addend == -4);
  CHECK(r.code[0].home == 1);
  REQUIRE(r.data.size() == 1);
  CHECK(r.data[0].expected == 0x1180);
  CHECK(r.data[0].addend == 12);
  REQUIRE(r.tls.size() == 1);
  CHECK(r.tls[0].owner == 1);
  REQUIRE(r.lead_backs.size() == 1);
  CHECK(r.lead_backs[0].entry == 0x1500);
  CHECK(r.lead_backs[0].nop == 0x1504);
  CHECK(r.lead_backs[0].body == 0x1240);
  CHECK(r.lead_backs[0].generation == 1);
  REQUIRE(r.bytes.size() == 1);
  CHECK(r.bytes[0].bytes == samples::rewiring().bytes[0].bytes);
  REQUIRE(r.images.size() == 1);
  CHECK(r.images[0].size == 24);
  CHECK(r.images[0].name == "hp");
  REQUIRE(r.supersede.size() == 1);
  CHECK(r.supersede[0].nop == 0x1104);
  CHECK(r.supersede[0].slot == 7);
  REQUIRE(r.slots.size() == 2);
  CHECK(r.slots[1].body == 0x1200);
  REQUIRE(r.initialisers.size() == 1);
  CHECK(r.initialisers[0].variable == "names");
  CHECK(r.tables == samples::rewiring().tables);
  REQUIRE(r.migrations.size() == 2);
  const hr::wire::TypeMigration& migration = r.migrations[0];
  CHECK(migration.type == "Enemy");
  CHECK(migration.table == 0x3c00);
  CHECK(migration.new_size == 32);
  REQUIRE(migration.members.size() == 2);
  CHECK(migration.members[0].to == 16);
  CHECK(migration.members[0].how == hr::wire::MemberMove::How::floating);
  CHECK(migration.members[0].was == hr::wire::MemberMove::How::signed_number);
  CHECK(migration.members[1].name == "name");
  REQUIRE(migration.old_members.size() == 3);
  CHECK(migration.old_members[2].type == "int");
  CHECK(migration.defaulted == std::vector<std::string>{"armour"});
  CHECK(migration.dropped == std::vector<std::string>{"mana"});
  REQUIRE(r.vtables.size() == 1);
  CHECK(r.vtables[0].now == 0x3d10);
  REQUIRE(r.moves.size() == 1);
  CHECK(r.moves[0].old_size == 48);
  CHECK(r.moves[0].to == 0x4400);
  CHECK(r.moves[0].count == 3);
  CHECK(r.moves[0].new_stride == 24);
  CHECK(r.moves[0].members.size() == 1);
  CHECK(r.moves[0].words == std::vector<std::uint32_t>{0, 1});
  REQUIRE(r.places.size() == 1);
  CHECK(r.places[0].name == "hp (game.cpp:3)");
  CHECK(encode(r) == encode(samples::rewiring()));  // whatever the checks above forgot
}

TEST_CASE("an empty rewiring is a rewiring") {
  CHECK(decode_rewiring(encode(Rewiring())).ok());
  CHECK_FALSE(decode_rewiring({}).ok());
}

TEST_CASE("a patch that names a home beyond the list is refused") {
  Rewiring code, data, image, vtable, move, word, place;
  code.code.push_back({0x10, -4, 0});
  data.data.push_back({0x10, 0x20, 0, 0});
  image.images.push_back({0, 0x10, 4, "x"});
  vtable.vtables.push_back({0, 0x10, "Enemy"});
  move.moves.emplace_back();
  word.homes.emplace_back();
  word.moves.emplace_back().words = {1};
  place.places.push_back({0, 4, "x"});
  for (const Rewiring& r : {code, data, image, vtable, move, word, place}) {
    const auto decoded = decode_rewiring(encode(r));
    REQUIRE_FALSE(decoded.ok());
    CHECK(decoded.failure().why == "its rewiring names a home that it does not list");
  }
}

TEST_CASE("a way to move a member that does not exist is refused") {
  Rewiring rewiring;
  rewiring.migrations.push_back({});
  rewiring.migrations[0].members.push_back({});
  rewiring.migrations[0].members[0].was = static_cast<hr::wire::MemberMove::How>(7);
  CHECK_FALSE(decode_rewiring(encode(rewiring)).ok());
}

TEST_CASE("every truncation of a rewiring and every byte too many is refused") {
  std::vector<std::byte> bytes = encode(samples::rewiring());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("size " << size);
    CHECK_FALSE(decode_rewiring(std::span(bytes).first(size)).ok());
  }
  bytes.push_back(std::byte{0});
  CHECK_FALSE(decode_rewiring(bytes).ok());
}
