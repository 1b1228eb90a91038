// Every class layout of a library, gathered unit by unit, then resolved: a class that one unit only
// declares has the layout another unit defines. Knows no DWARF.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/description.h"

namespace hrwatch::analysis {

// How a type lies in memory, apart from the class it contains by value (at most one: the type
// itself or what an array is made of), which is named by its identity and resolved later.
struct TypeShape {
  std::uint64_t hash = 0;  // 0 = unknown
  std::uint64_t contained = 0;
};

struct ClassRecord {
  std::string name;
  TypeLayout layout;              // hashes are filled by ClassLayouts::resolve() in its copies
  std::vector<TypeShape> shapes;  // one a member
  std::uint64_t shallow = 0;      // names, offsets, sizes and shapes of the members
  bool unnamed = false;           // part of others; no entry of its own
};

// A class as one unit shows it; units that show the same may share the record.
struct ShownClass {
  std::uint64_t identity = 0;
  std::shared_ptr<const ClassRecord> record;
};

// Gathers what units show, one after the other. Records are made once for all of them.
class ClassGatherer {
 public:
  // False when no unit has shown this layout under this identity yet: `add` wants it.
  bool show(std::uint64_t identity, std::uint64_t shallow);
  void add(std::uint64_t identity, ClassRecord record);

  // What was shown since the last call.
  std::vector<ShownClass> take();

 private:
  struct Known {
    std::shared_ptr<const ClassRecord> record;
    std::uint32_t shown_by = 0;  // the last unit, by number of take()
  };

  std::unordered_map<std::uint64_t, std::vector<Known>> known_;
  std::vector<ShownClass> shown_;
  std::uint32_t unit_ = 1;
};

class ClassLayouts {
 public:
  // Units come in order.
  void add(const std::vector<ShownClass>& shown, std::uint32_t unit);

  // The recursive hash of a type of `unit`. 0 when its shape is unknown. After resolve().
  std::uint64_t hash(const TypeShape& shape, std::uint32_t unit) const;

  // The layouts by name, with all hashes. `unit_names` by unit number.
  std::map<std::string, TypeLayout> resolve(const std::vector<std::string>& unit_names);

 private:
  struct Variant {
    std::shared_ptr<const ClassRecord> record;
    std::vector<std::uint32_t> units;
    std::uint64_t deep = 0;
    bool busy = false;
  };

  using Variants = std::vector<Variant>;

  std::unordered_map<std::uint64_t, Variants> classes_;

  const Variant* find(std::uint64_t identity, std::uint32_t unit) const;
  std::uint64_t resolve_hash(Variant& variant);
  bool polymorphic(const Variant& variant, int depth) const;
  TypeLayout layout(const Variant& variant) const;
  static bool ambiguous_closure(const Variants& variants);
  void resolve_class(Variants& variants, const std::vector<std::string>& unit_names,
                     std::map<std::string, TypeLayout>& result);
};

}  // namespace hrwatch::analysis
