#include "src/module.h"

#include <algorithm>
#include <utility>

#include "src/entries.h"
#include "src/memory_map.h"
#include "src/module_file.h"

namespace hr::runtime {
namespace {

// Old enough or new enough to be understood.
std::optional<wire::Failure> check_abi(const hr_module_info& info) {
  if (info.abi == HR_MODULE_ABI && info.struct_size >= sizeof(hr_module_info))
    return std::nullopt;
  return wire::Failure{"the module was built for another version of hrwatch",
                       "module interface " + std::to_string(info.abi) + ", this runtime has " +
                           std::to_string(HR_MODULE_ABI),
                       "configure and build the whole project again"};
}

// Whether code may be rewritten at all here; tried on one page of the module's own.
std::optional<wire::Failure> try_writing_code(const LoadedImage& image, const MemoryMap& map) {
  for (const LoadedSegment& segment : image.segments) {
    if (!segment.executable)
      continue;
    WritablePages page;
    page.want(segment.begin, 1);
    if (auto opened = page.open(map); !opened)
      return opened.failure();
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::mutex& module_memory() {
  static std::mutex& mutex = *new std::mutex;  // outlives static destruction
  return mutex;
}

std::shared_ptr<Module> Module::adopt(const hr_module_info& info) {
  std::optional<LoadedImage> image = find_image(info.anchor);
  if (!image || info.name == nullptr || info.build_dir == nullptr)
    return nullptr;
  std::shared_ptr<Module> module(new Module);
  module->name_ = info.name;
  module->build_dir_ = info.build_dir;
  module->generations_.push_back(std::make_unique<Generation>(0, std::move(*image)));
  module->code_ = new HotCode(module->name_, module->build_dir_);
  add_code(*module->code_, 0, module->generation_0());
  module->problem_ = check_abi(info);
  module->open_image();
  if (!module->problem_)
    module->prepare_entries(info);
  if (!module->problem_) {
    const LoadedImage& mapped = module->generation_0();
    auto space = AddressSpace::reserve(mapped.begin, mapped.end);
    if (space)
      module->space_ = std::move(space).value();
    else
      module->problem_ = space.failure();
  }
  return module;
}

void Module::prepare_entries(const hr_module_info& info) {
  const LoadedImage& image = generation_0();
  const auto [any, nops] = built_entries(image, info.entries_begin, info.entries_end);
  if (!any) {
    problem_ =
        wire::Failure{"module " + name_ + " has no patchable entries",
                      "it was compiled without -fpatchable-function-entry=8,6",
                      "declare it with add_hot_module() or target_hot_reload(), and keep its "
                      "compile options"};
    return;
  }
  auto map = MemoryMap::read();
  if (!map) {
    problem_ = map.failure();
    return;
  }
  if (nops.empty()) {
    problem_ = try_writing_code(image, map.value());
    return;
  }
  WritablePages pages;
  for (Pointer nop : nops)
    pages.want(nop, 2);
  if (auto opened = pages.open(map.value()); !opened) {
    problem_ = opened.failure();
    return;
  }
  for (Pointer nop : nops)
    join_nop(nop);
}

void Module::open_image() {
  descriptor_ = open_module_file(generation_0().path, generation_0().build_id);
}

Module::~Module() {
  if (descriptor_ >= 0)
    close_module_file(descriptor_, generation_0().build_id);
}

wire::ModuleState Module::state() const {
  wire::ModuleState state;
  state.name = name_;
  state.path = generation_0().path;
  state.image_descriptor = descriptor_;
  state.problem = problem_;
  const Pointer origin = generation_0().bias;
  state.base = origin;
  state.first_place = static_cast<std::int64_t>(space_.first_place() - origin);
  state.place_size = space_.place_size();
  state.place_count = space_.place_count();
  const std::lock_guard lock(generations_mutex_);
  for (const auto& generation : generations_)
    state.generations.push_back({generation->number, generation->image.build_id,
                                 static_cast<std::int64_t>(generation->image.bias - origin)});
  state.withdrawn = withdrawn_;
  return state;
}

const Generation* Module::find(std::uint32_t number) const {
  const std::lock_guard lock(generations_mutex_);
  for (const auto& generation : generations_) {
    if (generation->number == number)
      return generation.get();
  }
  return nullptr;
}

std::vector<LoadedImage> Module::images() const {
  const std::lock_guard lock(generations_mutex_);
  std::vector<LoadedImage> result;
  for (const auto& generation : generations_)
    result.push_back(generation->image);
  return result;
}

bool Module::contains(Pointer address) const {
  const std::lock_guard lock(generations_mutex_);
  return std::any_of(generations_.begin(), generations_.end(), [&](const auto& generation) {
    return address >= generation->image.begin && address < generation->image.end;
  });
}

void Module::make_room() {
  const std::lock_guard lock(generations_mutex_);
  if (generations_.size() == generations_.capacity())
    generations_.reserve(2 * generations_.size());
  withdrawn_.reserve(generations_.capacity());
}

std::uint32_t Module::withdrawals() const {
  const std::lock_guard lock(generations_mutex_);
  return static_cast<std::uint32_t>(withdrawn_.size());
}

wire::Withdrawal Module::take_back() {
  const Generation* taken = find(running());
  const wire::Withdrawal withdrawal{taken->number, newest()};
  const std::lock_guard lock(generations_mutex_);
  withdrawn_.push_back(withdrawal);
  withdraw_code(*code_, taken->number);
  code_->running.store(taken->undo.before, std::memory_order_release);
  return withdrawal;
}

void Module::add(std::unique_ptr<Generation> generation) {
  generation->keep();
  const std::lock_guard lock(generations_mutex_);
  generation->undo.before = running();
  code_->running.store(generation->number, std::memory_order_release);
  newest_.store(generation->number, std::memory_order_release);
  generations_.push_back(std::move(generation));
}

}  // namespace hr::runtime
