// A tiny CMake project in a scratch folder and a Project that reads it, for tests. Knows the loop
// and real cmake and ninja.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "project/project.h"
#include "support/turned_loop.h"

namespace hrwatch::test {

class ProjectFixture {
 public:
  // `build`: the build folder's name in the scratch folder ("." for one folder).
  explicit ProjectFixture(std::string build = "build");
  ~ProjectFixture();
  ProjectFixture(const ProjectFixture&) = delete;
  ProjectFixture& operator=(const ProjectFixture&) = delete;

  std::string path(const std::string& name) const;
  std::string built(const std::string& name) const;  // in the build folder
  void write(const std::string& name, const std::string& text) const;

  // The file that add_hot_module() leaves for a module.
  void write_module_file(const std::string& target, const std::string& artifact,
                         const std::string& config = "Debug",
                         const std::vector<std::string>& objects = {}) const;

  // Runs a shell command line in the scratch folder and requires that it succeeds.
  void run(const std::string& command) const;
  void configure(const std::string& options = "-G Ninja -DCMAKE_BUILD_TYPE=Debug") const;
  void build() const;

  void open(const std::string& config = "");

  void close() { project_.reset(); }

  project::Project& project() { return *project_; }

  // load() and wait for its end; the model, or nothing after a failure.
  std::shared_ptr<const core::ProjectModel> load();

  bool wait_until(const std::function<bool()>& condition);

  const std::vector<std::shared_ptr<const core::ProjectModel>>& models() const { return models_; }

  const std::vector<hr::wire::Failure>& failures() const { return failures_; }

 private:
  std::string root_;
  std::string build_;
  tests::TurnedLoop loop_;
  std::unique_ptr<project::Project> project_;
  std::vector<std::shared_ptr<const core::ProjectModel>> models_;
  std::vector<hr::wire::Failure> failures_;
};

// Names of the targets that own a file, joined by blanks.
std::string owners_of(const core::ProjectModel& model, const std::string& path);

const core::Target& target(const core::ProjectModel& model, const std::string& name);

bool watches(const core::ProjectModel& model, const std::string& folder);

}  // namespace hrwatch::test
