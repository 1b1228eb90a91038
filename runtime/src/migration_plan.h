// How objects of old types become objects of new ones: two type tables and what the tool says of
// their difference, turned into steps. Nothing is guessed: what has no answer is a failure. Knows
// no object, no module and no operating system.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hr/state.h"
#include "wire/rewiring.h"

namespace hr::runtime {

// What a reload brings: every type table of the new builds, and what changed.
struct TypeChanges {
  std::unordered_multimap<std::string_view, const hr_type*> tables;           // by hr_type::name
  std::unordered_map<const hr_type*, const wire::TypeMigration*> migrations;  // by new table
};

struct MovePlan;

// A member as the compiler knows it.
struct MemberPlace {
  std::size_t offset = 0;
  const hr_type* type = nullptr;
};

// The hr_kind of a number that is moved so; 0 for what is no number.
std::uint32_t number_kind(wire::MemberMove::How how);

// The members of a record, by offset.
std::vector<MemberPlace> members_of(const hr_type& record);

// One step of making a record. Exactly one of `plan`, `number` and neither (bytes).
struct MemberStep {
  std::size_t from = 0, to = 0;  // byte offsets in the old and in the new object
  std::size_t size = 0;          // bytes to copy; of a number: its old size
  std::size_t new_size = 0;      // of a number
  const MovePlan* plan = nullptr;
  std::uint32_t number = 0;  // hr_kind the number had, 0 = no number
  std::uint32_t new_number = 0;
  bool pointer = false;   // its bytes are a pointer, which only the tool knew
  const char* name = "";  // for the report
};

struct MovePlan {
  enum class How : std::uint8_t {
    keep,      // unchanged through and through: moved as a whole
    number,    // converted where the value fits
    record,    // step by step
    array,     // element by element, in place
    sequence,  // element by element, into a new container
    associative,
    owner,
    shared,
    optional,
    lost,  // can't be carried over: stays as constructed
  };

  const hr_type* from = nullptr;
  const hr_type* to = nullptr;
  How how = How::keep;
  bool changed = false;
  const wire::TypeMigration* migration = nullptr;  // of a record that the tool wrote about
  std::vector<MemberStep> steps;
  std::vector<MemberPlace> old_members;           // of a record with members
  std::vector<const MovePlan*> old_member_plans;  // how each of them goes; null = it is dropped
  const MovePlan* element = nullptr;
  const MovePlan* value = nullptr;
};

// Where the byte at `offset` of an old object is in the new one; false when it is in neither.
bool new_offset(const MovePlan& plan, std::size_t offset, std::size_t& result);

class MigrationPlanner {
 public:
  // `changes` must outlive the planner, the planner the plans.
  explicit MigrationPlanner(const TypeChanges& changes) : changes_(changes) {}

  // The plan for objects of `from`, which the new build knows as `to`. Errors: a class changed and
  // the tool does not say how; elements of a container can't be made anew.
  wire::Result<const MovePlan*> plan(const hr_type& from, const hr_type& to);

 private:
  using Key = std::pair<const hr_type*, const hr_type*>;

  MovePlan& open(const hr_type* from, const hr_type* to);
  void compare(MovePlan& plan);
  void compare_records(MovePlan& plan);
  void follow_migration(MovePlan& plan, const std::vector<MemberPlace>& now);
  void follow_positions(MovePlan& plan, const std::vector<MemberPlace>& now);
  void compare_containers(MovePlan& plan);
  void spread_changes();
  void settle(MovePlan& plan);
  void refuse(const std::string& what, const std::string& why, const std::string& fix);

  const TypeChanges& changes_;
  std::map<Key, std::unique_ptr<MovePlan>> plans_;
  std::vector<MovePlan*> fresh_;  // opened by the current call of plan()
  std::size_t compared_ = 0;
  std::unique_ptr<wire::Failure> failure_;
};

}  // namespace hr::runtime
