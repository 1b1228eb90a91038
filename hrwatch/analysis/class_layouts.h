// Every class layout of a library, gathered unit by unit, then resolved: a class that one unit only
// declares has the layout another unit defines. Knows no DWARF.
#pragma once

#include <cstdint>
#include <map>
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
  TypeLayout layout;              // hash and the members' type_hash are filled by resolve()
  std::vector<TypeShape> shapes;  // one a member
  std::uint64_t shallow = 0;      // names, offsets, sizes and shapes of the members
  bool unnamed = false;           // part of others; no entry of its own
};

class ClassLayouts {
 public:
  // True when no unit has shown this layout under this identity yet: `add` wants it.
  bool is_new(std::uint64_t identity, std::uint64_t shallow, std::uint32_t unit);
  void add(std::uint64_t identity, std::string name, ClassRecord record, std::uint32_t unit);

  // Takes over what another thread gathered from other units.
  void merge(ClassLayouts&& other);

  // The recursive hash of a type of `unit`. 0 when its shape is unknown.
  std::uint64_t hash(const TypeShape& shape, std::uint32_t unit);

  // The layouts by name, with all hashes. `unit_names` by unit number.
  std::map<std::string, TypeLayout> resolve(const std::vector<std::string>& unit_names);

 private:
  struct Variant {
    ClassRecord record;
    std::vector<std::uint32_t> units;
    std::uint64_t deep = 0;
    bool busy = false;
  };

  struct Class {
    std::string name;
    std::vector<Variant> variants;
  };

  std::unordered_map<std::uint64_t, Class> classes_;

  Variant* find(std::uint64_t identity, std::uint32_t unit);
  std::uint64_t deep(Variant& variant);
  bool polymorphic(const Variant& variant, int depth);
  static bool ambiguous_closure(const Class& entry);
  void resolve_class(Class& entry, const std::vector<std::string>& unit_names,
                     std::map<std::string, TypeLayout>& result);
};

}  // namespace hrwatch::analysis
