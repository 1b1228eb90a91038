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
#include "analysis/variable_storage.h"

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
  std::vector<Identity> identities;        // 0 where there is none
  std::vector<const Function*> newcomers;  // their slots follow those of the state, in order
  std::vector<Identity> newcomer_identities;
  std::vector<const Function*> ambiguous;
  std::vector<bool> kept;     // by function: its older body runs on
  std::vector<bool> renewed;  // by slot: `next` has a body for it that takes over
};

// Finds the slots of functions that come in nearly the order of the newest generation's: most are
// next in line, and looking a hundred thousand up in a hash table costs more than all else here.
class KnownSlots {
 public:
  explicit KnownSlots(const Lineage::State& state) : state_(state) {}

  std::uint32_t find(Identity identity) {
    constexpr std::size_t gap = 4;  // functions that went
    const auto& identities = state_.newest_identities;
    for (std::size_t i = next_; i < std::min(next_ + gap, identities.size()); ++i) {
      if (identities[i] == identity && state_.newest_slots[i] != no_slot) {
        next_ = i + 1;
        return state_.newest_slots[i];
      }
    }
    const auto known = state_.slots.find(identity);
    return known != state_.slots.end() ? known->second : no_slot;
  }

 private:
  const Lineage::State& state_;
  std::size_t next_ = 0;
};

