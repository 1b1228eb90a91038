#include "src/migration_plan.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace hr::runtime {
namespace {

using How = MovePlan::How;
using MoveHow = wire::MemberMove::How;

// The member that HR_LIVE() adds: it belongs to the object, not to its contents.
constexpr std::string_view registration = "hr_live_";

bool is_number(const hr_type& type) {
  return type.kind >= HR_KIND_SIGNED && type.kind <= HR_KIND_FLOATING;
}

bool same_name(const hr_type& a, const hr_type& b) {
  return std::strcmp(a.name, b.name) == 0;
}

bool is_trivial(const hr_type& type) {
  return (type.flags & HR_TYPE_TRIVIAL) != 0;
}

// Raw memory for one object, zeroed: what `members` may look at without reading.
class Probe {
 public:
  explicit Probe(const hr_type& type)
      : align_(std::align_val_t(std::max<std::size_t>(type.align, 1))),
        memory_(::operator new(type.size, align_)) {
    std::memset(memory_, 0, type.size);
  }

  ~Probe() { ::operator delete(memory_, align_); }

  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  void* get() const { return memory_; }

 private:
  std::align_val_t align_;
  void* memory_;
};

const MemberPlace* find(const std::vector<MemberPlace>& members, std::uint64_t offset) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const MemberPlace& place) { return place.offset == offset; });
  return found != members.end() ? &*found : nullptr;
}

bool inside(std::uint64_t offset, std::uint64_t size, std::uint64_t whole) {
  return offset <= whole && size <= whole - offset;
}

bool same_shape(const MovePlan& plan, const std::vector<MemberPlace>& now) {
  if (plan.from->size != plan.to->size || plan.old_members.size() != now.size())
    return false;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const MemberPlace& old = plan.old_members[i];
    if (old.offset != now[i].offset || !same_name(*old.type, *now[i].type))
      return false;
  }
  return true;
}

// Bytes that stand side by side before and after are one copy.
void join_copies(std::vector<MemberStep>& steps) {
  std::vector<MemberStep> joined;
  for (const MemberStep& step : steps) {
    MemberStep* last = joined.empty() ? nullptr : &joined.back();
    const auto plain = [](const MemberStep& s) {
      return s.plan == nullptr && s.number == 0 && !s.pointer;
    };
    if (last != nullptr && plain(*last) && plain(step) && last->from + last->size == step.from &&
        last->to + last->size == step.to)
      last->size += step.size;
    else
      joined.push_back(step);
  }
  steps = std::move(joined);
}

}  // namespace

std::uint32_t number_kind(wire::MemberMove::How how) {
  switch (how) {
    case MoveHow::boolean:
      return HR_KIND_BOOLEAN;
    case MoveHow::signed_number:
      return HR_KIND_SIGNED;
    case MoveHow::unsigned_number:
      return HR_KIND_UNSIGNED;
    case MoveHow::floating:
      return HR_KIND_FLOATING;
    default:
      return 0;
  }
}

std::vector<MemberPlace> members_of(const hr_type& record) {
  if (record.members == nullptr)
    return {};

  struct Found {
    const char* begin;
    std::vector<MemberPlace> members;
  };

  const Probe probe(record);
  Found found{static_cast<const char*>(probe.get()), {}};
  record.members(
      &record, probe.get(),
      [](void* user, void* member, const hr_type* type) {
        auto& into = *static_cast<Found*>(user);
        into.members.push_back(
            {static_cast<std::size_t>(static_cast<const char*>(member) - into.begin), type});
      },
      &found);
  std::stable_sort(found.members.begin(), found.members.end(),
                   [](const MemberPlace& a, const MemberPlace& b) { return a.offset < b.offset; });
  return found.members;
}

bool new_offset(const MovePlan& plan, std::size_t offset, std::size_t& result) {
  if (offset >= std::max<std::size_t>(plan.from->size, 1))
    return false;
  if (plan.how == How::array) {
    const std::size_t stride = plan.element->from->size;
    const std::size_t index = offset / stride;
    if (index >= plan.to->count || !new_offset(*plan.element, offset % stride, result))
      return false;
    result += index * plan.element->to->size;
    return true;
  }
  if (plan.how != How::record) {
    result = offset;
    return plan.how == How::keep || (plan.how != How::lost && offset == 0);
  }
  if (offset == 0) {  // the object itself, whatever its first member became
    result = 0;
    return true;
  }
  for (const MemberStep& step : plan.steps) {
    const std::size_t size = step.plan != nullptr ? step.plan->from->size : step.size;
    if (offset < step.from || offset - step.from >= size)
      continue;
    std::size_t within = offset - step.from;
    if (step.plan != nullptr && !new_offset(*step.plan, within, within))
      return false;
    result = step.to + within;
    return true;
  }
  return false;
}

