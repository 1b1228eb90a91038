#include "src/running_code.h"

#include <algorithm>

#include "src/stack_frames.h"

namespace hr::runtime {

bool is_inside(const Prepared& prepared) {
  const std::vector<Pointer> frames = frames_of_this_thread();
  return std::any_of(prepared.plans.begin(), prepared.plans.end(), [&](const ModulePlan& plan) {
    return std::any_of(frames.begin(), frames.end(),
                       [&](Pointer frame) { return plan.module->contains(frame); });
  });
}

}  // namespace hr::runtime
