// Sharing: which variables of the next build live already, and where; whether they still are what
// they were; and which edited initial values have to be written.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "analysis/address_index.h"
#include "analysis/demangle.h"
#include "analysis/judgement.h"
#include "analysis/migrations.h"
#include "analysis/object_moves.h"
#include "analysis/variable_storage.h"

namespace hrwatch::analysis {
namespace {

std::string type_and_size(const std::string& type, std::uint64_t size) {
  const std::string bytes = std::to_string(size) + " bytes";
  return type.empty() ? bytes : type + " (" + bytes + ")";
}

std::string declared_at(const Variable& variable) {
  return variable.declared.empty() ? "" : " (" + variable.declared + ")";
}

// Whether `type` names a class whose change is a reason already.
bool explained(const Judgement& judgement, const std::string& type) {
  for (const std::string& name : judgement.changed_types) {
    if (type.find(name) != std::string::npos) {
      return true;
    }
  }
  return false;
}

void refuse_change(Judgement& judgement, const Variable& variable, const LivingVariable& living) {
  const bool resized = variable.size != living.size;
  std::string why = resized ? type_and_size(living.type, living.size) + " -> " +
                                  type_and_size(variable.type, variable.size)
                            : living.type + " -> " + variable.type;
  if (!resized && living.type == variable.type) {
    why = "the layout of " + variable.type + " changed";
  }
  judgement.refuse(
      "variable " + demangle(variable.name) + " changed " + (resized ? "size" : "type"),
      why + declared_at(variable) +
          "; its value was made as the old type and can't be read as the new one");
}

void judge_image(Judgement& judgement, const Variable& variable, const LivingVariable& living) {
  if (variable.dynamic != living.dynamic) {
    judgement.remarks.push_back(demangle(variable.name) +
                                " keeps its value: it is now initialised by " +
                                (variable.dynamic ? "code" : "a constant") + declared_at(variable));
  } else if (!variable.dynamic && variable.image_hash != living.image_hash) {
    judgement.rewiring.images.push_back(
        {judgement.home(living.home), variable.address, variable.size, demangle(variable.name)});
  }
}

}  // namespace

void judge_variables(Judgement& judgement) {
  const Description& next = judgement.next;
  judgement.living.assign(next.variables.size(), nullptr);
  std::unordered_map<Key, const Variable*> seen;
  seen.reserve(next.variables.size());
  for (std::size_t i = 0; i < next.variables.size(); ++i) {
    const Variable& variable = next.variables[i];
    const auto [first, added] = seen.try_emplace(variable.key, &variable);
    if (!added && first->second->address != variable.address) {
      judgement.refuse("two variables " + demangle(variable.name) + " can't be told apart",
                       "both stand in the same scope of " +
                           (variable.unit.empty() ? std::string("the module") : variable.unit),
                       "rename one of them");
      continue;
    }
    const auto known = judgement.state.variables.find(variable.key);
    if (known == judgement.state.variables.end() || is_type_table(variable.name)) {
      continue;
    }
    const LivingVariable& living = known->second;
    const LayoutChange* relaid = change_of(structure(variable), judgement.relaid);
    if (relaid != nullptr && relaid != change_of(structure(living), judgement.relaid))
      relaid = nullptr;
    switch (storage_for(variable, living)) {
      case Storage::same:
        judgement.living[i] = &living;
        judge_image(judgement, variable, living);
        break;
      case Storage::within:
        if (relaid != nullptr)
          refuse_change(judgement, variable, living);
        judgement.living[i] = &living;
        break;
      case Storage::grows:
        judgement.moving.push_back(static_cast<std::uint32_t>(i));
        break;
      case Storage::other:
        if (relaid != nullptr)
          judgement.moving.push_back(static_cast<std::uint32_t>(i));
        else if (judgement.reasons.empty() || !explained(judgement, variable.type))
          refuse_change(judgement, variable, living);
        break;
    }
  }
}

namespace {

// All generations' words lead to the one storage, but those of before it.
void adopt_words(Lineage::State& state, const Description& next, std::uint32_t number) {
  const AddressIndex variables(next.variables);
  for (const DataReference& reference : next.data_references) {
    const std::size_t at = reference.kind == DataReferenceKind::got
                               ? variables.starting_at(reference.target)
                               : no_symbol;
    for (std::size_t i = at;
         i < next.variables.size() && next.variables[i].address == reference.target; ++i) {
      state.variables[next.variables[i].key].words.push_back({number, reference.at, 0, {}});
    }
  }
}

// Ranges of variables that live elsewhere, with the padding between them.
void adopt_dead(Lineage::State& state, const Description& next, std::uint32_t number) {
  DeadStorage* open = nullptr;
  for (const Variable& variable : next.variables) {
    if (state.variables[variable.key].home.generation == number) {
      open = nullptr;
      continue;
    }
    constexpr std::uint64_t widest_gap = 64;  // the largest usual alignment
    if (open == nullptr || variable.address > open->begin.address + open->size + widest_gap)
      open = &state.dead.emplace_back(DeadStorage{{number, variable.address, 0, {}}, 0});
    open->size = std::max(open->size, variable.address + variable.size - open->begin.address);
  }
}

}  // namespace

void adopt_variables(Lineage::State& state, const Description& next, std::uint32_t number) {
  for (const Variable& variable : next.variables) {
    LivingVariable& living = state.variables[variable.key];
    const Storage storage = storage_for(variable, living);
    const bool fresh = living.home.address == 0;
    if (fresh || storage == Storage::grows || storage == Storage::other) {
      if (!fresh)
        state.dead.push_back({living.home, living.room});
      living.home = home_of(variable, number);
      living.room = variable.size;
      living.words.clear();
    }
    if (fresh || storage != Storage::same) {
      living.size = variable.size;
      living.type = variable.type;
      living.underlying = variable.underlying;
    }
    if (variable.type_hash != 0) {
      living.type_hash = variable.type_hash;
    }
    living.image_hash = variable.image_hash;
    living.dynamic = variable.dynamic;
  }
  adopt_words(state, next, number);
  adopt_dead(state, next, number);
}

}  // namespace hrwatch::analysis
