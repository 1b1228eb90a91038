// The work on one verdict: what is known of the host, the next build, and the answer as it grows.
// Each judge_*() is one rule of the guard; they run in the order of this file.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/layout_changes.h"
#include "analysis/lineage.h"
#include "analysis/lineage_state.h"

namespace hrwatch::analysis {

inline constexpr const char* undo_or_restart =
    "undo the edit, or restart the program (hrwatch --run relaunches it)";

struct Judgement {
  Judgement(const Lineage::State& host, const Description& build, std::uint32_t generation,
            ObjectReferences& object_files, RunningHost* running_host)
      : state(host),
        next(build),
        number(generation),
        objects(object_files),
        running(running_host),
        epochs(host.epochs) {}

  const Lineage::State& state;
  const Description& next;
  std::uint32_t number;
  ObjectReferences& objects;
  RunningHost* running;  // null: can't be asked

  std::vector<hr::wire::Failure> reasons;
  std::vector<std::string> remarks;
  hr::wire::Rewiring rewiring;

  // Filled by judge_types: the names whose change was refused, without scopes that DWARF adds.
  std::unordered_set<std::string> changed_types;
  // Filled by judge_types: classes whose objects stand in variables, which are to get the new
  // layout.
  std::vector<LayoutChange> relaid;
  // Those of the state, and by judge_types what this build adds.
  Epochs epochs;
  // Filled by judge_variables, one for each of next.variables: where it lives; null = fresh.
  std::vector<const LivingVariable*> living;
  // Filled by judge_variables: indices of those that leave their storage, if judge_moves lets them.
  std::vector<std::uint32_t> moving;
  // Filled by judge_functions, one for each of next.functions; no_slot for clones and the like.
  std::vector<std::uint32_t> slots;

  // The index of a home in the rewiring. One living thing gives one home, however often it is
  // asked.
  std::uint32_t home(const hr::wire::Home& place);

  void refuse(std::string what, std::string why, std::string fix = undo_or_restart);

 private:
  std::unordered_map<const hr::wire::Home*, std::uint32_t> home_indices_;
};

void judge_types(Judgement& judgement);
void judge_variables(Judgement& judgement);
void judge_thread_locals(Judgement& judgement);
void judge_constants(Judgement& judgement);
void judge_functions(Judgement& judgement);
void judge_code_references(Judgement& judgement);
void judge_data_references(Judgement& judgement);
void judge_moves(Judgement& judgement);
void judge_initialisers(Judgement& judgement);

}  // namespace hrwatch::analysis
