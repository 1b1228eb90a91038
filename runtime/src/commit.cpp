#include "src/commit.h"

#include <exception>

#include "src/initialiser_call.h"
#include "src/object_change.h"
#include "src/states.h"
#include "src/variable_moves.h"

namespace hr::runtime {
namespace {

wire::Result<wire::Done> run_initialisers(Prepared& prepared) {
  for (ModulePlan& plan : prepared.plans) {
    for (const InitialiserCall& call : plan.initialisers) {
      // Whatever it registers somewhere must stay mapped, also when a later one fails.
      plan.generation->keep();
      if (!call_initialiser(call.function))
        return wire::Failure{
            "the initialiser of " + call.variable + " threw an exception",
            "it runs when the new code of module " + plan.module->name() + " goes live",
            "make the initialiser succeed and save again, or restart the program"};
    }
  }
  return wire::Done{};
}

// All stores of one module, the first visible one last: a thread sees old code until its jump is in
// place, and by then everything behind that jump is.
void write_plan(const ModulePlan& plan) {
  for (const ImageCopy& image : plan.images)
    raw_copy(image.to, image.from, image.size);
  for (const Forwarding& forwarding : plan.forwardings)
    write_slot_jump(forwarding);
  for (const SlotStore& store : plan.slots)
    store_word(store.slot, store.body);
  for (const Forwarding& forwarding : plan.forwardings)
    divert_entry(forwarding);
}

}  // namespace

wire::Result<wire::Done> commit(Prepared& prepared) {
  // Nobody may find a state that is half moved. Constructors of states run in here, on this thread.
  const std::lock_guard states(States::get().mutex());
  auto objects = ObjectChange::begin(prepared);
  if (!objects)
    return objects.failure();
  if (auto checked = check_moves(prepared); !checked)
    return checked;
  if (auto ran = run_initialisers(prepared); !ran)
    return ran;
  const std::lock_guard lock(module_memory());
  for (const ModulePlan& plan : prepared.plans) {
    if (plan.module->gone())
      return wire::Failure{"module " + plan.module->name() + " is gone",
                           "the program unloaded it while a reload was waiting",
                           "load it again in the program"};
    if (auto outdated = check_withdrawals(*plan.module, plan.withdrawals))
      return *outdated;
  }
  static std::uint64_t commits = 0;
  ++commits;
  // By the functions of both builds: from the first store on, old ones lead to new ones.
  if (objects.value() != nullptr)
    prepared.remarks = objects.value()->carry_out();
  for (std::string& line : carry_out_moves(prepared))
    prepared.remarks.push_back(std::move(line));
  for (ModulePlan& plan : prepared.plans) {
    // First: threads may run it, and crash, as soon as it is reachable.
    add_code(plan.module->code(), plan.generation->number, plan.generation->image);
    write_plan(plan);
    plan.module->space().keep_slots();
    plan.generation->undo.commit = commits;
    if (objects.value() != nullptr)
      plan.generation->undo.migrated = true;
    plan.module->add(std::move(plan.generation));
  }
  return wire::Done{};
}

}  // namespace hr::runtime
