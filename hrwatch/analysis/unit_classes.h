// The classes of all units that are linked into one library, resolved once for every build that
// has the very same units. Knows no addresses.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "analysis/class_layouts.h"
#include "analysis/description.h"
#include "analysis/unit_facts.h"

namespace hrwatch::analysis {

// Immutable: any thread.
class UnitClasses {
 public:
  using Units = std::vector<std::shared_ptr<const UnitFacts>>;  // null: a unit that is not read

  // `units` in the order of the link. Cost: linear in all classes of all units.
  explicit UnitClasses(Units units);

  const Units& units() const { return units_; }

  const TypeLayouts& layouts() const { return layouts_; }

  // The recursive hash of a type of the unit of this number.
  std::uint64_t hash(const TypeShape& shape, std::uint32_t unit) const {
    return classes_.hash(shape, unit);
  }

 private:
  Units units_;
  ClassLayouts classes_;
  TypeLayouts layouts_;
};

}  // namespace hrwatch::analysis
