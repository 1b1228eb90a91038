#include "src/variable_moves.h"

#include <algorithm>

#include "src/memory_search.h"
#include "src/migration_plan.h"
#include "src/number_conversion.h"
#include "src/process_memory.h"
#include "src/running_code.h"
#include "src/stack_frames.h"

namespace hr::runtime {
namespace {

bool any_moves(const Prepared& prepared) {
  return std::any_of(prepared.plans.begin(), prepared.plans.end(),
                     [](const ModulePlan& plan) { return !plan.moves.empty(); });
}

std::string first_name(const Prepared& prepared) {
  for (const ModulePlan& plan : prepared.plans)
    if (!plan.moves.empty())
      return plan.moves.front().move.name;
  return {};
}

// The words where pointers are sought, and those where they mean nothing.
MemorySearch search_of(const Prepared& prepared) {
  MemorySearch search;
  for (const ModulePlan& plan : prepared.plans) {
    for (const PlannedMove& move : plan.moves) {
      search.look_for(move.from, move.from + move.move.old_size);
      for (const Pointer word : move.words)
        search.leave_out(word, word + sizeof(Pointer));
    }
    for (const PlannedPlace& place : plan.places)
      if (place.name.empty())
        search.leave_out(place.begin, place.begin + place.size);
    // Nobody runs it yet, and its own words lead to the new storage.
    search.leave_out(plan.generation->image.begin, plan.generation->image.end);
    for (const LoadedImage& image : plan.module->images()) {
      for (const LoadedSegment& segment : image.segments)
        if (!segment.executable)
          search.look_at(segment.begin, segment.end);
    }
  }
  return search;
}

// The end of a variable may be the start of the next one, or of nothing: what keeps such an address
// for that reason alone.
class Ends {
 public:
  explicit Ends(const Prepared& prepared) {
    for (const ModulePlan& plan : prepared.plans)
      for (LoadedImage& image : plan.module->images())
        images_.push_back(std::move(image));
  }

  bool is_another(const Finding& finding) const {
    if (finding.at == 0)
      return false;
    const Pointer before = word_of_process(finding.at - sizeof(Pointer));
    return std::any_of(images_.begin(), images_.end(), [&](const LoadedImage& image) {
      // Begin and end of the whole library, in the dynamic linker's lists.
      if (finding.value == image.end && before == image.begin)
        return true;
      // An object and the library that it is of, in the list of what is destroyed at exit
      // (__cxa_atexit, Itanium C++ ABI 3.3.6.3): the entry's kind and function stand before.
      const Pointer library = word_of_process(finding.at + sizeof(Pointer));
      const Pointer kind = word_of_process(finding.at - 2 * sizeof(Pointer));
      constexpr Pointer cxa_entry = 4;  // glibc: ef_cxa
      return kind == cxa_entry && library >= image.begin && library < image.end;
    });
  }

 private:
  std::vector<LoadedImage> images_;
};

const PlannedMove* target_of(const Prepared& prepared, Pointer value) {
  for (const ModulePlan& plan : prepared.plans)
    for (const PlannedMove& move : plan.moves)
      if (value >= move.from && value <= move.from + move.move.old_size)
        return &move;
  return nullptr;
}

// What a pointer to the end of a variable may mean as well.
std::string behind(const Prepared& prepared, Pointer end) {
  for (const ModulePlan& plan : prepared.plans)
    for (const PlannedPlace& place : plan.places)
      if (place.begin == end)
        return place.name;
  return {};
}

std::string holder(const Prepared& prepared, const Finding& finding) {
  if (finding.where == Finding::Where::register_)
    return "the function that calls hr_poll()";
  if (finding.where == Finding::Where::stack)
    return "a local variable of a function that waits for hr_poll()";
  for (const ModulePlan& plan : prepared.plans) {
    for (const PlannedPlace& place : plan.places)
      if (!place.name.empty() && finding.at >= place.begin && finding.at - place.begin < place.size)
        return place.name;
    if (plan.module->contains(finding.at))
      return "data of module " + plan.module->name();
  }
  return "memory of the program";
}

wire::Failure pointed_at(const Prepared& prepared, const Finding& finding) {
  const PlannedMove& moved = *target_of(prepared, finding.value);
  const std::string& name = moved.move.name;
  const std::string who = holder(prepared, finding);
  std::string where = " may hold a pointer into it";
  if (finding.value == moved.from + moved.move.old_size) {
    const std::string next = behind(prepared, finding.value);
    where =
        " may hold a pointer to its end" + (next.empty() ? "" : ", or to " + next + " behind it");
  }
  return {name + " can't move to its new storage",
          (who == name ? "it holds a pointer to itself" : who + where) +
              ", which the program would go on using",
          "let nothing hold a pointer to it meanwhile, keep it in a std::vector or in hr::state "
          "(#include <hr/hr.hpp>), or restart the program (hrwatch --run relaunches it)"};
}

std::size_t fill(const PlannedMove& planned) {
  const wire::VariableMove& move = planned.move;
  if (move.members.empty()) {
    raw_copy(planned.to, planned.from, move.count * move.old_stride);
    return 0;
  }
  std::size_t lost = 0;
  for (std::uint64_t i = 0; i < move.count; ++i) {
    const Pointer from = planned.from + i * move.old_stride;
    const Pointer to = planned.to + i * move.new_stride;
    for (const wire::MemberMove& member : move.members) {
      const std::uint32_t was = number_kind(member.was), now = number_kind(member.how);
      if (was == 0 || now == 0) {
        raw_copy(to + member.to, from + member.from, std::min(member.from_size, member.to_size));
        continue;
      }
      std::max_align_t old_value[2] = {}, new_value[2] = {};
      if (member.from_size > sizeof old_value || member.to_size > sizeof new_value)
        continue;
      raw_copy(old_value, from + member.from, member.from_size);
      if (convert_number(old_value, was, member.from_size, new_value, now, member.to_size))
        raw_copy(to + member.to, new_value, member.to_size);
      else
        ++lost;
    }
  }
  return lost;
}

}  // namespace

wire::Result<wire::Done> check_moves(const Prepared& prepared) {
  if (!any_moves(prepared))
    return wire::Done{};
  const std::string what = first_name(prepared) + " can't move to its new storage";
  if (!prepared.at_poll)
    return wire::Failure{
        what, "the program never says when it may, and code may be at work on it at any time",
        "call hr_poll() where no code of a module runs, once a frame say, or restart the program"};
  if (is_inside(prepared))
    return wire::Failure{
        what, "hr_poll() is called from inside the module, by code that goes on with the old one",
        "call hr_poll() from the program's own loop, or restart the program"};
  const Ends ends(prepared);
  const auto findings = search_of(prepared).run(caller_of(prepared.poll_frame));
  if (!findings)
    return findings.failure();
  for (const Finding& finding : findings.value()) {
    const PlannedMove* move = target_of(prepared, finding.value);
    const bool end = finding.value == move->from + move->move.old_size;
    if (!end || !ends.is_another(finding))
      return pointed_at(prepared, finding);
  }
  return wire::Done{};
}

std::vector<std::string> carry_out_moves(const Prepared& prepared) {
  std::vector<std::string> report;
  for (const ModulePlan& plan : prepared.plans) {
    for (const PlannedMove& move : plan.moves) {
      const std::size_t lost = fill(move);
      report.push_back(move.move.report);
      if (lost != 0)
        report.push_back(move.move.name + ": " + std::to_string(lost) + " numbers did not fit");
    }
  }
  return report;
}

}  // namespace hr::runtime
