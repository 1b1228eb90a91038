// Forwarding: which slot each function of the next build has, and which older entries lead to it
// from now on.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/closure_epochs.h"
#include "analysis/demangle.h"
#include "analysis/judgement.h"

namespace hrwatch::analysis {
namespace {

constexpr std::size_t slot_table_size = std::size_t{1} << 20;  // as the runtime reserves it

bool has_identity(const Function& function) {
  return !function.clone && !function.ifunc;
}

// The slots of the functions of `next`; functions met for the first time take the next free ones.
// no_slot where a function has no identity, or shares it with another one at another address.
struct Assignment {
  std::vector<std::uint32_t> slots;
  std::vector<const Function*> newcomers;  // their slots follow those of the state, in order
  std::vector<Identity> newcomer_identities;
  std::vector<const Function*> ambiguous;
};

Assignment assign(const Lineage::State& state, const Description& next,
                  const ClosureGroups& groups) {
  Assignment result;
  result.slots.reserve(next.functions.size());
  std::unordered_map<Identity, std::uint32_t> added;
  std::unordered_map<std::uint32_t, const Function*> owners;
  owners.reserve(next.functions.size());
  for (const Function& function : next.functions) {
    std::uint32_t slot = no_slot;
    if (has_identity(function)) {
      const Identity identity = identity_of(function, groups);
      const auto known = state.slots.find(identity);
      if (known != state.slots.end()) {
        slot = known->second;
      } else {
        const auto free = static_cast<std::uint32_t>(state.functions.size() + added.size());
        const auto [place, is_new] = added.try_emplace(identity, free);
        slot = place->second;
        if (is_new) {
          result.newcomers.push_back(&function);
          result.newcomer_identities.push_back(identity);
        }
      }
      const auto [owner, first] = owners.try_emplace(slot, &function);
      if (!first && owner->second->address != function.address) {
        result.ambiguous.push_back(&function);
      }
    }
    result.slots.push_back(slot);
  }
  for (const Function* function :
       result.ambiguous) {  // all that share the slot, not only later ones
    const std::uint32_t slot =
        result.slots[static_cast<std::size_t>(function - next.functions.data())];
    std::replace(result.slots.begin(), result.slots.end(), slot, no_slot);
  }
  return result;
}

// For each slot: whether `next` has a body for it.
std::vector<bool> renewed_slots(const Assignment& assignment, std::size_t known) {
  std::vector<bool> renewed(known + assignment.newcomers.size());
  for (const std::uint32_t slot : assignment.slots) {
    if (slot != no_slot) {
      renewed[slot] = true;
    }
  }
  return renewed;
}

// The live entries that a build with bodies for `renewed` supersedes. Several names may stand at
// one entry (C1 and C2 constructors): it has one jump, through the slot of the first.
std::vector<LiveEntry> superseded(const Lineage::State& state, const std::vector<bool>& renewed) {
  std::vector<LiveEntry> entries;
  for (const LiveEntry& live : state.live) {
    if (renewed[live.slot]) {
      entries.push_back(live);
    }
  }
  const auto place = [](const LiveEntry& live) {
    return std::pair(live.generation, live.entry);
  };
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const LiveEntry& a, const LiveEntry& b) { return place(a) < place(b); });
  const auto end =
      std::unique(entries.begin(), entries.end(),
                  [&](const LiveEntry& a, const LiveEntry& b) { return place(a) == place(b); });
  entries.erase(end, entries.end());
  return entries;
}

std::string group_name(const std::string& group) {
  return demangle(group.substr(0, group.find(" @ ")));
}

// Calls `tell` with each function of the newest generation that the next build has no body for.
template <class Tell>
void for_each_gone(const Judgement& judgement, const std::vector<bool>& renewed, Tell tell) {
  const Lineage::State& state = judgement.state;
  for (const Function& function : state.newest->functions) {
    if (!has_identity(function)) {
      continue;
    }
    const auto slot = state.slots.find(identity_of(function, state.closures));
    if (slot != state.slots.end() && !renewed[slot->second]) {
      tell(function);
    }
  }
}

// Lambdas that are still there but have other captures (their layout is part of their key).
void remark_captures(Judgement& judgement, const ClosureGroups& groups,
                     const std::vector<std::string>& shifted, const std::vector<bool>& renewed) {
  std::set<std::string> told(shifted.begin(), shifted.end());
  for_each_gone(judgement, renewed, [&](const Function& function) {
    if (!function.closure_group.empty() && groups.count(function.closure_group) != 0 &&
        told.insert(function.closure_group).second) {
      judgement.remarks.push_back(
          "lambdas in " + group_name(function.closure_group) +
          " changed places or captures: closures made before keep their old "
          "code");
    }
  });
}

