// Who points there: a look through all memory that this process can write, for words that may be
// pointers into given ranges, as a conservative garbage collector takes it. Knows no module.
#pragma once

#include <cstdint>
#include <vector>

#include "src/memory_map.h"
#include "src/own_memory.h"
#include "src/stack_frames.h"

namespace hr::runtime {

// A word that may be a pointer; its value may as well be chance.
struct Finding {
  enum class Where : std::uint8_t { memory, stack, register_ };

  Where where = Where::memory;  // stack: of the calling thread
  Pointer at = 0;               // 0 for a register
  Pointer value = 0;
};

class ProcessMemory;

class MemorySearch {
 public:
  // Words from `begin` up to `end` itself: pointers may stand behind the last element.
  void look_for(Pointer begin, Pointer end);

  // Looks at these bytes too, though they can't be written.
  void look_at(Pointer begin, Pointer end);

  // Findings in here are none.
  void leave_out(Pointer begin, Pointer end);

  // `caller`: below its stack this thread has nothing but what is over, and the runtime. Findings
  // in the runtime's own memory are left out. Not looked at: what another process or the kernel
  // keeps, registers of other threads, mappings of more than a terabyte (a sanitizer's shadow).
  // Errors: the memory can't be read (/proc); more memory in use than can be looked through.
  // Cost: 0.8 s for each gigabyte that the program has touched, at -O1.
  wire::Result<OwnVector<Finding>> run(const CallerState& caller);

  // Bytes that run() has looked at.
  std::uint64_t seen() const { return seen_; }

 private:
  struct Range {
    Pointer begin = 0, end = 0;
  };

  bool is_sought(Pointer value) const;
  bool is_left_out(Pointer at) const;
  void add_dead_stack(const CallerState& caller);
  wire::Result<wire::Done> search(ProcessMemory& memory, const Region& region);
  void check(const std::byte* bytes, std::size_t size, Pointer at);

  OwnVector<Range> sought_;  // the first one holds all others
  OwnVector<Range> also_;
  OwnVector<Range> left_out_;
  Range stack_;             // of the calling thread
  std::uint64_t seen_ = 0;  // bytes
  OwnVector<Finding> findings_;
};

}  // namespace hr::runtime
