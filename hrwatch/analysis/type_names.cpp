// How the types and scopes of a unit are called: the part of UnitTypes that makes text.
#include <cxxabi.h>
#include <dwarf.h>

#include <cstdlib>
#include <cstring>

#include "analysis/unit_types.h"

namespace hrwatch::analysis {

namespace {

std::string demangled(const char* name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = text == nullptr ? name : text;
  std::free(text);  // malloc'ed by the demangler (Itanium C++ ABI)
  return result;
}

std::string joined(const std::string& outer, const std::string& inner) {
  return outer.empty() ? inner : outer + "::" + inner;
}

}  // namespace

std::string without_places(const char* name) {
  std::string result = name;
  for (const char* start : {"(lambda at ", "(anonymous ", "(unnamed "})
    for (std::size_t at = 0; (at = result.find(start, at)) != std::string::npos; ++at) {
      const std::size_t place = result.find(" at ", at), end = result.find(')', at);
      if (place < end && end != std::string::npos)
        result.erase(place, end - place);
    }
  return result;
}

const char* UnitTypes::given_name(std::uint32_t index) {
  if (const char* name = name_of(index))
    return name;
  const auto found = typedef_names_.find(index);
  return found == typedef_names_.end() ? nullptr : found->second;
}

// What an entry stands in: for a definition outside of its class, the class that declares it.
std::uint32_t UnitTypes::scope_of(std::uint32_t index) {
  return entries_[index].origin == 0 ? entries_[index].parent
                                     : entries_[chain(index).back()].parent;
}

const std::string& UnitTypes::scope(std::uint32_t index) {
  if (const auto known = scopes_.find(index); known != scopes_.end())
    return known->second;
  scopes_[index];  // stops at damaged debug info whose scopes go round in a circle
  std::string result;
  if (index != 0) {
    const bool function = entries_[index].tag == DW_TAG_subprogram;
    const char* linkage = function ? linkage_name_of(index) : nullptr;
    if (linkage != nullptr) {
      result = linkage;
    } else {
      const char* name = given_name(index);
      std::string own = name != nullptr                           ? name
                        : entries_[index].tag == DW_TAG_namespace ? "(anonymous namespace)"
                                                                  : "(unnamed)";
      if (const auto ordinal = ordinals_.find(index); ordinal != ordinals_.end())
        own = "{lambda#" + std::to_string(ordinal->second) + "}";
      if (function && overloads_)  // internal functions have no linkage name in g++'s debug info
        own += parameters(with_parameters(chain(index)));
      result = joined(scope(scope_of(index)), own);
    }
  }
  return scopes_[index] = result;
}

const std::string& UnitTypes::readable_scope(std::uint32_t index) {
  if (index == 0)
    return readable_scopes_[0];
  if (const auto known = readable_scopes_.find(index); known != readable_scopes_.end())
    return known->second;
  readable_scopes_[index];
  const char* linkage = entries_[index].tag == DW_TAG_subprogram ? linkage_name_of(index) : nullptr;
  std::string result;
  if (linkage != nullptr)
    result = demangled(linkage);
  else if (entries_[index].tag == DW_TAG_subprogram)
    result = scope(index);
  else if (is_class(entries_[index].tag))
    result = class_name(index);
  else
    result = joined(readable_scope(scope_of(index)),
                    name_of(index) != nullptr ? name_of(index) : "(anonymous namespace)");
  return readable_scopes_[index] = result;
}

// Also enumerations and typedefs: whatever stands in a scope.
std::string UnitTypes::class_name(std::uint32_t index) {
  std::string own;
  if (const auto ordinal = ordinals_.find(index); ordinal != ordinals_.end())
    own = "{lambda#" + std::to_string(ordinal->second) + "}";
  else if (const char* name = given_name(index))
    own = std::strstr(name, " at ") == nullptr ? name : without_places(name);
  else
    own = "(unnamed)";
  return joined(readable_scope(scope_of(index)), own);
}

const std::string& UnitTypes::name_at(std::uint32_t index, std::uint32_t offset) {
  static const std::string nothing = "void", unknown = "(unknown)";
  if (index == 0)
    return offset == 0 ? nothing : unknown;
  if (const auto known = names_.find(index); known != names_.end())
    return known->second;
  names_[index] = "(recursive)";
  std::string result = compute_name(index);
  return names_[index] = std::move(result);
}

std::string UnitTypes::compute_name(std::uint32_t index) {
  const DebugEntry entry = entries_[index];
  switch (entry.tag) {
    case DW_TAG_pointer_type:
      return wrapped_name(index, "*");
    case DW_TAG_reference_type:
      return wrapped_name(index, "&");
    case DW_TAG_rvalue_reference_type:
      return wrapped_name(index, "&&");
    case DW_TAG_ptr_to_member_type:
      return wrapped_name(index, "::*");
    case DW_TAG_const_type:
    case DW_TAG_volatile_type: {
      const std::string word = entry.tag == DW_TAG_const_type ? "const" : "volatile";
      const std::string& inner = name(entry.type);
      const bool pointer = !inner.empty() && (inner.back() == '*' || inner.back() == '&');
      return pointer ? inner + word : word + " " + inner;
    }
    case DW_TAG_restrict_type:
      return name(entry.type);
    case DW_TAG_atomic_type:
      return "_Atomic " + name(entry.type);
    case DW_TAG_array_type: {
      std::string result = name(entry.type) + " ";
      for (std::uint32_t i = index + 1; i < entry.end; i = entries_[i].end)
        if (entries_[i].tag == DW_TAG_subrange_type)
          result += entries_[i].sized ? "[" + std::to_string(entries_[i].size) + "]" : "[]";
      return result;
    }
    case DW_TAG_subroutine_type:
      return name(entry.type) + " " + parameters(index);
    case DW_TAG_base_type:
    case DW_TAG_unspecified_type:
      return entry.name == nullptr ? "(unnamed)" : entry.name;
    default:
      return class_name(index);
  }
}

// "int *", "char **", "void (*)(int)".
std::string UnitTypes::underlying(std::uint32_t offset) {
  std::string before, dimensions;
  bool other = false;
  std::uint32_t index = entries_.find(offset);
  for (int depth = 0; index != 0 && depth < 64; ++depth) {
    const DebugEntry entry = entries_[index];
    if (entry.tag == DW_TAG_typedef) {
      other = true;
    } else if (entry.tag == DW_TAG_const_type || entry.tag == DW_TAG_volatile_type) {
      before += entry.tag == DW_TAG_const_type ? "const " : "volatile ";
    } else if (entry.tag == DW_TAG_array_type) {
      for (std::uint32_t i = index + 1; i < entry.end; i = entries_[i].end)
        if (entries_[i].tag == DW_TAG_subrange_type)
          dimensions += "[" + std::to_string(entries_[i].sized ? entries_[i].size : 0) + "]";
    } else {
      break;
    }
    offset = entry.type;
    index = entries_.find(offset);
  }
  if (!other)
    return {};
  return before + name(offset) + (dimensions.empty() ? "" : " " + dimensions);
}

std::string UnitTypes::wrapped_name(std::uint32_t index, const char* mark) {
  const std::uint32_t offset = entries_[index].type;
  const std::uint32_t target = entries_.find(offset);
  const std::string& inner = name(offset);
  if (target != 0 && entries_[target].tag == DW_TAG_subroutine_type)
    return name(entries_[target].type) + " (" + mark + ")" + parameters(target);
  return inner + (!inner.empty() && inner.back() == '*' ? "" : " ") + mark;
}

std::string UnitTypes::parameters(std::uint32_t index) {
  std::string result = "(";
  const std::uint32_t end = entries_[index].end;
  for (std::uint32_t i = index + 1; i < end; i = entries_[i].end) {
    const DebugEntry entry = entries_[i];
    const bool more = entry.tag == DW_TAG_unspecified_parameters;
    if ((entry.tag != DW_TAG_formal_parameter && !more) || entry.artificial)
      continue;
    if (result.size() > 1)
      result += ", ";
    result += more ? "..." : name(entry.type);
  }
  return result + ")";
}

}  // namespace hrwatch::analysis
