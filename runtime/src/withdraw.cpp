#include "src/withdraw.h"

#include "src/memory_map.h"

namespace hr::runtime {
namespace {

using Modules = std::span<const std::shared_ptr<Module>>;

std::string named(const Module& module, std::uint32_t generation) {
  return "generation " + std::to_string(generation) + " of module " + module.name();
}

wire::Result<wire::Done> check(const Module& module, std::uint32_t number) {
  if (module.gone())
    return wire::Failure{named(module, number) + " can't be taken back",
                         "the program has unloaded the module", "load it again in the program"};
  if (number == 0)
    return wire::Failure{"there is nothing to take back",
                         "module " + module.name() + " runs what the program started with",
                         "edit and save: that is a reload"};
  const Generation* generation = module.find(number);
  if (module.running() != number || generation == nullptr)
    return wire::Failure{named(module, number) + " can't be taken back",
                         "generation " + std::to_string(module.running()) + " runs by now",
                         "ask again, if that one is to go"};
  if (generation->undo.migrated)
    return wire::Failure{named(module, number) + " can't be taken back",
                         "going live it rebuilt state in a new layout or moved variables, and "
                         "the code before it knows neither",
                         "undo the edit and save, which migrates again, or restart the program"};
  return wire::Done{};
}

void want_pages(const Undo& undo, WritablePages& pages) {
  for (const Forwarding& entry : undo.entries) {
    pages.want(entry.entry - 6, 6);
    pages.want(entry.nop, 2);
  }
  for (const SavedBytes& saved : undo.constants)
    pages.want(saved.at, saved.bytes.size());
}

// As a commit does it: what is visible comes last.
void write_back(const Undo& undo) {
  for (const SavedBytes& saved : undo.constants)
    raw_copy(saved.at, saved.bytes.data(), saved.bytes.size());
  for (const Forwarding& entry : undo.entries)
    write_slot_jump(entry);
  for (const SlotStore& store : undo.slots)
    store_word(store.slot, store.body);
  for (const Forwarding& entry : undo.entries)
    divert_entry(entry);
}

}  // namespace

wire::Result<std::vector<wire::WithdrawnModule>> withdraw(Modules modules, const Module& module,
                                                          std::uint32_t running) {
  const std::lock_guard lock(module_memory());
  if (auto fit = check(module, running); !fit)
    return fit.failure();
  const std::uint64_t commit = module.find(running)->undo.commit;
  std::vector<std::shared_ptr<Module>> together;
  WritablePages pages;
  for (const auto& candidate : modules) {
    const std::uint32_t number = candidate->running();
    const Generation* generation = number != 0 ? candidate->find(number) : nullptr;
    if (generation == nullptr || generation->undo.commit != commit || candidate->gone())
      continue;
    if (auto fit = check(*candidate, number); !fit)
      return fit.failure();
    want_pages(generation->undo, pages);
    together.push_back(candidate);
  }
  auto map = MemoryMap::read();
  if (!map)
    return map.failure();
  if (auto opened = pages.open(map.value()); !opened)
    return opened.failure();
  std::vector<wire::WithdrawnModule> result;
  for (const auto& one : together) {
    write_back(one->find(one->running())->undo);
    const wire::Withdrawal done = one->take_back();
    result.push_back({one->name(), done, one->running()});
  }
  return result;
}

std::shared_ptr<Module> last_live(Modules modules, const std::string& build_dir,
                                  const std::string& name) {
  std::shared_ptr<Module> last;
  std::uint64_t newest = 0;
  for (const auto& module : modules) {
    const Generation* running = module->find(module->running());
    if (module->build_dir() != build_dir || (!name.empty() && module->name() != name) ||
        running == nullptr || running->undo.commit <= newest)
      continue;
    last = module;
    newest = running->undo.commit;
  }
  return last;
}

}  // namespace hr::runtime
