// What the next build lays out in another way than the builds before: found by name, and put into
// words. Decides nothing.
#pragma once

#include <string>
#include <vector>

#include "analysis/description.h"
#include "analysis/lineage_state.h"

namespace hrwatch::analysis {

struct LayoutChange {
  std::string name;  // without a unit
  const TypeLayout* before = nullptr;
  const TypeLayout* after = nullptr;
  bool values = false;             // an enumeration: its numbers changed
  std::vector<std::string> edits;  // empty: only what it holds changed, or where members stand
};

// Of all classes that a generation of the host has; closures have a guard of their own.
std::vector<LayoutChange> find_layout_changes(const Lineage::State& state, const Description& next);

// "hp (int) added at offset 8; 8 -> 12 bytes (game.h:12)"
std::string described(const LayoutChange& change);

// The member of `layout` that `member` is, by name; bases and unnamed members by type. Null: none.
const Member* counterpart(const TypeLayout& layout, const Member& member);

// The file that declares it: "/src/pond.cpp:12" -> "/src/pond.cpp"; "" when that is not known.
std::string source_of(const TypeLayout& layout);

// "Enemy @ /src/game.cpp" -> "Enemy"
std::string without_unit(const std::string& name);

}  // namespace hrwatch::analysis
