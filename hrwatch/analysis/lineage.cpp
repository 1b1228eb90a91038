#include "analysis/lineage.h"

#include <utility>

#include "analysis/judgement.h"
#include "analysis/lineage_state.h"
#include "analysis/migrations.h"

namespace hrwatch::analysis {
namespace {

// More would be the same story again: another compiler, another set of flags.
constexpr std::size_t most_reasons = 16;

Refused refused(std::vector<hr::wire::Failure> reasons) {
  if (reasons.size() > most_reasons) {
    const std::size_t left_out = reasons.size() - most_reasons;
    reasons.resize(most_reasons);
    reasons.back().why += "; and " + std::to_string(left_out) + " more reasons";
  }
  return {std::move(reasons)};
}

std::vector<DebugAddress> debug_addresses(const Judgement& judgement) {
  std::vector<DebugAddress> addresses;
  for (std::size_t i = 0; i < judgement.next.variables.size(); ++i) {
    const Variable& variable = judgement.next.variables[i];
    if (const LivingVariable* living = judgement.living[i];
        living != nullptr && variable.debug_operand != 0)
      addresses.push_back({variable.debug_operand, variable.address, living->home.generation,
                           living->home.address});
  }
  return addresses;
}

void fold(Lineage::State& state, std::shared_ptr<const Description> next, std::uint32_t number,
          RunningHost* host) {
  adopt_types(state, *next, number, host);
  adopt_functions(state, *next, number);  // first: looks at the old sizes of what is below
  adopt_users(state, *next, number);
  adopt_variables(state, *next, number);
  adopt_thread_locals(state, *next, number);
  adopt_constants(state, *next, number);
  state.newest = std::move(next);
  state.newest_number = number;
  state.newest_withdrawn = false;
}

}  // namespace

std::uint32_t Judgement::home(const hr::wire::Home& place) {
  const auto [found, added] =
      home_indices_.try_emplace(&place, static_cast<std::uint32_t>(rewiring.homes.size()));
  if (added) {
    rewiring.homes.push_back(place);
  }
  return found->second;
}

void Judgement::refuse(std::string what, std::string why, std::string fix) {
  reasons.push_back({std::move(what), std::move(why), std::move(fix)});
}

Lineage::Lineage(std::shared_ptr<const Description> generation_0)
    : state_(std::make_unique<State>()) {
  state_->problems = generation_0->problems;
  fold(*state_, std::move(generation_0), 0, nullptr);
}

Lineage::~Lineage() = default;
Lineage::Lineage(Lineage&&) noexcept = default;
Lineage& Lineage::operator=(Lineage&&) noexcept = default;

Lineage::Lineage(const Lineage& other) : state_(std::make_unique<State>(*other.state_)) {}

Lineage& Lineage::operator=(const Lineage& other) {
  if (this != &other) {
    state_ = std::make_unique<State>(*other.state_);
  }
  return *this;
}

Verdict Lineage::judge(const Description& next, std::uint32_t number, ObjectReferences& objects,
                       RunningHost* host) const {
  if (next.build_id == state_->newest->build_id && !state_->newest_withdrawn) {
    return Unchanged();
  }
  if (!state_->problems.empty() || !next.problems.empty()) {
    return refused(next.problems.empty() ? state_->problems : next.problems);
  }
  Judgement judgement(*state_, next, number, objects, host);
  judge_types(judgement);
  judge_constants(judgement);
  judge_variables(judgement);
  judge_thread_locals(judgement);
  judge_functions(judgement);
  judge_moves(judgement);
  judge_initialisers(judgement);
  if (judgement.reasons.empty()) {  // else the references say nothing new
    judge_code_references(judgement);
    judge_data_references(judgement);
  }
  if (!judgement.reasons.empty()) {
    return refused(std::move(judgement.reasons));
  }
  judgement.rewiring.memory_size = next.memory_size;
  judgement.rewiring.tables = TypeTables(next).addresses();
  return Accepted{std::move(judgement.rewiring), std::move(judgement.remarks),
                  debug_addresses(judgement)};
}

void Lineage::adopt(std::shared_ptr<const Description> next, std::uint32_t number,
                    ObjectReferences&, RunningHost* host) {
  fold(*state_, std::move(next), number, host);
}

const std::string& Lineage::newest_build_id() const {
  return state_->newest->build_id;
}

}  // namespace hrwatch::analysis
