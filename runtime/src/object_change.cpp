#include "src/object_change.h"

#include <algorithm>

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

wire::Result<wire::Done> check(const State& state, const Prepared& prepared) {
  for (const hr_type* user : state.users) {
    if (!is_replaced(user, prepared))
      return wire::Failure{
          "the layout of state \"" + state.name + "\" changed, and not all who use it",
          "a module that was not built anew, or the program itself, uses it as " +
              std::string(state.type->name) + " of the old layout",
          "restart the program (hrwatch --run relaunches it)"};
  }
  return wire::Done{};
}

}  // namespace

wire::Result<std::unique_ptr<ObjectChange>> ObjectChange::begin(const Prepared& prepared) {
  auto change = std::make_unique<ObjectChange>();
  for (const ModulePlan& plan : prepared.plans) {
    for (const hr_type* table : plan.tables)
      change->changes_.tables.emplace(table->name, table);
    for (const auto& [table, migration] : plan.migrations)
      change->changes_.migrations.emplace(table, &migration);
  }
  if (change->changes_.tables.empty())
    return std::unique_ptr<ObjectChange>();
  std::vector<PlacedObject> objects;
  for (State& state : States::get().all()) {
    if (!state.made)
      continue;
    change->states_.push_back(&state);
    objects.push_back({"state " + state.name, state.object, state.type, state.room});
  }
  auto migration = Migration::begin(std::move(objects), change->changes_);
  if (!migration)
    return migration.failure();
  change->migration_ = std::move(migration).value();
  if (change->migration_->empty())
    return std::unique_ptr<ObjectChange>();
  if (!prepared.at_poll)
    return wire::Failure{
        "the layout of the program's state changed, and the program never says when it may move",
        "code of a module may be at work on it at any time",
        "call hr_poll() where no code of a module runs, once a frame say, or restart the program"};
  for (const std::size_t index : change->migration_->changed()) {
    if (auto fits = check(*change->states_[index], prepared); !fits)
      return fits.failure();
  }
  return change;
}

std::vector<std::string> ObjectChange::carry_out() {
  migration_->carry_out();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    State& state = *states_[i];
    if (migration_->type_of(i) != state.type) {
      state.type = migration_->type_of(i);
      state.users = {state.type};
    }
  }
  return migration_->report();
}

}  // namespace hr::runtime
