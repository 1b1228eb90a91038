#include "analysis/linked_image.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "analysis/byte_view.h"
#include "analysis/whole_file.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;

Failure unreadable(const std::filesystem::path& library, std::string why, std::string fix) {
  return {library.filename().string() + " can't be described", std::move(why), std::move(fix)};
}

// By the record's path, else beside the library.
std::filesystem::path find_pdb(const std::filesystem::path& library, const std::string& recorded) {
  std::error_code error;
  const std::filesystem::path path = recorded;
  return path.is_absolute() && std::filesystem::exists(path, error)
             ? path
             : library.parent_path() / path.filename();
}

bool is_initialiser_list(const CoffSection& section) {
  return section.name.starts_with(".ctors") || section.name.starts_with(".CRT$XC");
}

// Tables that linkers make anew or that only the system reads: nothing of a module's own.
bool is_table(const CoffSection& section) {
  for (const std::string_view start : {".xdata", ".pdata", ".ctors", ".dtors", ".CRT", ".drectve"})
    if (section.name.starts_with(start))
      return true;
  return false;
}

// Code goes to code, variables to variables.
bool may_lie_in(const CoffSection& section, const core::PeSection& place) {
  constexpr std::uint32_t rights = 0xA0000000;  // IMAGE_SCN_MEM_EXECUTE, _WRITE
  return (section.flags & rights) == (place.flags & rights);
}

bool is_wanted(const CoffSection& section) {
  return section.is_loaded() && section.size != 0 && !is_table(section);
}

}  // namespace

Address LinkedImage::address_of(const PdbPlace& place) const {
  return place.section > 0 && place.section <= image_.sections.size()
             ? Address{image_.sections[place.section - 1].address} + place.offset
             : 0;
}

std::optional<Address> LinkedImage::public_address(const std::string& name) const {
  const auto known = pdb_.publics.find(name);
  const Address address = known == pdb_.publics.end() ? 0 : address_of(known->second);
  return address == 0 ? std::nullopt : std::optional(address);
}

std::optional<Address> LinkedImage::address(const LinkedUnit& unit,
                                            const CoffSymbol& symbol) const {
  if (symbol.is_external())  // another unit's copy may be the one that was kept
    return public_address(std::string(symbol.name));
  const Address own = unit.place_of(symbol);
  return own == 0 ? std::nullopt : std::optional(own);
}

std::optional<Address> LinkedImage::target(const LinkedUnit& unit, const CoffSection& section,
                                           const CoffRelocation& relocation) const {
  const CoffSymbol* symbol = unit.unit->object.symbol(relocation.symbol);
  const auto at = symbol != nullptr ? address(unit, *symbol) : std::nullopt;
  if (!at)
    return std::nullopt;
  return *at + static_cast<std::uint64_t>(coff_addend(section, relocation));
}

std::span<const std::byte> LinkedImage::bytes_at(Address where, std::uint64_t size) const {
  for (const core::PeSection& section : image_.sections)
    if (where >= section.address && where - section.address < section.file_size)
      return ByteView(std::as_bytes(std::span(file_)))
          .part(section.offset + (where - section.address), size);
  return {};
}

std::optional<Address> LinkedImage::thread_local_section() const {
  for (const core::PeSection& section : image_.sections)
    if (section.name == ".tls")
      return section.address;
  return std::nullopt;
}

// Finds the places of one object's sections, each on firmer ground than the next: those with an
// external symbol are where the .pdb has that; what placed code and data refer to is where their
// operands lead; of the rest, what the linker noted of the content decides.
class LinkedImage::Placing {
 public:
  Placing(const LinkedImage& image, const CoffUnits::Unit& unit, const PdbModule& module)
      : image_(image),
        module_(module),
        linked_{unit, std::vector<Address>(unit->object.sections.size()), {}},
        taken_(module.contributions.size()) {}

  std::optional<LinkedUnit> place(std::string& why) {
    if (!place_externals(why))
      return std::nullopt;
    follow();
    const auto& sections = linked_.unit->object.sections;
    for (const bool code : {true, false}) {
      for (std::size_t i = 0; i < sections.size(); ++i) {
        if (sections[i].is_code() != code || external_[i] || linked_.places[i] != 0 ||
            !is_wanted(sections[i]))
          continue;
        if (place_by_content(i)) {
          follow();
        } else if (!sections[i].may_be_missing()) {
          why = "section " + std::string(sections[i].name) + " of it is not in the library";
          return std::nullopt;
        }
      }
    }
    return std::move(linked_);
  }

