// How types are called: the part of CodeViewTypes that makes text.
#include "analysis/codeview_built_ins.h"
#include "analysis/codeview_numbers.h"
#include "analysis/codeview_types.h"

namespace hrwatch::analysis {

using codeview::built_in;
using codeview::BuiltIn;
using codeview::is_built_in_pointer;
using codeview::numeric;

namespace {

// "`anonymous namespace'::a<b,c>" -> "(anonymous namespace)::a<b, c>", as DWARF has it.
std::string spaced(std::string_view name) {
  constexpr std::string_view nameless = "`anonymous namespace'";
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name.substr(i).starts_with(nameless)) {
      result += "(anonymous namespace)";
      i += nameless.size() - 1;
      continue;
    }
    result += name[i];
    if (name[i] == ',')
      result += ' ';
  }
  return result;
}

bool is_pointer_name(std::string_view name) {
  return name.ends_with('*') || name.ends_with('&');
}

}  // namespace

const std::string& CodeViewTypes::name(CodeViewIndex type) {
  if (const auto known = names_.find(type); known != names_.end())
    return known->second;
  names_[type] = "(recursive)";
  std::string result = compute_name(type);
  return names_[type] = std::move(result);
}

std::string CodeViewTypes::class_name(CodeViewIndex type) {
  const CodeViewIndex target = defined(type);
  const Record* one = record(target);
  if (one == nullptr)
    return "(unknown)";
  if (const auto known = typedef_names_.find(target); known != typedef_names_.end())
    return known->second;
  const Named what = named(*one);
  if (is_unnamed(what))
    return "(unnamed)";
  if (!is_closure(what))
    return spaced(what.name);
  // clang counts closures from 0, and so do their names here count from 1 in their function.
  const std::size_t at = what.name.rfind("<lambda");
  std::uint32_t number = 0;
  for (const char digit : what.name.substr(at + 7))
    if (digit >= '0' && digit <= '9')
      number = number * 10 + static_cast<std::uint32_t>(digit - '0');
  return spaced(what.name.substr(0, at)) + "{lambda#" + std::to_string(number + 1) + "}";
}

std::string CodeViewTypes::wrapped_name(CodeViewIndex target, const char* mark) {
  const Record* one = record(target);
  if (one != nullptr && one->kind == codeview::procedure)
    return name(one->data.number<std::uint32_t>(0)) + " (" + mark + ")" +
           parameters(one->data.number<std::uint32_t>(8));
  const std::string& inner = name(target);
  return inner + (inner.ends_with('*') ? "" : " ") + mark;
}

std::string CodeViewTypes::parameters(CodeViewIndex arguments) {
  const Record* list = record(arguments);
  std::string result = "(";
  const std::uint32_t count = list != nullptr ? list->data.number<std::uint32_t>(0) : 0;
  for (std::uint32_t i = 0; i < count && list->data.holds(4 + std::uint64_t{i} * 4, 4); ++i) {
    const auto type = list->data.number<std::uint32_t>(4 + std::uint64_t{i} * 4);
    result += (i == 0 ? "" : ", ") + (type == 0 ? std::string("...") : name(type));
  }
  return result + ")";
}

std::string CodeViewTypes::compute_name(CodeViewIndex type) {
  if (type < first_index) {
    if (type == 0x103)
      return "decltype(nullptr)";
    const BuiltIn* one = built_in(type);
    const std::string plain = one != nullptr ? one->name : "(unnamed)";
    return is_built_in_pointer(type) ? plain + " *" : plain;
  }
  const Record* one = record(type);
  if (one == nullptr)
    return "(unknown)";
  const auto target = one->data.number<std::uint32_t>(0);
  switch (one->kind) {
    case codeview::modifier: {
      const auto bits = one->data.number<std::uint16_t>(4);
      std::string result = name(target);
      for (const auto& [bit, word] : {std::pair(2, "volatile"), std::pair(1, "const")})
        if ((bits & bit) != 0)
          result = is_pointer_name(result) ? result + word : std::string(word) + " " + result;
      return result;
    }
    case codeview::pointer: {
      const auto attributes = one->data.number<std::uint32_t>(4);
      const std::uint32_t mode = (attributes >> 5) & 7;  // CV_ptrmode_e
      std::string result = wrapped_name(target, mode == 1                ? "&"
                                                : mode == 4              ? "&&"
                                                : mode == 2 || mode == 3 ? "::*"
                                                                         : "*");
      if ((attributes & 0x400) != 0)
        result += "const";
      return result;
    }
    case codeview::procedure:
    case codeview::member_function:
      return prototype(type);
    case codeview::array: {
      const std::uint64_t element = size(target);
      const std::uint64_t bytes = numeric(one->data, 8).value;
      const Record* inner = record(target);
      std::string of = name(target), rest;
      if (inner != nullptr && inner->kind == codeview::array) {
        const std::size_t dimensions = of.find(" [");
        rest = dimensions == std::string::npos ? "" : of.substr(dimensions + 1);
        of = of.substr(0, dimensions);
      }
      return of + " [" + std::to_string(element != 0 ? bytes / element : 0) + "]" + rest;
    }
    case codeview::bit_field:
      return name(target);
    default:
      return class_name(type);
  }
}

CodeViewIndex CodeViewTypes::function_type(CodeViewIndex function) const {
  const Record* one = record(function);
  if (one != nullptr &&
      (one->kind == codeview::function_id || one->kind == codeview::member_function_id))
    return one->data.number<std::uint32_t>(4);
  return function;
}

std::string CodeViewTypes::prototype(CodeViewIndex function) {
  const Record* one = record(function_type(function));
  if (one == nullptr)
    return {};
  const bool of_class = one->kind == codeview::member_function;
  if (!of_class && one->kind != codeview::procedure)
    return {};
  return name(one->data.number<std::uint32_t>(0)) + " " +
         parameters(one->data.number<std::uint32_t>(of_class ? 16 : 8));
}

CodeViewIndex CodeViewTypes::closure_of(CodeViewIndex function) {
  const Record* one = record(function_type(function));
  if (one == nullptr || one->kind != codeview::member_function)
    return 0;
  const CodeViewIndex owner = defined(one->data.number<std::uint32_t>(4));
  const Record* type = record(owner);
  return type != nullptr && is_class(type->kind) && is_closure(named(*type)) ? owner : 0;
}

}  // namespace hrwatch::analysis
