#include "src/entries.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace hr::runtime {
namespace {

using Six = std::array<unsigned char, 6>;
using Two = std::array<unsigned char, 2>;
using Four = std::array<unsigned char, 4>;

constexpr Pointer area_before_entry = 6;
constexpr Pointer area_size = area_before_entry + 6;  // with an endbr64 in it
constexpr Six one_byte_nops = {0x90, 0x90, 0x90, 0x90, 0x90, 0x90};
constexpr Four endbr64 = {0xf3, 0x0f, 0x1e, 0xfa};
constexpr Two one_nop = {0x66, 0x90};
constexpr Two two_nops = {0x90, 0x90};
constexpr unsigned char short_jump = 0xeb;  // jmp rel8

// What compilers leave before the entry, or the `jmp *disp32(%rip)` (FF 25) that we wrote.
bool is_area(const Six& area) {
  const bool long_nop = area[0] == 0x66 && area[1] == 0x0f && area[2] == 0x1f;
  return area == one_byte_nops || long_nop || (area[0] == 0xff && area[1] == 0x25);
}

unsigned char jump_back(const Forwarding& forwarding) {
  const Pointer next = forwarding.nop + 2;
  return static_cast<unsigned char>(forwarding.entry - area_before_entry - next);
}

std::int64_t slot_distance(const Forwarding& forwarding) {
  return static_cast<std::int64_t>(forwarding.slot - forwarding.entry);  // the jump ends at entry
}

// The NOP at the entry whose area starts there.
Pointer nop_behind(Pointer area) {
  const Pointer entry = area + area_before_entry;
  return raw_load<Four>(entry) == endbr64 ? entry + endbr64.size() : entry;
}

// g++ before 13 lists all functions of a unit in a section that goes with the first of them. Where
// that one is an inline function which another unit has too, the linker drops the list or is told
// to leave it out (hot_entries.ld). The area itself is there, aligned by -falign-functions=16.
void add_unlisted(const LoadedSegment& segment, std::vector<Pointer>& nops) {
  constexpr std::uint64_t six_bytes = 0x0000'FFFF'FFFF'FFFF, ones = 0x0000'9090'9090'9090;
  constexpr Pointer alignment = 16;
  Pointer area = (segment.begin + alignment - 1) / alignment * alignment;
  for (; area + area_size <= segment.end; area += alignment) {
    if ((load_word(area) & six_bytes) != ones)
      continue;
    if (const Pointer nop = nop_behind(area); raw_load<Two>(nop) == two_nops)
      nops.push_back(nop);
  }
}

}  // namespace

bool can_forward(const Forwarding& forwarding) {
  const Pointer gap = forwarding.nop - forwarding.entry;
  if (gap != 0 && (gap != 4 || raw_load<Four>(forwarding.entry) != endbr64))
    return false;
  if (forwarding.nop % 2 != 0 || slot_distance(forwarding) > INT32_MAX ||
      slot_distance(forwarding) < INT32_MIN)
    return false;
  const auto at_entry = raw_load<Two>(forwarding.nop);
  const bool open = at_entry == one_nop;
  const bool diverted = at_entry == Two{short_jump, jump_back(forwarding)};
  return (open || diverted) && is_area(raw_load<Six>(forwarding.entry - area_before_entry));
}

void write_slot_jump(const Forwarding& forwarding) {
  Six code = {0xff, 0x25};  // jmp *disp32(%rip), Intel SDM volume 2, JMP FF /4
  const auto distance = static_cast<std::int32_t>(slot_distance(forwarding));
  std::memcpy(code.data() + 2, &distance, sizeof(distance));
  const Pointer area = forwarding.entry - area_before_entry;
  if (raw_load<Six>(area) != code)
    raw_copy(area, code.data(), code.size());
}

void divert_entry(const Forwarding& forwarding) {
  store_half(forwarding.nop, static_cast<std::uint16_t>(short_jump | (jump_back(forwarding) << 8)));
}

LeadBackCode lead_back_code(const wire::LeadBack& lead) {
  constexpr std::uint8_t near_jump = 0xe9;  // jmp rel32
  LeadBackCode code;
  code.area = lead.entry - area_before_entry;
  code.area_size = area_before_entry;
  code.behind_jump = code.area + 1 + sizeof(std::int32_t);
  code.jump = near_jump;
  const auto distance = static_cast<std::uint8_t>(code.area - (lead.nop + 2));
  code.short_jump = static_cast<std::uint16_t>(short_jump | (distance << 8));
  return code;
}

std::vector<Pointer> split_nops(const LoadedImage& image, const void* const* begin,
                                const void* const* end) {
  std::vector<Pointer> result;
  bool ones = false;
  for (const void* const* area = begin; area != end; ++area) {
    const auto start = reinterpret_cast<Pointer>(*area);
    const wire::Address link_time = start - image.bias;
    if (!image.holds_code(link_time, area_size) || !is_area(raw_load<Six>(start)))
      continue;
    ones = ones || raw_load<Six>(start) == one_byte_nops;
    if (const Pointer nop = nop_behind(start); raw_load<Two>(nop) == two_nops)
      result.push_back(nop);
  }
  if (ones) {
    for (const LoadedSegment& segment : image.segments)
      if (segment.executable)
        add_unlisted(segment, result);
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
  }
  return result;
}

void join_nop(Pointer nop) {
  std::uint16_t value = 0;
  std::memcpy(&value, one_nop.data(), sizeof(value));
  if (nop % 2 == 0)
    store_half(nop, value);
  else
    raw_copy(nop, one_nop.data(), one_nop.size());
}

}  // namespace hr::runtime
