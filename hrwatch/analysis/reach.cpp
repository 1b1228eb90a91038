#include "analysis/reach.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>

#include "analysis/demangle.h"
#include "analysis/holders.h"

namespace hrwatch::analysis {
namespace {

using Index = TypeUses::Index;

// Containers allocate for whoever owns them, and are followed by their types.
bool is_standard_function(std::string_view symbol) {
  for (const std::string_view start :
       {"_ZNSt", "_ZNKSt", "_ZSt", "_ZN9__gnu_cxx", "_ZNK9__gnu_cxx"})
    if (symbol.starts_with(start))
      return true;
  return false;
}

// The first function of `functions` (by address) that starts at `address`, or where it would stand.
auto starting_at(const std::vector<Function>& functions, Address address) {
  return std::lower_bound(functions.begin(), functions.end(), address,
                          [](const Function& f, Address a) { return f.address < a; });
}

// The function of a library that the code is in, as far as it has to do with any class.
const TypeUses::Function* function_at(const TypeUses& uses, Address address) {
  auto after = std::upper_bound(
      uses.functions.begin(), uses.functions.end(), address,
      [](Address a, const TypeUses::Function& function) { return a < function.address; });
  if (after == uses.functions.begin())
    return nullptr;
  const TypeUses::Function& function = *std::prev(after);
  return address - function.address < function.size ? &function : nullptr;
}

// A std::vector<T> tells people more than its allocator does.
std::pair<bool, std::size_t> rank(const std::string& name) {
  const bool internal = name.find("::_") != std::string::npos ||
                        name.find("alloc") < name.find('<') || name.find("iterator") != name.npos ||
                        name.find("initializer_list<") != name.npos;
  return {internal, name.size()};
}

}  // namespace

Reach::Reach(const Lineage::State& state, const TypeUses& uses,
             const std::vector<std::string>& names)
    : state_(state), uses_(uses), names_(names), leading_(uses.leading_to(names)) {}

bool Reach::leads(const std::vector<Index>& classes) const {
  return std::any_of(classes.begin(), classes.end(), [&](Index i) { return leading_[i]; });
}

const Function* Reach::named(Address address) const {
  const auto found = starting_at(state_.newest->functions, address);
  return found != state_.newest->functions.end() && found->address == address ? &*found : nullptr;
}

const TypeUses::Function* Reach::at(Address address) const {
  const auto found = std::lower_bound(
      uses_.functions.begin(), uses_.functions.end(), address,
      [](const TypeUses::Function& function, Address a) { return function.address < a; });
  return found != uses_.functions.end() && found->address == address ? &*found : nullptr;
}

std::optional<std::string> Reach::variable(const std::set<std::string>& kept_in_place) const {
  const bool any = std::any_of(
      uses_.variables.begin(), uses_.variables.end(), [&](const TypeUses::Variable& variable) {
        return leads(variable.holds) &&
               (variable.points_to == TypeUses::none ||
                kept_in_place.count(uses_.classes[variable.points_to].name) == 0);
      });
  if (!any)
    return std::nullopt;
  for (const std::string& name : names_) {
    std::string found = held_by(*state_.newest, name);
    if (!found.empty())
      return found;
  }
  return "reached from variables of the module";
}

std::optional<std::string> Reach::allocation() const {
  std::unordered_set<std::uint64_t> sizes;
  for (Index i = 0; i < uses_.classes.size(); ++i)
    if (leading_[i] && uses_.classes[i].size != 0 && !of_standard_library(uses_.classes[i].name))
      sizes.insert(uses_.classes[i].size);
  for (const Allocation& allocation : uses_.allocations) {
    const Function* function = named(allocation.function);
    if (function == nullptr)
      continue;
    const TypeUses::Function* use = at(allocation.function);
    const bool handles = use != nullptr && (leads(use->signature) || leads(use->pointers));
    const bool computed = allocation.size == 0 && handles && !is_standard_function(function->name);
    if (computed || sizes.count(allocation.size) != 0)
      return "may be made on the heap by " + demangle(function->name);
  }
  return std::nullopt;
}

template <class Asked>
std::optional<std::string> Reach::called(const Asked& asked) const {
  for (const TypeUses::Function& use : uses_.functions) {
    if (!leads(use.signature))
      continue;
    const Function* function = named(use.address);
    if (function != nullptr && asked(*function))
      return "the program calls " + demangle(function->name);
  }
  return std::nullopt;
}

std::optional<std::string> Reach::caller(RunningHost& host) const {
  return called([&](const Function& function) { return host.calls(function); });
}

std::optional<std::string> Reach::caller_knowing(const std::vector<std::string>& sources,
                                                 RunningHost& host) const {
  return called([&](const Function& function) {
    return host.calls(function) &&
           std::any_of(sources.begin(), sources.end(), [&](const std::string& source) {
             return host.callers_know(function, source);
           });
  });
}

// Frames that stay: a function that returns soon is no reason.
std::optional<std::string> Reach::frame(RunningHost& host) const {
  const auto running = host.staying();
  if (!running)
    return running.failure().what + " (" + running.failure().why + ")";
  for (const RunningCode& code : running.value()) {
    const auto uses = host.uses_of(code.generation);
    if (!uses)
      return "a thread is in code of generation " + std::to_string(code.generation) +
             ", whose file can't be read any more";
    const TypeUses::Function* function = function_at(*uses.value(), code.address);
    if (function == nullptr)
      continue;
    const std::vector<bool> leading = uses.value()->leading_to(names_);
    if (std::any_of(function->values.begin(), function->values.end(),
                    [&](Index i) { return leading[i]; }))
      return demangle(function->name) + " is running with one";
  }
  return std::nullopt;
}

std::optional<std::string> Reach::holder(RunningHost& host) const {
  if (auto found = variable({}))
    return found;
  if (auto found = allocation())
    return found;
  if (auto found = caller(host))
    return found;
  return frame(host);
}

std::optional<std::string> Reach::other_holder(const std::set<std::string>& states,
                                               RunningHost& host) const {
  if (auto found = variable(states))
    return found;
  return caller(host);
}

bool Reach::in_variables() const {
  const std::vector<bool> consisting = uses_.consisting_of(names_);
  return std::any_of(uses_.variables.begin(), uses_.variables.end(),
                     [&](const TypeUses::Variable& variable) {
                       return !variable.thread_local_ && variable.consists_of != TypeUses::none &&
                              consisting[variable.consists_of];
                     });
}

std::optional<std::string> Reach::holder_but_variables(RunningHost& host) const {
  const bool in_thread = std::any_of(uses_.variables.begin(), uses_.variables.end(),
                                     [&](const TypeUses::Variable& variable) {
                                       return variable.thread_local_ && leads(variable.holds);
                                     });
  if (in_thread)
    return "thread_local variables lead to one";
  // Who keeps objects on the heap for others has an allocator for them.
  std::string container;  // by its plainest name
  bool allocates = false;
  for (Index i = 0; i < uses_.classes.size(); ++i) {
    const std::string& name = uses_.classes[i].name;
    if (!leading_[i] || !of_standard_library(name))
      continue;
    allocates |= name.find("allocator<") != name.npos;
    if ((container.empty() || rank(name) < rank(container)))
      container = name;
  }
  if (allocates)
    return "objects may stand in a " + container;
  if (auto found = allocation())
    return found;
  if (auto found = caller(host))
    return found;
  return frame(host);
}

bool Reach::reached_from(const std::set<std::string>& classes) const {
  for (Index i = 0; i < uses_.classes.size(); ++i)
    if (leading_[i] && classes.count(uses_.classes[i].name) != 0)
      return true;
  return false;
}

std::vector<Key> Reach::handlers() const {
  const std::vector<Function>& functions = state_.newest->functions;
  std::vector<Key> keys;
  std::unordered_set<std::string_view> groups;
  const std::vector<bool> untyped = uses_.leading_to({uses_.classes.front().name});
  for (const TypeUses::Function& use : uses_.functions) {
    // What is handed over as it is, and what comes back from a pointer to anything.
    const bool from_anything =
        leads(use.pointers) && std::any_of(use.signature.begin(), use.signature.end(),
                                           [&](Index i) { return untyped[i]; });
    if (!leads(use.signature) && !from_anything)
      continue;
    auto function = starting_at(functions, use.address);
    for (; function != functions.end() && function->address == use.address; ++function) {
      keys.push_back(function->key);
      if (!function->closure_group.empty())
        groups.insert(function->closure_group);
    }
  }
  // What calls a closure goes with it.
  for (const Function& function : functions)
    if (!function.closure_group.empty() && groups.count(function.closure_group) != 0)
      keys.push_back(function.key);
  return keys;
}

}  // namespace hrwatch::analysis
