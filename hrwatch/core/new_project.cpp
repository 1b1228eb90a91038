#include "core/new_project.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hrwatch::core {
namespace {

using hr::wire::Failure;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t longest_name = 64;

// A template and the name of its hot module; "" = that of the project.
struct Kind {
  std::string_view name;
  std::string_view module;
};

constexpr std::array kinds = {Kind{"console", "logic"}, Kind{"game", "game"},
                              Kind{"c-plugin", "plugin"}, Kind{"module-only", ""}};

// Targets that CMake, CTest and CPack make themselves (cmake-policies(7), CMP0037).
constexpr std::array reserved_targets = {
    std::string_view("all"),         std::string_view("ALL_BUILD"),
    std::string_view("clean"),       std::string_view("edit_cache"),
    std::string_view("help"),        std::string_view("install"),
    std::string_view("INSTALL"),     std::string_view("list_install_components"),
    std::string_view("package"),     std::string_view("PACKAGE"),
    std::string_view("preinstall"),  std::string_view("rebuild_cache"),
    std::string_view("RUN_TESTS"),   std::string_view("test"),
    std::string_view("ZERO_CHECK"),  std::string_view("package_source"),
    std::string_view("Experimental")};

std::string last_part(std::string folder) {
  while (folder.size() > 1 && folder.back() == '/') {
    folder.pop_back();
  }
  return folder.substr(folder.rfind('/') + 1);
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name &&
         letters.find(name.front()) != std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return letters.find(c) != std::string_view::npos || (c >= '0' && c <= '9') || c == '_' ||
                  c == '-';
         });
}

std::string with(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string identifier(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string capitals(std::string name) {
  for (char& c : name) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

std::vector<NewProject::Step> next_steps(const NewProject& project, const std::string& folder) {
  if (project.whole) {
    return {
        {"now type",
         {"cd " + folder, "cmake --preset hot", "hrwatch --target " + project.name + " --run"}}};
  }
  return {{"now add to your CMakeLists.txt",
           {"find_package(hrwatch REQUIRED)", "add_subdirectory(" + folder + ")",
            "target_link_libraries(<your program> PRIVATE " + project.module + ")"}},
          {"and to your program, where it runs again and again",
           {"#include \"" + project.module + ".h\"", project.module + "_step();"}},
          {"then type",
           {"cmake -G Ninja -B build -DCMAKE_BUILD_TYPE=Debug",
            "hrwatch --target <your program> --run"}}};
}

}  // namespace

hr::wire::Result<NewProject> plan_project(const std::vector<TemplateFile>& templates,
                                          const std::string& template_name,
                                          const std::string& folder) {
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& candidate) {
    return candidate.name == template_name;
  });
  if (kind == kinds.end()) {
    return Failure{"there is no template " + template_name,
                   "there are console, game, c-plugin and module-only",
                   "hrwatch new console|game|c-plugin|module-only <folder>"};
  }
  NewProject project;
  project.name = last_part(folder);
  if (!is_name(project.name)) {
    return Failure{
        "\"" + project.name + "\" can't be the name of a program",
        "a CMake target's name starts with a letter, and goes on with letters, digits, _ "
        "and -, 64 at the most",
        "give the folder such a name"};
  }
  if (std::find(reserved_targets.begin(), reserved_targets.end(), project.name) !=
      reserved_targets.end()) {
    return Failure{"\"" + project.name + "\" can't be the name of a program",
                   "CMake has a target of that name itself", "give the folder another name"};
  }
  project.whole = !kind->module.empty();
  project.module = project.whole ? std::string(kind->module) : identifier(project.name);
  if (project.whole && project.module == project.name) {
    project.module += "_code";
  }
  const auto filled = [&](std::string_view text) {
    return with(with(with(std::string(text), "@NAME@", project.name), "@MODULE@", project.module),
                "@GUARD@", capitals(project.module));
  };
  for (const TemplateFile& file : templates) {
    if (file.template_name == template_name || (project.whole && file.template_name == "common")) {
      project.files.push_back({filled(file.path), filled(file.content)});
    }
  }
  std::sort(project.files.begin(), project.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  project.next = next_steps(project, folder);
  return project;
}

}  // namespace hrwatch::core
