// Thread-locals are shared all or none: code addresses them by offsets in the block of one owner.
#include <algorithm>
#include <string>
#include <vector>

#include "analysis/demangle.h"
#include "analysis/judgement.h"

namespace hrwatch::analysis {
namespace {

constexpr const char* mend =
    "undo the edit, or restart the program (hrwatch --run relaunches it); members added to a class "
    "of one thread_local are the same to it";

const LivingThreadLocal* find(const std::vector<LivingThreadLocal>& list, Key key) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [key](const LivingThreadLocal& one) { return one.key == key; });
  return found == list.end() ? nullptr : &*found;
}

const Variable* find(const std::vector<Variable>& list, Key key) {
  const auto found =
      std::find_if(list.begin(), list.end(), [key](const Variable& one) { return one.key == key; });
  return found == list.end() ? nullptr : &*found;
}

// The first difference between what threads have and what the next build wants, "" if none.
std::string difference(const Lineage::State& state, const Description& next) {
  for (const Variable& variable : next.thread_locals) {
    const std::string name = demangle(variable.name);
    const std::string at = variable.declared.empty() ? "" : " (" + variable.declared + ")";
    const LivingThreadLocal* living = find(state.thread_locals, variable.key);
    if (living == nullptr) {
      return name + " was added" + at;
    }
    const bool retyped = living->type_hash != 0 && variable.type_hash != 0 &&
                         living->type_hash != variable.type_hash;
    if (living->size != variable.size || retyped) {
      return name + " changed from " + living->type + " (" + std::to_string(living->size) +
             " bytes) to " + variable.type + " (" + std::to_string(variable.size) + " bytes)" + at;
    }
  }
  for (const LivingThreadLocal& living : state.thread_locals) {
    const Variable* variable = find(next.thread_locals, living.key);
    if (variable == nullptr) {
      return demangle(living.name) + " was removed";
    }
    if (variable->address != living.offset) {
      return demangle(living.name) + " moved from offset " + std::to_string(living.offset) +
             " to " + std::to_string(variable->address);
    }
  }
  if (state.tls_size != next.tls_size) {
    return std::to_string(state.tls_size) + " -> " + std::to_string(next.tls_size) + " bytes";
  }
  return "";
}

}  // namespace

void judge_thread_locals(Judgement& judgement) {
  const Lineage::State& state = judgement.state;
  const Description& next = judgement.next;
  if (state.tls_size == 0 || next.tls_size == 0) {
    return;  // nothing to share: all are new, or none is left
  }
  const std::string changed = difference(state, next);
  if (!changed.empty()) {
    judgement.refuse("the thread_local variables changed",
                     changed + "; every thread has them laid out as before", mend);
    return;
  }
  for (const Address word : next.tls_modules) {
    judgement.rewiring.tls.push_back({word, state.tls_owner});
  }
  for (const Variable& variable : next.thread_locals) {
    if (find(state.thread_locals, variable.key)->image_hash != variable.image_hash) {
      judgement.remarks.push_back("thread_local " + demangle(variable.name) +
                                  " keeps its old initial value, in new threads too");
    }
  }
}

void adopt_thread_locals(Lineage::State& state, const Description& next, std::uint32_t number) {
  if (next.tls_size == 0 || (state.tls_size != 0 && difference(state, next).empty())) {
    return;
  }
  state.thread_locals.clear();
  for (const Variable& variable : next.thread_locals) {
    state.thread_locals.push_back({variable.name, variable.type, variable.key, variable.address,
                                   variable.size, variable.type_hash, variable.image_hash});
  }
  state.tls_size = next.tls_size;
  state.tls_owner = number;
}

}  // namespace hrwatch::analysis
