#include "analysis/closures.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "analysis/content_hash.h"
#include "analysis/symbol_names.h"

namespace hrwatch::analysis {
namespace {

struct Free {
  void operator()(char* memory) const { std::free(memory); }
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// One mention of a closure type or unnamed type in a demangled name.
struct Mention {
  std::size_t begin = 0, end = 0;
  std::size_t digits = 0, digits_end = 0;
};

std::size_t matching_brace(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    if (depth == 0)
      return i;
  }
  return std::string_view::npos;
}

// "{lambda(int)#2}", "{unnamed type#1}", or clang's "$_3".
bool mention_at(std::string_view text, std::size_t at, Mention& mention) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("$_")) {
    mention = {at, at + 2, at + 2, at + 2};
    while (mention.end < text.size() && is_digit(text[mention.end]))
      ++mention.end;
    mention.digits_end = mention.end;
    return mention.end > mention.digits;
  }
  if (!rest.starts_with("{lambda(") && !rest.starts_with("{unnamed type#"))
    return false;
  const std::size_t close = matching_brace(text, at);
  if (close == std::string_view::npos)
    return false;
  const std::size_t number = text.rfind('#', close);
  if (number == std::string_view::npos || number < at)
    return false;
  mention = {at, close + 1, number + 1, close};
  return true;
}

// A space that separates a function from its qualifiers, not from a return type.
bool before_qualifier(std::string_view text, std::size_t space) {
  const std::string_view rest = text.substr(space + 1);
  return space > 0 && text[space - 1] == ')' &&
         (rest.starts_with("const") || rest.starts_with("volatile") || rest.starts_with("&") ||
          rest.starts_with("[clone"));
}

// Where the qualified name that contains the mention at `end` starts.
std::size_t qualified_start(std::string_view text, std::size_t end) {
  constexpr std::string_view closing = ")>}]", opening = "(<{[";
  int depth = 0;
  std::size_t i = end;
  for (; i > 0; --i) {
    const char c = text[i - 1];
    const bool arrow = c == '>' && i > 1 && text[i - 2] == '-';
    if (closing.find(c) != std::string_view::npos && !arrow)
      ++depth;
    if (opening.find(c) != std::string_view::npos && depth-- == 0)
      break;
    if (depth == 0 && (c == ',' || (c == ' ' && !before_qualifier(text, i - 1))))
      break;
  }
  return i;
}

ClosurePlace::Step step_of(std::string_view text, const Mention& mention) {
  ClosurePlace::Step step;
  for (std::size_t i = mention.digits; i < mention.digits_end && is_digit(text[i]); ++i)
    step.number = step.number * 10 + static_cast<std::uint32_t>(text[i] - '0');
  step.signature = text.substr(mention.begin, mention.digits - mention.begin);
  return step;
}

ClosureNames parse(std::string_view text) {
  ClosureNames names;
  std::size_t copied = 0, chain_start = std::string_view::npos;
  for (std::size_t at = 0; at < text.size();) {
    Mention mention;
    if (!mention_at(text, at, mention)) {
      ++at;
      continue;
    }
    const std::size_t start = qualified_start(text, mention.begin);
    if (start != chain_start) {
      std::string_view enclosing = text.substr(start, mention.begin - start);
      if (enclosing.ends_with("::"))
        enclosing.remove_suffix(2);
      names.places.push_back({std::string(enclosing), {}});
      chain_start = start;
    }
    names.places.back().path.push_back(step_of(text, mention));
    names.masked.append(text.substr(copied, mention.digits - copied));
    copied = mention.digits_end;
    at = mention.end;
  }
  names.masked.append(text.substr(copied));
  // A template's demangled name repeats its arguments as parameters.
  std::vector<ClosurePlace> distinct;
  for (ClosurePlace& place : names.places)
    if (std::find(distinct.begin(), distinct.end(), place) == distinct.end())
      distinct.push_back(std::move(place));
  names.places = std::move(distinct);
  return names;
}

bool may_hold_closures(std::string_view mangled) {
  return mangled.starts_with("_Z") && (mangled.find("Ul") != std::string_view::npos ||
                                       mangled.find("Ut") != std::string_view::npos ||
                                       mangled.find("$_") != std::string_view::npos);
}

}  // namespace

ClosureNames closures_in(std::string_view mangled) {
  if (!may_hold_closures(mangled))
    return {};
  int status = 0;
  const std::unique_ptr<char, Free> text(
      abi::__cxa_demangle(std::string(mangled).c_str(), nullptr, nullptr, &status));
  if (!text || status != 0)
    return {};
  ClosureNames names = parse(text.get());
  if (names.places.empty())
    names.masked.clear();
  return names;
}

ClosureNames ClosureMemory::closures_in(std::string_view mangled) {
  if (!may_hold_closures(mangled))
    return {};
  const std::uint64_t name = hash_of(mangled);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(name); known != known_.end())
      return known->second;
  }
  ClosureNames names = analysis::closures_in(mangled);
  const std::lock_guard lock(mutex_);
  return known_.emplace(name, std::move(names)).first->second;
}

std::vector<ClosureFunction> find_closures(const Symbols& symbols, ClosureMemory& memory) {
  std::vector<ClosureFunction> found;
  for (std::size_t i = 0; i < symbols.functions.size(); ++i) {
    if (symbols.functions[i].clone)
      continue;
    ClosureNames names = memory.closures_in(symbols.functions[i].name);
    if (!names.places.empty())
      found.push_back({i, std::move(names)});
  }
  return found;
}

}  // namespace hrwatch::analysis
