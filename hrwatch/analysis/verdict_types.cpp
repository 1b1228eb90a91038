// The guard of class layouts: objects that live in the host were laid out by an older build. Where
// none can be alive, the class is free to change.
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/demangle.h"
#include "analysis/holders.h"
#include "analysis/judgement.h"
#include "analysis/layout_changes.h"
#include "analysis/migrations.h"
#include "analysis/reach.h"

namespace hrwatch::analysis {
namespace {

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

void refuse(Judgement& judgement, const LayoutChange& change, const std::string& holder,
            const std::string& fix = undo_or_restart) {
  judgement.refuse(change.after->kind + " " + change.name +
                       (change.values ? " changed its values" : " changed layout"),
                   described(change) +
                       (change.values ? "; what was stored before means the old ones"
                                      : "; objects made before use the old layout") +
                       (holder.empty() ? "" : "; " + holder),
                   fix);
}

constexpr const char* opt_in =
    "; with MIGRATE_GLOBALS in add_hot_module() the variables of the module get the new layout "
    "while it runs, where nothing points to them";

constexpr const char* behind_interface =
    "; where the program includes no header that declares the class, and knows it by a base class "
    "alone, it may change while its objects live";

// Only members whose own layout changed too, and nothing that was edited here.
bool only_carries_on(const LayoutChange& change,
                     const std::unordered_map<std::string_view, const LayoutChange*>& changes) {
  if (!change.edits.empty()) {
    return false;
  }
  return std::any_of(change.after->members.begin(), change.after->members.end(),
                     [&](const Member& member) {
                       const auto inner = changes.find(laid_out(member.type));
                       return inner != changes.end() && inner->second != &change;
                     });
}

// What is known of the program when a layout changed.
struct Knowledge {
  const TypeUses& uses;
  TypeTables before, after;
  std::set<std::string> states;
  std::set<std::string> live;  // before and after
  bool globals;                // the module's variables may get new layouts

  Knowledge(const Lineage::State& state, const Description& next, const TypeUses& type_uses)
      : uses(type_uses),
        before(*state.newest),
        after(next),
        states(state_classes(*state.newest)),
        globals(migrates_globals(next)) {
    const std::set<std::string> now = live_classes(next);
    for (const std::string& name : live_classes(*state.newest)) {
      if (now.count(name) != 0) {
        live.insert(name);
      }
    }
  }

  bool is_live(const LayoutChange& change) const {
    return !change.values && live.count(change.name) != 0;
  }

  // Whether states lead to objects of the class.
  bool in_states(const LayoutChange& change, const Reach& reach) const {
    return !change.values && reach.reached_from(before.classes());
  }

  // Whether variables of a module that opted in consist of such objects.
  bool in_globals(const LayoutChange& change, const Reach& reach) const {
    return globals && !change.values && reach.in_variables();
  }

