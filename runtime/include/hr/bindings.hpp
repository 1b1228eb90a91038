// The members of an aggregate as the compiler has them: how many there are, and a reference to each
// by a structured binding. C++17 can't spell a binding of n names, hence the lists. Knows no type
// table.
#pragma once

#include <cstddef>
#include <type_traits>

// A table and its functions belong to one library: no other may take their place.
#pragma GCC visibility push(hidden)

namespace hr {
namespace detail {

inline constexpr std::size_t most_members = 64;

template <std::size_t N>
using Count = std::integral_constant<std::size_t, N>;

// Whether T{{}, {}, ...} compiles with N empty braces. Each initialises exactly one member, an
// array as a whole too, so that the largest N is the number of members.
template <class T, class N, class = void>
struct Takes : std::false_type {};

// Calls `visit` with a reference to each of N members.
template <std::size_t N>
struct Binding;

template <>
struct Binding<0> {
  template <class T, class Visit>
  static void open(T&, Visit& visit) {
    visit();
  }
};

#define HR_DETAIL_MEMBERS(N, BRACES, ...)                                                         \
  template <class T>                                                                              \
  struct Takes<T, Count<N>, std::void_t<decltype(T{HR_DETAIL_UNPACK BRACES})>> : std::true_type { \
  };                                                                                              \
  template <>                                                                                     \
  struct Binding<N> {                                                                             \
    template <class T, class Visit>                                                               \
    static void open(T& object, Visit& visit) {                                                   \
      auto& [__VA_ARGS__] = object;                                                               \
      visit(__VA_ARGS__);                                                                         \
    }                                                                                             \
  };
#define HR_DETAIL_UNPACK(...) __VA_ARGS__

// clang-format off
#define HR_DETAIL_N8 m0, m1, m2, m3, m4, m5, m6, m7
#define HR_DETAIL_B8 {}, {}, {}, {}, {}, {}, {}, {}
#define HR_DETAIL_N16 HR_DETAIL_N8, m8, m9, m10, m11, m12, m13, m14, m15
#define HR_DETAIL_B16 HR_DETAIL_B8, {}, {}, {}, {}, {}, {}, {}, {}
#define HR_DETAIL_N24 HR_DETAIL_N16, m16, m17, m18, m19, m20, m21, m22, m23
#define HR_DETAIL_B24 HR_DETAIL_B16, {}, {}, {}, {}, {}, {}, {}, {}
#define HR_DETAIL_N32 HR_DETAIL_N24, m24, m25, m26, m27, m28, m29, m30, m31
#define HR_DETAIL_B32 HR_DETAIL_B24, {}, {}, {}, {}, {}, {}, {}, {}
#define HR_DETAIL_N40 HR_DETAIL_N32, m32, m33, m34, m35, m36, m37, m38, m39
#define HR_DETAIL_B40 HR_DETAIL_B32, {}, {}, {}, {}, {}, {}, {}, {}
#define HR_DETAIL_N48 HR_DETAIL_N40, m40, m41, m42, m43, m44, m45, m46, m47
#define HR_DETAIL_B48 HR_DETAIL_B40, {}, {}, {}, {}, {}, {}, {}, {}
#define HR_DETAIL_N56 HR_DETAIL_N48, m48, m49, m50, m51, m52, m53, m54, m55
#define HR_DETAIL_B56 HR_DETAIL_B48, {}, {}, {}, {}, {}, {}, {}, {}
#define HR_DETAIL_N64 HR_DETAIL_N56, m56, m57, m58, m59, m60, m61, m62, m63
#define HR_DETAIL_B64 HR_DETAIL_B56, {}, {}, {}, {}, {}, {}, {}, {}
HR_DETAIL_MEMBERS(1, ({}), m0)
HR_DETAIL_MEMBERS(2, ({}, {}), m0, m1)
HR_DETAIL_MEMBERS(3, ({}, {}, {}), m0, m1, m2)
HR_DETAIL_MEMBERS(4, ({}, {}, {}, {}), m0, m1, m2, m3)
HR_DETAIL_MEMBERS(5, ({}, {}, {}, {}, {}), m0, m1, m2, m3, m4)
HR_DETAIL_MEMBERS(6, ({}, {}, {}, {}, {}, {}), m0, m1, m2, m3, m4, m5)
HR_DETAIL_MEMBERS(7, ({}, {}, {}, {}, {}, {}, {}), m0, m1, m2, m3, m4, m5, m6)
HR_DETAIL_MEMBERS(8, ({}, {}, {}, {}, {}, {}, {}, {}), m0, m1, m2, m3, m4, m5, m6, m7)
HR_DETAIL_MEMBERS(9, (HR_DETAIL_B8, {}), HR_DETAIL_N8, m8)
HR_DETAIL_MEMBERS(10, (HR_DETAIL_B8, {}, {}), HR_DETAIL_N8, m8, m9)
HR_DETAIL_MEMBERS(11, (HR_DETAIL_B8, {}, {}, {}), HR_DETAIL_N8, m8, m9, m10)
HR_DETAIL_MEMBERS(12, (HR_DETAIL_B8, {}, {}, {}, {}), HR_DETAIL_N8, m8, m9, m10, m11)
HR_DETAIL_MEMBERS(13, (HR_DETAIL_B8, {}, {}, {}, {}, {}), HR_DETAIL_N8, m8, m9, m10, m11, m12)
HR_DETAIL_MEMBERS(14, (HR_DETAIL_B8, {}, {}, {}, {}, {}, {}), HR_DETAIL_N8, m8, m9, m10, m11, m12, m13)
HR_DETAIL_MEMBERS(15, (HR_DETAIL_B8, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N8, m8, m9, m10, m11, m12, m13, m14)
HR_DETAIL_MEMBERS(16, (HR_DETAIL_B8, {}, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N8, m8, m9, m10, m11, m12, m13, m14, m15)
HR_DETAIL_MEMBERS(17, (HR_DETAIL_B16, {}), HR_DETAIL_N16, m16)
HR_DETAIL_MEMBERS(18, (HR_DETAIL_B16, {}, {}), HR_DETAIL_N16, m16, m17)
HR_DETAIL_MEMBERS(19, (HR_DETAIL_B16, {}, {}, {}), HR_DETAIL_N16, m16, m17, m18)
HR_DETAIL_MEMBERS(20, (HR_DETAIL_B16, {}, {}, {}, {}), HR_DETAIL_N16, m16, m17, m18, m19)
HR_DETAIL_MEMBERS(21, (HR_DETAIL_B16, {}, {}, {}, {}, {}), HR_DETAIL_N16, m16, m17, m18, m19, m20)
HR_DETAIL_MEMBERS(22, (HR_DETAIL_B16, {}, {}, {}, {}, {}, {}), HR_DETAIL_N16, m16, m17, m18, m19, m20, m21)
HR_DETAIL_MEMBERS(23, (HR_DETAIL_B16, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N16, m16, m17, m18, m19, m20, m21, m22)
HR_DETAIL_MEMBERS(24, (HR_DETAIL_B16, {}, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N16, m16, m17, m18, m19, m20, m21, m22, m23)
HR_DETAIL_MEMBERS(25, (HR_DETAIL_B24, {}), HR_DETAIL_N24, m24)
HR_DETAIL_MEMBERS(26, (HR_DETAIL_B24, {}, {}), HR_DETAIL_N24, m24, m25)
HR_DETAIL_MEMBERS(27, (HR_DETAIL_B24, {}, {}, {}), HR_DETAIL_N24, m24, m25, m26)
HR_DETAIL_MEMBERS(28, (HR_DETAIL_B24, {}, {}, {}, {}), HR_DETAIL_N24, m24, m25, m26, m27)
HR_DETAIL_MEMBERS(29, (HR_DETAIL_B24, {}, {}, {}, {}, {}), HR_DETAIL_N24, m24, m25, m26, m27, m28)
HR_DETAIL_MEMBERS(30, (HR_DETAIL_B24, {}, {}, {}, {}, {}, {}), HR_DETAIL_N24, m24, m25, m26, m27, m28, m29)
HR_DETAIL_MEMBERS(31, (HR_DETAIL_B24, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N24, m24, m25, m26, m27, m28, m29, m30)
HR_DETAIL_MEMBERS(32, (HR_DETAIL_B24, {}, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N24, m24, m25, m26, m27, m28, m29, m30, m31)
HR_DETAIL_MEMBERS(33, (HR_DETAIL_B32, {}), HR_DETAIL_N32, m32)
HR_DETAIL_MEMBERS(34, (HR_DETAIL_B32, {}, {}), HR_DETAIL_N32, m32, m33)
HR_DETAIL_MEMBERS(35, (HR_DETAIL_B32, {}, {}, {}), HR_DETAIL_N32, m32, m33, m34)
HR_DETAIL_MEMBERS(36, (HR_DETAIL_B32, {}, {}, {}, {}), HR_DETAIL_N32, m32, m33, m34, m35)
HR_DETAIL_MEMBERS(37, (HR_DETAIL_B32, {}, {}, {}, {}, {}), HR_DETAIL_N32, m32, m33, m34, m35, m36)
HR_DETAIL_MEMBERS(38, (HR_DETAIL_B32, {}, {}, {}, {}, {}, {}), HR_DETAIL_N32, m32, m33, m34, m35, m36, m37)
HR_DETAIL_MEMBERS(39, (HR_DETAIL_B32, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N32, m32, m33, m34, m35, m36, m37, m38)
HR_DETAIL_MEMBERS(40, (HR_DETAIL_B32, {}, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N32, m32, m33, m34, m35, m36, m37, m38, m39)
HR_DETAIL_MEMBERS(41, (HR_DETAIL_B40, {}), HR_DETAIL_N40, m40)
HR_DETAIL_MEMBERS(42, (HR_DETAIL_B40, {}, {}), HR_DETAIL_N40, m40, m41)
HR_DETAIL_MEMBERS(43, (HR_DETAIL_B40, {}, {}, {}), HR_DETAIL_N40, m40, m41, m42)
HR_DETAIL_MEMBERS(44, (HR_DETAIL_B40, {}, {}, {}, {}), HR_DETAIL_N40, m40, m41, m42, m43)
HR_DETAIL_MEMBERS(45, (HR_DETAIL_B40, {}, {}, {}, {}, {}), HR_DETAIL_N40, m40, m41, m42, m43, m44)
HR_DETAIL_MEMBERS(46, (HR_DETAIL_B40, {}, {}, {}, {}, {}, {}), HR_DETAIL_N40, m40, m41, m42, m43, m44, m45)
HR_DETAIL_MEMBERS(47, (HR_DETAIL_B40, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N40, m40, m41, m42, m43, m44, m45, m46)
HR_DETAIL_MEMBERS(48, (HR_DETAIL_B40, {}, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N40, m40, m41, m42, m43, m44, m45, m46, m47)
HR_DETAIL_MEMBERS(49, (HR_DETAIL_B48, {}), HR_DETAIL_N48, m48)
HR_DETAIL_MEMBERS(50, (HR_DETAIL_B48, {}, {}), HR_DETAIL_N48, m48, m49)
HR_DETAIL_MEMBERS(51, (HR_DETAIL_B48, {}, {}, {}), HR_DETAIL_N48, m48, m49, m50)
HR_DETAIL_MEMBERS(52, (HR_DETAIL_B48, {}, {}, {}, {}), HR_DETAIL_N48, m48, m49, m50, m51)
HR_DETAIL_MEMBERS(53, (HR_DETAIL_B48, {}, {}, {}, {}, {}), HR_DETAIL_N48, m48, m49, m50, m51, m52)
HR_DETAIL_MEMBERS(54, (HR_DETAIL_B48, {}, {}, {}, {}, {}, {}), HR_DETAIL_N48, m48, m49, m50, m51, m52, m53)
HR_DETAIL_MEMBERS(55, (HR_DETAIL_B48, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N48, m48, m49, m50, m51, m52, m53, m54)
HR_DETAIL_MEMBERS(56, (HR_DETAIL_B48, {}, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N48, m48, m49, m50, m51, m52, m53, m54, m55)
HR_DETAIL_MEMBERS(57, (HR_DETAIL_B56, {}), HR_DETAIL_N56, m56)
HR_DETAIL_MEMBERS(58, (HR_DETAIL_B56, {}, {}), HR_DETAIL_N56, m56, m57)
HR_DETAIL_MEMBERS(59, (HR_DETAIL_B56, {}, {}, {}), HR_DETAIL_N56, m56, m57, m58)
HR_DETAIL_MEMBERS(60, (HR_DETAIL_B56, {}, {}, {}, {}), HR_DETAIL_N56, m56, m57, m58, m59)
HR_DETAIL_MEMBERS(61, (HR_DETAIL_B56, {}, {}, {}, {}, {}), HR_DETAIL_N56, m56, m57, m58, m59, m60)
HR_DETAIL_MEMBERS(62, (HR_DETAIL_B56, {}, {}, {}, {}, {}, {}), HR_DETAIL_N56, m56, m57, m58, m59, m60, m61)
HR_DETAIL_MEMBERS(63, (HR_DETAIL_B56, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N56, m56, m57, m58, m59, m60, m61, m62)
HR_DETAIL_MEMBERS(64, (HR_DETAIL_B56, {}, {}, {}, {}, {}, {}, {}, {}), HR_DETAIL_N56, m56, m57, m58, m59, m60, m61, m62, m63)
#undef HR_DETAIL_N8
#undef HR_DETAIL_B8
#undef HR_DETAIL_N16
#undef HR_DETAIL_B16
#undef HR_DETAIL_N24
#undef HR_DETAIL_B24
#undef HR_DETAIL_N32
#undef HR_DETAIL_B32
#undef HR_DETAIL_N40
#undef HR_DETAIL_B40
#undef HR_DETAIL_N48
#undef HR_DETAIL_B48
#undef HR_DETAIL_N56
#undef HR_DETAIL_B56
#undef HR_DETAIL_N64
#undef HR_DETAIL_B64
// clang-format on
#undef HR_DETAIL_MEMBERS
#undef HR_DETAIL_UNPACK

template <class T, std::size_t N = 0>
constexpr std::size_t count_members() {
  if constexpr (N < most_members && Takes<T, Count<N + 1>>::value)
    return count_members<T, N + 1>();
  else
    return N;
}

}  // namespace detail
}  // namespace hr

#pragma GCC visibility pop