wire::Result<const MovePlan*> MigrationPlanner::plan(const hr_type& from, const hr_type& to) {
  fresh_.clear();
  compared_ = 0;
  failure_.reset();
  MovePlan& root = open(&from, &to);
  while (compared_ < fresh_.size()) {  // compare() opens more
    compare(*fresh_[compared_++]);
  }
  spread_changes();
  for (MovePlan* fresh : fresh_)
    settle(*fresh);
  if (failure_ != nullptr)
    return *failure_;
  return &root;
}

MovePlan& MigrationPlanner::open(const hr_type* from, const hr_type* to) {
  std::unique_ptr<MovePlan>& plan = plans_[{from, to}];
  if (plan == nullptr) {
    plan = std::make_unique<MovePlan>();
    plan->from = from;
    plan->to = to;
    fresh_.push_back(plan.get());
  }
  return *plan;
}

void MigrationPlanner::refuse(const std::string& what, const std::string& why,
                              const std::string& fix) {
  if (failure_ == nullptr)
    failure_ = std::make_unique<wire::Failure>(wire::Failure{what, why, fix});
}

void MigrationPlanner::compare(MovePlan& plan) {
  const hr_type& from = *plan.from;
  const hr_type& to = *plan.to;
  const bool same = same_name(from, to);
  plan.changed = !same || from.size != to.size;
  if (is_number(from) && is_number(to)) {
    plan.how = How::number;
    plan.changed = from.kind != to.kind || from.size != to.size;
  } else if (from.kind == HR_KIND_ARRAY && to.kind == HR_KIND_ARRAY) {
    plan.how = How::array;
    plan.element = &open(from.element, to.element);
    plan.changed = from.count != to.count;
  } else if (from.kind == HR_KIND_SEQUENCE && to.kind == HR_KIND_SEQUENCE) {
    plan.how = How::sequence;
    plan.element = &open(from.element, to.element);
  } else if (from.kind != to.kind) {
    plan.how = How::lost;
  } else if (from.kind == HR_KIND_RECORD && same) {
    plan.how = How::record;
    compare_records(plan);
  } else if (from.element != nullptr && to.element != nullptr) {
    compare_containers(plan);
  } else {
    const auto migration = changes_.migrations.find(&to);
    const bool rewritten = from.kind == HR_KIND_OPAQUE && migration != changes_.migrations.end();
    if (rewritten && is_trivial(to)) {
      plan.how = How::record;  // the tool knows the members of what is plain data to the compiler
      compare_records(plan);
    } else {
      plan.changed = plan.changed || rewritten;
      plan.how = plan.changed ? How::lost : How::keep;
    }
  }
}

void MigrationPlanner::compare_containers(MovePlan& plan) {
  plan.element = &open(plan.from->element, plan.to->element);
  if (plan.from->value != nullptr && plan.to->value != nullptr)
    plan.value = &open(plan.from->value, plan.to->value);
  switch (plan.to->kind) {
    case HR_KIND_ASSOCIATIVE:
      plan.how = (plan.from->value != nullptr) == (plan.to->value != nullptr) ? How::associative
                                                                              : How::lost;
      break;
    case HR_KIND_OWNER:
      plan.how = How::owner;
      break;
    case HR_KIND_SHARED:
      plan.how = How::shared;
      break;
    case HR_KIND_OPTIONAL:
      plan.how = How::optional;
      break;
    default:
      plan.how = How::lost;
      break;
  }
}

void MigrationPlanner::compare_records(MovePlan& plan) {
  const std::vector<MemberPlace> now = members_of(*plan.to);
  plan.old_members = members_of(*plan.from);
  const auto migration = changes_.migrations.find(plan.to);
  if (migration != changes_.migrations.end()) {
    plan.migration = migration->second;
    plan.changed = true;
    follow_migration(plan, now);
  } else if ((plan.to->flags & HR_TYPE_POSITIONAL) != 0 && plan.old_members.size() == now.size()) {
    follow_positions(plan, now);
  } else if (same_shape(plan, now)) {
    follow_positions(plan, now);
  } else {
    refuse("class " + std::string(plan.to->name) + " changed",
           "its objects are state, and hrwatch does not say which members stayed",
           "save again with the hrwatch of this release, or restart the program");
  }
}

void MigrationPlanner::follow_positions(MovePlan& plan, const std::vector<MemberPlace>& now) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    MemberStep step;
    step.from = plan.old_members[i].offset;
    step.to = now[i].offset;
    step.plan = &open(plan.old_members[i].type, now[i].type);
    plan.steps.push_back(step);
  }
}

