#include "app/module_in_host.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "analysis/texts.h"
#include "app/generation_file.h"
#include "app/host_process.h"
#include "core/plan.h"
#include "publish/publish.h"

namespace hrwatch::app {

namespace fs = std::filesystem;

ModuleInHost::ModuleInHost(int pid, hr::wire::ModuleState module, std::uint32_t newest,
                           fs::path copies, Model model, std::shared_ptr<DescriptionStore> store)
    : pid_(pid),
      module_(std::move(module)),
      newest_(newest),
      copies_(std::move(copies)),
      model_(std::move(model)),
      store_(std::move(store)) {}

hr::wire::Result<std::shared_ptr<const analysis::TypeUses>> ModuleInHost::uses() {
  return uses_of(newest_);
}

// Where they were read with the description; null elsewhere.
std::shared_ptr<const analysis::TypeUses> ModuleInHost::described_uses(const fs::path& file) const {
  const auto id = analysis::read_build_id(file);
  if (store_ == nullptr || !id.ok())
    return nullptr;
  const auto build = store_->get(id.value(), {});
  return build.ok() ? build.value()->uses : nullptr;
}

hr::wire::Result<std::shared_ptr<const analysis::TypeUses>> ModuleInHost::uses_of(
    std::uint32_t generation) {
  auto& known = uses_[generation];
  if (known == nullptr) {
    const fs::path file = file_of_generation(module_, generation, pid_, copies_);
    known = described_uses(file);
    if (known != nullptr)
      return known;
    auto found = analysis::find_type_uses(file);
    if (!found)
      return found.failure();
    known = std::make_shared<const analysis::TypeUses>(std::move(found).value());
  }
  return known;
}

std::optional<std::uint32_t> ModuleInHost::generation_of(const std::string& path) const {
  if (same_file_name(path, module_.path))
    return 0;
  const fs::path file(path);
  const std::uint32_t number = same_file_name(file.parent_path().string(), copies_.string())
                                   ? publish::generation_in(file.filename().string(), module_.name)
                                   : 0;
  return number != 0 ? std::optional(number) : std::nullopt;
}

const std::map<std::string, std::unordered_set<std::string>>& ModuleInHost::names() {
  if (!names_) {
    names_.emplace();
    for (const MappedFile& file : mapped_files(pid_)) {
      if (comes_with_system(file.path) || generation_of(file.path))
        continue;
      if (const auto [texts, added] = names_->try_emplace(file.path); added)
        analysis::read_texts(file.path, texts->second);
    }
  }
  return *names_;
}

// A name stands in the dynamic symbols of whoever imports it, and as a text in whoever looks it up.
bool ModuleInHost::is_named(const std::string& symbol) {
  return std::any_of(names().begin(), names().end(),
                     [&](const auto& file) { return file.second.count(symbol) != 0; });
}

bool ModuleInHost::callers_know(const analysis::Function& function, const std::string& source) {
  const std::string path = fs::path(source).lexically_normal().generic_string();
  return model_ == nullptr || std::any_of(names().begin(), names().end(), [&](const auto& file) {
           return file.second.count(function.name) != 0 &&
                  core::may_be_made_from(*model_, file.first, path);
         });
}

bool ModuleInHost::calls(const analysis::Function& function) {
  return function.exported && is_named(function.name);
}

bool ModuleInHost::uses_variable(const analysis::Variable& variable) {
  return variable.exported && is_named(variable.name);
}

hr::wire::Result<std::vector<analysis::RunningCode>> ModuleInHost::look() const {
  const auto frames = thread_frames(pid_);
  if (!frames)
    return frames.failure();
  std::vector<analysis::RunningCode> code;
  for (const MappedFile& file : mapped_files(pid_)) {
    const auto generation = generation_of(file.path);
    for (const std::uint64_t frame : frames.value())
      if (generation && frame >= file.begin && frame < file.end)
        code.push_back({*generation, frame - file.begin});
  }
  return code;
}

// A function that returns soon is seen by chance only: what counts is at the same place of the code
// at every look, as a caller that waits for its callee is.
hr::wire::Result<std::vector<analysis::RunningCode>> ModuleInHost::staying() {
  constexpr int looks = 4;
  constexpr std::chrono::milliseconds between(25);  // more than a frame of 60 in a second
  for (int i = 0; !staying_ || (staying_->ok() && !staying_->value().empty() && i < looks); ++i) {
    if (i > 0)
      std::this_thread::sleep_for(between);
    auto seen = look();
    if (seen.ok() && staying_) {
      auto both = staying_->value();
      std::erase_if(both, [&](const analysis::RunningCode& code) {
        return std::none_of(seen.value().begin(), seen.value().end(), [&](const auto& other) {
          return other.generation == code.generation && other.address == code.address;
        });
      });
      seen = std::move(both);
    }
    staying_.emplace(std::move(seen));
  }
  return *staying_;
}

}  // namespace hrwatch::app
