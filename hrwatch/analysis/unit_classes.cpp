#include "analysis/unit_classes.h"

#include <string>
#include <utility>

#include "analysis/content_hash.h"

namespace hrwatch::analysis {

UnitClasses::UnitClasses(Units units) : units_(std::move(units)) {
  std::vector<std::string> names(units_.size());
  for (std::uint32_t i = 0; i < units_.size(); ++i) {
    if (units_[i] == nullptr)
      continue;
    names[i] = units_[i]->unit;
    classes_.add(units_[i]->classes, i);
  }
  auto layouts = classes_.resolve(names);
  std::uint64_t digest = layouts.size();
  for (const auto& [name, layout] : layouts)
    digest = combine(combine(digest, hash_of(name)), layout.hash);
  layouts_ = TypeLayouts(std::move(layouts), digest);
}

}  // namespace hrwatch::analysis
