#include "app/explain.h"

#include <uv.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "project/project.h"

namespace hrwatch::app {
namespace {

using Model = std::shared_ptr<const core::ProjectModel>;

hr::wire::Result<Model> read_project(const std::string& build_dir, const std::string& config) {
  std::optional<hr::wire::Result<Model>> answer;
  uv_loop_t loop;
  uv_loop_init(&loop);
  {
    const auto take = [&](hr::wire::Result<Model> found) {
      if (!answer) {
        answer.emplace(std::move(found));
        uv_stop(&loop);
      }
    };
    project::Project project(&loop, {build_dir, config},
                             {[&](Model model) { take(std::move(model)); },
                              [&](hr::wire::Failure failure) {
                                take(std::move(failure));
                              }});
    project.load();
    uv_run(&loop, UV_RUN_DEFAULT);
  }
  uv_run(&loop, UV_RUN_DEFAULT);  // what the project has let go of
  uv_loop_close(&loop);
  if (!answer) {
    return hr::wire::Failure{"the project could not be read", "nothing answered",
                             "run cmake --build " + build_dir};
  }
  return *std::move(answer);
}

}  // namespace

hr::wire::Result<core::Plan> explain_save(const std::string& build_dir, const std::string& config,
                                          const std::vector<std::string>& targets,
                                          const std::string& file) {
  const auto model = read_project(build_dir, config);
  if (!model.ok()) {
    return model.failure();
  }
  const auto wanted = core::resolve(*model.value(), targets);
  if (!wanted.ok()) {
    return wanted.failure();
  }
  std::error_code error;
  const auto path = std::filesystem::weakly_canonical(std::filesystem::absolute(file, error), error)
                        .generic_string();
  if (!core::is_relevant(*model.value(), path)) {
    core::Plan nothing;
    nothing.reasons.push_back(path + ": no source of the project, and does not look like one");
    return nothing;
  }
  return core::make_plan(*model.value(), wanted.value(), {path}, false);
}

}  // namespace hrwatch::app
