#include "analysis/object_moves.h"

#include <algorithm>
#include <string_view>

#include "analysis/migrations.h"
#include "analysis/variable_storage.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::MemberMove;

constexpr std::size_t most_members = 65536;

// A part of an object: of which type, and where in it.
struct Part {
  std::string type;
  std::uint64_t offset = 0, size = 0;  // bytes
  std::uint64_t type_hash = 0;         // 0 = unknown
};

std::string_view unqualified(std::string_view type) {
  for (const std::string_view qualifier : {"const ", "volatile "})
    if (type.starts_with(qualifier))
      type.remove_prefix(qualifier.size());
  return type;
}

class Collector {
 public:
  explicit Collector(const std::vector<LayoutChange>& changes) : changes_(changes) {}

  // Adds the steps for a part called `name`.
  void add(const Part& before, const Part& after, const std::string& name) {
    if (!obstacle.empty())
      return;
    const auto rows = array_of(before.type), now_rows = array_of(after.type);
    const LayoutChange* change = change_of(before.type, changes_);
    if (change != change_of(after.type, changes_) || rows.has_value() != now_rows.has_value()) {
      moves.lost.push_back(name);
    } else if (rows && now_rows) {
      add_elements(before, *rows, after, *now_rows, name);
    } else if (change != nullptr) {
      add_members(before, after, *change, name);
    } else {
      add_plain(before, after, name);
    }
  }

  ObjectMoves moves;
  std::string obstacle;

 private:
  void add_elements(const Part& before, const Array& rows, const Part& after, const Array& now_rows,
                    const std::string& name) {
    const std::uint64_t count = std::min(rows.count, now_rows.count);
    const std::uint64_t stride = before.size / rows.count, now = after.size / now_rows.count;
    if (rows.element == now_rows.element && stride == now &&
        change_of(rows.element, changes_) == nullptr) {
      push({before.offset, after.offset, count * stride, count * stride, MemberMove::How::bytes,
            MemberMove::How::bytes, name});
      return;
    }
    for (std::uint64_t i = 0; i < count && obstacle.empty(); ++i)
      add({rows.element, before.offset + i * stride, stride, 0},
          {now_rows.element, after.offset + i * now, now, 0}, name);
  }

  void add_members(const Part& before, const Part& after, const LayoutChange& change,
                   const std::string& name) {
    if (change.before->kind == "union" || change.after->kind == "union") {
      obstacle = "what the union " + change.name + " holds can't be told";
      return;
    }
    const std::string prefix = name.empty() ? "" : name + ".";
    for (const Member& member : change.after->members) {
      const Member* old = counterpart(*change.before, member);
      const std::string path = member.base ? name : prefix + member.name;
      if (old == nullptr)
        note(moves.fresh, prefix + (member.name.empty() ? member.type : member.name));
      else if (old->bit_size != 0 || member.bit_size != 0)
        note(moves.lost, path);
      else
        add({structure(*old), before.offset + old->offset, old->size, old->type_hash},
            {structure(member), after.offset + member.offset, member.size, member.type_hash}, path);
    }
    for (const Member& member : change.before->members)
      if (counterpart(*change.after, member) == nullptr)
        note(moves.dropped, prefix + (member.name.empty() ? member.type : member.name));
  }

  void add_plain(const Part& before, const Part& after, const std::string& name) {
    Member old, now;
    old.type = std::string(unqualified(before.type));
    now.type = std::string(unqualified(after.type));
    old.size = before.size, now.size = after.size;
    // Elements of arrays come without a hash; classes that changed are not here.
    old.type_hash = before.type_hash, now.type_hash = after.type_hash;
    old.offset = before.offset, now.offset = after.offset;
    now.name = name;
    if (auto move = plain_move(old, now))
      push(std::move(*move));
    else
      note(moves.lost, name);
  }

  void push(MemberMove move) {
    if (moves.members.size() == most_members) {
      obstacle = "it has more than " + std::to_string(most_members) + " members";
      return;
    }
    moves.members.push_back(std::move(move));
  }

  // Elements of an array are told once.
  static void note(std::vector<std::string>& list, const std::string& name) {
    if (std::find(list.begin(), list.end(), name) == list.end())
      list.push_back(name);
  }

  const std::vector<LayoutChange>& changes_;
};

}  // namespace

const LayoutChange* change_of(const std::string& type, const std::vector<LayoutChange>& changes) {
  std::string_view name = unqualified(type);
  if (!name.empty() && name.back() == ']')
    name = name.substr(0, name.rfind(" ["));
  const auto found = std::find_if(changes.begin(), changes.end(),
                                  [&](const LayoutChange& change) { return change.name == name; });
  return found == changes.end() ? nullptr : &*found;
}

hr::wire::Result<ObjectMoves> object_moves(const std::string& before, std::uint64_t old_size,
                                           const std::string& after, std::uint64_t new_size,
                                           const std::vector<LayoutChange>& changes) {
  for (std::size_t i = 0; i < changes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (changes[i].name == changes[j].name)
        return hr::wire::Failure{"", "two classes are named " + changes[i].name, ""};
  Collector collector(changes);
  collector.add({before, 0, old_size, 0}, {after, 0, new_size, 0}, "");
  if (!collector.obstacle.empty())
    return hr::wire::Failure{"", collector.obstacle, ""};
  return std::move(collector.moves);
}

}  // namespace hrwatch::analysis
