#include "project/watched_places.h"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "project/file_api.h"
#include "project/glob_folders.h"
#include "project/module_files.h"

namespace hrwatch::project {
namespace {

// Where a file that is a symbolic link itself leads to. Links among its folders don't matter: the
// watcher sees through those.
std::optional<std::string> link_target(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(path, error)) || error) {
    return std::nullopt;
  }
  const fs::path target = fs::canonical(path, error);
  return error ? std::nullopt : std::optional<std::string>(target.string());
}

void follow_links(core::ProjectModel& model) {
  std::vector<std::pair<std::string, std::vector<std::uint32_t>>> found;
  for (const auto& [path, owners] : model.owners) {
    if (std::optional<std::string> target = link_target(path)) {
      found.emplace_back(std::move(*target), owners);
    }
  }
  for (auto& [path, owners] : found) {
    auto [place, is_new] = model.owners.emplace(path, owners);
    if (!is_new) {
      std::set<std::uint32_t> both(place->second.begin(), place->second.end());
      both.insert(owners.begin(), owners.end());
      place->second.assign(both.begin(), both.end());
    }
  }
}

}  // namespace

void complete_places(core::ProjectModel& model, const PathRules& rules) {
  follow_links(model);
  std::set<std::string> watched = {reply_folder(model.build_dir), modules_folder(model.build_dir)};
  for (const auto& [path, owners] : model.owners) {
    watched.insert(folder_of(path));
  }
  for (const std::string& path : model.cmake_inputs) {
    watched.insert(folder_of(path));
  }
  for (std::string& folder : read_glob_folders(model.build_dir)) {
    if (rules.of_user(folder)) {
      watched.insert(std::move(folder));
    }
  }
  model.watched_folders.assign(watched.begin(), watched.end());
  std::set<std::string> artifacts;
  for (const core::Target& target : model.targets) {
    const bool matters = target.hot || target.kind == core::TargetKind::executable;
    if (matters && !target.artifact.empty()) {
      artifacts.insert(folder_of(target.artifact));
    }
  }
  model.artifact_folders.assign(artifacts.begin(), artifacts.end());
}

}  // namespace hrwatch::project
