// Objects of old layouts that become objects of the new ones, where they are: first everything that
// may fail, then everything that may not. Knows no module and no operating system.
//
//   auto migration = Migration::begin(objects, changes);   // refused = nothing happened
//   if (migration) migration.value()->carry_out();          // no way back from here
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "src/migration_plan.h"
#include "src/object_mover.h"

namespace hr::runtime {

// An object that stays at its address.
struct PlacedObject {
  std::string name;  // for the user: "state world"
  void* object = nullptr;
  const hr_type* type = nullptr;  // the table of the build that made it
  std::size_t room = 0;           // bytes it may grow to

  enum class Role : std::uint8_t {
    state,
    live,    // of a class with HR_LIVE()
    reader,  // not to be changed: only its pointers follow what moves
  };

  Role role = Role::state;
};

class Migration {
 public:
  // Finds what has to change and makes the new objects, aside. `changes` must outlive the result.
  // Errors: a class changed in a way that can't be carried out; no room at an object's place; two
  // classes of one name; a constructor threw. Nothing happened then.
  static wire::Result<std::unique_ptr<Migration>> begin(std::vector<PlacedObject> objects,
                                                        const TypeChanges& changes);

  // True when there is nothing to do.
  bool empty() const { return asides_.empty(); }

  // The objects that change, as indices into what begin() got.
  std::vector<std::size_t> changed() const;

  // The object is not there any more, or was changed otherwise.
  void leave_out(std::size_t index);

  // Moves the contents over and puts the new objects in the place of the old ones. Old and new
  // functions of the tables must still be those of their builds. What a single value can't keep is
  // counted, nothing fails.
  void carry_out();

  // The table of object `index` from carry_out() on.
  const hr_type* type_of(std::size_t index) const;

  // What became of the objects, a line each, for the user.
  std::vector<std::string> report() const;

 private:
  struct Change {
    std::size_t object = 0;
    const MovePlan* plan = nullptr;
    Aside aside;
  };

  explicit Migration(const TypeChanges& changes) : changes_(&changes), planner_(changes) {}

  wire::Result<wire::Done> add(std::size_t index);
  wire::Result<const hr_type*> new_table(const hr_type& old) const;
  void put_in_place(Change& change);

  const TypeChanges* changes_;
  MigrationPlanner planner_;
  std::vector<PlacedObject> objects_;
  std::list<Change> asides_;
  ObjectMover mover_;
};

}  // namespace hr::runtime
