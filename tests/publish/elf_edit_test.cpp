#include "publish/elf_edit.h"

#include <random>

#include "publish/fixtures.h"
#include "support/catch.h"

using hrwatch::publish::edit_image;

TEST_CASE("editing reports every byte it changed, and doing it twice changes nothing") {
  for (const auto& library : fixtures::libraries()) {
    INFO(library);
    const auto before = fixtures::read(library);
    const auto id = fixtures::build_id(before);
    const auto nops = fixtures::entry_nops(before);
    auto after = before;
    const auto edits = edit_image(after, id, nops);
    REQUIRE(edits.ok());
    CHECK(edits.value().size() > nops.size());
    auto rest = after;
    for (const auto& edit : edits.value()) {
      std::copy_n(before.begin() + static_cast<std::ptrdiff_t>(edit.offset), edit.size,
                  rest.begin() + static_cast<std::ptrdiff_t>(edit.offset));
    }
    CHECK(rest == before);
    const auto again = edit_image(after, id, nops);
    REQUIRE(again.ok());
    CHECK(again.value().empty());
  }
}

TEST_CASE("a truncated, garbled or random image is a failure or an image, never a crash") {
  const auto image = fixtures::read(fixtures::libraries().at(0));
  const auto id = fixtures::build_id(image);
  const auto nops = fixtures::entry_nops(image);
  std::mt19937 random(3);
  int refused = 0;
  int accepted = 0;
  const auto attempt = [&](std::vector<std::byte> bytes) {
    edit_image(bytes, id, nops).ok() ? ++accepted : ++refused;
  };
  for (std::size_t size = 0; size < image.size(); size += 1 + size / 64) {
    attempt({image.begin(), image.begin() + static_cast<std::ptrdiff_t>(size)});
  }
  for (int round = 0; round < 6000; ++round) {
    auto bytes = image;
    // Headers, notes and the dynamic section are where the danger is: hit the first and last 4 KB.
    const std::size_t places = 1 + random() % 4;
    for (std::size_t i = 0; i < places; ++i) {
      const std::size_t at = random() % 4096;
      bytes[random() % 2 == 0 ? at : bytes.size() - 1 - at] = static_cast<std::byte>(random());
    }
    attempt(std::move(bytes));
  }
  for (int round = 0; round < 2000; ++round) {
    auto bytes = image;  // a foreign number in a header field
    const std::size_t at = 8 * (random() % 100);
    const std::uint64_t value = random() % 2 == 0 ? ~std::uint64_t{0} << (random() % 63) : random();
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
    }
    attempt(std::move(bytes));
  }
  CHECK(refused > 1000);
  CHECK(accepted > 100);
}
