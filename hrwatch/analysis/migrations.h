// How objects that the program registered with the runtime get a changed layout: which of their
// classes have type tables (hr/state.h), and which member of the old layout is which of the new.
// Pure: by the names of symbols and members.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/description.h"
#include "analysis/layout_changes.h"
#include "analysis/lineage_state.h"
#include "wire/rewiring.h"

namespace hrwatch::analysis {

// Whether a data symbol is a type table: those are never shared, re-pointed or written over.
bool is_type_table(const std::string& symbol);

// The type tables of one build.
class TypeTables {
 public:
  explicit TypeTables(const Description& build);

  // In the order of their symbols.
  std::vector<Address> addresses() const;

  // The table of a class; 0 = it has none.
  Address of(const std::string& class_name) const;

  // The tables of a class whose members only the tool knows (C); several states may be of it.
  std::vector<Address> plain(const std::string& class_name) const;

  std::set<std::string> classes() const;

 private:
  std::map<std::string, Address> typed_;
  std::multimap<std::string, Address> plain_;
};

// The classes that are the type of a state: their objects never change their place.
std::set<std::string> state_classes(const Description& build);

// The classes with HR_LIVE(): the runtime knows every object of them, and changes it in place.
std::set<std::string> live_classes(const Description& build);

// Whether the module opted in to new layouts of its plain variables (MIGRATE_GLOBALS of
// add_hot_module).
bool migrates_globals(const Description& build);

// How a member without a table goes over; nothing where the old bytes would mean something else.
std::optional<hr::wire::MemberMove> plain_move(const Member& before, const Member& after);

// One for each table of the class in `tables`, which are those of `next`; empty: it has none.
std::vector<hr::wire::TypeMigration> migrations_of(const LayoutChange& change,
                                                   const Lineage::State& state,
                                                   const Description& next,
                                                   const TypeTables& tables);

}  // namespace hrwatch::analysis
