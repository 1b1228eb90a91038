#include "project/file_api.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "project/json_reading.h"
#include "project/module_files.h"
#include "project/path_rules.h"

namespace hrwatch::project {
namespace {

using core::ProjectModel;
using core::Target;
using core::TargetKind;
using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* query_text = R"({"requests":[{"kind":"codemodel","version":2},)"
                                   R"({"kind":"cache","version":2},)"
                                   R"({"kind":"cmakeFiles","version":1},)"
                                   R"({"kind":"toolchains","version":1}]})"
                                   "\n";

Failure unreadable(const std::string& file) {
  return {"cannot read what CMake says about the project", file + " is missing or damaged",
          "rm -r " + folder_of(file) + "   and run hrwatch again"};
}

TargetKind kind_of(const std::string& type) {
  static const std::map<std::string, TargetKind> kinds = {
      {"EXECUTABLE", TargetKind::executable}, {"SHARED_LIBRARY", TargetKind::shared},
      {"MODULE_LIBRARY", TargetKind::module}, {"STATIC_LIBRARY", TargetKind::static_library},
      {"OBJECT_LIBRARY", TargetKind::object},
  };
  const auto place = kinds.find(type);
  return place == kinds.end() ? TargetKind::other : place->second;
}

// The reply object of one kind, as the index names its file.
std::optional<json> read_object(const std::string& folder, const json& index, const char* kind) {
  const json& answer = member(member(member(index, "reply"), "client-hrwatch"), "query.json");
  for (const json& response : list(answer, "responses")) {
    if (text(response, "kind") == kind) {
      json object = read_json(folder + "/" + text(response, "jsonFile"));
      if (object.is_object()) {
        return object;
      }
    }
  }
  return std::nullopt;
}

// One target with what only its own file tells.
struct ReadTarget {
  Target target;
  std::vector<std::string> needs;  // ids, direct
  std::vector<std::string> files;  // of it; on Windows the import library, too
  std::vector<std::string> links;  // files of others, absolute
  std::vector<std::string> sources;
};

ReadTarget take_target(const json& object, const PathRules& rules) {
  ReadTarget read;
  read.target.name = text(object, "name");
  read.target.kind = kind_of(text(object, "type"));
  for (const json& artifact : list(object, "artifacts")) {
    read.files.push_back(absolute_path(text(artifact, "path"), rules.build_dir()));
  }
  if (!read.files.empty()) {
    read.target.artifact = read.files.front();
  }
  for (const json& dependency : list(object, "dependencies")) {
    read.needs.push_back(text(dependency, "id"));
  }
  for (const json& fragment : list(member(object, "link"), "commandFragments")) {
    if (text(fragment, "role") == "libraries" && !text(fragment, "fragment").starts_with('-')) {
      read.links.push_back(absolute_path(text(fragment, "fragment"), rules.build_dir()));
    }
  }
  for (const json& source : list(object, "sources")) {
    const std::string path = absolute_path(text(source, "path"), rules.source_dir());
    if (!flag(source, "isGenerated") && rules.of_user(path)) {
      read.sources.push_back(path);
    }
  }
  return read;
}

// Everything reachable from `start`, itself not included.
std::vector<std::string> closure(const std::map<std::string, ReadTarget>& targets,
                                 const std::string& start) {
  std::set<std::string> seen;
  std::vector<std::string> open = targets.at(start).needs;
  std::vector<std::string> names;
  while (!open.empty()) {
    const std::string id = open.back();
    open.pop_back();
    const auto place = targets.find(id);
    if (id == start || place == targets.end() || !seen.insert(id).second) {
      continue;
    }
    names.push_back(place->second.target.name);
    open.insert(open.end(), place->second.needs.begin(), place->second.needs.end());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// With its version, libgame.so is linked as libgame.so.1.2.
bool is_linked_with(const ReadTarget& read, const ReadTarget& library) {
  return std::any_of(library.files.begin(), library.files.end(), [&](const std::string& file) {
    return std::any_of(read.links.begin(), read.links.end(), [&](const std::string& link) {
      return link == file || link.starts_with(file + ".");
    });
  });
}

// The shared libraries of this project among what `read` is linked with.
std::vector<std::string> linked_libraries(const std::map<std::string, ReadTarget>& targets,
                                          const ReadTarget& read) {
  std::vector<std::string> names;
  for (const std::string& id : read.needs) {
    const auto place = targets.find(id);
    if (place != targets.end() && place->second.target.kind == TargetKind::shared &&
        is_linked_with(read, place->second)) {
      names.push_back(place->second.target.name);
    }
  }
  return names;
}

Result<json> choose_configuration(const json& codemodel, const std::string& config,
                                  bool multi_config) {
  std::string known;
  for (const json& one : list(codemodel, "configurations")) {
    const std::string name = text(one, "name");
    if (config.empty() || name == config) {
      return one;
    }
    known += (known.empty() ? "" : ", ") + (name.empty() ? std::string("(none)") : name);
  }
  const std::string build = text(member(codemodel, "paths"), "build");
  return Failure{
      "there is no configuration '" + config + "' in " + build, "the build folder has: " + known,
      multi_config
          ? "hrwatch --config <one of these>, or add it to CMAKE_CONFIGURATION_TYPES"
          : "cmake -DCMAKE_BUILD_TYPE=" + config + " " + build + "   (or leave --config out)"};
}

Result<std::map<std::string, ReadTarget>> read_targets(const std::string& folder,
                                                       const json& configuration,
                                                       const PathRules& rules) {
  std::map<std::string, ReadTarget> targets;
  for (const json& entry : list(configuration, "targets")) {
    const std::string file = folder + "/" + text(entry, "jsonFile");
    const json object = read_json(file);
    if (!object.is_object()) {
      return unreadable(file);
    }
    targets.emplace(text(entry, "id"), take_target(object, rules));
  }
  return targets;
}

void add_targets(ProjectModel& model, const std::map<std::string, ReadTarget>& targets) {
  for (const auto& [id, read] : targets) {
    const auto index = static_cast<std::uint32_t>(model.targets.size());
    model.targets.push_back(read.target);
    model.targets.back().dependencies = closure(targets, id);
    model.targets.back().linked = linked_libraries(targets, read);
    for (const std::string& source : read.sources) {
      std::vector<std::uint32_t>& owners = model.owners[source];
      if (owners.empty() || owners.back() != index) {
        owners.push_back(index);
      }
    }
  }
}

void add_cmake_inputs(ProjectModel& model, const json& files, const PathRules& rules) {
  for (const json& input : list(files, "inputs")) {
    const std::string path = absolute_path(text(input, "path"), rules.source_dir());
    if (!flag(input, "isCMake") && !flag(input, "isGenerated") && rules.of_user(path)) {
      model.cmake_inputs.push_back(path);
    }
  }
}

std::vector<std::string> compiler_folders(const json& toolchains) {
  std::vector<std::string> folders;
  for (const json& toolchain : list(toolchains, "toolchains")) {
    const json& implicit = member(member(toolchain, "compiler"), "implicit");
    for (const json& folder : list(implicit, "includeDirectories")) {
      folders.push_back(absolute_path(text_of(folder), "/"));
    }
  }
  return folders;
}

}  // namespace

std::string reply_folder(const std::string& build_dir) {
  return build_dir + "/.cmake/api/v1/reply";
}

Result<Done> write_query(const std::string& build_dir) {
  const fs::path folder = fs::path(build_dir) / ".cmake/api/v1/query/client-hrwatch";
  const fs::path file = folder / "query.json";
  std::ifstream present(file, std::ios::binary);
  if (present && std::string{std::istreambuf_iterator<char>(present), {}} == query_text) {
    return Done{};
  }
  std::error_code error;
  fs::create_directories(folder, error);
  std::ofstream query(file, std::ios::binary | std::ios::trunc);
  query << query_text << std::flush;
  if (!query) {
    return Failure{"cannot ask CMake about the project",
                   file.string() + " can't be written by this user",
                   "make the build folder your own: sudo chown -R $USER " + build_dir};
  }
  return Done{};
}

std::string current_reply(const std::string& build_dir) {
  // The index with the largest name in lexicographic order is the current one (cmake-file-api(7)).
  std::string newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(reply_folder(build_dir), error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("index-") && name.ends_with(".json") && name > newest) {
      newest = name;
    }
  }
  if (newest.empty()) {
    return newest;
  }
  const json index = read_json(reply_folder(build_dir) + "/" + newest);
  const json& answer = member(member(member(index, "reply"), "client-hrwatch"), "query.json");
  return list(answer, "responses").empty() ? std::string() : newest;
}

Result<CMakeReply> read_reply(const std::string& build_dir, const std::string& config) {
  const std::string folder = reply_folder(build_dir);
  const std::string index_file = folder + "/" + current_reply(build_dir);
  const json index = read_json(index_file);
  const std::optional<json> codemodel = read_object(folder, index, "codemodel");
  if (!codemodel) {
    return unreadable(index_file);
  }
  const json& generator = member(member(index, "cmake"), "generator");
  CMakeReply reply;
  ProjectModel& model = reply.model;
  model.source_dir = text(member(*codemodel, "paths"), "source");
  model.build_dir = text(member(*codemodel, "paths"), "build");
  model.generator = text(generator, "name");
  model.multi_config = flag(generator, "multiConfig");
  const auto configuration = choose_configuration(*codemodel, config, model.multi_config);
  if (!configuration) {
    return configuration.failure();
  }
  model.config = text(configuration.value(), "name");
  if (const auto toolchains = read_object(folder, index, "toolchains")) {
    reply.system_folders = compiler_folders(*toolchains);
  }
  const PathRules rules(model.source_dir, model.build_dir, reply.system_folders);
  const auto targets = read_targets(folder, configuration.value(), rules);
  if (!targets) {
    return targets.failure();
  }
  add_targets(model, targets.value());
  if (const auto files = read_object(folder, index, "cmakeFiles")) {
    add_cmake_inputs(model, *files, rules);
  }
  take_module_files(model);
  reply.model.ninja = cache_entry(build_dir, "CMAKE_MAKE_PROGRAM");
  return reply;
}

std::string cache_entry(const std::string& build_dir, const std::string& name) {
  std::ifstream cache(build_dir + "/CMakeCache.txt");
  for (std::string line; std::getline(cache, line);) {
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') {
      const std::size_t equals = line.find('=');
      return equals == std::string::npos ? std::string() : line.substr(equals + 1);
    }
  }
  return {};
}

}  // namespace hrwatch::project
