#include "core/session.h"

#include "core/session_steps.h"

namespace hrwatch::core {

std::vector<Effect> step(State& state, const Event& event, Time now) {
  Step current{state, now, {}};
  std::visit([&](const auto& happened) { on(current, happened); }, event);
  return std::move(current.effects);
}

}  // namespace hrwatch::core
