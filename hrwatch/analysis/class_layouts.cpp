#include "analysis/class_layouts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "analysis/content_hash.h"

namespace hrwatch::analysis {

bool ClassLayouts::is_new(std::uint64_t identity, std::uint64_t shallow, std::uint32_t unit) {
  const auto found = classes_.find(identity);
  if (found == classes_.end())
    return true;
  for (Variant& variant : found->second.variants) {
    if (variant.record.shallow != shallow)
      continue;
    if (variant.units.back() != unit)
      variant.units.push_back(unit);
    return false;
  }
  return true;
}

void ClassLayouts::add(std::uint64_t identity, std::string name, ClassRecord record,
                       std::uint32_t unit) {
  Class& entry = classes_[identity];
  if (entry.name.empty())
    entry.name = std::move(name);
  entry.variants.push_back({std::move(record), {unit}, 0, false});
}

void ClassLayouts::merge(ClassLayouts&& other) {
  for (auto& [identity, theirs] : other.classes_) {
    Class& ours = classes_[identity];
    if (ours.name.empty())
      ours.name = theirs.name;
    for (Variant& variant : theirs.variants) {
      const auto same = std::find_if(
          ours.variants.begin(), ours.variants.end(),
          [&](const Variant& known) { return known.record.shallow == variant.record.shallow; });
      if (same == ours.variants.end()) {
        ours.variants.push_back(std::move(variant));
        continue;
      }
      // The record of the earliest unit wins, whichever thread was faster.
      if (variant.units.front() < same->units.front())
        same->record = std::move(variant.record);
      std::vector<std::uint32_t> units;
      std::merge(same->units.begin(), same->units.end(), variant.units.begin(), variant.units.end(),
                 std::back_inserter(units));
      same->units = std::move(units);
    }
  }
}

// The definition that `unit` sees: its own, or the only one there is.
ClassLayouts::Variant* ClassLayouts::find(std::uint64_t identity, std::uint32_t unit) {
  const auto found = classes_.find(identity);
  if (found == classes_.end())
    return nullptr;
  for (Variant& variant : found->second.variants)
    if (std::binary_search(variant.units.begin(), variant.units.end(), unit))
      return &variant;
  return found->second.variants.size() == 1 ? &found->second.variants.front() : nullptr;
}

std::uint64_t ClassLayouts::hash(const TypeShape& shape, std::uint32_t unit) {
  if (shape.hash == 0 || shape.contained == 0)
    return shape.hash;
  Variant* variant = find(shape.contained, unit);
  return variant == nullptr ? shape.hash : combine(shape.hash, deep(*variant));
}

std::uint64_t ClassLayouts::deep(Variant& variant) {
  if (variant.deep != 0 || variant.busy)
    return variant.deep;
  variant.busy = true;  // damaged debug info may contain itself
  std::uint64_t result = variant.record.shallow;
  for (std::size_t i = 0; i < variant.record.shapes.size(); ++i) {
    const std::uint64_t member = hash(variant.record.shapes[i], variant.units.front());
    variant.record.layout.members[i].type_hash = member;
    result = combine(result, member);
  }
  variant.deep = variant.record.layout.hash = result;
  return result;
}

bool ClassLayouts::polymorphic(const Variant& variant, int depth) {
  if (variant.record.layout.polymorphic)
    return true;
  for (std::size_t i = 0; depth < 64 && i < variant.record.shapes.size(); ++i) {
    if (!variant.record.layout.members[i].base)
      continue;
    const Variant* base = find(variant.record.shapes[i].contained, variant.units.front());
    if (base != nullptr && polymorphic(*base, depth + 1))
      return true;
  }
  return false;
}

// Two closures of one signature in one function give templates over them one name: such a name says
// nothing, and closures have a guard of their own.
bool ClassLayouts::ambiguous_closure(const Class& entry) {
  if (entry.name.find("<lambda") == std::string::npos &&
      entry.name.find("(lambda)") == std::string::npos)
    return false;
  for (std::size_t i = 1; i < entry.variants.size(); ++i)
    if (entry.variants[i].units.front() == entry.variants[i - 1].units.front())
      return true;
  return false;
}

void ClassLayouts::resolve_class(Class& entry, const std::vector<std::string>& unit_names,
                                 std::map<std::string, TypeLayout>& result) {
  std::stable_sort(
      entry.variants.begin(), entry.variants.end(),
      [](const Variant& a, const Variant& b) { return a.units.front() < b.units.front(); });
  const bool silent = ambiguous_closure(entry);
  for (Variant& variant : entry.variants) {
    deep(variant);
    variant.record.layout.polymorphic = polymorphic(variant, 0);
    if (silent || variant.record.unnamed)
      continue;
    for (const std::uint32_t unit : variant.units) {
      const bool alone = entry.variants.size() == 1;
      const std::string name = alone ? entry.name : entry.name + " @ " + unit_names[unit];
      std::string unique = name;
      for (int i = 2; !result.emplace(unique, variant.record.layout).second; ++i)
        unique = name + " #" + std::to_string(i);
      if (alone)
        break;
    }
  }
}

std::map<std::string, TypeLayout> ClassLayouts::resolve(
    const std::vector<std::string>& unit_names) {
  std::vector<Class*> in_order;
  for (auto& [identity, entry] : classes_)
    in_order.push_back(&entry);
  // Names that are not unique get numbers: by the unit that showed them first, never by chance.
  std::sort(in_order.begin(), in_order.end(), [](const Class* a, const Class* b) {
    const Variant &first = a->variants.front(), &second = b->variants.front();
    return std::pair(first.units.front(), first.record.shallow) <
           std::pair(second.units.front(), second.record.shallow);
  });
  std::map<std::string, TypeLayout> result;
  for (Class* entry : in_order)
    resolve_class(*entry, unit_names, result);
  return result;
}

}  // namespace hrwatch::analysis