  // Whether objects of the class are migrated.
  bool is_registered(const LayoutChange& change, const Reach& reach) const {
    return is_live(change) || in_states(change, reach) || in_globals(change, reach);
  }
};

// Objects that states lead to get the new layout, where nothing else leads to them. Who is at work
// with one the runtime sees: it changes them in hr_poll() alone.
void migrate(Judgement& judgement, const LayoutChange& change, const Reach& reach,
             const Knowledge& known) {
  if (!known.is_live(change) && !known.in_states(change, reach)) {
    if (const auto holder = reach.holder_but_variables(*judgement.running)) {
      refuse(judgement, change, *holder);
    } else {
      judgement.relaid.push_back(change);
    }
    return;
  }
  const auto holder =
      known.is_live(change)
          ? reach.caller_knowing({source_of(*change.before), source_of(*change.after)},
                                 *judgement.running)
          : reach.other_holder(known.states, *judgement.running);
  if (holder) {
    refuse(judgement, change, *holder,
           std::string(undo_or_restart) + (known.is_live(change) ? behind_interface : ""));
    return;
  }
  auto migrations = migrations_of(change, judgement.state, judgement.next, known.after);
  // The standard library's own, array, pair and what containers are made of: no names needed.
  if (migrations.empty() && !of_standard_library(change.name)) {
    refuse(judgement, change, "it stands in a state without a type table of its own");
    return;
  }
  for (auto& migration : migrations) {
    judgement.rewiring.migrations.push_back(std::move(migration));
  }
}

// Lets the class go in, where its objects can be migrated or none can be alive; else refuses it
// with what may hold one.
void decide(Judgement& judgement, const LayoutChange& change, const Knowledge* known) {
  if (known == nullptr) {
    refuse(judgement, change, held_by(*judgement.state.newest, change.name));
    return;
  }
  const Reach reach(judgement.state, known->uses, {change.name});
  if (known->is_registered(change, reach)) {
    migrate(judgement, change, reach, *known);
  } else if (const auto holder = reach.holder(*judgement.running)) {
    const bool only_variables =
        !change.values && reach.in_variables() && !reach.holder_but_variables(*judgement.running);
    refuse(judgement, change, *holder,
           std::string(undo_or_restart) + (only_variables ? opt_in : ""));
  }
}

// From `number` on the functions that handle objects of classes without living ones are other
// functions. Migrated classes have none: their objects change with the code.
void start_epochs(const Lineage::State& state, const Knowledge& known,
                  const std::vector<LayoutChange>& changed, std::uint32_t number, Epochs& epochs) {
  std::vector<std::string> names;
  for (const LayoutChange& change : changed) {
    if (!known.is_registered(change, Reach(state, known.uses, {change.name}))) {
      names.push_back(change.name);
    }
  }
  for (const Key key : Reach(state, known.uses, names).handlers()) {
    epochs[key] = number;
  }
}

std::shared_ptr<const TypeUses> ask(RunningHost* host) {
  auto uses = host == nullptr ? hr::wire::Failure() : host->uses();
  return uses.ok() ? std::move(uses).value() : nullptr;
}

}  // namespace

void judge_types(Judgement& judgement) {
  const std::vector<LayoutChange> changed = find_layout_changes(judgement.state, judgement.next);
  if (changed.empty()) {
    return;
  }
  std::unordered_map<std::string_view, const LayoutChange*> by_name;
  for (const LayoutChange& change : changed) {
    by_name.emplace(change.name, &change);
    judgement.changed_types.insert(change.name);
  }
  const auto uses = ask(judgement.running);
  std::optional<Knowledge> asked;
  if (uses != nullptr) {
    asked.emplace(judgement.state, judgement.next, *uses);
  }
  const Knowledge* known = asked ? &*asked : nullptr;
  // What was edited before what only holds it; what only carries on another change is told where
  // that one is fine.
  std::vector<const LayoutChange*> carriers;
  for (const bool edited : {true, false}) {
    for (const LayoutChange& change : changed) {
      if (change.edits.empty() == edited) {
        continue;
      }
      if (only_carries_on(change, by_name)) {
        carriers.push_back(&change);
      } else {
        decide(judgement, change, known);
      }
    }
  }
  for (const LayoutChange* carrier : carriers) {
    if (judgement.reasons.empty()) {
      decide(judgement, *carrier, known);
    }
  }
  if (judgement.reasons.empty()) {
    start_epochs(judgement.state, *known, changed, judgement.number, judgement.epochs);
  }
}

void adopt_types(Lineage::State& state, const Description& next, std::uint32_t number,
                 RunningHost* host) {
  if (state.newest != nullptr) {
    const std::vector<LayoutChange> changed = find_layout_changes(state, next);
    if (const auto uses = changed.empty() ? nullptr : ask(host)) {
      start_epochs(state, Knowledge(state, next, *uses), changed, number, state.epochs);
    } else if (!changed.empty() && host != nullptr) {
      state.problems.push_back({"what this program runs can't be told",
                                "struct " + changed.front().name + " changed in its generation " +
                                    std::to_string(number) +
                                    ", and the file of the one before can't be read any more",
                                "restart the program (hrwatch --run relaunches it)"});
    }
  }
  if (state.newest != nullptr && next.types.surely_equal(state.newest->types)) {
    return;
  }
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
