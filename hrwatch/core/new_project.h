// What `hrwatch new` would write: a template's files with the names filled in. Pure: knows no file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/result.h"

namespace hrwatch::core {

// One file of templates/. Files of the template "common" belong to every whole project.
struct TemplateFile {
  std::string_view template_name;
  std::string_view path;  // in the template, with placeholders
  std::string_view content;
};

struct NewProject {
  struct File {
    std::string path;  // in the new folder
    std::string content;
  };

  // What the user does with lines of text.
  struct Step {
    std::string what;  // "now type"
    std::vector<std::string> lines;
  };

  std::string name;    // of the program, and of the CMake project
  std::string module;  // the hot module's target
  std::vector<File> files;
  bool whole = true;       // a project of its own, not a part of one
  std::vector<Step> next;  // in this order
};

// `folder` gives the name: its last part. Placeholders: @NAME@, @MODULE@, @GUARD@ (the module in
// capitals).
// Errors: Failure for an unknown template and for a name that can't be one.
hr::wire::Result<NewProject> plan_project(const std::vector<TemplateFile>& templates,
                                          const std::string& template_name,
                                          const std::string& folder);

}  // namespace hrwatch::core
