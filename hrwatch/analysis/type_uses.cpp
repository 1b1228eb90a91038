#include "analysis/type_uses.h"

#include <algorithm>
#include <unordered_set>

namespace hrwatch::analysis {

bool TypeUses::is_bytes(Index index) const {
  std::vector<bool> seen(classes.size());
  std::vector<Index> open{index};
  while (!open.empty()) {
    const Index next = open.back();
    open.pop_back();
    if (seen[next])
      continue;
    seen[next] = true;
    const Class& one = classes[next];
    if (next == 0 || one.polymorphic || one.copied_by_code || one.size == 0)
      return false;
    open.insert(open.end(), one.parts.begin(), one.parts.end());
  }
  return true;
}

namespace {

// The classes of `names`, and all that `holders` leads to from there.
std::vector<bool> closure(const std::vector<TypeUses::Class>& classes,
                          const std::vector<std::vector<TypeUses::Index>>& holders,
                          const std::vector<std::string>& names) {
  using Index = TypeUses::Index;
  const std::unordered_set<std::string> wanted(names.begin(), names.end());
  std::vector<bool> leading(classes.size());
  std::vector<Index> open;
  for (Index i = 0; i < classes.size(); ++i) {
    if (wanted.count(classes[i].name) != 0) {
      leading[i] = true;
      open.push_back(i);
    }
  }
  while (!open.empty()) {
    const Index reached = open.back();
    open.pop_back();
    for (const Index holder : holders[reached]) {
      if (!leading[holder]) {
        leading[holder] = true;
        open.push_back(holder);
      }
    }
  }
  return leading;
}

}  // namespace

std::vector<bool> TypeUses::leading_to(const std::vector<std::string>& names) const {
  std::vector<std::vector<Index>> holders(classes.size());
  for (Index i = 0; i < classes.size(); ++i) {
    for (const Index held : classes[i].holds)
      holders[held].push_back(i);
    for (const Index base : classes[i].bases) {
      holders[base].push_back(i);
      if (classes[base].polymorphic)  // an object of this class may stand behind it
        holders[i].push_back(base);
    }
  }
  return closure(classes, holders, names);
}

std::vector<bool> TypeUses::consisting_of(const std::vector<std::string>& names) const {
  std::vector<std::vector<Index>> holders(classes.size());
  for (Index i = 0; i < classes.size(); ++i)
    for (const Index part : classes[i].parts)
      holders[part].push_back(i);
  return closure(classes, holders, names);
}

}  // namespace hrwatch::analysis
