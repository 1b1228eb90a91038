#include "lab.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/describe.h"
#include "analysis/lineage.h"
#include "analysis/running_host.h"
#include "hr/module.h"
#include "publish/publish.h"
#include "src/commit.h"
#include "src/live_objects.h"
#include "src/object_mover.h"
#include "src/prepare.h"
#include "src/states.h"
#include "src/withdraw.h"

#define LAB_EXPORT __attribute__((visibility("default")))

namespace {

namespace analysis = hrwatch::analysis;
namespace publish = hrwatch::publish;
using hr::runtime::Module;
using hr::wire::Failure;
using Clock = std::chrono::steady_clock;

// This program, as the tool would see it. No thread of it is at work in the module meanwhile.
class LabHost : public analysis::RunningHost {
 public:
  std::filesystem::path newest;  // file of the newest generation
  std::vector<std::string> called;

  hr::wire::Result<std::shared_ptr<const analysis::TypeUses>> uses() override {
    auto found = analysis::find_type_uses(newest);
    if (!found)
      return found.failure();
    return std::make_shared<const analysis::TypeUses>(std::move(found).value());
  }

  hr::wire::Result<std::shared_ptr<const analysis::TypeUses>> uses_of(std::uint32_t) override {
    return uses();  // no frame is ever asked for
  }

  bool calls(const analysis::Function& function) override {
    return std::find(called.begin(), called.end(), function.name) != called.end();
  }

  bool uses_variable(const analysis::Variable& variable) override {
    return std::find(called.begin(), called.end(), variable.name) != called.end();
  }

  hr::wire::Result<std::vector<analysis::RunningCode>> staying() override {
    return std::vector<analysis::RunningCode>();
  }
};

struct Lab {
  LabHost host;
  std::shared_ptr<Module> module;
  std::filesystem::path folder;
  std::optional<analysis::Lineage> lineage;
  std::uint32_t number = 0;  // of the last published copy
  unsigned committed = 0;
  lab_damage damage = LAB_NO_DAMAGE;
  lab_times times = {};
  std::string reason;
  int incomplete = 0;
  analysis::Memory memory;
  std::vector<std::filesystem::path> first_objects;
  unsigned left_alone = 0;
  std::uintptr_t frame = 0;  // of lab_reload(), which stands for hr_poll()
};

// Modules present themselves before any code of the host runs.
Lab& lab() {
  static Lab* const only = new Lab;
  return *only;
}

double lap(Clock::time_point& from) {
  const auto now = Clock::now();
  const double elapsed = std::chrono::duration<double, std::milli>(now - from).count();
  from = now;
  return elapsed;
}

void explain(const Failure& failure) {
  lab().reason += failure.what + '\n' + failure.why + '\n' + failure.fix + '\n';
  if (failure.what.empty() || failure.why.empty() || failure.fix.empty())
    ++lab().incomplete;
}

lab_outcome broken(const Failure& failure) {
  explain(failure);
  return LAB_BROKEN;
}

// The first build, as the tool would read it from the host's descriptor.
lab_outcome begin_lineage() {
  if (!lab().module)
    return broken({"no module", "nothing called hr_module_loaded()", "link the lab"});
  if (lab().module->problem())
    return broken(*lab().module->problem());
  auto first =
      analysis::describe(lab().module->generation_0().path, lab().first_objects, lab().memory);
  if (!first)
    return broken(first.failure());
  lab().lineage.emplace(first.value());
  lab().host.newest = lab().module->generation_0().path;
  return LAB_COMMITTED;
}

std::vector<std::uint64_t> nops_of(const analysis::Description& description) {
  std::vector<std::uint64_t> nops;
  for (const analysis::Function& function : description.functions)
    if (function.nop != 0)
      nops.push_back(function.nop);
  return nops;
}

void truncate_to_half(const std::filesystem::path& copy) {
  std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
  std::filesystem::resize_file(copy, std::filesystem::file_size(copy) / 2);
}

// What a tool gone wrong, or an intruder, might hand over.
void damage(hr::wire::ModuleReload& reload, hr::wire::Rewiring rewiring) {
  const std::filesystem::path copy = reload.path;
  switch (lab().damage) {
    case LAB_NO_DAMAGE:
      break;
    case LAB_WRONG_BUILD_ID:
      reload.build_id = std::string(40, 'a');
      break;
    case LAB_WRITABLE_BY_OTHERS:
      chmod(copy.c_str(), 0777);
      break;
    case LAB_OUTSIDE_FOLDER: {
      const std::filesystem::path elsewhere = lab().folder / copy.filename();
      std::filesystem::rename(copy, elsewhere);
      reload.path = elsewhere;
      break;
    }
    case LAB_TRUNCATED_COPY:
      truncate_to_half(copy);
      break;
    case LAB_WILD_PATCH: {
      const auto home = static_cast<std::uint32_t>(rewiring.homes.size());
      rewiring.homes.push_back({});
      rewiring.homes.back().address = rewiring.memory_size / 2;
      rewiring.code.push_back({rewiring.memory_size + 0x100000, -4, home});
      reload.rewiring = hr::wire::encode(rewiring);
      break;
    }
  }
  lab().damage = LAB_NO_DAMAGE;
}

lab_outcome hand_over(std::shared_ptr<const analysis::Description> next,
                      const analysis::Accepted& verdict, const std::filesystem::path& copy,
                      analysis::ObjectReferences& objects) {
  hr::wire::ModuleReload reload{lab().module->name(), lab().number, next->build_id, copy,
                                hr::wire::encode(verdict.rewiring)};
  damage(reload, verdict.rewiring);
  auto clock = Clock::now();
  auto prepared = hr::runtime::prepare(lab().module, reload);
  lab().times.prepare_ms = lap(clock);
  if (!prepared) {
    explain(prepared.failure());
    return LAB_REFUSED_BY_HOST;
  }
  prepared.value()->at_poll = true;
  prepared.value()->poll_frame = lab().frame;
  auto done = hr::runtime::commit(*prepared.value());
  lab().times.commit_ms = lap(clock);
  if (!done) {
    explain(done.failure());
    return LAB_REFUSED_BY_HOST;
  }
  for (const std::string& remark : verdict.remarks)
    lab().reason += remark + '\n';
  for (const std::string& remark : prepared.value()->remarks)
    lab().reason += remark + '\n';
  lab().left_alone = static_cast<unsigned>(verdict.rewiring.lead_backs.size());
  lab().lineage->adopt(std::move(next), lab().number, objects, &lab().host);
  lab().host.newest = copy;
  ++lab().committed;
  return LAB_COMMITTED;
}

lab_outcome reload(const std::filesystem::path& library,
                   std::vector<std::filesystem::path> object_files) {
  if (!lab().lineage)
    if (const lab_outcome outcome = begin_lineage(); outcome != LAB_COMMITTED)
      return outcome;
  auto clock = Clock::now();
  auto next = analysis::describe(library, object_files, lab().memory);
  lab().times.describe_ms = lap(clock);
  if (!next)
    return broken(next.failure());
  const auto objects = analysis::open_objects(std::move(object_files));
  const auto verdict = lab().lineage->judge(*next.value(), lab().number + 1, *objects, &lab().host);
  lab().times.judge_ms = lap(clock);
  if (std::holds_alternative<analysis::Unchanged>(verdict))
    return LAB_UNCHANGED;
  if (const auto* refused = std::get_if<analysis::Refused>(&verdict)) {
    for (const Failure& failure : refused->reasons)
      explain(failure);
    return LAB_REFUSED_BY_TOOL;
  }
  ++lab().number;
  const auto copy =
      publish::publish({library, lab().folder / ".hrwatch" / "gen", lab().module->name(),
                        lab().number, next.value()->build_id, nops_of(*next.value())});
  lab().times.publish_ms = lap(clock);
  if (!copy)
    return broken(copy.failure());
  return hand_over(next.value(), std::get<analysis::Accepted>(verdict), copy.value(), *objects);
}

}  // namespace

