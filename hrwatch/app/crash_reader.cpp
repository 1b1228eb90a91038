#include "app/crash_reader.h"

#include <system_error>

#include "app/generation_file.h"
#include "publish/publish.h"
#include "stacks/crash_stack.h"

namespace hrwatch::app {
namespace fs = std::filesystem;

std::vector<stacks::GenerationFile> generation_files(
    int pid, const std::vector<hr::wire::ModuleState>& modules, const fs::path& copies) {
  std::vector<stacks::GenerationFile> files;
  for (const auto& module : modules) {
    files.push_back({module.path, kept_image(module, pid), module.name, 0});
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(copies, error)) {
      if (const auto number =
              publish::generation_in(entry.path().filename().string(), module.name)) {
        files.push_back({entry.path().string(), {}, module.name, number});
      }
    }
  }
  return files;
}

void CrashReader::read(const core::ReadCrash& wanted,
                       const std::vector<hr::wire::ModuleState>& modules) {
  auto result =
      std::make_shared<core::CrashRead>(core::CrashRead{wanted.host, wanted.pid, wanted.crash, {}});
  workers_.run(
      [result, files = generation_files(wanted.pid, modules, copies_)] {
        const stacks::ProcessImage image(result->pid, files);
        result->frames = stacks::read_crash(image, result->pid, result->crash);
        result->crash.stack.clear();
      },
      [this, result] { sink_(std::move(*result)); });
}

}  // namespace hrwatch::app