// Functions whose name is still there, but no longer for the same callers.
void remark_prototypes(Judgement& judgement, const std::vector<bool>& renewed) {
  std::unordered_map<std::string_view, const Function*> gone;
  for_each_gone(judgement, renewed, [&](const Function& function) {
    if (function.closure_group.empty()) {
      gone.emplace(function.name, &function);
    }
  });
  for (std::size_t i = 0; !gone.empty() && i < judgement.next.functions.size(); ++i) {
    const Function& function = judgement.next.functions[i];
    const auto before = judgement.slots[i] == no_slot ? gone.end() : gone.find(function.name);
    if (before != gone.end() && before->second->unit == function.unit &&
        before->second->prototype != function.prototype) {
      judgement.remarks.push_back(demangle(function.name) + " was " + before->second->prototype +
                                  " and is " + function.prototype +
                                  " now: callers compiled before keep the old one");
    }
  }
}

void remark(Judgement& judgement, const Assignment& assignment, const ClosureGroups& groups,
            const std::vector<std::string>& shifted, const std::vector<bool>& renewed) {
  for (const std::string& group : shifted) {
    judgement.remarks.push_back("lambdas in " + group_name(group) +
                                " were added, removed or reordered: closures made before keep "
                                "their old code");
  }
  for (const Function* function : assignment.ambiguous) {
    judgement.remarks.push_back(
        demangle(function->name) +
        " stands twice in the module: callers compiled before keep the old");
  }
  remark_captures(judgement, groups, shifted, renewed);
  remark_prototypes(judgement, renewed);
}

}  // namespace

void judge_functions(Judgement& judgement) {
  const Lineage::State& state = judgement.state;
  std::vector<std::string> shifted;
  const ClosureGroups groups =
      closure_groups(judgement.next, state.closures, judgement.number, shifted);
  Assignment assignment = assign(state, judgement.next, groups);
  judgement.slots = std::move(assignment.slots);
  assignment.slots = judgement.slots;
  const std::vector<bool> renewed = renewed_slots(assignment, state.functions.size());

  std::vector<hr::wire::SlotValue>& values = judgement.rewiring.slots;
  if (renewed.size() > slot_table_size) {
    judgement.refuse("this program's table of functions is full",
                     std::to_string(renewed.size()) + " functions came in all its reloads together",
                     "restart the program (hrwatch --run relaunches it)");
  }
  for (std::size_t i = 0; i < judgement.slots.size(); ++i) {
    const bool led_to =
        judgement.slots[i] != no_slot &&
        (judgement.slots[i] < state.functions.size() || judgement.next.functions[i].nop != 0);
    if (led_to) {
      values.push_back({judgement.slots[i], judgement.next.functions[i].address});
    }
  }
  for (const LiveEntry& live : superseded(state, renewed)) {
    judgement.rewiring.supersede.push_back({live.generation, live.entry, live.nop, live.slot});
  }
  remark(judgement, assignment, groups, shifted, renewed);
}

void adopt_functions(Lineage::State& state, const Description& next, std::uint32_t number) {
  std::vector<std::string> shifted;
  ClosureGroups groups = closure_groups(next, state.closures, number, shifted);
  const Assignment assignment = assign(state, next, groups);
  const std::vector<bool> renewed = renewed_slots(assignment, state.functions.size());

  const std::vector<LiveEntry> gone = superseded(state, renewed);
  std::erase_if(state.live, [&](const LiveEntry& live) {
    return std::binary_search(
        gone.begin(), gone.end(), live, [](const LiveEntry& a, const LiveEntry& b) {
          return std::pair(a.generation, a.entry) < std::pair(b.generation, b.entry);
        });
  });
  for (std::size_t i = 0; i < assignment.newcomers.size(); ++i) {
    const Function& function = *assignment.newcomers[i];
    state.slots.emplace(assignment.newcomer_identities[i],
                        static_cast<std::uint32_t>(state.functions.size()));
    state.functions.push_back({home_of(function, number), function.nop != 0, function.body_hash});
  }
  for (std::size_t i = 0; i < next.functions.size(); ++i) {
    const Function& function = next.functions[i];
    if (assignment.slots[i] != no_slot && function.nop != 0) {
      state.live.push_back({assignment.slots[i], number, function.address, function.nop});
    }
  }
  for (auto& [name, group] : groups) {
    state.closures[name] = std::move(group);
  }
}

}  // namespace hrwatch::analysis
