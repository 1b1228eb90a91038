// Which files the targets are made from, beyond the sources that CMake lists: headers, and what
// custom commands read. Collects ninja's answers into the model's owners. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/project_model.h"
#include "project/path_rules.h"

namespace hrwatch::project {

class Dependencies {
 public:
  // `model` and `rules` must outlive this.
  Dependencies(const core::ProjectModel& model, const PathRules& rules);

  // One line of `ninja -t deps`: `output` was made from `dependency`; paths as ninja prints them.
  void add_header(std::string_view output, std::string_view dependency);

  // One line of `ninja -t inputs <target>`: a file or target that target `owner` is made from. The
  // sources of a library that `owner` links are among them, but are that library's alone.
  void add_input(std::uint32_t owner, std::string_view input);

  // The owners of the model with what was added; each list sorted and without doubles.
  std::unordered_map<std::string, std::vector<std::uint32_t>> owners() const;

 private:
  using Owners = std::vector<std::uint32_t>;

  const Owners& owners_of_output(std::string_view output);
  void add(const std::string& path, const Owners& owners);
  bool owned_below(std::uint32_t owner, const std::string& path) const;

  const core::ProjectModel& model_;
  const PathRules& rules_;
  std::unordered_map<std::string, Owners> targets_of_object_;
  std::unordered_map<std::string, std::uint32_t> target_by_name_;
  std::unordered_map<std::string, std::string>
      paths_;  // as printed -> absolute; "": not the user's
  std::unordered_map<std::string, Owners> owners_;
  std::unordered_map<std::string, Owners> inputs_;  // ninja's, those of what they link included
  std::string last_output_;
  Owners last_owners_;
};

}  // namespace hrwatch::project
