// Names, kinds and sizes of what is bound; writing tables of any size and place.
#include "src/bindings.h"

#include <cstring>

#include "support/catch.h"

namespace hr::runtime {

namespace {

struct Target {
  char bytes[29];
};

FindSymbol one_symbol(const std::string& name, Symbol symbol) {
  return [name, symbol](const std::string& wanted) {
    return wanted == name ? std::optional<Symbol>(symbol) : std::nullopt;
  };
}

}  // namespace

TEST_CASE("tables of any size, wherever they begin, are written to the byte") {
  unsigned char from[40];
  for (std::size_t i = 0; i < sizeof(from); ++i)
    from[i] = static_cast<unsigned char>(i + 1);
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t size = 1; size <= 24; ++size) {
      alignas(8) unsigned char to[48];
      std::memset(to, 0xEE, sizeof(to));
      const Bound bound{{"t", to + begin, size}, reinterpret_cast<Pointer>(from)};
      write(bound);
      CHECK(std::memcmp(to + begin, from, size) == 0);
      for (std::size_t i = 0; i < sizeof(to); ++i) {
        if ((i < begin || i >= begin + size) && to[i] != 0xEE)
          FAIL("byte " << i << " beside a table of " << size << " at " << begin);
      }
      write_nothing(bound.binding);
      for (std::size_t i = 0; i < size; ++i)
        CHECK(to[begin + i] == 0);
    }
  }
}

TEST_CASE("what is bound is of the right kind and size") {
  void* where = nullptr;
  const auto function = one_symbol("f", {16, 4, true});
  const auto table = one_symbol("t", {16, 24, false});
  CHECK(resolve({"f", &where, 0}, "lib", function).ok());
  CHECK(resolve({"t", &where, 24}, "lib", table).ok());
  CHECK(resolve({"t", &where, 8}, "lib", table).ok());
  for (const auto& result :
       {resolve({"g", &where, 0}, "lib", function), resolve({"f", &where, 8}, "lib", function),
        resolve({"t", &where, 0}, "lib", table), resolve({"t", &where, 25}, "lib", table)}) {
    REQUIRE_FALSE(result.ok());
    CHECK(result.failure().what.find("lib") != std::string::npos);
    CHECK_FALSE(result.failure().why.empty());
    CHECK_FALSE(result.failure().fix.empty());
  }
}

TEST_CASE("a view finds what was bound, and nothing else") {
  Target from = {};
  std::memset(from.bytes, 7, sizeof(from.bytes));
  Target to = {};
  void* pointer = nullptr;
  void* other = nullptr;
  const auto view = make_view(
      {{{"t", &to, sizeof(to)}, reinterpret_cast<Pointer>(&from)}, {{"f", &pointer, 0}, 4711}});
  std::memset(from.bytes, 8, sizeof(from.bytes));
  REQUIRE(view->find(&to) != nullptr);
  CHECK(reinterpret_cast<const char*>(view->find(&to)->table.data())[28] == 7);
  REQUIRE(view->find(&pointer) != nullptr);
  CHECK(view->find(&pointer)->address == 4711);
  CHECK(view->find(&other) == nullptr);
}

}  // namespace hr::runtime
