// What has been read of object files and of the debug info of their units, so that an edit reads
// only what it changed. Knows no library's addresses: everything here is true in every link.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/unit_facts.h"

namespace hrwatch::analysis {

// An object file as it is now.
struct ObjectContent {
  std::uint64_t hash = 0;                 // of all its bytes; 0 = not readable
  std::vector<std::uint64_t> unit_sizes;  // of its units in .debug_info, in bytes, in order
  std::int64_t written_ns = 0;            // since the epoch
};

// Those of a library or object file.
std::vector<std::uint64_t> sizes_of_units(Dwarf* dwarf);

// One unit of one content of an object file.
struct UnitKey {
  std::uint64_t object = 0;  // ObjectContent::hash; 0 = not known, never kept
  std::uint32_t unit = 0;    // which of the object's units

  auto operator<=>(const UnitKey&) const = default;  // NOLINT(modernize-use-nullptr): LLVM 14
};

class UnitClasses;

// Thread safe.
class UnitCache {
 public:
  using Facts = std::shared_ptr<const UnitFacts>;
  using Units = std::map<UnitKey, Facts>;

  // Reads the file unless its inode, size and times are those of the last call.
  // Cost: one pass over the file, or one stat().
  ObjectContent content(const std::filesystem::path& object);

  // The units of the last build of `library`.
  std::shared_ptr<const Units> units(const std::filesystem::path& library);
  // From now on these are they.
  void keep(const std::filesystem::path& library, Units units);

  // The classes of the units that a build of `library` has, or will have; null = not known.
  std::shared_ptr<const UnitClasses> classes(const std::filesystem::path& library);
  void keep(const std::filesystem::path& library, std::shared_ptr<const UnitClasses> classes);

  // Held while what belongs to `library` is read, so that nobody reads it twice.
  std::shared_ptr<std::mutex> reading(const std::filesystem::path& library);

 private:
  struct Stamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t written_ns = 0, changed_ns = 0;

    bool operator==(const Stamp&) const = default;
  };

  struct Known {
    Stamp stamp;
    ObjectContent content;
  };

  std::mutex mutex_;
  std::unordered_map<std::string, Known> objects_;
  std::unordered_map<std::string, std::shared_ptr<const Units>> units_;
  std::unordered_map<std::string, std::shared_ptr<const UnitClasses>> classes_;
  std::unordered_map<std::string, std::shared_ptr<std::mutex>> reading_;

  static Stamp stamp_of(const struct stat& file);
  ObjectContent known(const std::string& object, const Stamp& stamp);
  ObjectContent read(const std::filesystem::path& object);
};

}  // namespace hrwatch::analysis
