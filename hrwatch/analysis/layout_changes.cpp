#include "analysis/layout_changes.h"

#include <algorithm>
#include <string_view>

namespace hrwatch::analysis {
namespace {

constexpr std::size_t most_differences = 4;

std::string named(const Member& member) {
  if (member.base) {
    return "base " + member.type;
  }
  return member.name.empty() ? member.type : member.name;
}

std::string place(const Member& member) {
  std::string text = "offset " + std::to_string(member.offset);
  if (member.bit_size != 0) {
    text += " bit " + std::to_string(member.bit_offset);
  }
  return text;
}

// Members that came, went or changed their type or width: what the programmer edited.
std::vector<std::string> edits(const TypeLayout& before, const TypeLayout& after) {
  std::vector<std::string> list;
  for (const Member& member : after.members) {
    const Member* old = counterpart(before, member);
    if (old == nullptr) {
      list.push_back(named(member) + (member.name.empty() ? "" : " (" + member.type + ")") +
                     " added at " + place(member));
    } else if (old->type != member.type) {
      list.push_back(named(member) + " changed from " + old->type + " to " + member.type);
    } else if (old->bit_size != member.bit_size) {
      list.push_back(named(member) + " changed from " + std::to_string(old->bit_size) + " to " +
                     std::to_string(member.bit_size) + " bits");
    }
  }
  for (const Member& member : before.members) {
    if (counterpart(after, member) == nullptr) {
      list.push_back(named(member) + (member.name.empty() ? "" : " (" + member.type + ")") +
                     " removed from " + place(member));
    }
  }
  return list;
}

// Members that stand elsewhere. Worth telling only when nothing else explains the change.
std::vector<std::string> moves(const TypeLayout& before, const TypeLayout& after) {
  std::vector<std::string> list;
  for (const Member& member : after.members) {
    const Member* old = counterpart(before, member);
    if (old != nullptr && (old->offset != member.offset || old->bit_offset != member.bit_offset)) {
      list.push_back(named(member) + " moved from " + place(*old) + " to " + place(member));
    }
  }
  return list;
}

// The enumerators of stored values: gone, or now another number. More of them harm nobody.
std::vector<std::string> changed_values(const TypeLayout& before, const TypeLayout& after) {
  std::vector<std::string> list;
  for (const Member& old : before.members) {
    const Member* now = counterpart(after, old);
    if (now == nullptr) {
      list.push_back(old.name + " removed");
    } else if (now->offset != old.offset) {
      list.push_back(old.name + " changed from " + std::to_string(old.offset) + " to " +
                     std::to_string(now->offset));
    }
  }
  return list;
}

std::string joined(std::vector<std::string> differences) {
  std::string text;
  for (std::size_t i = 0; i < differences.size() && i < most_differences; ++i) {
    text += (i == 0 ? "" : ", ") + differences[i];
  }
  if (differences.size() > most_differences) {
    text += " and " + std::to_string(differences.size() - most_differences) + " more";
  }
  return text;
}

// "game.h:12" -> "game.h"
std::string_view declaring_file(const TypeLayout& layout) {
  return std::string_view(layout.declared).substr(0, layout.declared.rfind(':'));
}

// The layout that the class had; null for a new one. A class that becomes one of several of its
// name, or the only one again, changes its key: then the file that declares it says whether it is
// the same.
const TypeLayout* known_layout(const Lineage::State& state, const std::string& name,
                               const TypeLayout& layout) {
  if (const auto known = state.types.find(name); known != state.types.end()) {
    return &known->second;
  }
  const std::string plain = without_unit(name);
  if (plain != name) {
    const auto known = state.types.find(plain);
    return known != state.types.end() && declaring_file(known->second) == declaring_file(layout)
               ? &known->second
               : nullptr;
  }
  if (const auto split = state.split_types.find(name); split != state.split_types.end()) {
    for (const std::string& key : split->second) {
      const TypeLayout& known = state.types.at(key);
      if (declaring_file(known) == declaring_file(layout)) {
        return &known;
      }
    }
  }
  return nullptr;
}

}  // namespace

std::string source_of(const TypeLayout& layout) {
  return layout.declared.substr(0, layout.declared.rfind(':'));
}

std::string without_unit(const std::string& name) {
  return name.substr(0, name.find(" @ "));
}

const Member* counterpart(const TypeLayout& layout, const Member& member) {
  for (const Member& candidate : layout.members) {
    if (candidate.base == member.base && candidate.name == member.name &&
        (!member.name.empty() || candidate.type == member.type)) {
      return &candidate;
    }
  }
  return nullptr;
}

std::vector<LayoutChange> find_layout_changes(const Lineage::State& state,
                                              const Description& next) {
  std::vector<LayoutChange> changed;
  if (next.types.surely_equal(state.newest->types)) {
    return changed;
  }
  for (const auto& [name, after] : next.types) {
    const TypeLayout* before = known_layout(state, name, after);
    // Closures are told apart by their keys: old ones keep their old code.
    if (before == nullptr || before->hash == after.hash || after.kind == "closure") {
      continue;
    }
    const bool values = before->kind == "enum" && after.kind == "enum";
    if (!values) {
      changed.push_back({without_unit(name), before, &after, false, edits(*before, after)});
    } else if (auto differences = changed_values(*before, after);
               !differences.empty() || before->size != after.size) {
      changed.push_back({without_unit(name), before, &after, true, std::move(differences)});
    }
  }
  return changed;
}

std::string described(const LayoutChange& change) {
  std::vector<std::string> differences = change.edits;
  if (differences.empty()) {
    differences = moves(*change.before, *change.after);
  }
  std::string why = joined(std::move(differences));
  if (change.before->size != change.after->size) {
    why += (why.empty() ? "" : "; ") + std::to_string(change.before->size) + " -> " +
           std::to_string(change.after->size) + " bytes";
  }
  if (why.empty()) {
    why = "the layout of something inside it changed";
  }
  if (!change.after->declared.empty()) {
    why += " (" + change.after->declared + ")";
  }
  return why;
}

}  // namespace hrwatch::analysis
