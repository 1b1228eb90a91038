#include "analysis/coff_unit.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "analysis/byte_view.h"
#include "analysis/content_hash.h"
#include "analysis/pdb_file.h"
#include "analysis/whole_file.h"

namespace hrwatch::analysis {
namespace {

std::span<const std::byte> bytes_of(const std::vector<char>& file) {
  return std::as_bytes(std::span(file));
}

// The header's time stamp differs from build to build where nothing else does.
std::uint64_t content_of(const std::vector<char>& file, std::uint32_t time_stamp) {
  const std::string_view all(file.data(), file.size());
  if (time_stamp == 0 || file.size() < 12)
    return hash_of(all);
  return combine(hash_of(all.substr(0, 4)), hash_of(all.substr(12)));
}

// The members of an archive: a header of 60 bytes, then the bytes, at even offsets.
class Archive {
 public:
  explicit Archive(const std::vector<char>& file) : file_(bytes_of(file)) {
    const std::string_view magic = file_.padded_text(0, 8);
    thin_ = magic == "!<thin>\n";
    readable_ = thin_ || magic == "!<arch>\n";
  }

  bool is_thin() const { return thin_; }

  // Calls `visit` with name and bytes (empty in a thin archive) of each member.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::uint64_t at = 8; readable_ && file_.holds(at, 60);) {
      const std::string_view raw = field(at, 16);
      std::uint64_t size = 0;
      for (const char digit : field(at + 48, 10))
        if (digit >= '0' && digit <= '9')
          size = size * 10 + static_cast<std::uint64_t>(digit - '0');
      const bool special =
          raw.starts_with("/") && (raw.size() < 2 || raw[1] == ' ' || raw[1] == '/');
      const bool here = special || !thin_;
      if (here && !file_.holds(at + 60, size))
        return;
      if (raw.starts_with("//"))
        names_ = file_.view(at + 60, size);
      else if (!special)
        visit(name_of(raw), here ? file_.part(at + 60, size) : std::span<const std::byte>());
      at += 60 + (here ? (size + 1) / 2 * 2 : 0);
    }
  }

 private:
  std::string_view field(std::uint64_t at, std::uint64_t size) const {
    const auto part = file_.part(at, size);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }

  // "name.o/", or "/123": an offset into the list of long names, which end with "/\n".
  std::string_view name_of(std::string_view raw) const {
    if (!raw.starts_with("/"))
      return raw.substr(0, raw.find('/'));
    std::uint64_t offset = 0;
    for (const char digit : raw.substr(1))
      if (digit >= '0' && digit <= '9')
        offset = offset * 10 + static_cast<std::uint64_t>(digit - '0');
    const std::string_view rest = names_.text(offset);
    std::string_view name = rest.substr(0, rest.find('\n'));
    if (name.ends_with('/'))
      name.remove_suffix(1);
    return name;
  }

  ByteView file_, names_;
  bool thin_ = false, readable_ = false;
};

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

CoffUnits::Unit CoffUnits::read(std::vector<char> bytes) {
  auto object = read_coff_object(bytes_of(bytes));
  if (!object)
    return nullptr;
  const std::uint64_t content = content_of(bytes, object.value().time_stamp);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(content); known != known_.end())
      if (auto unit = known->second.lock())
        return unit;
  }
  auto unit = std::make_shared<CoffUnit>();
  unit->content = content;
  unit->object = std::move(object).value();
  unit->bytes = std::move(bytes);  // where they are, stays
  for (const CoffSection& section : unit->object.sections)
    unit->crcs.push_back(section.is_loaded() ? section_crc(section.bytes) : 0);
  unit->facts = read_coff_facts(unit->object);
  const std::lock_guard lock(mutex_);
  known_[content] = unit;
  return unit;
}

CoffUnits::Unit CoffUnits::read(const std::filesystem::path& file) {
  Unit unit = read(whole_file(file));
  const std::lock_guard lock(mutex_);
  newest_[file.generic_string()] = unit;
  return unit;
}

std::vector<CoffUnits::Unit> CoffUnits::read_members(const std::filesystem::path& archive,
                                                     std::string_view member) {
  const std::vector<char> file = whole_file(archive);
  std::vector<Unit> found;
  Archive reader(file);
  reader.for_each([&](std::string_view name, std::span<const std::byte> bytes) {
    if (file_name(name) != file_name(member))
      return;
    Unit unit;
    if (reader.is_thin()) {
      unit = read(archive.parent_path() / std::filesystem::path(std::string(name)));
    } else {
      std::vector<char> copy(bytes.size());
      std::memcpy(copy.data(), bytes.data(), bytes.size());
      unit = read(std::move(copy));
    }
    if (unit != nullptr)
      found.push_back(std::move(unit));
  });
  return found;
}

}  // namespace hrwatch::analysis
