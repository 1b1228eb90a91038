#include "app/generation_file.h"
#include "publish/publish.h"

namespace hrwatch::app {

// The file may have been rebuilt or removed since: the host keeps it open.
std::string kept_image(const hr::wire::ModuleState& module, int pid) {
  return module.image_descriptor >= 0
             ? "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(module.image_descriptor)
             : std::string{};
}

std::filesystem::path file_of_generation(const hr::wire::ModuleState& module,
                                         std::uint32_t generation, int pid,
                                         const std::filesystem::path& copies) {
  return generation != 0 ? publish::path_of_copy(copies, module.name, generation)
                         : std::filesystem::path(kept_image(module, pid));
}

}  // namespace hrwatch::app
