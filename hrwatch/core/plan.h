// From changed files to what must be done, with the reasons. Pure: project model in, plan out;
// knows no session and no host.
#pragma once

#include <string>
#include <vector>

#include "core/project_model.h"
#include "wire/result.h"

namespace hrwatch::core {

// What the user asked for with --target, looked up in the model.
struct Wanted {
  struct Module {
    std::string target;    // what ninja builds
    std::string name;      // what the runtime announces
    std::string artifact;  // the built library
  };

  std::vector<Module> modules;
  std::vector<std::string> executables;  // targets asked for that are executables
  std::string run;                       // the one to start with --run, "" if not unique
};

// Looks `names` up; none: all hot modules (and the only executable that links one).
// Errors: unknown target (with the nearest name), a target that is not hot, nothing hot at all.
hr::wire::Result<Wanted> resolve(const ProjectModel& model, const std::vector<std::string>& names);

// Ordered: the stronger one wins.
enum class Action : std::uint8_t { nothing, build_modules, reconfigure, relaunch };

struct Plan {
  Action action = Action::nothing;
  std::vector<std::string> targets;  // for ninja, sorted
  std::vector<std::string> reasons;  // one for each file that mattered or might have

  bool builds() const { return !targets.empty(); }
};

// The targets whose files a program has loaded until it is started again: the one to run, and the
// shared libraries that it and the hot modules are linked with, direct and indirect.
std::vector<std::string> program_parts(const ProjectModel& model, const Wanted& wanted);

// True when a change of this path can matter: it is known to the model or looks like a source that
// nobody knows yet. Editors' temporary files and what the build writes itself are not.
bool is_relevant(const ProjectModel& model, const std::string& path);

// Whether the code in the built file `artifact` may have been compiled from `source`, or with it:
// true as well where the model knows one of them not at all. What hot modules bring along is in
// their own files.
bool may_be_made_from(const ProjectModel& model, const std::string& artifact,
                      const std::string& source);

// What saving `paths` means. `everything` (events were lost) wants all targets.
Plan make_plan(const ProjectModel& model, const Wanted& wanted,
               const std::vector<std::string>& paths, bool everything);

// Adds what `other` wants: the stronger action, all targets, all reasons.
void merge(Plan& plan, const Plan& other);

// The name nearest to `name` by edit distance, "" when none is near.
std::string nearest(const std::string& name, const std::vector<std::string>& names);

}  // namespace hrwatch::core
