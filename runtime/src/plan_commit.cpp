#include <algorithm>
#include <unordered_set>

#include "src/homes.h"
#include "src/rewire.h"

namespace hr::runtime {
namespace {

wire::Failure misfit(const ModulePlan& plan, const std::string& why) {
  return {"the rewiring does not fit module " + plan.module->name(), why,
          "save again; if that does not help, restart the program"};
}

wire::Result<wire::Done> plan_slots(const wire::Rewiring& rewiring, ModulePlan& plan) {
  const LoadedImage& image = plan.generation->image;
  plan.slots.reserve(rewiring.slots.size());
  for (const wire::SlotValue& value : rewiring.slots) {
    if (value.slot >= slot_count || !image.holds_code(value.body, 1))
      return misfit(plan, "it leads a function to a place that is no code");
    plan.slots.push_back({plan.module->space().slot(value.slot), image.at(value.body)});
  }
  return wire::Done{};
}

wire::Result<wire::Done> plan_forwardings(const wire::Rewiring& rewiring, ModulePlan& plan) {
  std::unordered_set<std::uint32_t> filled;
  for (const wire::SlotValue& value : rewiring.slots)
    filled.insert(value.slot);
  plan.forwardings.reserve(rewiring.supersede.size());
  for (const wire::Supersede& supersede : rewiring.supersede) {
    const Generation* older = plan.module->find(supersede.generation);
    if (older == nullptr || supersede.entry < 6 || supersede.slot >= slot_count ||
        !older->image.holds_code(supersede.entry - 6, 16) ||
        !older->image.holds_code(supersede.nop, 2))
      return misfit(plan, "it forwards a function that this program does not have");
    const Forwarding forwarding{older->image.at(supersede.entry), older->image.at(supersede.nop),
                                plan.module->space().slot(supersede.slot)};
    if (!can_forward(forwarding))
      return misfit(plan, "the entry of a function to be forwarded can't be patched");
    if (!filled.contains(supersede.slot) && raw_load<std::uint64_t>(forwarding.slot) == 0)
      return misfit(plan, "it forwards a function to nowhere");
    plan.forwardings.push_back(forwarding);
    plan.live_pages.want(forwarding.entry - 6, 6);
    plan.live_pages.want(forwarding.nop, 2);
  }
  return wire::Done{};
}

wire::Result<wire::Done> plan_images(const wire::Rewiring& rewiring, const Addresses& homes,
                                     const MemoryMap& map, ModulePlan& plan) {
  const LoadedImage& image = plan.generation->image;
  plan.images.reserve(rewiring.images.size());
  for (const wire::ImageWrite& write : rewiring.images) {
    const Pointer to = homes[write.home];
    if (!image.holds(write.source, write.size) || !map.readable(to, write.size))
      return misfit(plan, "it initialises " + write.name + " where nothing is mapped");
    plan.images.push_back({to, image.at(write.source), write.size});
    plan.live_pages.want(to, write.size);
  }
  return wire::Done{};
}

wire::Result<wire::Done> plan_initialisers(const wire::Rewiring& rewiring, ModulePlan& plan) {
  const LoadedImage& image = plan.generation->image;
  plan.initialisers.reserve(rewiring.initialisers.size());
  for (const wire::Initialiser& initialiser : rewiring.initialisers) {
    if (!image.holds_code(initialiser.function, 1))
      return misfit(plan, "it runs an initialiser that is not there");
    plan.initialisers.push_back({image.at(initialiser.function), initialiser.variable});
  }
  return wire::Done{};
}

wire::Result<wire::Done> plan_tables(const wire::Rewiring& rewiring, ModulePlan& plan) {
  const LoadedImage& image = plan.generation->image;
  plan.tables.reserve(rewiring.tables.size());
  for (const wire::Address address : rewiring.tables) {
    if (!image.holds(address, sizeof(hr_type)) || image.at(address) % alignof(hr_type) != 0 ||
        raw_load<std::uint32_t>(image.at(address)) != sizeof(hr_type))
      return misfit(plan, "it has type tables of another release of hr.h");
    plan.tables.push_back(reinterpret_cast<const hr_type*>(image.at(address)));
  }
  plan.migrations.reserve(rewiring.migrations.size());
  for (const wire::TypeMigration& migration : rewiring.migrations) {
    const auto* table = reinterpret_cast<const hr_type*>(image.at(migration.table));
    if (migration.table != 0 &&
        std::find(plan.tables.begin(), plan.tables.end(), table) == plan.tables.end())
      return misfit(plan, "it migrates " + migration.type + ", whose type table it does not name");
    if (migration.table != 0)
      plan.migrations.emplace_back(table, migration);
  }
  return wire::Done{};
}

wire::Result<wire::Done> plan_vtables(const wire::Rewiring& rewiring, const Addresses& homes,
                                      ModulePlan& plan) {
  const LoadedImage& image = plan.generation->image;
  plan.vtables.reserve(rewiring.vtables.size());
  for (const wire::VtableMove& move : rewiring.vtables) {
    if (!image.holds(move.now, sizeof(Pointer)))
      return misfit(plan, "it has no virtual table of " + move.type);
    plan.vtables.emplace_back(homes[move.old], image.at(move.now));
  }
  return wire::Done{};
}

wire::Result<wire::Done> plan_moves(const wire::Rewiring& rewiring, const Addresses& homes,
                                    const MemoryMap& map, ModulePlan& plan) {
  const LoadedImage& image = plan.generation->image;
  const auto fits = [](std::uint64_t count, std::uint64_t stride, std::uint64_t size) {
    return count == 0 || (stride != 0 && count <= size / stride);
  };
  for (const wire::VariableMove& move : rewiring.moves) {
    const bool inside =
        std::all_of(move.members.begin(), move.members.end(), [&](const wire::MemberMove& member) {
          return member.from <= move.old_stride &&
                 member.from_size <= move.old_stride - member.from &&
                 member.to <= move.new_stride && member.to_size <= move.new_stride - member.to;
        });
    if (!image.holds(move.to, move.new_size) || !map.readable(homes[move.home], move.old_size) ||
        !fits(move.count, move.old_stride, move.old_size) ||
        !fits(move.count, move.new_stride, move.new_size) || !inside ||
        (move.count != 0 && move.members.empty() && move.old_stride != move.new_stride))
      return misfit(plan, "it moves " + move.name + " where nothing is mapped");
    PlannedMove& planned = plan.moves.emplace_back();
    planned.from = homes[move.home];
    planned.to = image.at(move.to);
    for (const std::uint32_t word : move.words)
      planned.words.push_back(homes[word]);
    planned.move = move;
  }
  for (const wire::VariablePlace& place : rewiring.places)
    plan.places.push_back({homes[place.home], place.size, place.name});
  return wire::Done{};
}

}  // namespace

wire::Result<wire::Done> plan_commit(const wire::Rewiring& rewiring, const Addresses& homes,
                                     ModulePlan& plan) {
  auto map = MemoryMap::read();
  if (!map)
    return map.failure();
  if (auto planned = plan_slots(rewiring, plan); !planned)
    return planned;
  if (auto planned = plan_forwardings(rewiring, plan); !planned)
    return planned;
  if (auto planned = plan_images(rewiring, homes, map.value(), plan); !planned)
    return planned;
  if (auto planned = plan_initialisers(rewiring, plan); !planned)
    return planned;
  if (auto planned = plan_tables(rewiring, plan); !planned)
    return planned;
  if (auto planned = plan_vtables(rewiring, homes, plan); !planned)
    return planned;
  if (auto planned = plan_moves(rewiring, homes, map.value(), plan); !planned)
    return planned;
  plan.module->make_room();
  plan_undo(map.value(), plan);
  plan.generation->undo.migrated = !rewiring.migrations.empty() || !rewiring.moves.empty();
  for (const SlotStore& store : plan.slots)
    touch_pages(store.slot, store.slot + sizeof(Pointer));
  return plan.live_pages.open(map.value());
}

}  // namespace hr::runtime
