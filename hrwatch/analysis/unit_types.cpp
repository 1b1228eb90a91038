#include "analysis/unit_types.h"

#include <dwarf.h>

#include <cstring>

#include "analysis/content_hash.h"

namespace hrwatch::analysis {

namespace {

constexpr std::uint64_t unknown_foreign = 0;
constexpr std::uint64_t void_identity = 1;
constexpr std::uint64_t being_computed = 2;

bool is_alias(int tag) {
  return tag == DW_TAG_typedef || tag == DW_TAG_const_type || tag == DW_TAG_volatile_type ||
         tag == DW_TAG_restrict_type || tag == DW_TAG_atomic_type;
}

std::uint64_t text_hash(const char* text) {
  if (text == nullptr)
    return 0;
  return std::strstr(text, " at ") == nullptr ? hash_of(text) : hash_of(without_places(text));
}

}  // namespace

UnitTypes::UnitTypes(DebugEntries& entries, ClassGatherer& classes, bool overloads)
    : entries_(entries), classes_(classes), overloads_(overloads) {
  reserve_for(static_cast<std::uint32_t>(entries.all().size()));
  name_the_unnamed();
}

// Entries read on demand come behind those of the walk.
void UnitTypes::reserve_for(std::uint32_t index) {
  if (index >= identities_.size()) {
    identities_.resize(index + 64);
    shapes_.resize(index + 64);
  }
}

// C names structs by typedef; closures are told apart by their order in their function.
void UnitTypes::name_the_unnamed() {
  std::unordered_map<std::uint32_t, std::uint32_t> closures;
  const auto count = static_cast<std::uint32_t>(entries_.all().size());
  for (std::uint32_t i = 1; i < count; ++i) {
    const DebugEntry entry = entries_[i];
    if (is_class(entry.tag) && is_closure(i)) {
      ordinals_[i] = ++closures[entry.parent];
    } else if (entry.tag == DW_TAG_typedef && entry.name != nullptr) {
      const std::uint32_t target = entries_.find(entry.type);
      const DebugEntry& type = entries_[target];
      if (target != 0 && type.name == nullptr && type.origin == 0 &&
          (is_class(type.tag) || type.tag == DW_TAG_enumeration_type))
        typedef_names_.emplace(target, entry.name);
    }
  }
}

// g++ calls a closure "<lambda(int)>"; clang leaves it without a name but with a call operator.
bool UnitTypes::is_closure(std::uint32_t index) const {
  const DebugEntry& entry = entries_[index];
  if (!is_class(entry.tag))
    return false;
  if (entry.name != nullptr)
    return std::strncmp(entry.name, "<lambda", 7) == 0;
  for (std::uint32_t i = index + 1; i < entry.end; i = entries_[i].end)
    if (entries_[i].tag == DW_TAG_subprogram && entries_[i].name != nullptr &&
        std::strncmp(entries_[i].name, "operator()", 10) == 0)
      return true;
  return false;
}

std::vector<std::uint32_t> UnitTypes::chain(std::uint32_t index) {
  std::vector<std::uint32_t> result{index};
  for (int hops = 0; hops < 4 && entries_[index].origin != 0; ++hops) {
    index = entries_.find(entries_[index].origin);
    if (index == 0)
      break;
    result.push_back(index);
  }
  reserve_for(static_cast<std::uint32_t>(entries_.all().size()));
  return result;
}

const char* UnitTypes::name_of(std::uint32_t index) {
  if (entries_[index].name != nullptr || entries_[index].origin == 0)
    return entries_[index].name;
  for (const std::uint32_t i : chain(index))
    if (entries_[i].name != nullptr)
      return entries_[i].name;
  return nullptr;
}

const char* UnitTypes::linkage_name_of(std::uint32_t index) {
  if (entries_[index].linkage_name != nullptr || entries_[index].origin == 0)
    return entries_[index].linkage_name;
  for (const std::uint32_t i : chain(index))
    if (entries_[i].linkage_name != nullptr)
      return entries_[i].linkage_name;
  return nullptr;
}

std::uint32_t UnitTypes::type_of(std::uint32_t index) {
  if (entries_[index].type != 0 || entries_[index].origin == 0)
    return entries_[index].type;
  for (const std::uint32_t i : chain(index))
    if (entries_[i].type != 0)
      return entries_[i].type;
  return 0;
}

std::uint32_t UnitTypes::with_parameters(const std::vector<std::uint32_t>& chain) const {
  for (const std::uint32_t function : chain)
    for (std::uint32_t i = function + 1; i < entries_[function].end; i = entries_[i].end)
      if (entries_[i].tag == DW_TAG_formal_parameter && entries_[i].type != 0)
        return function;
  return chain.front();
}

// ---- identity

std::uint64_t UnitTypes::identity_at(std::uint32_t index, std::uint32_t offset) {
  if (index == 0)
    return offset == 0 ? void_identity : unknown_foreign;
  reserve_for(index);
  if (identities_[index] == 0) {
    identities_[index] = being_computed;
    const std::uint64_t identity = compute_identity(index);
    identities_[index] = identity;
  }
  return identities_[index];
}

std::uint64_t UnitTypes::compute_identity(std::uint32_t index) {
  const DebugEntry entry = entries_[index];
  std::uint64_t result = combine(7, entry.tag);
  if (entry.tag == DW_TAG_typedef)
    return identity(entry.type);
  if (is_class(entry.tag) || entry.tag == DW_TAG_enumeration_type) {
    const std::uint64_t kind = is_class(entry.tag) ? 11 : 13;
    const char* name = given_name(index);
    if (name == nullptr || is_closure(index))
      return combine(kind, record(index, false).shallow);
    return combine(combine(kind, scope_hash(scope_of(index))), text_hash(name));
  }
  switch (entry.tag) {
    case DW_TAG_base_type:
      return combine(combine(result, entry.encoding), entry.size);
    case DW_TAG_unspecified_type:
      return combine(result, text_hash(entry.name));
    case DW_TAG_array_type:
      return combine(combine(result, dimensions(index)), identity(entry.type));
    case DW_TAG_subroutine_type:
      result = combine(result, identity(entry.type));
      for (std::uint32_t i = index + 1; i < entry.end; i = entries_[i].end)
        result =
            combine(result, entries_[i].tag == DW_TAG_formal_parameter ? identity(entries_[i].type)
                                                                       : entries_[i].tag);
      return result;
    default:
      return combine(result, identity(entry.type));
  }
}

std::uint64_t UnitTypes::dimensions(std::uint32_t index) {
  std::uint64_t result = 17;
  const std::uint32_t end = entries_[index].end;
  for (std::uint32_t i = index + 1; i < end; i = entries_[i].end)
    if (entries_[i].tag == DW_TAG_subrange_type)
      result = combine(result, entries_[i].sized ? entries_[i].size : ~std::uint64_t{0});
  return result;
}

std::uint64_t UnitTypes::scope_hash(std::uint32_t index) {
  if (index == 0)
    return 19;
  if (const auto known = scope_hashes_.find(index); known != scope_hashes_.end())
    return known->second;
  scope_hashes_[index] = being_computed;
  const char* name = given_name(index);
  const char* linkage = entries_[index].tag == DW_TAG_subprogram ? linkage_name_of(index) : nullptr;
  std::uint64_t result = 0;
  if (linkage != nullptr) {
    result = combine(23, hash_of(linkage));
  } else {
    result = combine(scope_hash(scope_of(index)), text_hash(name));
    if (const auto ordinal = ordinals_.find(index); ordinal != ordinals_.end())
      result = combine(result, ordinal->second);
  }
  scope_hashes_[index] = result;
  return result;
}

// ---- layout

TypeShape UnitTypes::shape_at(std::uint32_t index, std::uint32_t offset) {
  if (index == 0)
    return {offset == 0 ? void_identity : unknown_foreign, 0};
  reserve_for(index);
  if (shapes_[index].hash == 0) {
    shapes_[index].hash = being_computed;
    const TypeShape shape = compute_shape(index);
    shapes_[index] = shape;
  }
  return shapes_[index];
}

TypeShape UnitTypes::compute_shape(std::uint32_t index) {
  const DebugEntry entry = entries_[index];
  if (is_alias(entry.tag))
    return shape(entry.type);
  if (is_class(entry.tag))
    return class_shape(index);
  const std::uint64_t seed = combine(29, entry.tag);
  switch (entry.tag) {
    case DW_TAG_array_type: {
      const TypeShape element = shape(entry.type);
      if (element.hash == 0)
        return {};
      return {combine(combine(seed, dimensions(index)), element.hash), element.contained};
    }
    default:  // numbers, enumerations, and pointers: what they point to counts by name only
      return {combine(combine(seed, entry.size), identity_at(index, entry.offset)), 0};
  }
}

TypeShape UnitTypes::class_shape(std::uint32_t index) {
  add_class(index);
  return {combine(31, identity_at(index, entries_[index].offset)), class_key(index)};
}

// Under what a class is gathered. A closure's identity is what it captures, but each has its entry.
std::uint64_t UnitTypes::class_key(std::uint32_t index) {
  return ordinals_.count(index) != 0 ? combine(43, scope_hash(index))
                                     : identity_at(index, entries_[index].offset);
}

std::uint64_t UnitTypes::size_at(std::uint32_t offset, int depth) {
  const std::uint32_t index = entries_.find(offset);
  if (index == 0 || depth > 32)
    return 0;
  const DebugEntry entry = entries_[index];
  if (is_alias(entry.tag))
    return size_at(entry.type, depth + 1);
  if (entry.tag != DW_TAG_array_type)
    return entry.size != 0 || entry.tag == DW_TAG_subroutine_type || is_class(entry.tag)
               ? entry.size
               : sizeof(std::uint64_t);  // pointers to members and references may leave it out
  std::uint64_t size = size_at(entry.type, depth + 1);
  for (std::uint32_t i = index + 1; i < entry.end; i = entries_[i].end)
    if (entries_[i].tag == DW_TAG_subrange_type)
      size *= entries_[i].size;
  return size;
}

void UnitTypes::add_member(std::uint32_t index, ClassRecord& record, bool with_names) {
  const DebugEntry entry = entries_[index];
  Member member;
  member.base = entry.tag == DW_TAG_inheritance;
  member.offset = entry.value;
  member.size = size_at(entry.type);
  if (entry.name != nullptr)
    member.name = entry.name;
  if (entry.bit_size != 0) {
    // DWARF 4 and older count from the top of the storage unit (DWARF 4, 5.5.6).
    const std::uint64_t storage = entry.sized ? entry.size : member.size;
    const std::uint64_t bit =
        entry.data_bits ? entry.value * 8 + entry.bit_offset
                        : entry.value * 8 + storage * 8 - entry.bit_offset - entry.bit_size;
    member.offset = bit / 8;
    member.bit_offset = static_cast<std::uint32_t>(bit % 8);
    member.bit_size = entry.bit_size;
  }
  if (std::strncmp(member.name.c_str(), "_vptr", 5) == 0)
    record.layout.polymorphic = true;
  const TypeShape type = shape(entry.type);
  std::uint64_t& hash = record.shallow;
  hash = combine(combine(hash, hash_of(member.name)), member.offset);
  hash = combine(combine(hash, member.bit_size), member.bit_offset);
  hash = combine(combine(hash, type.hash), entry.computed ? 2 : member.base);
  if (with_names)
    member.type = name(entry.type), member.underlying = underlying(entry.type);
  record.layout.members.push_back(std::move(member));
  record.shapes.push_back(type);
}

ClassRecord UnitTypes::record(std::uint32_t index, bool with_names) {
  const DebugEntry entry = entries_[index];
  if (entry.tag == DW_TAG_enumeration_type)
    return enumeration(index, with_names);
  ClassRecord result;
  result.layout.size = entry.size;
  result.layout.polymorphic = entry.has_virtual_table;
  result.layout.kind = is_closure(index)                    ? "closure"
                       : entry.tag == DW_TAG_union_type     ? "union"
                       : entry.tag == DW_TAG_structure_type ? "struct"
                                                            : "class";
  result.unnamed = given_name(index) == nullptr && result.layout.kind != "closure";
  result.shallow = combine(combine(37, entry.size), entry.tag == DW_TAG_union_type);
  if (with_names)
    result.layout.declared = entries_.declared(index);
  for (std::uint32_t i = index + 1; i < entry.end; i = entries_[i].end) {
    const DebugEntry& child = entries_[i];
    const bool is_static = child.external || child.declaration;
    if ((child.tag == DW_TAG_member && !is_static) || child.tag == DW_TAG_inheritance)
      add_member(i, result, with_names);
  }
  return result;
}

// Enumerations are listed too, as kind "enum": the members are the enumerators, their values stand
// where offsets do. Other types hash them by name and size only, so that one more enumerator is not
// a changed layout.
ClassRecord UnitTypes::enumeration(std::uint32_t index, bool with_names) {
  const DebugEntry entry = entries_[index];
  ClassRecord result;
  result.layout.kind = "enum";
  if (with_names)
    result.layout.declared = entries_.declared(index);
  result.layout.size = entry.size;
  result.unnamed = given_name(index) == nullptr;
  result.shallow = combine(41, entry.size);
  for (std::uint32_t i = index + 1; i < entry.end; i = entries_[i].end) {
    if (entries_[i].tag != DW_TAG_enumerator || entries_[i].name == nullptr)
      continue;
    Member member;
    member.name = entries_[i].name;
    member.offset = entries_[i].value;
    result.shallow = combine(combine(result.shallow, hash_of(member.name)), member.offset);
    result.layout.members.push_back(std::move(member));
    result.shapes.push_back({void_identity, 0});
  }
  return result;
}

void UnitTypes::add_class(std::uint32_t index) {
  const DebugEntry entry = entries_[index];
  if (entry.declaration)
    return;
  const std::uint64_t key = class_key(index);
  const std::uint64_t shallow = record(index, false).shallow;
  if (classes_.show(key, shallow))
    return;
  ClassRecord full = record(index, true);
  full.name = class_name(index);
  classes_.add(key, std::move(full));
}

void UnitTypes::collect() {
  const auto count = static_cast<std::uint32_t>(entries_.all().size());
  for (std::uint32_t i = 1; i < count; ++i) {
    const DebugEntry& entry = entries_[i];
    if (is_class(entry.tag))
      shape_at(i, entry.offset);
    else if (entry.tag == DW_TAG_enumeration_type)
      add_class(i);
  }
}

}  // namespace hrwatch::analysis
