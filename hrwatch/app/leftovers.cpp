#include "app/leftovers.h"

#include "build/linker_files.h"
#include "build/linker_outputs.h"
#include "publish/publish.h"

namespace hrwatch::app {

void remove_link_leftovers(const core::ProjectModel& model) {
  if (build::holders_stop_linkers()) {
    build::remove_asides(build::linker_outputs(model));
  }
}

void remove_published_leftovers(const std::filesystem::path& gen) {
  // Elsewhere the next session does it: until then they tell of a program that has crashed.
  if (build::holders_stop_linkers()) {
    publish::remove_leftovers(gen);
  }
}

}  // namespace hrwatch::app