 private:
  bool place_externals(std::string& why) {
    const CoffObject& object = linked_.unit->object;
    external_.resize(object.sections.size());
    for (const CoffSymbol& symbol : object.symbols) {
      const CoffSection* section = object.section(symbol.section);
      if (section == nullptr || !symbol.is_external() || !is_wanted(*section))
        continue;
      const auto index = static_cast<std::size_t>(symbol.section) - 1;
      if (external_[index])
        continue;
      external_[index] = true;
      const auto at = image_.public_address(std::string(symbol.name));
      if (at && take(*at - symbol.value, section->size)) {
        set(index, *at - symbol.value);
      } else if (!section->may_be_missing()) {
        why = std::string(symbol.name) + " is not where the .pdb has it";
        return false;
      }
    }
    return true;
  }

  bool take(Address where, std::uint64_t size) {
    for (std::size_t i = 0; i < taken_.size(); ++i) {
      const PdbContribution& one = module_.contributions[i];
      if (!taken_[i] && one.size == size && image_.address_of(one.place) == where) {
        taken_[i] = true;
        return true;
      }
    }
    return false;
  }

  void set(std::size_t index, Address place) {
    linked_.places[index] = place;
    unread_.push_back(index);
  }

  // From placed sections to those that they refer to.
  void follow() {
    const CoffObject& object = linked_.unit->object;
    while (!unread_.empty()) {
      const std::size_t from = unread_.back();
      unread_.pop_back();
      const CoffSection& section = object.sections[from];
      const auto now = image_.bytes_at(linked_.places[from], section.size);
      for (const CoffRelocation& relocation : section.relocations) {
        const CoffSymbol* symbol = object.symbol(relocation.symbol);
        const CoffSection* to = symbol != nullptr ? object.section(symbol->section) : nullptr;
        if (to == nullptr || symbol->is_external() || !is_wanted(*to))
          continue;
        const auto index = static_cast<std::size_t>(symbol->section) - 1;
        if (linked_.places[index] != 0 || external_[index])
          continue;
        const ByteView bytes(now);
        Address target = 0;
        if (relocation.kind == CoffRelocationKind::address_64)
          target = bytes.number<std::uint64_t>(relocation.at) - image_.base_;
        else if (relocation.is_relative())
          target = linked_.places[from] + relocation.at +
                   static_cast<std::uint64_t>(std::int64_t{relocation.behind()} +
                                              bytes.number<std::int32_t>(relocation.at));
        else
          continue;
        const Address place =
            target - static_cast<std::uint64_t>(coff_addend(section, relocation)) - symbol->value;
        if (take(place, to->size))
          set(index, place);
      }
    }
  }

  bool place_by_content(std::size_t index) {
    const CoffSection& section = linked_.unit->object.sections[index];
    for (std::size_t i = 0; i < taken_.size(); ++i) {
      const PdbContribution& one = module_.contributions[i];
      if (taken_[i] || one.size != section.size || one.place.section == 0 ||
          one.place.section > image_.image_.sections.size() ||
          !may_lie_in(section, image_.image_.sections[one.place.section - 1]) ||
          (!section.is_zero() && one.crc != linked_.unit->crcs[index]))
        continue;
      taken_[i] = true;
      set(index, image_.address_of(one.place));
      return true;
    }
    return false;
  }

  const LinkedImage& image_;
  const PdbModule& module_;
  LinkedUnit linked_;
  std::vector<bool> taken_;     // of the module's contributions
  std::vector<bool> external_;  // of the sections
  std::vector<std::size_t> unread_;
};

// Words of constructor lists: each says whom it calls.
bool LinkedImage::place_initialisers(const PdbModule& module, LinkedUnit& unit) const {
  std::vector<bool> taken(module.contributions.size());
  for (const CoffSection& section : unit.unit->object.sections) {
    if (!is_initialiser_list(section))
      continue;
    for (const CoffRelocation& relocation : section.relocations) {
      const auto function = target(unit, section, relocation);
      if (!function || relocation.kind != CoffRelocationKind::address_64)
        return false;
      bool found = false;
      for (std::size_t i = 0; i < taken.size() && !found; ++i) {
        const PdbContribution& one = module.contributions[i];
        const Address at = address_of(one.place) + relocation.at;
        const ByteView word(bytes_at(at, 8));
        if (taken[i] || one.size != section.size ||
            word.number<std::uint64_t>(0) != base_ + *function)
          continue;
        taken[i] = section.relocations.size() == 1;
        found = true;
        unit.initialisers.push_back({at, *function});
      }
      if (!found && !section.may_be_missing())
        return false;
    }
  }
  return true;
}

