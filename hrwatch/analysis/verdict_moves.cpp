// Variables that leave their storage because it is too small or laid out otherwise: allowed where
// nothing goes on using the old one. Code is proven here; memory the runtime looks through when it
// goes live.
#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "analysis/address_index.h"
#include "analysis/demangle.h"
#include "analysis/judgement.h"
#include "analysis/object_moves.h"
#include "analysis/reach.h"
#include "analysis/symbol_names.h"
#include "analysis/variable_storage.h"

namespace hrwatch::analysis {
namespace {

std::string declared_at(const Variable& variable) {
  const std::size_t folder = variable.declared.rfind('/');
  const std::string place =
      folder == std::string::npos ? variable.declared : variable.declared.substr(folder + 1);
  return demangle(variable.name) + (place.empty() ? "" : " (" + place + ")");
}

const Variable* newest_of(const Judgement& judgement, Key key) {
  const auto& variables = judgement.state.newest->variables;
  const auto found = std::find_if(variables.begin(), variables.end(),
                                  [&](const Variable& variable) { return variable.key == key; });
  return found == variables.end() ? nullptr : &*found;
}

// Initialised where the program first comes by: that has been, and new storage never would be.
bool is_guarded(const Description& build, const Variable& variable) {
  if (!variable.name.starts_with("_Z"))
    return false;
  const std::string guard = "_ZGV" + variable.name.substr(2);  // Itanium C++ ABI 5.1.4.3
  return std::any_of(build.variables.begin(), build.variables.end(),
                     [&](const Variable& other) { return other.name == guard; });
}

// Why the elements are more than their bytes; nothing: they are not.
std::optional<std::string> not_bytes(const Judgement& judgement, const Variable& before) {
  const auto uses = judgement.running->uses();
  if (!uses)
    return uses.failure().what + " (" + uses.failure().why + ")";
  const TypeUses& known = *uses.value();
  for (const TypeUses::Variable& variable : known.variables) {
    if (variable.thread_local_ || variable.address != before.address ||
        variable.consists_of == TypeUses::none)
      continue;
    if (!known.is_bytes(variable.consists_of))
      return known.classes[variable.consists_of].name +
             " is copied and destroyed by code of its own";
  }
  return std::nullopt;
}

// Old code that names the variable and can still be reached.
std::optional<std::string> left_behind(const Judgement& judgement,
                                       const std::vector<VariableUser>& users) {
  std::set<std::uint32_t> renewed(judgement.slots.begin(), judgement.slots.end());
  for (const VariableUser& user : users) {
    if (user.slot == no_slot || renewed.count(user.slot) == 0)
      return demangle(user.name) + " of generation " + std::to_string(user.generation) +
             " uses it, and has nothing that takes its place";
  }
  return std::nullopt;
}

// A thread that stays in code that names the variable.
std::optional<std::string> at_work(const Judgement& judgement,
                                   const std::vector<VariableUser>& users) {
  const auto running = judgement.running->staying();
  if (!running)
    return running.failure().what + " (" + running.failure().why + ")";
  for (const RunningCode& code : running.value()) {
    for (const VariableUser& user : users) {
      if (user.generation == code.generation && code.address - user.begin < user.size)
        return demangle(user.name) + " is running, and goes on with it as it was";
    }
  }
  return std::nullopt;
}

bool is_relaid(const Judgement& judgement, const Variable& variable) {
  return change_of(structure(variable), judgement.relaid) != nullptr;
}

std::optional<std::string> obstacle(const Judgement& judgement, const Variable& variable,
                                    const Variable& before) {
  for (const std::string& name : judgement.changed_types) {
    if (variable.type.find(name) != std::string::npos && !is_relaid(judgement, variable))
      return "the layout of " + name + " changed, too";
  }
  if (is_guarded(judgement.next, variable))
    return "it is initialised when the program first comes by, which has been";
  if (auto why = not_bytes(judgement, before))
    return why;
  if (judgement.running->uses_variable(before))
    return "the program uses it by its name, and was not built anew";
  const auto users = judgement.state.users.find(variable.key);
  if (users == judgement.state.users.end())
    return std::nullopt;
  if (auto why = left_behind(judgement, users->second))
    return why;
  return at_work(judgement, users->second);
}

// Words that lead to the variable, or to the one that starts where it ends, for the code of old
// generations.
void add_words(Judgement& judgement, const LivingVariable& living, hr::wire::VariableMove& move) {
  const hr::wire::Home& home = living.home;
  for (const auto& [key, other] : judgement.state.variables) {
    const bool next_to_it = other.home.generation == home.generation &&
                            other.home.address == home.address + living.room;
    if (&other != &living && !next_to_it)
      continue;
    for (const hr::wire::Home& word : other.words)
      move.words.push_back(judgement.home(word));
  }
}

std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t most_names = 8;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most_names; ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > most_names ? text + " and more" : text;
}

// "world has the new layout of World: hp new; mana dropped"
std::string told(const Variable& variable, const ObjectMoves& moves) {
  std::string text = demangle(variable.name) + " has the new layout of its type";
  const char* between = ": ";
  const auto add = [&](const std::vector<std::string>& names, const char* what) {
    if (!names.empty())
      text += between + joined(names) + what;
    between = names.empty() ? between : "; ";
  };
  add(moves.fresh, " new");
  add(moves.dropped, " dropped");
  add(moves.lost, " could not be kept");
  return text;
}

// What the elements become; nothing more to say than why not.
std::optional<std::string> move_variable(Judgement& judgement, const Variable& variable,
                                         const LivingVariable& living) {
  const auto before = array_of(structure(living)), after = array_of(structure(variable));
  const bool arrays = before && after;
  hr::wire::VariableMove move;
  move.home = judgement.home(living.home);
  move.old_size = living.room;
  move.to = variable.address;
  move.new_size = variable.size;
  move.count = arrays ? std::min(before->count, after->count) : 1;
  move.old_stride = arrays ? living.size / before->count : living.size;
  move.new_stride = arrays ? variable.size / after->count : variable.size;
  move.name = declared_at(variable);
  if (is_relaid(judgement, variable)) {
    auto moves = object_moves(arrays ? before->element : structure(living), move.old_stride,
                              arrays ? after->element : structure(variable), move.new_stride,
                              judgement.relaid);
    if (!moves)
      return moves.failure().why;
    move.report = told(variable, moves.value());
    move.members = std::move(moves.value().members);
    if (move.members.empty())
      move.count = 0;
  } else {
    move.report = demangle(variable.name) + " has room for " + std::to_string(after->count) +
                  " elements now; the first " + std::to_string(before->count) +
                  " keep their values";
  }
  add_words(judgement, living, move);
  judgement.rewiring.moves.push_back(std::move(move));
  return std::nullopt;
}

void refuse(Judgement& judgement, const Variable& variable, const LivingVariable& living,
            const std::string& why) {
  if (is_relaid(judgement, variable)) {
    judgement.refuse("variable " + declared_at(variable) + " can't get its new layout",
                     "the layout of " + variable.type + " changed; " + why,
                     "undo the edit, keep it in hr::state (#include <hr/hr.hpp>), or restart the "
                     "program (hrwatch --run relaunches it)");
    return;
  }
  judgement.refuse("array " + declared_at(variable) + " can't grow while the program runs",
                   living.type + " -> " + variable.type + " needs other storage; " + why,
                   "undo the edit, keep it in a std::vector or in hr::state (#include "
                   "<hr/hr.hpp>), or restart the program (hrwatch --run relaunches it)");
}

// Old code without successor that means the old layout: it could still be called.
std::optional<std::string> old_handler(const Judgement& judgement) {
  std::vector<std::string> names;
  for (const LayoutChange& change : judgement.relaid)
    names.push_back(change.name);
  const auto uses = judgement.running->uses();
  if (!uses)
    return uses.failure().what;
  const std::vector<Key> handlers = Reach(judgement.state, *uses.value(), names).handlers();
  const std::set<Key> handling(handlers.begin(), handlers.end());
  const std::set<std::uint32_t> renewed(judgement.slots.begin(), judgement.slots.end());
  const auto& functions = judgement.state.newest->functions;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const std::uint32_t slot = judgement.state.newest_slots[i];
    if (handling.count(functions[i].key) != 0 && !is_initialisation_step(functions[i].name) &&
        (slot == no_slot || renewed.count(slot) == 0))
      return demangle(functions[i].name);
  }
  for (const auto& [key, living] : judgement.state.variables) {
    const auto users = judgement.state.users.find(key);
    if (change_of(structure(living), judgement.relaid) == nullptr ||
        users == judgement.state.users.end())
      continue;
    for (const VariableUser& user : users->second)
      if (user.slot == no_slot || renewed.count(user.slot) == 0)
        return demangle(user.name);
  }
  return std::nullopt;
}

