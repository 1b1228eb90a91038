#include "core/plan.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace hrwatch::core {
namespace {

using hr::wire::Failure;

const Target* find_target(const ProjectModel& model, const std::string& name) {
  for (const auto& target : model.targets) {
    if (target.name == name || (target.hot && target.module == name)) {
      return &target;
    }
  }
  return nullptr;
}

bool depends_on(const Target& target, const std::string& name) {
  return std::find(target.dependencies.begin(), target.dependencies.end(), name) !=
         target.dependencies.end();
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

std::vector<std::string> hot_names(const ProjectModel& model) {
  std::vector<std::string> names;
  for (const auto& target : model.targets) {
    if (target.hot) {
      names.push_back(target.name);
    }
  }
  return names;
}

void add_module(Wanted& wanted, const Target& target) {
  for (const auto& module : wanted.modules) {
    if (module.target == target.name) {
      return;
    }
  }
  wanted.modules.push_back(
      {target.name, target.module.empty() ? target.name : target.module, target.artifact});
}

Failure nothing_hot(const ProjectModel& model) {
  return {"this project has no hot module",
          "no file in " + model.build_dir +
              "/.hrwatch/modules: add_hot_module() was not called, or "
              "made a static library (HRWATCH_MODE, Release)",
          "write add_hot_module(name sources...) in CMakeLists.txt and configure a Debug build"};
}

Failure unknown_target(const ProjectModel& model, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& target : model.targets) {
    names.push_back(target.name);
  }
  const auto hot = joined(hot_names(model));
  const auto near = nearest(name, names);
  return {"there is no target '" + name + "'",
          "the build in " + model.build_dir +
              " does not define it; hot modules: " + (hot.empty() ? "none" : hot),
          near.empty() ? "name one of the targets above with --target"
                       : "did you mean '" + near + "'?  hrwatch --target " + near};
}

// Adds one --target to what is wanted.
hr::wire::Result<hr::wire::Done> add_wanted(Wanted& wanted, const ProjectModel& model,
                                            const std::string& name) {
  const Target* target = find_target(model, name);
  if (target == nullptr) {
    return unknown_target(model, name);
  }
  if (target->hot) {
    add_module(wanted, *target);
    return hr::wire::Done{};
  }
  if (target->kind != TargetKind::executable) {
    return Failure{
        "target '" + name + "' is not a hot module",
        "it was not declared with add_hot_module() or target_hot_reload(), or the mode is "
        "static",
        "write add_hot_module(" + name +
            " ...) where it is declared; hot modules now: " + joined(hot_names(model))};
  }
  bool any = false;
  for (const auto& candidate : model.targets) {
    if (candidate.hot && depends_on(*target, candidate.name)) {
      add_module(wanted, candidate);
      any = true;
    }
  }
  if (!any) {
    // A plugin host opens its modules itself: then all of them are meant.
    for (const auto& candidate : model.targets) {
      if (candidate.hot) {
        add_module(wanted, candidate);
      }
    }
  }
  wanted.executables.push_back(target->name);
  return hr::wire::Done{};
}

void choose_program(Wanted& wanted, const ProjectModel& model) {
  if (wanted.executables.size() == 1) {
    wanted.run = wanted.executables.front();
    return;
  }
  if (!wanted.executables.empty()) {
    return;
  }
  for (const auto& target : model.targets) {
    if (target.kind != TargetKind::executable) {
      continue;
    }
    const bool uses = std::any_of(wanted.modules.begin(), wanted.modules.end(),
                                  [&](const auto& m) { return depends_on(target, m.target); });
    if (uses && !wanted.run.empty()) {
      wanted.run.clear();
      return;
    }
    if (uses) {
      wanted.run = target.name;
    }
  }
}

std::string_view file_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_temporary(std::string_view name) {
  constexpr std::array endings{".swp", ".swx",  ".swo",  ".tmp",
                               ".bak", ".orig", ".part", ".kate-swp"};
  if (name.empty() || name.back() == '~' || name.front() == '#' || name.front() == '.') {
    return true;
  }
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool looks_like_source(std::string_view name) {
  constexpr std::array endings{".c",   ".cc",  ".cpp", ".cxx", ".c++", ".h",   ".hh",  ".hpp",
                               ".hxx", ".h++", ".inl", ".ipp", ".tpp", ".inc", ".ixx", ".cppm",
                               ".def", ".s",   ".S",   ".asm", ".C",   ".H"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_inside(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool is_cmake_input(const ProjectModel& model, const std::string& path) {
  return std::find(model.cmake_inputs.begin(), model.cmake_inputs.end(), path) !=
         model.cmake_inputs.end();
}

// What one target that owns a changed file adds to the plan.
struct Reach {
  std::vector<std::string> modules;
  std::vector<std::string> executables;
};

Reach reach_of(const ProjectModel& model, const Wanted& wanted, const Target& owner) {
  Reach reach;
  for (const auto& module : wanted.modules) {
    const Target* target = find_target(model, module.target);
    if (owner.name == module.target ||
        (!owner.hot && target != nullptr && depends_on(*target, owner.name))) {
      reach.modules.push_back(module.target);
    }
  }
  for (const auto& name : wanted.executables) {
    const Target* target = find_target(model, name);
    if (owner.name == name ||
        (!owner.hot && target != nullptr && depends_on(*target, owner.name))) {
      reach.executables.push_back(name);
    }
  }
  return reach;
}

void add_targets(Plan& plan, const std::vector<std::string>& targets, Action action) {
  std::set<std::string> all(plan.targets.begin(), plan.targets.end());
  all.insert(targets.begin(), targets.end());
  plan.targets.assign(all.begin(), all.end());
  plan.action = std::max(plan.action, action);
}

std::vector<std::string> module_targets(const Wanted& wanted) {
  std::vector<std::string> names;
  for (const auto& module : wanted.modules) {
    names.push_back(module.target);
  }
  return names;
}

// It is built for a module, and what is loaded of it stays nevertheless.
bool is_part_of_program(const ProjectModel& model, const Wanted& wanted, const Target& owner) {
  const auto parts = program_parts(model, wanted);
  return owner.kind == TargetKind::shared && !owner.hot &&
         std::find(parts.begin(), parts.end(), owner.name) != parts.end();
}

void plan_known(Plan& plan, const ProjectModel& model, const Wanted& wanted,
                const std::string& path, const std::vector<std::uint32_t>& owners) {
  bool used = false;
  for (const auto index : owners) {
    const auto& owner = model.targets.at(index);
    const Reach reach = reach_of(model, wanted, owner);
    if (!reach.modules.empty()) {
      const bool stays = is_part_of_program(model, wanted, owner);
      add_targets(plan, reach.modules, stays ? Action::relaunch : Action::build_modules);
      plan.reasons.push_back(path + ": part of " + owner.name +
                             (stays ? ", which is in the host" : ""));
    }
    if (!reach.executables.empty()) {
      add_targets(plan, reach.executables, Action::relaunch);
      plan.reasons.push_back(path + ": part of " + owner.name + ", which is in the host " +
                             joined(reach.executables));
    }
    used = used || !reach.modules.empty() || !reach.executables.empty();
  }
  if (!used) {
    plan.reasons.push_back(path + ": in no target that is watched");
  }
}

}  // namespace

std::vector<std::string> program_parts(const ProjectModel& model, const Wanted& wanted) {
  std::vector<std::string> parts;
  std::set<std::string> seen;
  std::vector<std::string> open;
  for (const auto& module : wanted.modules) {
    open.push_back(module.target);
  }
  if (!wanted.run.empty()) {
    open.push_back(wanted.run);
  }
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    const Target* target = find_target(model, name);
    if (target == nullptr || !seen.insert(name).second) {
      continue;
    }
    if (!target->hot) {
      parts.push_back(name);
    }
    open.insert(open.end(), target->linked.begin(), target->linked.end());
  }
  return parts;
}

hr::wire::Result<Wanted> resolve(const ProjectModel& model, const std::vector<std::string>& names) {
  Wanted wanted;
  for (const auto& name : names) {
    const auto added = add_wanted(wanted, model, name);
    if (!added.ok()) {
      return added.failure();
    }
  }
  if (names.empty()) {
    for (const auto& target : model.targets) {
      if (target.hot) {
        add_module(wanted, target);
      }
    }
  }
  if (wanted.modules.empty()) {
    return nothing_hot(model);
  }
  choose_program(wanted, model);
  return wanted;
}

bool is_relevant(const ProjectModel& model, const std::string& path) {
  if (model.owners.contains(path) || is_cmake_input(model, path)) {
    return true;
  }
  const auto name = file_name(path);
  if (is_temporary(name) || !looks_like_source(name)) {
    return false;
  }
  return model.build_dir == model.source_dir || !is_inside(path, model.build_dir);
}

bool may_be_made_from(const ProjectModel& model, const std::string& artifact,
                      const std::string& source) {
  const auto owners = model.owners.find(source);
  const auto made = std::find_if(model.targets.begin(), model.targets.end(),
                                 [&](const Target& target) { return target.artifact == artifact; });
  if (artifact.empty() || owners == model.owners.end() || made == model.targets.end()) {
    return true;
  }
  return std::any_of(owners->second.begin(), owners->second.end(), [&](std::uint32_t owner) {
    const Target& target = model.targets[owner];
    return target.name == made->name ||
           (!target.hot && std::find(made->dependencies.begin(), made->dependencies.end(),
                                     target.name) != made->dependencies.end());
  });
}

Plan make_plan(const ProjectModel& model, const Wanted& wanted,
               const std::vector<std::string>& paths, bool everything) {
  Plan plan;
  auto all = module_targets(wanted);
  all.insert(all.end(), wanted.executables.begin(), wanted.executables.end());
  if (everything) {
    add_targets(plan, all, Action::build_modules);
    plan.reasons.push_back("file events were lost: anything may have changed");
  }
  for (const auto& path : paths) {
    if (is_cmake_input(model, path)) {
      add_targets(plan, all, Action::reconfigure);
      plan.reasons.push_back(path + ": read by CMake, which runs again");
    }
    const auto known = model.owners.find(path);
    if (known != model.owners.end()) {
      plan_known(plan, model, wanted, path, known->second);
    } else if (!is_cmake_input(model, path)) {
      // Ninja knows better than a model from before this file existed, and a no-op costs little.
      add_targets(plan, all, Action::build_modules);
      plan.reasons.push_back(path + ": new to the build, ninja decides");
    }
  }
  return plan;
}

void merge(Plan& plan, const Plan& other) {
  add_targets(plan, other.targets, other.action);
  for (const auto& reason : other.reasons) {
    if (std::find(plan.reasons.begin(), plan.reasons.end(), reason) == plan.reasons.end()) {
      plan.reasons.push_back(reason);
    }
  }
}

std::string nearest(const std::string& name, const std::vector<std::string>& names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const auto& candidate : names) {
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = i;
    }
    for (std::size_t i = 1; i <= name.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t change = diagonal + (name[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace hrwatch::core
