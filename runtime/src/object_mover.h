// Moves the contents of old objects into new ones as a plan says, and remembers where everything
// went. Old objects stay alive and destructible. Knows no module, no state and no operating system.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "src/migration_plan.h"

// What the program's own migration is given.
struct hr_old {
  const void* object;
  const hr::wire::TypeMigration* migration;
};

namespace hr::runtime {

// Raw memory for one object of a type, and the object while there is one.
class Aside {
 public:
  explicit Aside(const hr_type& type);
  ~Aside();
  Aside(Aside&& other) noexcept;
  Aside& operator=(Aside&&) = delete;

  void construct();  // throws what the type's constructor throws
  void destroy();

  // The object is elsewhere: its bytes were copied.
  void forget() { alive_ = false; }

  bool alive() const { return alive_; }

  void* get() const { return memory_; }

 private:
  const hr_type* type_;
  void* memory_;
  bool alive_ = false;
};

// What a migration did, for the user.
struct MigrationCount {
  std::map<std::string, std::size_t> migrated;  // objects by class
  std::map<std::string, std::size_t> lost;      // values by "class::member", made anew
};

// Objects that stood side by side and what became of them.
struct MovedRange {
  std::uintptr_t begin = 0, end = 0;
  std::size_t stride = 1, new_stride = 1;
  std::uintptr_t new_begin = 0;
  const MovePlan* plan = nullptr;  // null = byte for byte
};

class ObjectMover {
 public:
  ObjectMover() = default;
  ObjectMover(const ObjectMover&) = delete;
  ObjectMover& operator=(const ObjectMover&) = delete;

  // `to` is an object of plan.to, as constructed. After it `from` is destructible, by dismantle()
  // or as an element of its container. Errors: out of memory and what constructors throw cost the
  // value at hand (it is counted as lost), never the process.
  void move(const MovePlan& plan, void* to, void* from);

  // An object that will be found at `new_address`.
  void moved(const MovePlan* plan, void* old_address, void* new_address, std::size_t old_size);

  // Makes an old object fit for its destructor, which would take what was carried over for its own:
  // carried pointers become null, carried plain data what a new object of the old class has. What
  // owns memory has been moved from; what was dropped is left to the destructor.
  void give_up(const MovePlan& plan, void* from);

  // Makes pointers to moved objects follow them: in everything that `object` of `type` holds.
  // Call it when all have been moved and before an old one is destroyed.
  void follow(const hr_type& type, void* object);
  void follow_collected();

  MigrationCount count() const;

  // Ends what was only needed meanwhile, by functions of old builds too.
  void finish();

 private:
  void keep(const MovePlan& plan, void* to, void* from);
  void move_record(const MovePlan& plan, char* to, char* from);
  void move_number(const MovePlan& plan, const MemberStep& step, char* to, const char* from);
  void move_elements(const MovePlan& plan, void* to, void* from);
  void move_pairs(const MovePlan& plan, void* to, void* from);
  void move_shared(const MovePlan& plan, void* to, void* from);
  void move_element(const MovePlan& plan, void* to, void* from);
  void give_up_member(const MovePlan& plan, void* from, const void* fresh);
  const void* fresh(const hr_type& type);
  void clear(const MovePlan& plan, void* to);
  void lose(const MovePlan& plan, const char* member = nullptr);
  bool reaches_pointer(const hr_type& type);
  void follow_pointer(void** pointer);
  void follow_keys(const hr_type& type, void* object);
  bool find(std::uintptr_t old_address, std::uintptr_t& now);

  std::vector<MovedRange> ranges_;
  bool sorted_ = false;
  std::unordered_map<const void*, Aside> shared_;  // by old object: an owner of the new one
  std::vector<void**> pointers_;                   // that only the tool's list names
  std::unordered_map<const hr_type*, bool> reaches_;
  std::unordered_map<const hr_type*, std::vector<MemberPlace>> members_;  // that reach pointers
  std::unordered_set<const void*> followed_;         // objects with several owners
  std::unordered_map<const hr_type*, Aside> fresh_;  // an object as constructed, by old type
  std::unordered_map<const MovePlan*, std::size_t> migrated_;
  MigrationCount count_;
};

// See hr_old_member.
const void* old_member(const hr_old& old, const char* name, std::uint64_t& size);

}  // namespace hr::runtime
