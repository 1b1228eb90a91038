// Reads the project and keeps knowing it: CMake's model through the File API, headers and other
// inputs through ninja. Runs cmake and ninja as children when it must; builds nothing, watches
// nothing.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/event.h"
#include "core/project_model.h"
#include "wire/result.h"

namespace hrwatch::project {

struct ProjectSettings {
  std::string build_dir;  // absolute, normalised
  std::string config;     // "": the build folder's own
};

struct ProjectListener {
  // The project as it is now: after load(), and whenever refresh() found other dependencies.
  std::function<void(std::shared_ptr<const core::ProjectModel>)> on_model;

  // load() came to nothing; the last model stands.
  std::function<void(hr::wire::Failure)> on_failure;
};

// Loop's thread only; libuv's worker threads read the files. Calls come from the loop, never from
// within these functions. Destroying it ends its children and makes no more calls.
class Project {
 public:
  Project(uv_loop_t* loop, ProjectSettings settings, ProjectListener listener);
  ~Project();
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  // Reads everything again; runs CMake first when it has not answered yet. Ends in one call of the
  // listener; a load() during a load() starts it over. Cost: ms, plus ninja's time to parse its
  // file. Errors: no build folder, another generator than Ninja's, CMake fails, no such
  // configuration.
  void load();

  // After a build: asks ninja again what includes what, a moment later and in the background. Calls
  // on_model only when something changed.
  void refresh();

  // Files have changed: when CMake's answer is among them (somebody ran cmake), as refresh().
  void notice(const std::vector<core::FileEvent>& files);

  // A build begins: a refresh under way or due is given up, so that ninja runs once at a time. What
  // CMake answers meanwhile is read by the refresh() or load() after the build.
  void pause_refresh();

  // True when CMake has run since the last load().
  bool cmake_has_run() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The build folder that a user in `folder` means: the one given, or the folder itself or one of its
// usual places (build, build/*, out/*, cmake-build-*) with a CMakeCache.txt, hot modules preferred;
// the same for the folders above. Errors: none found, or several and no way to tell.
hr::wire::Result<std::string> find_build_folder(const std::string& folder);

}  // namespace hrwatch::project
