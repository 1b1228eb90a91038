#include "src/memory_search.h"

#include <algorithm>

#include "src/own_pages.h"
#include "src/process_memory.h"
#include "src/raw_memory.h"

namespace hr::runtime {
namespace {

constexpr Pointer terabyte = Pointer{1} << 40;
constexpr std::uint64_t most_bytes = std::uint64_t{16} << 30;
constexpr std::size_t most_findings = 4096;

}  // namespace

void MemorySearch::look_for(Pointer begin, Pointer end) {
  if (sought_.empty())
    sought_.push_back({begin, end});
  sought_.push_back({begin, end});
  sought_.front().begin = std::min(sought_.front().begin, begin);
  sought_.front().end = std::max(sought_.front().end, end);
}

void MemorySearch::look_at(Pointer begin, Pointer end) {
  also_.push_back({page_begin(begin), page_end(end)});
}

void MemorySearch::leave_out(Pointer begin, Pointer end) {
  left_out_.push_back({begin, end});
}

bool MemorySearch::is_sought(Pointer value) const {
  return std::any_of(sought_.begin() + 1, sought_.end(), [value](const Range& range) {
    return value >= range.begin && value <= range.end;
  });
}

bool MemorySearch::is_left_out(Pointer at) const {
  return std::any_of(left_out_.begin(), left_out_.end(),
                     [at](const Range& range) { return at >= range.begin && at < range.end; }) ||
         is_own(at);
}

void MemorySearch::add_dead_stack(const CallerState& caller) {
  const auto here = reinterpret_cast<Pointer>(__builtin_frame_address(0));
  constexpr Pointer red_zone = 128;  // below the stack pointer (psABI 3.2.2)
  const StackRange stack = this_stack();
  stack_ = {stack.begin, stack.end};
  const bool on_it = here >= stack_.begin && here < stack_.end;  // else a coroutine's
  if (!on_it)
    stack_ = {};
  if (caller.stack > here)
    leave_out(on_it ? stack_.begin : here - 2 * red_zone, caller.stack);
}

// Without a sanitizer: it would check every byte, for several times as long.
HR_RAW_MEMORY void MemorySearch::check(const std::byte* bytes, std::size_t size, Pointer at) {
  const Pointer lowest = sought_.front().begin, span = sought_.front().end - lowest;
  for (std::size_t i = 0; i + sizeof(Pointer) <= size; ++i) {  // packed structs: at any byte
    Pointer value;
    __builtin_memcpy(&value, bytes + i, sizeof value);  // a load, no call
    if (value - lowest > span || !is_sought(value) || is_left_out(at + i))
      continue;
    const bool stack = at + i >= stack_.begin && at + i < stack_.end;
    if (findings_.size() < most_findings)
      findings_.push_back({stack ? Finding::Where::stack : Finding::Where::memory, at + i, value});
  }
}

// Without a sanitizer: it reserves terabytes, in which there is nothing.
HR_RAW_MEMORY wire::Result<wire::Done> MemorySearch::search(ProcessMemory& memory,
                                                            const Region& region) {
  constexpr std::size_t pages_at_once = 65536;
  for (Pointer at = region.begin; at < region.end;) {
    const std::size_t count = std::min<std::size_t>((region.end - at) / page_size, pages_at_once);
    const std::uint8_t* const used = memory.used(at, count).data();
    for (std::size_t page = 0; page < count;) {
      if (used[page] == 0) {
        ++page;
        continue;
      }
      std::size_t run = 1;
      while (run < ProcessMemory::piece_pages && page + run < count && used[page + run] != 0)
        ++run;
      const Pointer begin = at + page * page_size;
      seen_ += run * page_size;
      if (seen_ > most_bytes)
        return wire::Failure{"the program's memory is too much to be looked through",
                             "it uses more than 16 GB, and something may point to what has to move",
                             "undo the edit, or restart the program"};
      // Words that reach into the next piece belong to this one.
      const std::size_t got = memory.read(begin, run * page_size + sizeof(Pointer) - 1);
      check(memory.bytes(), got, begin);
      page += run;
    }
    at += count * page_size;
  }
  return wire::Done{};
}

wire::Result<OwnVector<Finding>> MemorySearch::run(const CallerState& caller) {
  if (sought_.empty())
    return std::move(findings_);
  auto map = MemoryMap::read();
  if (!map)
    return map.failure();
  auto memory = ProcessMemory::open();
  if (!memory)
    return memory.failure();
  add_dead_stack(caller);
  for (const Pointer value : caller.registers) {
    if (is_sought(value))
      findings_.push_back({Finding::Where::register_, 0, value});
  }
  for (const Region& region : map.value().all()) {
    const bool also = std::any_of(also_.begin(), also_.end(), [&](const Range& range) {
      return region.begin < range.end && range.begin < region.end;
    });
    if (!region.readable || (!region.writable && !also) || region.end - region.begin >= terabyte)
      continue;
    if (auto searched = search(memory.value(), region); !searched)
      return searched.failure();
  }
  return std::move(findings_);
}

}  // namespace hr::runtime
