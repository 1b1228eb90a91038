#include "src/object_change.h"

#include <algorithm>

#include "src/running_code.h"

namespace hr::runtime {
namespace {

// Whether the code that uses `table` is replaced by this reload.
bool is_replaced(const hr_type* table, const Prepared& prepared) {
  const auto address = reinterpret_cast<Pointer>(table);
  return std::any_of(prepared.plans.begin(), prepared.plans.end(), [&](const ModulePlan& plan) {
    const LoadedImage& image = plan.generation->image;
    return plan.module->contains(address) || (address >= image.begin && address < image.end);
  });
}

wire::Failure not_replaced(const std::string& what, const hr_type& type) {
  return {"the layout of " + what + " changed, and not all who use it",
          "a module that was not built anew, or the program itself, uses " +
              std::string(type.name) + " of the old layout",
          "restart the program (hrwatch --run relaunches it)"};
}

}  // namespace

wire::Result<std::unique_ptr<ObjectChange>> ObjectChange::begin(const Prepared& prepared) {
  auto change = std::make_unique<ObjectChange>();
  for (const ModulePlan& plan : prepared.plans) {
    for (const hr_type* table : plan.tables)
      change->changes_.tables.emplace(table->name, table);
    for (const auto& [table, migration] : plan.migrations)
      change->changes_.migrations.emplace(table, &migration);
    change->vtables_.insert(plan.vtables.begin(), plan.vtables.end());
  }
  if (change->changes_.tables.empty() && change->vtables_.empty())
    return std::unique_ptr<ObjectChange>();
  change->live_ = LiveObjects::get().outermost();
  if (auto begun = change->begin_states(prepared); !begun)
    return begun.failure();
  if (auto begun = change->begin_live(prepared); !begun)
    return begun.failure();
  const bool retabled = !change->vtables_.empty() && !change->live_.empty();
  if (change->state_migration_->empty() && change->live_migration_->empty() && !retabled)
    return std::unique_ptr<ObjectChange>();
  if (!prepared.at_poll)
    return wire::Failure{
        "a class changed that objects of the program have, and the program never says when they "
        "may change",
        "code of a module may be at work on them at any time",
        "call hr_poll() where no code of a module runs, once a frame say, or restart the program"};
  if (is_inside(prepared))
    return wire::Failure{
        "a class changed that objects of the program have, and the module is at work",
        "hr_poll() is called from inside it, by code that goes on with the old layout",
        "call hr_poll() from the program's own loop, or restart the program"};
  return change;
}

wire::Result<wire::Done> ObjectChange::begin_states(const Prepared& prepared) {
  std::vector<PlacedObject> objects;
  for (State& state : States::get().all()) {
    if (!state.made)
      continue;
    states_.push_back(&state);
    objects.push_back({"state " + state.name, state.object, state.type, state.room});
  }
  for (const LiveObject& live : live_)
    objects.push_back(
        {live.type->name, live.object, live.type, live.room, PlacedObject::Role::reader});
  auto migration = Migration::begin(std::move(objects), changes_);
  if (!migration)
    return migration.failure();
  state_migration_ = std::move(migration).value();
  for (const std::size_t index : state_migration_->changed()) {
    for (const hr_type* user : states_[index]->users) {
      if (!is_replaced(user, prepared))
        return not_replaced("state \"" + states_[index]->name + "\"", *user);
    }
  }
  return wire::Done{};
}

wire::Result<wire::Done> ObjectChange::begin_live(const Prepared& prepared) {
  // What a state contains goes with the state.
  std::erase_if(live_, [&](const LiveObject& live) {
    return std::any_of(states_.begin(), states_.end(), [&](const State* state) {
      const auto* begin = static_cast<const char*>(state->object);
      return live.object >= begin && live.object < begin + state->type->size;
    });
  });
  std::vector<PlacedObject> objects;
  for (const LiveObject& live : live_)
    objects.push_back(
        {live.type->name, live.object, live.type, live.room, PlacedObject::Role::live});
  auto migration = Migration::begin(std::move(objects), changes_);
  if (!migration)
    return migration.failure();
  live_migration_ = std::move(migration).value();
  for (const std::size_t index : live_migration_->changed()) {
    if (!is_replaced(live_[index].type, prepared))
      return not_replaced("class " + std::string(live_[index].type->name), *live_[index].type);
  }
  return wire::Done{};
}

std::vector<std::string> ObjectChange::carry_out() {
  state_migration_->carry_out();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    State& state = *states_[i];
    if (state_migration_->type_of(i) != state.type) {
      state.type = state_migration_->type_of(i);
      state.users = {state.type};
    }
  }
  // Elements of containers that states hold were made anew with them.
  for (std::size_t i = 0; i < live_.size(); ++i) {
    if (!LiveObjects::get().is_unchanged(live_[i]))
      live_migration_->leave_out(i);
  }
  live_migration_->carry_out();
  std::vector<std::string> report = state_migration_->report();
  for (std::string& line : live_migration_->report())
    report.push_back(std::move(line));
  if (const std::size_t count = change_vtables(); count != 0)
    report.push_back(std::to_string(count) +
                     (count == 1 ? " live object has" : " live objects have") +
                     " the new virtual functions");
  return report;
}

// An object has a pointer to its virtual table at the start of each base that needs one.
std::size_t ObjectChange::change_vtables() const {
  std::size_t changed = 0;
  for (const LiveObject& live :
       vtables_.empty() ? std::vector<LiveObject>() : LiveObjects::get().all()) {
    const auto begin = reinterpret_cast<Pointer>(live.object);
    bool hit = false;
    for (Pointer word = begin; word + sizeof(Pointer) <= begin + live.type->size;
         word += sizeof(Pointer)) {
      const auto move = vtables_.find(raw_load<Pointer>(word));
      if (move == vtables_.end())
        continue;
      store_word(word, move->second);
      hit = true;
    }
    changed += hit ? 1 : 0;
  }
  return changed;
}

}  // namespace hr::runtime
