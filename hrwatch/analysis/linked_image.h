// A built Windows library with the object files that it was linked from: where the linker put each
// of their sections, and so what every relocation of them refers to in the library. All of it is
// proven by the library's own bytes. Knows nothing of reloading.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/coff_unit.h"
#include "analysis/description.h"
#include "analysis/pdb_file.h"
#include "core/pe_image.h"
#include "wire/result.h"

namespace hrwatch::analysis {

// One object file of the module's own (with CodeView) in the library.
struct LinkedUnit {
  CoffUnits::Unit unit;
  std::vector<Address> places;  // one each of the sections; 0 = not in the library

  // The words by which the C runtime calls static initialisers of this unit, and these.
  struct InitialiserWord {
    Address at = 0;
    Address function = 0;
  };

  std::vector<InitialiserWord> initialisers;

  const CoffSection* section_of(const CoffSymbol& symbol) const {
    return unit->object.section(symbol.section);
  }

  // 0 = not in the library.
  Address place_of(const CoffSymbol& symbol) const {
    const Address section =
        symbol.is_defined() ? places[static_cast<std::size_t>(symbol.section) - 1] : 0;
    return section == 0 ? 0 : section + symbol.value;
  }
};

class LinkedImage {
 public:
  // Errors: the library, its .pdb or an object file can't be read, or they are not of one build.
  static hr::wire::Result<LinkedImage> open(const std::filesystem::path& library, CoffUnits& units);

  const core::PeImage& image() const { return image_; }

  const std::vector<LinkedUnit>& units() const { return units_; }

  // Where the library has the symbol; nothing for what it takes from other libraries.
  std::optional<Address> address(const LinkedUnit& unit, const CoffSymbol& symbol) const;
  std::optional<Address> public_address(const std::string& name) const;

  // What a relocation makes its place refer to: symbol and addend.
  std::optional<Address> target(const LinkedUnit& unit, const CoffSection& section,
                                const CoffRelocation& relocation) const;

  // The file's bytes for an address; empty where the file holds none.
  std::span<const std::byte> bytes_at(Address where, std::uint64_t size) const;

  std::optional<Address> thread_local_section() const;

 private:
  class Placing;

  LinkedImage() = default;

  Address address_of(const PdbPlace& place) const;
  std::optional<hr::wire::Failure> add_module(const PdbModule& module, CoffUnits& units);
  bool place_initialisers(const PdbModule& module, LinkedUnit& unit) const;
  bool proven(const LinkedUnit& unit) const;

  std::vector<char> file_;
  core::PeImage image_;
  std::uint64_t base_ = 0;
  PdbFile pdb_;
  std::vector<LinkedUnit> units_;
};

}  // namespace hrwatch::analysis