void assign_slots(const Lineage::State& state, const Description& next, const ClosureGroups& groups,
                  const Epochs& epochs, Assignment& result) {
  result.slots.reserve(next.functions.size());
  result.identities.reserve(next.functions.size());
  KnownSlots known_slots(state);
  std::unordered_map<Identity, std::uint32_t> added;
  std::vector<const Function*> owners(state.functions.size());
  for (const Function& function : next.functions) {
    std::uint32_t slot = no_slot;
    result.identities.push_back(0);
    if (has_identity(function)) {
      const Identity identity = identity_of(function, groups, epochs);
      result.identities.back() = identity;
      slot = known_slots.find(identity);
      if (slot == no_slot) {
        const auto free = static_cast<std::uint32_t>(owners.size());
        const auto [place, is_new] = added.try_emplace(identity, free);
        slot = place->second;
        if (is_new) {
          owners.push_back(nullptr);
          result.newcomers.push_back(&function);
          result.newcomer_identities.push_back(identity);
        }
      }
      const Function*& owner = owners[slot];
      owner = owner == nullptr ? &function : owner;
      if (owner->address != function.address) {
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
}

// Whether a constant that other units may read has another size now: old code must not read the new
// length and the old table.
bool shared_constant_resized(const Lineage::State& state, const Description& next) {
  return std::any_of(next.constants.begin(), next.constants.end(), [&](const Constant& constant) {
    const auto known = state.constants.find(constant.key);
    return constant.unit.empty() && known != state.constants.end() &&
           known->second.size != constant.size;
  });
}

// A function may be left alone where it is proven unchanged: its live body was compiled into an
// object file with the very content that the next one comes from, so that both are the same bytes
// with the same references. What these lead to is shared, forwarded or written over by itself.
void assign_kept(const Lineage::State& state, const Description& next, Assignment& result) {
  const std::vector<Function>& functions = next.functions;
  result.kept.resize(functions.size());
  result.renewed.resize(state.functions.size() + result.newcomers.size());
  // Nor the storage that a variable has left.
  const bool none = shared_constant_resized(state, next) || any_leaves(state, next);
  std::set<Address> initialisers;  // called in their own generation alone, or not at all
  for (const Initialiser& initialiser : next.initialisers) {
    initialisers.insert(initialiser.function);
  }
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const std::uint32_t slot = result.slots[i];
    if (slot == no_slot) {
      continue;
    }
    if (!none && slot < state.functions.size()) {
      const KnownFunction& known = state.functions[slot];
      result.kept[i] = functions[i].origin != 0 && functions[i].origin == known.origin &&
                       functions[i].nop != 0 && known.live.nop != 0 &&
                       initialisers.count(functions[i].address) == 0;
    }
    result.renewed[slot] = !result.kept[i];
  }
}

Assignment assign(const Lineage::State& state, const Description& next, const ClosureGroups& groups,
                  const Epochs& epochs) {
  Assignment result;
  assign_slots(state, next, groups, epochs, result);
  assign_kept(state, next, result);
  return result;
}

// A live entry that a newer body takes the place of, and the slot it leads through from then on.
struct Superseded {
  LiveEntry live;
  std::uint32_t slot = 0;
};

std::pair<std::uint32_t, Address> place(const LiveEntry& live) {
  return {live.generation, live.entry};
}

// By place. Several names may stand at one entry (C1 and C2 constructors): it has one jump, through
// the slot of the first.
std::vector<Superseded> superseded(const Lineage::State& state, const std::vector<bool>& renewed) {
  std::vector<Superseded> entries;
  for (std::uint32_t slot = 0; slot < state.functions.size(); ++slot) {
    if (renewed[slot] && state.functions[slot].live.nop != 0) {
      entries.push_back({state.functions[slot].live, slot});
    }
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Superseded& a, const Superseded& b) {
    return place(a.live) < place(b.live);
  });
  const auto end = std::unique(
      entries.begin(), entries.end(),
      [](const Superseded& a, const Superseded& b) { return place(a.live) == place(b.live); });
  entries.erase(end, entries.end());
  return entries;
}

// For each slot: whether `next` has a body for it, kept or new.
std::vector<bool> present_slots(const Assignment& assignment) {
  std::vector<bool> present(assignment.renewed.size());
  for (const std::uint32_t slot : assignment.slots) {
    if (slot != no_slot) {
      present[slot] = true;
    }
  }
  return present;
}

std::string group_name(const std::string& group) {
  return demangle(group.substr(0, group.find(" @ ")));
}

// Calls `tell` with each function of the newest generation that the next build has no body for.
template <class Tell>
void for_each_gone(const Judgement& judgement, const std::vector<bool>& present, Tell tell) {
  const Lineage::State& state = judgement.state;
  for (std::size_t i = 0; i < state.newest_slots.size(); ++i) {
    const std::uint32_t slot = state.newest_slots[i];
    if (slot != no_slot && !present[slot]) {
      tell(state.newest->functions[i]);
    }
  }
}

// Lambdas that are still there but have other captures (their layout is part of their key).
void remark_captures(Judgement& judgement, const ClosureGroups& groups,
                     const std::vector<std::string>& shifted, const std::vector<bool>& present) {
  std::set<std::string> told(shifted.begin(), shifted.end());
  for_each_gone(judgement, present, [&](const Function& function) {
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
void remark_prototypes(Judgement& judgement, const std::vector<bool>& present) {
  std::unordered_map<std::string_view, const Function*> gone;
  for_each_gone(judgement, present, [&](const Function& function) {
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

// Functions that code outside of the module goes on calling as they were: nothing there is built
// anew. Inline functions are out of question, as whoever uses one has its own.
void refuse_gone(Judgement& judgement, const std::vector<bool>& present) {
  if (judgement.running == nullptr) {
    return;
  }
  for_each_gone(judgement, present, [&](const Function& function) {
    if (function.binding != Binding::global || !function.closure_group.empty() ||
        !judgement.running->calls(function)) {
      return;
    }
    const auto& functions = judgement.next.functions;
    const auto now = std::find_if(functions.begin(), functions.end(), [&](const Function& f) {
      return f.name == function.name && f.unit == function.unit;
    });
    const std::string name = demangle(function.name);
    const std::string fix =
        "build the program with it (hrwatch --target <the program> --run), or undo the edit";
    if (now == functions.end()) {
      judgement.refuse("function " + name + " is gone",
                       "the program calls it, and was not built anew", fix);
    } else {
      judgement.refuse(
          "function " + name + " changed its prototype",
          function.prototype + " -> " + now->prototype + "; the program calls it as it was built",
          fix);
    }
  });
}

void remark(Judgement& judgement, const Assignment& assignment, const ClosureGroups& groups,
            const std::vector<std::string>& shifted, const std::vector<bool>& present) {
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
  remark_captures(judgement, groups, shifted, present);
  remark_prototypes(judgement, present);
}

}  // namespace

void judge_functions(Judgement& judgement) {
  const Lineage::State& state = judgement.state;
  std::vector<std::string> shifted;
  const ClosureGroups groups =
      closure_groups(judgement.next, state.closures, judgement.number, shifted);
  Assignment assignment = assign(state, judgement.next, groups, judgement.epochs);
  judgement.slots = assignment.slots;
  const std::vector<Function>& functions = judgement.next.functions;
  if (assignment.renewed.size() > slot_table_size) {
    judgement.refuse(
        "this program's table of functions is full",
        std::to_string(assignment.renewed.size()) + " functions came in all its reloads together",
        "restart the program (hrwatch --run relaunches it)");
  }
  Address led_back = 0;  // several names of one entry stand side by side
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const std::uint32_t slot = judgement.slots[i];
    if (assignment.kept[i]) {
      if (std::exchange(led_back, functions[i].address) != functions[i].address) {
        const LiveEntry& live = state.functions[slot].live;
        judgement.rewiring.lead_backs.push_back(
            {functions[i].address, functions[i].nop, live.entry, live.generation});
      }
    } else if (slot != no_slot && (slot < state.functions.size() || functions[i].nop != 0)) {
      judgement.rewiring.slots.push_back({slot, functions[i].address});
    }
  }
  for (const Superseded& older : superseded(state, assignment.renewed)) {
    judgement.rewiring.supersede.push_back(
        {older.live.generation, older.live.entry, older.live.nop, older.slot});
  }
  const std::vector<bool> present = present_slots(assignment);
  refuse_gone(judgement, present);
  remark(judgement, assignment, groups, shifted, present);
}

void adopt_functions(Lineage::State& state, const Description& next, std::uint32_t number) {
  std::vector<std::string> shifted;
  ClosureGroups groups = closure_groups(next, state.closures, number, shifted);
  const Assignment assignment = assign(state, next, groups, state.epochs);

  const std::vector<Superseded> gone = superseded(state, assignment.renewed);
  for (KnownFunction& known : state.functions) {
    const auto at = std::lower_bound(
        gone.begin(), gone.end(), place(known.live),
        [](const Superseded& entry, const auto& where) { return place(entry.live) < where; });
    if (at != gone.end() && place(at->live) == place(known.live)) {
      known.live = {};
    }
  }
  for (std::size_t i = 0; i < assignment.newcomers.size(); ++i) {
    const Function& function = *assignment.newcomers[i];
    state.slots.emplace(assignment.newcomer_identities[i],
                        static_cast<std::uint32_t>(state.functions.size()));
    state.functions.push_back(
        {home_of(function, number), function.nop != 0, function.body_hash, {}, 0, {}});
  }
  for (std::size_t i = 0; i < next.functions.size(); ++i) {
    const Function& function = next.functions[i];
    if (assignment.slots[i] != no_slot && !assignment.kept[i]) {
      KnownFunction& known = state.functions[assignment.slots[i]];
      known.origin = function.origin;
      note_running(state, assignment.slots[i], {number, function.address, function.nop});
      if (function.nop != 0) {
        known.live = {number, function.address, function.nop};
      }
    }
  }
  state.newest_slots = assignment.slots;
  state.newest_identities = assignment.identities;
  for (auto& [name, group] : groups) {
    state.closures[name] = std::move(group);
  }
}

}  // namespace hrwatch::analysis