void MigrationPlanner::follow_migration(MovePlan& plan, const std::vector<MemberPlace>& now) {
  const wire::TypeMigration& migration = *plan.migration;
  if (migration.old_size != plan.from->size || migration.new_size != plan.to->size) {
    refuse("class " + std::string(plan.to->name) + " changed in another way than hrwatch says",
           "its objects take " + std::to_string(plan.from->size) + " bytes here",
           "save again, or restart the program");
    return;
  }
  for (const wire::MemberMove& move : migration.members) {
    if (move.name == registration)
      continue;
    MemberStep step;
    step.from = move.from;
    step.to = move.to;
    step.name = move.name.c_str();
    const MemberPlace* old = find(plan.old_members, move.from);
    const MemberPlace* place = find(now, move.to);
    bool fits = inside(move.from, move.from_size, plan.from->size) &&
                inside(move.to, move.to_size, plan.to->size);
    if (old != nullptr && place != nullptr) {
      step.plan = &open(old->type, place->type);  // the compiler's word goes first
    } else if (move.how == MoveHow::typed) {
      refuse("member " + move.name + " of " + plan.to->name + " can't be carried over",
             "it is an object of a class of its own, and " + std::string(plan.to->name) +
                 " does not name its members",
             "name the members of " + std::string(plan.to->name) +
                 ": HR_MEMBERS or HR_LIVE with all of them, or restart the program");
      return;
    } else {
      step.number = number_kind(move.was);
      step.new_number = number_kind(move.how);
      step.pointer = move.how == MoveHow::pointer;
      if (step.number == 0 || step.new_number == 0)
        step.number = step.new_number = 0;
      step.size = step.number != 0 ? move.from_size : std::min(move.from_size, move.to_size);
      step.new_size = move.to_size;
      // Bytes may only go where no object of a class of its own stands.
      fits = fits && is_trivial(*plan.to);
    }
    if (!fits) {
      refuse("member " + move.name + " of " + plan.to->name + " can't be carried over",
             "it is no plain data, and the class does not name it",
             "name all members of " + std::string(plan.to->name) +
                 " in HR_MEMBERS or HR_LIVE, or restart the program");
      return;
    }
    plan.steps.push_back(step);
  }
}

// A type changed when something that it holds did. Types may hold themselves: to the fixed point.
void MigrationPlanner::spread_changes() {
  const auto holds_change = [](const MovePlan& plan) {
    const auto changed = [](const MovePlan* part) {
      return part != nullptr && part->changed;
    };
    return changed(plan.element) || changed(plan.value) ||
           std::any_of(plan.steps.begin(), plan.steps.end(),
                       [&](const MemberStep& step) { return changed(step.plan); });
  };
  // A container is lost as a whole when none of its elements could keep anything.
  const auto holds_nothing = [](const MovePlan& plan) {
    const auto lost = [](const MovePlan* part) {
      return part != nullptr && part->how == How::lost;
    };
    return plan.how != How::lost && plan.how != How::array &&
           (lost(plan.element) || lost(plan.value));
  };
  for (bool again = true; again;) {
    again = false;
    for (MovePlan* plan : fresh_) {
      if (!plan->changed && holds_change(*plan))
        plan->changed = again = true;
      if (holds_nothing(*plan)) {
        plan->how = How::lost;
        plan->changed = again = true;
      }
    }
  }
}

void MigrationPlanner::settle(MovePlan& plan) {
  for (const MemberPlace& old : plan.old_members) {
    const auto step = std::find_if(plan.steps.begin(), plan.steps.end(), [&](const MemberStep& s) {
      return s.plan != nullptr && s.from == old.offset && s.plan->from == old.type;
    });
    plan.old_member_plans.push_back(step != plan.steps.end() ? step->plan : nullptr);
  }
  if (!plan.changed && plan.how != How::lost)
    plan.how = How::keep;
  const std::string name = plan.to->name;
  const bool filled = plan.how == How::sequence || plan.how == How::owner ||
                      plan.how == How::shared || plan.how == How::optional;
  if ((filled && plan.to->append == nullptr) ||
      (plan.how == How::associative &&
       (plan.to->insert == nullptr || plan.to->element->construct == nullptr ||
        (plan.to->value != nullptr && plan.to->value->construct == nullptr))))
    refuse("objects in a " + name + " can't be migrated",
           "new ones can't be made: " + std::string(plan.to->element->name) +
               " needs a default constructor and a move (and a unique_ptr the usual deleter)",
           "give it them, or restart the program");
  // What the compiler calls plain data needs no plan of its own.
  for (MemberStep& step : plan.steps) {
    if (step.plan != nullptr && !step.plan->changed && step.plan->how != How::lost &&
        is_trivial(*step.plan->to)) {
      step.size = step.plan->to->size;
      step.plan = nullptr;
    }
  }
  if (plan.how == How::record)
    join_copies(plan.steps);
}

}  // namespace hr::runtime
