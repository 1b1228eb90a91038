// How the bytes of an object of an old layout become one of the new layout, member by member, by
// what debug info says alone. Pure; knows no variable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/layout_changes.h"
#include "wire/rewiring.h"

namespace hrwatch::analysis {

struct ObjectMoves {
  std::vector<hr::wire::MemberMove> members;
  std::vector<std::string> fresh;    // new members: they have what the initialiser gave them
  std::vector<std::string> dropped;  // members that are no more
  std::vector<std::string> lost;     // values that can't be kept; as `fresh`
};

// Of a type that is one of `changes`, or an array of it. Errors: why it can't be done at all.
hr::wire::Result<ObjectMoves> object_moves(const std::string& before, std::uint64_t old_size,
                                           const std::string& after, std::uint64_t new_size,
                                           const std::vector<LayoutChange>& changes);

// The class of `changes` that `type` is, or is an array of; null: none.
const LayoutChange* change_of(const std::string& type, const std::vector<LayoutChange>& changes);

}  // namespace hrwatch::analysis
