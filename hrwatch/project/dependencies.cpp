#include "project/dependencies.h"

#include <algorithm>

#include "project/ninja_deps.h"

namespace hrwatch::project {

Dependencies::Dependencies(const core::ProjectModel& model, const PathRules& rules)
    : model_(model), rules_(rules), owners_(model.owners) {
  for (std::uint32_t index = 0; index < model.targets.size(); ++index) {
    target_by_name_.emplace(model.targets[index].name, index);
    for (const std::string& object : model.targets[index].objects) {
      targets_of_object_[object].push_back(index);
    }
  }
}

const Dependencies::Owners& Dependencies::owners_of_output(std::string_view output) {
  if (output == last_output_ && !last_output_.empty()) {
    return last_owners_;
  }
  last_output_ = output;
  last_owners_.clear();
  const auto known = targets_of_object_.find(absolute_path(output, rules_.build_dir()));
  if (known != targets_of_object_.end()) {
    last_owners_ = known->second;
  }
  const std::string_view config =
      model_.multi_config ? std::string_view(model_.config) : std::string_view();
  const auto named = target_by_name_.find(std::string(target_of_object(output, config)));
  if (named != target_by_name_.end()) {
    last_owners_.push_back(named->second);
  }
  return last_owners_;
}

void Dependencies::add_header(std::string_view output, std::string_view dependency) {
  const Owners& owners = owners_of_output(output);
  if (owners.empty()) {
    return;
  }
  auto path = paths_.find(std::string(dependency));
  if (path == paths_.end()) {
    std::string absolute = absolute_path(dependency, rules_.build_dir());
    if (!rules_.of_user(absolute)) {
      absolute.clear();
    }
    path = paths_.emplace(std::string(dependency), std::move(absolute)).first;
  }
  if (!path->second.empty()) {
    add(path->second, owners);
  }
}

void Dependencies::add_input(std::uint32_t owner, std::string_view input) {
  // Names of targets and of what the build makes are relative to the build folder, or lie in it.
  const std::string path = absolute_path(input, rules_.build_dir());
  if (input.starts_with('/') && rules_.of_user(path)) {
    inputs_[path].push_back(owner);
  }
}

void Dependencies::add(const std::string& path, const Owners& owners) {
  Owners& known = owners_[path];
  for (const std::uint32_t owner : owners) {
    if (std::find(known.begin(), known.end(), owner) == known.end()) {
      known.push_back(owner);
    }
  }
}

// True when a target that `owner` depends on has `path` itself.
bool Dependencies::owned_below(std::uint32_t owner, const std::string& path) const {
  const auto& below = model_.targets[owner].dependencies;
  const auto is_below = [&](std::uint32_t other) {
    return std::find(below.begin(), below.end(), model_.targets[other].name) != below.end();
  };
  for (const auto* table : {&owners_, &inputs_}) {
    const auto found = table->find(path);
    if (found != table->end() &&
        std::any_of(found->second.begin(), found->second.end(), is_below)) {
      return true;
    }
  }
  return false;
}

std::unordered_map<std::string, std::vector<std::uint32_t>> Dependencies::owners() const {
  auto sorted = owners_;
  for (const auto& [path, owners] : inputs_) {
    for (const std::uint32_t owner : owners) {
      if (!owned_below(owner, path)) {
        sorted[path].push_back(owner);
      }
    }
  }
  for (auto& [path, owners] : sorted) {
    std::sort(owners.begin(), owners.end());
    owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
  }
  return sorted;
}

}  // namespace hrwatch::project