void name_places(Judgement& judgement) {
  for (const Variable& variable : judgement.state.newest->variables) {
    const auto living = judgement.state.variables.find(variable.key);
    if (living != judgement.state.variables.end())
      judgement.rewiring.places.push_back(
          {judgement.home(living->second.home), living->second.room, declared_at(variable)});
  }
  for (const DeadStorage& dead : judgement.state.dead)
    judgement.rewiring.places.push_back({judgement.home(dead.begin), dead.size, ""});
}

}  // namespace

void judge_moves(Judgement& judgement) {
  for (const std::uint32_t index : judgement.moving) {
    const Variable& variable = judgement.next.variables[index];
    const LivingVariable& living = judgement.state.variables.at(variable.key);
    const Variable* before = newest_of(judgement, variable.key);
    std::optional<std::string> why = "the program can't be asked what uses it";
    if (before == nullptr)
      why = "the build before did not have it";
    else if (judgement.running != nullptr)
      why = obstacle(judgement, variable, *before);
    if (!why)
      why = move_variable(judgement, variable, living);
    if (why)
      refuse(judgement, variable, living, *why);
  }
  if (const auto handler = judgement.relaid.empty() ? std::nullopt : old_handler(judgement))
    judgement.refuse("function " + *handler + " is gone, and may still be called",
                     "it was built for the old layout of " + judgement.relaid.front().name +
                         ", and whoever has its address would run it with the new one",
                     "leave it as it is in this save and change it in the next, or restart the "
                     "program (hrwatch --run relaunches it)");
  if (!judgement.rewiring.moves.empty())
    name_places(judgement);
}

