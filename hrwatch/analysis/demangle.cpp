#include "analysis/demangle.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace hrwatch::analysis {
namespace {

constexpr std::string_view anonymous = "(anonymous namespace)";

bool skip_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

// Where the last component of a qualified function name begins: behind the last "::" that is in no
// bracket and before the parameters.
std::size_t last_component(std::string_view name) {
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string_view rest = name.substr(i);
    if (depth == 0 && rest.starts_with("operator")) {
      return i;  // its brackets are no brackets, and nothing is nested in it
    }
    if (rest.starts_with(anonymous)) {
      i += anonymous.size() - 1;
    } else if (name[i] == '<') {
      ++depth;
    } else if (name[i] == '>') {
      --depth;
    } else if (name[i] == '(' && depth == 0) {
      break;
    } else if (rest.starts_with("::") && depth == 0) {
      begin = i + 2;
    }
  }
  return begin;
}

}  // namespace

bool of_standard_library(std::string_view name) {
  return name.starts_with("std::") || name.starts_with("__gnu_cxx::");
}

std::string demangle(const std::string& symbol) {
  if (symbol.starts_with("_Z")) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
    return status == 0 && text ? std::string(text.get()) : symbol;
  }
  const std::size_t dot = symbol.rfind('.');
  if (dot != std::string::npos && dot > 0 && dot + 1 < symbol.size() &&
      symbol.find_first_not_of("0123456789", dot + 1) == std::string::npos) {
    return symbol.substr(0, dot);  // the ordinal of a C function's static
  }
  return symbol;
}

std::string class_of_table(const std::string& symbol) {
  const std::string text = demangle(symbol);
  const std::size_t name = text.find(" for ");
  return name == std::string::npos ? text : text.substr(name + 5);
}

std::string virtual_signature(const std::string& symbol) {
  const std::string text = demangle(symbol);
  if (!symbol.starts_with("_ZN") && !symbol.starts_with("_ZT")) {
    return "";
  }
  std::string_view name = text;
  while (skip_prefix(name, "non-virtual thunk to ") || skip_prefix(name, "virtual thunk to ") ||
         skip_prefix(name, "covariant return thunk to ")) {
  }
  name.remove_prefix(last_component(name));
  return name.starts_with("~") ? "~" : std::string(name);
}

}  // namespace hrwatch::analysis
