#include "app/old_code.h"

#include <optional>

#include "app/host_process.h"

namespace hrwatch::app {
namespace {

std::optional<core::OldCall> old_call(const stacks::ProcessImage& image, std::uint64_t address,
                                      const std::map<std::string, RunningCode>& running) {
  core::Frame frame = image.frame_at(address);
  const auto module = running.find(frame.module);
  if (module == running.end() || frame.generation == module->second.generation) {
    return std::nullopt;  // clones and the like of the newest generation have no entry of their own
  }
  if (module->second.bodies.contains({frame.generation, image.function_at(address)})) {
    return std::nullopt;  // older, and as it is in the newest: it was left alone
  }
  core::OldCall call;
  call.frame = std::move(frame);
  call.running = module->second.generation;
  return call;
}

}  // namespace

hr::wire::Result<std::vector<core::OldCall>> find_old_code(
    int pid, const std::vector<stacks::GenerationFile>& files,
    const std::map<std::string, RunningCode>& running) {
  const auto stacks = thread_stacks(pid);
  if (!stacks.ok()) {
    return stacks.failure();
  }
  const stacks::ProcessImage image(pid, files);
  std::vector<core::OldCall> calls;
  for (const auto& stack : stacks.value()) {
    for (const std::uint64_t address : stack.frames) {
      if (auto call = old_call(image, address, running)) {
        call->thread = stack.thread;
        call->thread_name = thread_name(pid, stack.thread);
        calls.push_back(std::move(*call));
        break;
      }
    }
  }
  return calls;
}

}  // namespace hrwatch::app