void adopt_users(Lineage::State& state, const Description& next, std::uint32_t number) {
  const AddressIndex variables(next.variables);
  std::unordered_map<Address, std::size_t> words;  // by the word that leads to a variable
  for (std::size_t i = 0; i < next.variables.size(); ++i) {
    if (next.variables[i].got != 0)
      words.emplace(next.variables[i].got, i);
  }
  std::set<std::pair<Key, std::uint32_t>> known;
  const auto add = [&](std::size_t variable, std::uint32_t index) {
    if (variable == no_symbol || index >= next.functions.size() ||
        !known.emplace(next.variables[variable].key, index).second)
      return;
    const Function& function = next.functions[index];
    const std::uint32_t slot = state.newest_slots[index];
    const bool runs = slot == no_slot || state.functions[slot].running.generation == number;
    if (!runs || is_initialisation_step(function.name))
      return;
    const bool forwards = slot != no_slot && function.nop != 0;
    state.users[next.variables[variable].key].push_back(
        {number, function.address, function.size, forwards ? slot : no_slot, function.name});
  };
  for (const CodeReference& reference : next.code_references) {
    add(variables.covering(reference.target), reference.function);
    add(variables.ending_at(reference.target), reference.function);
  }
  for (const CodeReference& reference : next.word_references) {
    if (const auto word = words.find(reference.target); word != words.end())
      add(word->second, reference.function);
  }
}

}  // namespace hrwatch::analysis