extern "C" {

LAB_EXPORT void hr_module_loaded(const hr_module_info* info) {
  if (!lab().module)
    lab().module = Module::adopt(*info);
}

LAB_EXPORT void hr_module_unloaded(const hr_module_info*) {}

LAB_EXPORT void* hr_state(const char* name, const hr_type* type) {
  return hr::runtime::States::get().find_or_make(name, *type);
}

LAB_EXPORT const void* hr_old_member(const hr_old* old, const char* name, uint64_t* size) {
  uint64_t bytes = 0;
  const void* member = hr::runtime::old_member(*old, name, bytes);
  *(size != nullptr ? size : &bytes) = bytes;
  return member;
}

LAB_EXPORT void hr_live_add(const void* key, void* object, const hr_type* type) {
  hr::runtime::LiveObjects::get().add(key, object, *type);
}

LAB_EXPORT void hr_live_remove(const void* key) {
  hr::runtime::LiveObjects::get().remove(key);
}

LAB_EXPORT void* hr_live_new(uint64_t size, uint64_t align) {
  return hr::runtime::LiveObjects::get().allocate(size, align);
}

LAB_EXPORT void hr_live_delete(void* memory) {
  hr::runtime::LiveObjects::get().release(memory);
}

LAB_EXPORT void lab_start(const char* folder) {
  lab().folder = folder;
  const std::filesystem::path copies = lab().folder / ".hrwatch" / "gen";
  std::error_code ignored;
  std::filesystem::remove_all(lab().folder / ".hrwatch", ignored);
  std::filesystem::create_directories(copies, ignored);
  chmod((lab().folder / ".hrwatch").c_str(), 0700);
  chmod(copies.c_str(), 0700);
}

LAB_EXPORT void lab_first_objects(const char* const* objects, size_t count) {
  lab().first_objects.assign(objects, objects + count);
}

LAB_EXPORT unsigned lab_left_alone(void) {
  return lab().left_alone;
}

LAB_EXPORT lab_outcome lab_reload(const char* library, const char* const* objects, size_t count) {
  lab().reason.clear();
  lab().incomplete = 0;
  lab().times = {};
  lab().frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return reload(library, std::vector<std::filesystem::path>(objects, objects + count));
}

LAB_EXPORT void lab_program_calls(const char* symbol) {
  lab().host.called.emplace_back(symbol);
}

LAB_EXPORT void lab_damage_next(lab_damage damage) {
  lab().damage = damage;
}

LAB_EXPORT const char* lab_reason(void) {
  return lab().reason.c_str();
}

LAB_EXPORT int lab_incomplete_reasons(void) {
  return lab().incomplete;
}

LAB_EXPORT const char* lab_take_back(void) {
  const auto module = lab().module;
  const auto taken = hr::runtime::withdraw(std::span(&module, 1), *module, module->running());
  lab().reason.clear();
  if (taken)
    lab().lineage->withdraw(taken.value().front().withdrawal.generation);
  else
    explain(taken.failure());
  return lab().reason.c_str();
}

LAB_EXPORT lab_times lab_last_times(void) {
  return lab().times;
}

LAB_EXPORT unsigned lab_generations(void) {
  return lab().committed;
}
}
