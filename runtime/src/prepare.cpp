#include "src/prepare.h"

#include <utility>

#include "src/homes.h"
#include "src/published_file.h"
#include "src/rewire.h"

namespace hr::runtime {
namespace {

std::optional<wire::Failure> check_module(const Module& module, const wire::ModuleReload& reload) {
  if (module.problem())
    return module.problem();
  if (module.gone())
    return wire::Failure{"module " + module.name() + " is gone", "the program has unloaded it",
                         "load it again in the program"};
  if (reload.generation <= module.newest())
    return wire::Failure{
        "module " + module.name() + " already has generation " + std::to_string(module.newest()),
        "generation " + std::to_string(reload.generation) + " comes too late", "save again"};
  return check_withdrawals(module, reload.withdrawals);
}

}  // namespace

std::optional<wire::Failure> check_withdrawals(const Module& module, std::uint32_t known) {
  if (module.withdrawals() == known)
    return std::nullopt;
  return wire::Failure{"this build of module " + module.name() + " was not taken in",
                       "older code was put back while it was on its way, which it does not fit",
                       "nothing to do: it is judged and sent again"};
}

namespace {

// One module; `plan` is in order when this fails, and undoes what was done when destroyed.
wire::Result<wire::Done> prepare_module(const ReloadTarget& target, ModulePlan& plan) {
  const wire::ModuleReload& reload = *target.reload;
  plan.module = target.module;
  if (std::optional<wire::Failure> problem = check_module(*plan.module, reload))
    return *problem;
  auto rewiring = wire::decode_rewiring(reload.rewiring);
  if (!rewiring)
    return rewiring.failure();
  auto file = inspect_published(reload.path, plan.module->build_dir(), reload.build_id);
  if (!file)
    return file.failure();
  auto generation = Generation::load(reload.generation, file.value(), plan.module->space());
  if (!generation)
    return generation.failure();
  plan.generation = std::move(generation).value();
  const Addresses named = look_up_names(rewiring.value().homes);

  const std::lock_guard lock(module_memory());
  if (std::optional<wire::Failure> problem = check_module(*plan.module, reload))
    return *problem;
  plan.withdrawals = reload.withdrawals;
  auto homes = resolve_homes(rewiring.value().homes, named, *plan.module, *plan.generation);
  if (!homes)
    return homes.failure();
  if (auto rewired = rewire_copy(rewiring.value(), homes.value(), plan); !rewired)
    return rewired;
  return plan_commit(rewiring.value(), homes.value(), plan);
}

}  // namespace

wire::Result<std::unique_ptr<Prepared>> prepare(std::span<const ReloadTarget> targets,
                                                std::string* refused) {
  auto prepared = std::make_unique<Prepared>();
  prepared->plans.reserve(targets.size());
  for (const ReloadTarget& target : targets) {
    auto done = prepare_module(target, prepared->plans.emplace_back());
    if (!done) {
      if (refused != nullptr)
        *refused = target.reload->module;
      return done.failure();
    }
  }
  return prepared;
}

wire::Result<std::unique_ptr<Prepared>> prepare(const std::shared_ptr<Module>& module,
                                                const wire::ModuleReload& reload) {
  const ReloadTarget target{module, &reload};
  return prepare(std::span(&target, 1));
}

Prepared::~Prepared() {
  {
    const std::lock_guard lock(module_memory());
    for (ModulePlan& plan : plans) {
      if (plan.module != nullptr && plan.module->gone())
        plan.live_pages.forget();
      plan.live_pages.restore();
    }
  }
  plans.clear();  // unloads what did not go live: only without the lock
}

}  // namespace hr::runtime
