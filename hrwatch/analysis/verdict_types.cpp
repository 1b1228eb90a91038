// The guard of class layouts: objects that live in the host were laid out by an older build.
#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/holders.h"
#include "analysis/judgement.h"

namespace hrwatch::analysis {
namespace {

constexpr std::size_t most_differences = 4;

// "Enemy @ /src/game.cpp" -> "Enemy"
std::string without_unit(const std::string& name) {
  return name.substr(0, name.find(" @ "));
}

// "const Enemy [3]" -> "Enemy": the class whose layout decides the layout of this type.
std::string_view laid_out(std::string_view type) {
  for (const std::string_view qualifier : {"const ", "volatile ", "struct ", "class ", "union "}) {
    if (type.starts_with(qualifier)) {
      type.remove_prefix(qualifier.size());
    }
  }
  if (type.ends_with(']')) {
    type = type.substr(0, type.find('['));
  }
  while (type.ends_with(' ')) {
    type.remove_suffix(1);
  }
  return type;
}

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

// The member of `layout` that `member` is, by name; bases and unnamed members by type.
const Member* counterpart(const TypeLayout& layout, const Member& member) {
  for (const Member& candidate : layout.members) {
    if (candidate.base == member.base && candidate.name == member.name &&
        (!member.name.empty() || candidate.type == member.type)) {
      return &candidate;
    }
  }
  return nullptr;
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

bool is_enumeration(const TypeLayout& before, const TypeLayout& after) {
  return before.kind == "enum" && after.kind == "enum";
}

struct Change {
  const std::string* name;
  const TypeLayout* before;
  const TypeLayout* after;
  std::vector<std::string> edits;
};

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

// "; reached from enemies (game.cpp:5)", as far as the running program's types tell.
std::string held(const Judgement& judgement, const std::string& name) {
  constexpr std::size_t most_holders = 3;
  const std::vector<std::string> found = holders(*judgement.state.newest, name, most_holders);
  return found.empty() ? "" : "; reached from " + joined(found);
}

void refuse(Judgement& judgement, const Change& change) {
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
  const bool values = is_enumeration(*change.before, *change.after);
  judgement.refuse(change.after->kind + " " + without_unit(*change.name) +
                       (values ? " changed its values" : " changed layout"),
                   why +
                       (values ? "; what was stored before means the old ones"
                               : "; objects made before use the old layout") +
                       held(judgement, without_unit(*change.name)));
}

// Only members whose own layout changed too, and nothing that was edited here.
bool only_carries_on(const Change& change,
                     const std::unordered_map<std::string_view, const Change*>& changes) {
  if (!change.edits.empty()) {
    return false;
  }
  return std::any_of(change.after->members.begin(), change.after->members.end(),
                     [&](const Member& member) {
                       const auto inner = changes.find(laid_out(member.type));
                       return inner != changes.end() && inner->second != &change;
                     });
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

std::vector<Change> find_changes(const Judgement& judgement) {
  std::vector<Change> changed;
  for (const auto& [name, after] : judgement.next.types) {
    const TypeLayout* before = known_layout(judgement.state, name, after);
    // Closures are told apart by their keys: old ones keep their old code.
    if (before == nullptr || before->hash == after.hash || after.kind == "closure") {
      continue;
    }
    if (!is_enumeration(*before, after)) {
      changed.push_back({&name, before, &after, edits(*before, after)});
    } else if (auto values = changed_values(*before, after);
               !values.empty() || before->size != after.size) {
      changed.push_back({&name, before, &after, std::move(values)});
    }
  }
  return changed;
}

}  // namespace

void judge_types(Judgement& judgement) {
  const std::vector<Change> changed = find_changes(judgement);
  std::unordered_map<std::string_view, const Change*> by_name;
  for (const Change& change : changed) {
    by_name.emplace(std::string_view(*change.name).substr(0, change.name->find(" @ ")), &change);
    judgement.changed_types.insert(without_unit(*change.name));
  }
  // What was edited before what only holds it.
  for (const bool edited : {true, false}) {
    for (const Change& change : changed) {
      if (change.edits.empty() != edited && !only_carries_on(change, by_name)) {
        refuse(judgement, change);
      }
    }
  }
  if (judgement.reasons.empty() && !changed.empty()) {
    refuse(judgement, changed.front());  // each only carries on another: names that stand for two
  }
}

void adopt_types(Lineage::State& state, const Description& next) {
  for (const auto& [name, layout] : next.types) {
    const auto [known, added] = state.types.try_emplace(name, layout);
    if (added && name.find(" @ ") != std::string::npos) {
      state.split_types[without_unit(name)].push_back(name);
    } else if (known->second.hash != layout.hash) {
      known->second = layout;
    }
  }
}

}  // namespace hrwatch::analysis
