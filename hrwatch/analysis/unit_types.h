// The types of one unit: what they are called, what they are (for prototypes and pointers), and how
// they lie in memory. Pure over the unit's entries; knows no other unit.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/class_layouts.h"
#include "analysis/debug_entries.h"

namespace hrwatch::analysis {

// A name without the line numbers that clang puts into it: "f<(lambda at a.cpp:6:13)>" is
// "f<(lambda)>".
std::string without_places(const char* name);

class UnitTypes {
 public:
  // Keeps references: both must outlive it. Found classes go into `classes`.
  // `overloads`: the unit's language lets functions share a name.
  UnitTypes(DebugEntries& entries, ClassGatherer& classes, bool overloads);

  // All class and enumeration types of the unit, into `classes`.
  void collect();

  // Of a type named by its offset in the unit (0 = void).
  TypeShape shape(std::uint32_t offset) { return shape_at(entries_.find(offset), offset); }

  std::uint64_t identity(std::uint32_t offset) {
    return identity_at(entries_.find(offset), offset);
  }

  // Valid until the next unit.
  const std::string& name(std::uint32_t offset) { return name_at(entries_.find(offset), offset); }

  // The same without typedefs, also of an array's elements; "" where that is no other name.
  std::string underlying(std::uint32_t offset);

  // The path that names what stands inside entry `index`: "ns::Class", or the linkage name of the
  // innermost function; "" for the unit itself.
  const std::string& scope(std::uint32_t index);

  // The entry and what it refers back to (its declaration, its abstract instance), nearest first.
  std::vector<std::uint32_t> chain(std::uint32_t index);

  // What an entry says, or what it refers back to.
  const char* name_of(std::uint32_t index);
  const char* linkage_name_of(std::uint32_t index);
  std::uint32_t type_of(std::uint32_t index);

  bool is_closure(std::uint32_t index) const;

  // "(int, const char *)" of a function or function type, without `this`.
  std::string parameters(std::uint32_t index);

  // The function, or the abstract instance it refers to for its parameters' types.
  std::uint32_t with_parameters(const std::vector<std::uint32_t>& chain) const;

 private:
  DebugEntries& entries_;
  ClassGatherer& classes_;
  bool overloads_;
  // By index; 0 = not computed yet.
  std::vector<std::uint64_t> identities_;
  std::vector<TypeShape> shapes_;
  std::unordered_map<std::uint32_t, std::string> names_, scopes_, readable_scopes_;
  std::unordered_map<std::uint32_t, const char*> typedef_names_;  // of classes without a name
  std::unordered_map<std::uint32_t, std::uint32_t> ordinals_;     // of closures in their scope
  std::unordered_map<std::uint32_t, std::uint64_t> scope_hashes_;

  void name_the_unnamed();
  void reserve_for(std::uint32_t index);
  std::uint32_t scope_of(std::uint32_t index);
  std::uint64_t scope_hash(std::uint32_t index);
  const std::string& readable_scope(std::uint32_t index);
  std::string class_name(std::uint32_t index);
  const char* given_name(std::uint32_t index);

  TypeShape shape_at(std::uint32_t index, std::uint32_t offset);
  TypeShape compute_shape(std::uint32_t index);
  TypeShape class_shape(std::uint32_t index);
  std::uint64_t class_key(std::uint32_t index);
  std::uint64_t identity_at(std::uint32_t index, std::uint32_t offset);
  std::uint64_t compute_identity(std::uint32_t index);
  std::uint64_t dimensions(std::uint32_t index);
  const std::string& name_at(std::uint32_t index, std::uint32_t offset);
  std::string compute_name(std::uint32_t index);
  std::string wrapped_name(std::uint32_t index, const char* mark);
  std::uint64_t size_at(std::uint32_t offset, int depth = 0);

  ClassRecord record(std::uint32_t index, bool with_names);
  ClassRecord enumeration(std::uint32_t index, bool with_names);
  void add_member(std::uint32_t index, ClassRecord& record, bool with_names);
  void add_class(std::uint32_t index);
};

}  // namespace hrwatch::analysis
