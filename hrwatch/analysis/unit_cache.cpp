#include "analysis/unit_cache.h"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <utility>

#include "analysis/whole_file_posix.h"

namespace hrwatch::analysis {
namespace {

std::vector<std::uint64_t> unit_sizes(std::vector<char>& bytes) {
  std::vector<std::uint64_t> sizes;
  elf_version(EV_CURRENT);
  Elf* elf = elf_memory(bytes.data(), bytes.size());
  if (Dwarf* dwarf = dwarf_begin_elf(elf, DWARF_C_READ, nullptr)) {
    sizes = sizes_of_units(dwarf);
    dwarf_end(dwarf);
  }
  elf_end(elf);
  return sizes;
}

}  // namespace

std::vector<std::uint64_t> sizes_of_units(Dwarf* dwarf) {
  std::vector<std::uint64_t> sizes;
  Dwarf_Off at = 0, next = 0;
  std::size_t header = 0;
  while (dwarf_next_unit(dwarf, at, &next, &header, nullptr, nullptr, nullptr, nullptr, nullptr,
                         nullptr) == 0) {
    sizes.push_back(next - at);
    at = next;
  }
  return sizes;
}

UnitCache::Stamp UnitCache::stamp_of(const struct stat& file) {
  const auto ns = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {file.st_dev, file.st_ino, static_cast<std::uint64_t>(file.st_size), ns(file.st_mtim),
          ns(file.st_ctim)};
}

ObjectContent UnitCache::content(const std::filesystem::path& object) {
  struct stat state {};

  if (stat(object.c_str(), &state) != 0)
    return {};
  ObjectContent content = known(object.string(), stamp_of(state));
  return content.hash != 0 ? content : read(object);
}

ObjectContent UnitCache::read(const std::filesystem::path& object) {
  const int descriptor = open(object.c_str(), O_RDONLY | O_CLOEXEC);

  struct stat state {};

  ObjectContent content;
  if (descriptor < 0)
    return content;
  if (fstat(descriptor, &state) == 0) {
    const Stamp stamp = stamp_of(state);
    std::vector<char> bytes = whole_file(descriptor, stamp.size);
    content.written_ns = stamp.written_ns;
    if (!bytes.empty()) {
      content.hash = XXH3_64bits(bytes.data(), bytes.size());
      content.unit_sizes = unit_sizes(bytes);
      const std::lock_guard lock(mutex_);
      objects_[object.string()] = {stamp, content};
    }
  }
  close(descriptor);
  return content;
}

ObjectContent UnitCache::known(const std::string& object, const Stamp& stamp) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(object);
  return found != objects_.end() && found->second.stamp == stamp ? found->second.content
                                                                 : ObjectContent();
}

std::shared_ptr<const UnitCache::Units> UnitCache::units(const std::filesystem::path& library) {
  const std::lock_guard lock(mutex_);
  const auto found = units_.find(library.string());
  return found != units_.end() ? found->second : std::make_shared<const Units>();
}

std::shared_ptr<std::mutex> UnitCache::reading(const std::filesystem::path& library) {
  const std::lock_guard lock(mutex_);
  auto& reading = reading_[library.string()];
  if (reading == nullptr)
    reading = std::make_shared<std::mutex>();
  return reading;
}

std::shared_ptr<const UnitClasses> UnitCache::classes(const std::filesystem::path& library) {
  const std::lock_guard lock(mutex_);
  return classes_[library.string()];
}

void UnitCache::keep(const std::filesystem::path& library,
                     std::shared_ptr<const UnitClasses> classes) {
  const std::lock_guard lock(mutex_);
  classes_[library.string()].swap(classes);
}

void UnitCache::keep(const std::filesystem::path& library, Units units) {
  auto kept = std::make_shared<const Units>(std::move(units));
  const std::lock_guard lock(mutex_);
  units_[library.string()].swap(kept);  // what was kept before is freed outside the lock
}

}  // namespace hrwatch::analysis