// Every placed byte that is not relocated is the object's, and every operand leads where the
// places say.
bool LinkedImage::proven(const LinkedUnit& unit) const {
  const CoffObject& object = unit.unit->object;
  for (std::size_t i = 0; i < object.sections.size(); ++i) {
    const CoffSection& section = object.sections[i];
    if (unit.places[i] == 0 || section.is_zero())
      continue;
    const auto now = bytes_at(unit.places[i], section.size);
    if (now.size() != section.size)
      return false;
    std::uint64_t at = 0;
    const auto same_until = [&](std::uint64_t end) {
      const bool same =
          end < at || std::memcmp(now.data() + at, section.bytes.data() + at, end - at) == 0;
      at = std::max(at, end);
      return same;
    };
    std::vector<CoffRelocation> relocations = section.relocations;
    std::sort(relocations.begin(), relocations.end(),
              [](const CoffRelocation& a, const CoffRelocation& b) { return a.at < b.at; });
    for (const CoffRelocation& relocation : relocations) {
      const bool word = relocation.kind == CoffRelocationKind::address_64;
      const std::uint64_t size = word ? 8 : relocation.kind == CoffRelocationKind::section ? 2 : 4;
      if (relocation.at > section.size || section.size - relocation.at < size ||
          !same_until(relocation.at))
        return false;
      at = std::max<std::uint64_t>(at, relocation.at + size);
      const auto to = target(unit, section, relocation);
      if (!to)
        continue;
      const ByteView place(now.subspan(relocation.at, size));
      if (word && place.number<std::uint64_t>(0) != base_ + *to)
        return false;
      if (relocation.is_relative() &&
          place.number<std::int32_t>(0) !=
              static_cast<std::int32_t>(*to - (unit.places[i] + relocation.at) -
                                        static_cast<std::uint64_t>(relocation.behind())))
        return false;
    }
    if (!same_until(section.size))
      return false;
  }
  return true;
}

std::optional<Failure> LinkedImage::add_module(const PdbModule& module, CoffUnits& units) {
  std::vector<CoffUnits::Unit> candidates;
  if (module.archive.empty()) {
    if (auto unit = units.read(module.name))
      candidates.push_back(std::move(unit));
  } else {
    candidates = units.read_members(module.archive, module.name);
  }
  const std::string file = std::filesystem::path(module.name).filename().string();
  std::string why = candidates.empty() ? "it is not there, or no object file" : "";
  for (const CoffUnits::Unit& unit : candidates) {
    if (unit->facts.unit.empty())
      return std::nullopt;  // no CodeView: not of this module's own
    auto linked = Placing(*this, unit, module).place(why);
    if (!linked)
      continue;
    if (!place_initialisers(module, *linked) || !proven(*linked)) {
      why = "the library's bytes are not those of the object file";
      continue;
    }
    units_.push_back(std::move(*linked));
    return std::nullopt;
  }
  return Failure{"object file " + file + " and the library are not of one build", why,
                 "nothing to do while it is being built; else build the module again"};
}

hr::wire::Result<LinkedImage> LinkedImage::open(const std::filesystem::path& library,
                                                CoffUnits& units) {
  LinkedImage linked;
  linked.file_ = whole_file(library);
  const auto bytes = std::as_bytes(std::span(linked.file_));
  auto image = core::read_pe_image(bytes);
  if (!image)
    return unreadable(library, image.failure().why, "build the module again");
  linked.image_ = std::move(image).value();
  const ByteView view(bytes);
  constexpr std::uint64_t base_in_header = 4 + 20 + 24;  // PE/COFF specification, 3.4.2
  linked.base_ = view.number<std::uint64_t>(view.number<std::uint32_t>(0x3C) + base_in_header);
  if (!linked.image_.pdb)
    return unreadable(library, "it names no .pdb, which says where its functions and variables are",
                      "link it with lld and -g -gcodeview (add_hot_module does it)");
  const std::vector<char> pdb = whole_file(find_pdb(library, linked.image_.pdb->path));
  auto read = read_pdb(std::as_bytes(std::span(pdb)));
  if (!read)
    return unreadable(library, read.failure().why, read.failure().fix);
  linked.pdb_ = std::move(read).value();
  if (!linked.image_.pdb->identity.starts_with(linked.pdb_.guid))
    return unreadable(library, "its .pdb is of another build",
                      "nothing to do while it is being built; else build the module again");
  for (const PdbModule& module : linked.pdb_.modules)
    if (module.described && module.name != "* Linker *" && !module.name.starts_with("Import:"))
      if (auto failure = linked.add_module(module, units))
        return *failure;
  return linked;
}

}  // namespace hrwatch::analysis
