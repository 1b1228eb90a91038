// Constants are not shared, but old ones are still read: virtual tables through live objects,
// tables and values by the host. Type identities (Itanium C++ ABI 2.9.1) keep their oldest address.
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/demangle.h"
#include "analysis/judgement.h"
#include "analysis/layout_changes.h"
#include "analysis/migrations.h"
#include "analysis/reach.h"

namespace hrwatch::analysis {
namespace {

constexpr const char* pure = "__cxa_pure_virtual";

// Whether old callers of a slot are still served: the same function, or the same function of
// another class of the hierarchy (an override came or went).
bool still_serves(const std::string& before, const std::string& after) {
  if (before == after) {
    return true;
  }
  if (before.empty() || after.empty()) {
    return false;
  }
  if (before == pure || after == pure) {
    return true;
  }
  const std::string signature = virtual_signature(before);
  return !signature.empty() && signature == virtual_signature(after);
}

bool contains(const std::vector<std::string>& slots, const std::string& name) {
  return std::find(slots.begin(), slots.end(), name) != slots.end();
}

// The functions of `slots` that the other table has no slot for.
std::vector<std::string> missing(const std::vector<std::string>& slots,
                                 const std::vector<std::string>& other) {
  std::vector<std::string> list;
  for (const std::string& name : slots) {
    const bool served = std::any_of(other.begin(), other.end(), [&](const std::string& candidate) {
      return candidate != pure && still_serves(name, candidate);
    });
    if (!name.empty() && name != pure && !served && !contains(list, demangle(name))) {
      list.push_back(demangle(name));
    }
  }
  return list;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

// Where the address points of a table are: behind each pointer to a type identity (Itanium C++ ABI
// 2.5.2). In words from its start.
std::vector<std::size_t> address_points(const std::vector<std::string>& slots) {
  std::vector<std::size_t> points;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].starts_with("_ZTI")) {
      points.push_back(i + 1);
    }
  }
  return points;
}

// Registered objects get the new table, for every older copy of it; false: they can't.
bool move_table(Judgement& judgement, const Constant& next, const KnownConstant& known) {
  const std::vector<std::size_t> before = address_points(known.slots);
  const std::vector<std::size_t> after = address_points(next.slots);
  if (before.empty() || before.size() != after.size()) {
    return false;
  }
  for (const hr::wire::Home& copy : known.copies) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      hr::wire::Home point = copy;
      if (point.got != 0 || !point.name.empty()) {
        point = {copy.generation, copy.address, 0, {}};  // objects point to their build's own
      }
      point.address += 8 * before[i];
      judgement.rewiring.vtables.push_back(
          {static_cast<std::uint32_t>(judgement.rewiring.homes.size()), next.address + 8 * after[i],
           class_of_table(next.name)});
      judgement.rewiring.homes.push_back(std::move(point));
    }
  }
  return true;
}

bool is_live(const Judgement& judgement, const std::string& type) {
  return live_classes(*judgement.state.newest).count(type) != 0 &&
         live_classes(judgement.next).count(type) != 0;
}

bool has_table(const Description& build, const std::string& type) {
  return std::any_of(build.constants.begin(), build.constants.end(), [&](const Constant& constant) {
    return constant.kind == ConstantKind::vtable && class_of_table(constant.name) == type;
  });
}

// The class whose table it is, and the bases that have none of their own to be judged by (optimised
// away): callers know the start of the table by them.
void add_callers_classes(const Description& build, const std::string& type,
                         std::set<std::string>& classes) {
  const auto layout = build.types.find(type);
  if (!classes.insert(type).second || layout == build.types.end()) {
    return;
  }
  for (const Member& member : layout->second.members) {
    if (member.base && !has_table(build, member.type)) {
      add_callers_classes(build, member.type, classes);
    }
  }
}

// Who calls through the old table and is not replaced: code of the program that was compiled with
// such a class.
std::optional<std::string> caller_of_table(Judgement& judgement, const std::string& type) {
  if (judgement.running == nullptr) {
    return std::nullopt;
  }
  const auto uses = judgement.running->uses();
  if (!uses) {
    return uses.failure().what;
  }
  std::set<std::string> classes;
  add_callers_classes(judgement.next, type, classes);
  std::vector<std::string> sources;
  for (const std::string& name : classes) {
    const auto before = judgement.state.types.find(name);
    const auto after = judgement.next.types.find(name);
    sources.push_back(before == judgement.state.types.end() ? "" : source_of(before->second));
    sources.push_back(after == judgement.next.types.end() ? "" : source_of(after->second));
  }
  const std::shared_ptr<const TypeUses> known = uses.value();
  return Reach(judgement.state, *known, {type}).caller_knowing(sources, *judgement.running);
}

