// States in libraries that are opened by path: no tool is there to migrate them.
#include <cstdint>

#include "hr/state.h"
#include "support/catch.h"

namespace hrwatch::tests {

namespace {

hr_type plain(const char* name, std::uint64_t size) {
  hr_type type = {};
  type.struct_size = sizeof(type);
  type.kind = HR_KIND_RECORD;
  type.flags = HR_TYPE_TRIVIAL | HR_TYPE_TRIVIALLY_DESTROYED;
  type.align = 8;
  type.size = size;
  type.name = name;
  return type;
}

}  // namespace

TEST_CASE("a state that a new build makes longer keeps its bytes, and is zero beyond") {
  static const hr_type first = plain("Course", 8);
  static const hr_type longer = plain("Course", 32);
  auto* const object = static_cast<std::uint64_t*>(hr_state("by path", &first));
  REQUIRE(object != nullptr);
  *object = 4711;
  CHECK(hr_state("by path", &longer) == object);
  CHECK(object[0] == 4711);
  CHECK(object[3] == 0);
}

TEST_CASE("a state of another type is another state") {
  static const hr_type first = plain("Course", 8);
  static const hr_type second = plain("Course2", 8);
  CHECK(hr_state("two types", &first) != hr_state("two types", &second));
}

TEST_CASE("a state is not handed out for more than it has room for") {
  static const hr_type first = plain("Course", 8);
  static const hr_type huge = plain("Course", std::uint64_t{1} << 30);
  REQUIRE(hr_state("room", &first) != nullptr);
  CHECK(hr_state("room", &huge) == nullptr);
  CHECK(hr_state("room", &first) != nullptr);
}

}  // namespace hrwatch::tests
