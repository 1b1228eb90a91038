#include "src/number_conversion.h"

#include <limits>

#include "hr/state.h"
#include "support/catch.h"

using hr::runtime::convert_number;

namespace {

template <class To, class From>
bool converts(From value, std::uint32_t kind, std::uint32_t new_kind, To expected) {
  To result = 99;
  const bool done = convert_number(&value, kind, sizeof value, &result, new_kind, sizeof result);
  CHECK(result == (done ? expected : static_cast<To>(99)));
  return done;
}

}  // namespace

TEST_CASE("numbers are converted where the value exists, and left alone where it does not") {
  constexpr std::uint32_t s = HR_KIND_SIGNED, u = HR_KIND_UNSIGNED, f = HR_KIND_FLOATING,
                          b = HR_KIND_BOOLEAN;
  CHECK(converts<std::int64_t>(std::int32_t{-5}, s, s, -5));
  CHECK(converts<std::int8_t>(std::int32_t{127}, s, s, 127));
  CHECK_FALSE(converts<std::int8_t>(std::int32_t{128}, s, s, 0));
  CHECK_FALSE(converts<std::uint32_t>(std::int32_t{-1}, s, u, 0));
  CHECK(converts<std::uint64_t>(std::numeric_limits<std::uint64_t>::max(), u, u,
                                std::numeric_limits<std::uint64_t>::max()));
  CHECK_FALSE(converts<std::int64_t>(std::numeric_limits<std::uint64_t>::max(), u, s, 0));
  CHECK(converts<double>(std::int32_t{7}, s, f, 7.0));
  CHECK(converts<std::int32_t>(3.0, f, s, 3));
  CHECK_FALSE(converts<std::int32_t>(3.5, f, s, 0));
  CHECK_FALSE(converts<std::int32_t>(std::numeric_limits<double>::quiet_NaN(), f, s, 0));
  CHECK(converts<float>(0.1, f, f, 0.1F));
  CHECK_FALSE(converts<float>(1e300, f, f, 0));
  CHECK(converts<bool>(std::int32_t{1}, s, b, true));
  CHECK(converts<std::int32_t>(true, b, s, 1));
  const std::int32_t two = 2;
  bool flag = false;
  CHECK_FALSE(convert_number(&two, s, 4, &flag, b, 1));
  CHECK_FALSE(convert_number(&two, s, 16, &flag, b, 1));
}
