#include "analysis/closure_epochs.h"

#include <algorithm>
#include <string_view>

#include "analysis/return_type.h"

namespace hrwatch::analysis {
namespace {

// splitmix64's finaliser: spreads every input bit over the result.
std::uint64_t mixed(std::uint64_t value) {
  value ^= value >> 30;
  value *= 0xbf58476d1ce4e5b9;
  value ^= value >> 27;
  value *= 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// The bodies of each group's closures by number: the sum over all functions that belong to one
// (its operator(), the invoker of its std::function, ...), 0 when one of them is not known.
ClosureGroups bodies_of(const Description& next) {
  constexpr std::uint32_t most_closures = 10000;  // of one function; a number beyond is no number
  ClosureGroups groups;
  std::unordered_map<std::string_view, std::vector<bool>> unknown;
  for (const Function& function : next.functions) {
    if (function.closure_group.empty() || function.clone ||
        function.closure_number >= most_closures) {
      continue;
    }
    std::vector<std::uint64_t>& bodies = groups[function.closure_group].bodies;
    std::vector<bool>& missing = unknown[function.closure_group];
    const std::size_t number = function.closure_number;
    if (bodies.size() <= number) {
      bodies.resize(number + 1);
    }
    missing.resize(bodies.size());
    bodies[number] += mixed(function.body_hash);
    missing[number] = missing[number] || function.body_hash == 0;
  }
  for (auto& [name, group] : groups) {
    const std::vector<bool>& missing = unknown[name];
    for (std::size_t i = 0; i < group.bodies.size(); ++i) {
      group.bodies[i] = missing[i] ? 0 : group.bodies[i];
    }
  }
  return groups;
}

// True unless it is certain that number i still is the closure that it was: bodies may be edited in
// place, closures may be added behind; but not both, and no body may turn up under another number.
bool may_have_shifted(const std::vector<std::uint64_t>& before,
                      const std::vector<std::uint64_t>& after) {
  if (after.size() < before.size()) {
    return true;
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool existed = i < before.size();
    if (after[i] == 0 && (existed || before.size() != after.size())) {
      return true;
    }
    if (existed && before[i] == after[i]) {
      continue;
    }
    if (existed && before.size() != after.size()) {
      return true;
    }
    if (std::find(before.begin(), before.end(), after[i]) != before.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace

ClosureGroups closure_groups(const Description& next, const ClosureGroups& known,
                             std::uint32_t number, std::vector<std::string>& shifted) {
  ClosureGroups groups = bodies_of(next);
  for (auto& [name, group] : groups) {
    const auto before = known.find(name);
    if (before == known.end()) {
      continue;
    }
    group.epoch = before->second.epoch;
    if (may_have_shifted(before->second.bodies, group.bodies)) {
      group.epoch = number;
      shifted.push_back(name);
    }
  }
  std::sort(shifted.begin(), shifted.end());
  return groups;
}

Identity identity_of(const Function& function, const ClosureGroups& groups, const Epochs& epochs) {
  std::uint64_t epoch = 0;
  if (!function.closure_group.empty()) {
    const auto group = groups.find(function.closure_group);
    epoch = group == groups.end() ? 0 : group->second.epoch;
  }
  const std::uint64_t returns =
      function.returns != 0 ? function.returns : hash_of_return_type(function.prototype);
  const Identity identity = mixed(function.key ^ mixed(returns + epoch));
  const auto layouts = epochs.find(function.key);
  return layouts == epochs.end() ? identity : mixed(identity + layouts->second);
}

}  // namespace hrwatch::analysis
