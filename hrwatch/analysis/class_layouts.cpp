#include "analysis/class_layouts.h"

#include <algorithm>
#include <utility>

#include "analysis/content_hash.h"

namespace hrwatch::analysis {

bool ClassGatherer::show(std::uint64_t identity, std::uint64_t shallow) {
  const auto found = known_.find(identity);
  if (found == known_.end())
    return false;
  for (Known& known : found->second) {
    if (known.record->shallow != shallow)
      continue;
    if (known.shown_by != unit_)
      shown_.push_back({identity, known.record});
    known.shown_by = unit_;
    return true;
  }
  return false;
}

void ClassGatherer::add(std::uint64_t identity, ClassRecord record) {
  const auto shared = std::make_shared<const ClassRecord>(std::move(record));
  known_[identity].push_back({shared, unit_});
  shown_.push_back({identity, shared});
}

std::vector<ShownClass> ClassGatherer::take() {
  ++unit_;
  return std::exchange(shown_, {});
}

void ClassLayouts::add(const std::vector<ShownClass>& shown, std::uint32_t unit) {
  for (const auto& [identity, record] : shown) {
    Variants& variants = classes_[identity];
    const auto same =
        std::find_if(variants.begin(), variants.end(), [&record = record](const Variant& known) {
          return known.record->shallow == record->shallow;
        });
    if (same == variants.end())
      variants.push_back({record, {unit}, 0, false});
    else if (same->units.back() != unit)
      same->units.push_back(unit);
  }
}

// The definition that `unit` sees: its own, or the only one there is.
const ClassLayouts::Variant* ClassLayouts::find(std::uint64_t identity, std::uint32_t unit) const {
  const auto found = classes_.find(identity);
  if (found == classes_.end())
    return nullptr;
  for (const Variant& variant : found->second)
    if (std::binary_search(variant.units.begin(), variant.units.end(), unit))
      return &variant;
  return found->second.size() == 1 ? &found->second.front() : nullptr;
}

std::uint64_t ClassLayouts::hash(const TypeShape& shape, std::uint32_t unit) const {
  if (shape.hash == 0 || shape.contained == 0)
    return shape.hash;
  const Variant* variant = find(shape.contained, unit);
  return variant == nullptr ? shape.hash : combine(shape.hash, variant->deep);
}

std::uint64_t ClassLayouts::resolve_hash(Variant& variant) {
  if (variant.deep != 0 || variant.busy)
    return variant.deep;
  variant.busy = true;  // damaged debug info may contain itself
  const std::uint32_t unit = variant.units.front();
  std::uint64_t result = variant.record->shallow;
  for (const TypeShape& shape : variant.record->shapes) {
    if (auto* contained = const_cast<Variant*>(find(shape.contained, unit)))
      resolve_hash(*contained);
    result = combine(result, hash(shape, unit));
  }
  return variant.deep = result;
}

bool ClassLayouts::polymorphic(const Variant& variant, int depth) const {
  const ClassRecord& record = *variant.record;
  if (record.layout.polymorphic)
    return true;
  for (std::size_t i = 0; depth < 64 && i < record.shapes.size(); ++i) {
    if (!record.layout.members[i].base)
      continue;
    const Variant* base = find(record.shapes[i].contained, variant.units.front());
    if (base != nullptr && polymorphic(*base, depth + 1))
      return true;
  }
  return false;
}

TypeLayout ClassLayouts::layout(const Variant& variant) const {
  TypeLayout layout = variant.record->layout;
  layout.hash = variant.deep;
  layout.polymorphic = polymorphic(variant, 0);
  for (std::size_t i = 0; i < layout.members.size(); ++i)
    layout.members[i].type_hash = hash(variant.record->shapes[i], variant.units.front());
  return layout;
}

// Two closures of one signature in one function give templates over them one name: such a name says
// nothing, and closures have a guard of their own.
bool ClassLayouts::ambiguous_closure(const Variants& variants) {
  const std::string& name = variants.front().record->name;
  if (name.find("<lambda") == std::string::npos && name.find("(lambda)") == std::string::npos)
    return false;
  for (std::size_t i = 1; i < variants.size(); ++i)
    if (variants[i].units.front() == variants[i - 1].units.front())
      return true;
  return false;
}

void ClassLayouts::resolve_class(Variants& variants, const std::vector<std::string>& unit_names,
                                 std::map<std::string, TypeLayout>& result) {
  const bool silent = ambiguous_closure(variants);
  for (Variant& variant : variants) {
    resolve_hash(variant);
    if (silent || variant.record->unnamed)
      continue;
    const std::string& plain = variants.front().record->name;
    const TypeLayout resolved = layout(variant);
    for (const std::uint32_t unit : variant.units) {
      const bool alone = variants.size() == 1;
      const std::string name = alone ? plain : plain + " @ " + unit_names[unit];
      std::string unique = name;
      for (int i = 2; !result.emplace(unique, resolved).second; ++i)
        unique = name + " #" + std::to_string(i);
      if (alone)
        break;
    }
  }
}

std::map<std::string, TypeLayout> ClassLayouts::resolve(
    const std::vector<std::string>& unit_names) {
  std::vector<Variants*> in_order;
  for (auto& [identity, variants] : classes_)
    in_order.push_back(&variants);
  // Names that are not unique get numbers: by the unit that showed them first, never by chance.
  std::sort(in_order.begin(), in_order.end(), [](const Variants* a, const Variants* b) {
    return std::pair(a->front().units.front(), a->front().record->shallow) <
           std::pair(b->front().units.front(), b->front().record->shallow);
  });
  std::map<std::string, TypeLayout> result;
  for (Variants* variants : in_order)
    resolve_class(*variants, unit_names, result);
  return result;
}

}  // namespace hrwatch::analysis
