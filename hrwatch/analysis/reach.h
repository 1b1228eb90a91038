// Whether objects of a class can outlive the instant in which new code goes live, and which
// functions would hand them on. Pure: over what debug info, code and the running program say.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/lineage_state.h"
#include "analysis/running_host.h"
#include "analysis/type_uses.h"

namespace hrwatch::analysis {

class Reach {
 public:
  // Of all classes of `names`, in the newest generation of `state`; keeps references.
  Reach(const Lineage::State& state, const TypeUses& uses, const std::vector<std::string>& names);

  // What may hold or hand over such an object: "reached from enemies (game.cpp:5)", "made on the
  // heap by spawn()", "the program calls draw(Enemy const&)", "run() is running with one". Nothing:
  // they live in frames that don't run, and nowhere else.
  std::optional<std::string> holder(RunningHost& host) const;

  // The same for objects that states lead to, and are migrated with them: what else may hold one.
  // `states` are the classes of the states themselves, whose objects keep their place.
  std::optional<std::string> other_holder(const std::set<std::string>& states,
                                          RunningHost& host) const;

  // Whether variables consist of such objects, or contain one by value.
  bool in_variables() const;

  // The same as holder() for what is not in such variables, nor behind pointers to them.
  std::optional<std::string> holder_but_variables(RunningHost& host) const;

  // A function that the program itself calls with one.
  std::optional<std::string> caller(RunningHost& host) const;

  // The same, where whoever calls it may know the class from one of these source files: for objects
  // that keep their place. Behind an interface they may look as they like.
  std::optional<std::string> caller_knowing(const std::vector<std::string>& sources,
                                            RunningHost& host) const;

  // Whether an object of one of `classes` leads to one.
  bool reached_from(const std::set<std::string>& classes) const;

  // The functions that old code may hand such an object to: none of them may be forwarded to code
  // that means the new layout.
  std::vector<Key> handlers() const;

 private:
  const Lineage::State& state_;
  const TypeUses& uses_;
  std::vector<std::string> names_;
  std::vector<bool> leading_;

  bool leads(const std::vector<TypeUses::Index>& classes) const;
  const Function* named(Address address) const;  // by its start; null: none
  const TypeUses::Function* at(Address address) const;
  template <class Asked>
  std::optional<std::string> called(const Asked& asked) const;
  std::optional<std::string> variable(const std::set<std::string>& kept_in_place) const;
  std::optional<std::string> allocation() const;
  std::optional<std::string> frame(RunningHost& host) const;
};

}  // namespace hrwatch::analysis
