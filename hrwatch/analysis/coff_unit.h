// An object file in memory with what was read from it, remembered by its content: of a build in
// which one source was edited, one object is read anew. Knows no library.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/coff_facts.h"
#include "analysis/coff_object.h"

namespace hrwatch::analysis {

struct CoffUnit {
  std::vector<char> bytes;    // what `object` looks into
  std::uint64_t content = 0;  // hash of the bytes, without the time stamp
  CoffObject object;
  std::vector<std::uint32_t> crcs;  // one each of the sections, as a linker notes them
  CoffFacts facts;
};

// Thread safe.
class CoffUnits {
 public:
  using Unit = std::shared_ptr<const CoffUnit>;

  // Null when the file can't be read as an object file.
  Unit read(const std::filesystem::path& file);

  // The members of that name in a static library (ar; System V and GNU variants, thin ones too).
  std::vector<Unit> read_members(const std::filesystem::path& archive, std::string_view member);

 private:
  Unit read(std::vector<char> bytes);

  std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::weak_ptr<const CoffUnit>> known_;
  std::unordered_map<std::string, Unit> newest_;  // by path: keeps those of the last build
};

}  // namespace hrwatch::analysis