void refuse_table(Judgement& judgement, const Constant& next, const KnownConstant& known) {
  const std::string type = class_of_table(next.name);
  const bool live = is_live(judgement, type);
  const auto caller = live ? caller_of_table(judgement, type) : std::nullopt;
  if (live && !caller && move_table(judgement, next, known)) {
    return;
  }
  const std::vector<std::string> added = missing(next.slots, known.slots);
  const std::vector<std::string> removed = missing(known.slots, next.slots);
  std::string why;
  if (!added.empty()) {
    why = joined(added) + " added";
  }
  if (!removed.empty()) {
    why += (why.empty() ? "" : ", ") + joined(removed) + " removed";
  }
  for (std::size_t i = 0; why.empty() && i < std::min(next.slots.size(), known.slots.size()); ++i) {
    if (!still_serves(known.slots[i], next.slots[i])) {
      why = "the order changed: " + demangle(next.slots[i]) + " stands where " +
            demangle(known.slots[i]) + " was";
    }
  }
  if (why.empty()) {
    why = "the table has " + std::to_string(next.slots.size()) + " entries, not " +
          std::to_string(known.slots.size());
  }
  if (caller) {
    judgement.refuse("virtual functions of " + type + " changed",
                     why + "; " + *caller + ", and was compiled with the old table",
                     "undo the edit, or restart the program (hrwatch --run relaunches it); where "
                     "the program includes no header that declares the class, its virtual "
                     "functions may change while it runs");
    return;
  }
  judgement.refuse("virtual functions of " + type + " changed",
                   why + "; objects made before have the old table, callers count on it",
                   "undo the edit, or restart the program (hrwatch --run relaunches it); with the "
                   "line HR_LIVE(" +
                       type + "); in the class its objects are changed while they live");
}

void write_copies(Judgement& judgement, const Constant& next, const KnownConstant& known) {
  for (const hr::wire::Home& copy : known.copies) {
    judgement.rewiring.images.push_back(
        {judgement.home(copy), next.address, next.size, demangle(next.name)});
  }
}

void judge_table(Judgement& judgement, const Constant& next, const KnownConstant& known) {
  if (next.slots == known.slots) {
    return;
  }
  const bool serves =
      next.slots.size() == known.slots.size() &&
      std::equal(known.slots.begin(), known.slots.end(), next.slots.begin(), still_serves);
  if (!serves || next.size != known.size) {
    refuse_table(judgement, next, known);
    return;
  }
  write_copies(judgement, next, known);  // live objects get the override that came or went
}

void judge_plain(Judgement& judgement, const Constant& next, const KnownConstant& known) {
  if (next.size != known.size) {
    if (next.exported) {
      judgement.remarks.push_back("constant " + demangle(next.name) +
                                  " changed size: the program keeps the old one");
    }
    return;
  }
  if (next.image_hash == known.image_hash) {
    return;
  }
  write_copies(judgement, next, known);
  if (next.exported) {
    judgement.remarks.push_back(
        "constant " + demangle(next.name) +
        " changed: where the program compiled its value in, it keeps the old");
  }
}

}  // namespace

void judge_constants(Judgement& judgement) {
  for (const Constant& next : judgement.next.constants) {
    const auto found = judgement.state.constants.find(next.key);
    if (found == judgement.state.constants.end() || found->second.kind != next.kind ||
        is_type_table(next.name)) {
      continue;
    }
    if (next.kind == ConstantKind::vtable) {
      judge_table(judgement, next, found->second);
    } else if (next.kind == ConstantKind::plain) {
      judge_plain(judgement, next, found->second);
    }
  }
}

void adopt_constants(Lineage::State& state, const Description& next, std::uint32_t number) {
  for (const Constant& constant : next.constants) {
    const auto [found, added] = state.constants.try_emplace(constant.key);
    KnownConstant& known = found->second;
    if (added || known.kind != constant.kind) {
      known = {};
      known.kind = constant.kind;
      known.oldest = home_of(constant, number);
      known.oldest_size = constant.size;
    }
    if (known.size != constant.size) {
      known.copies.clear();
      known.size = constant.size;
    }
    if (!added && (known.image_hash != constant.image_hash || known.slots != constant.slots)) {
      note_constant(state, number, constant.key, known);
    }
    known.image_hash = constant.image_hash;
    if (constant.kind == ConstantKind::vtable) {
      known.slots = constant.slots;
    }
    if (constant.kind == ConstantKind::vtable || constant.kind == ConstantKind::plain) {
      known.copies.push_back(home_of(constant, number));
    }
  }
}

}  // namespace hrwatch::analysis
