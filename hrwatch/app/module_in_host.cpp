#include "app/module_in_host.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "app/host_process.h"

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;

// What comes with the system knows no function of a module.
bool of_system(std::string_view path) {
  for (const std::string_view folder : {"/usr/lib/", "/lib/", "/lib64/", "/usr/lib64/", "/dev/"})
    if (path.starts_with(folder))
      return true;
  return false;
}

}  // namespace

fs::path file_of_generation(const hr::wire::ModuleState& module, std::uint32_t generation, int pid,
                            const fs::path& copies) {
  if (generation != 0)
    return copies / (module.name + "." + std::to_string(generation) + ".so");
  // The file may have been rebuilt or removed since: the host keeps it open.
  return "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(module.image_descriptor);
}

ModuleInHost::ModuleInHost(int pid, hr::wire::ModuleState module, std::uint32_t newest,
                           fs::path copies)
    : pid_(pid), module_(std::move(module)), newest_(newest), copies_(std::move(copies)) {}

hr::wire::Result<std::shared_ptr<const analysis::TypeUses>> ModuleInHost::uses() {
  return uses_of(newest_);
}

hr::wire::Result<std::shared_ptr<const analysis::TypeUses>> ModuleInHost::uses_of(
    std::uint32_t generation) {
  auto& known = uses_[generation];
  if (known == nullptr) {
    auto found = analysis::find_type_uses(file_of_generation(module_, generation, pid_, copies_));
    if (!found)
      return found.failure();
    known = std::make_shared<const analysis::TypeUses>(std::move(found).value());
  }
  return known;
}

std::optional<std::uint32_t> ModuleInHost::generation_of(const std::string& path) const {
  if (path == module_.path)
    return 0;
  const fs::path file(path);
  const std::string name = file.filename().string(), start = module_.name + ".";
  std::uint32_t number = 0;
  if (file.parent_path() != copies_ || !name.starts_with(start))
    return std::nullopt;
  const char* const digits = name.data() + start.size();
  const auto [end, error] = std::from_chars(digits, name.data() + name.size(), number);
  return error == std::errc() && end != digits ? std::optional(number) : std::nullopt;
}

void ModuleInHost::read_others() {
  others_.emplace();
  std::set<std::string> seen;
  for (const MappedFile& file : mapped_files(pid_)) {
    if (of_system(file.path) || generation_of(file.path) || !seen.insert(file.path).second)
      continue;
    std::ifstream stream(file.path, std::ios::binary);
    others_->emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
}

// The name stands in the dynamic symbols of whoever imports it, and as a text in whoever looks it
// up: between zero bytes both.
bool ModuleInHost::calls(const analysis::Function& function) {
  if (!function.exported)
    return false;
  if (!others_)
    read_others();
  const std::string name = function.name + '\0';
  const std::boyer_moore_horspool_searcher searcher(name.begin(), name.end());
  for (const std::string& other : *others_)
    for (auto at = other.begin(); (at = std::search(at, other.end(), searcher)) != other.end();
         ++at)
      if (at != other.begin() && at[-1] == '\0')
        return true;
  return false;
}

hr::wire::Result<std::vector<analysis::RunningCode>> ModuleInHost::running() {
  if (running_)
    return *running_;
  const auto frames = thread_frames(pid_);
  if (!frames)
    return running_.emplace(frames.failure());
  std::vector<analysis::RunningCode> code;
  for (const MappedFile& file : mapped_files(pid_)) {
    const auto generation = generation_of(file.path);
    for (const std::uint64_t frame : frames.value())
      if (generation && frame >= file.begin && frame < file.end)
        code.push_back({*generation, frame - file.begin});
  }
  return running_.emplace(std::move(code));
}

}  // namespace hrwatch::app
