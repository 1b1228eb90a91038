#include "analysis/migrations.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "analysis/demangle.h"
#include "analysis/member_names.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::MemberMove;
using hr::wire::TypeMigration;

constexpr std::string_view typed_table = "_ZN2hr6detail7type_ofI";  // hr::detail::type_of<T>
constexpr std::string_view plain_table = "hr_type_of_";             // HR_STATE() of hr/state.h
constexpr std::string_view live_member = "_ZN2hr6detail4LiveI";     // of HR_LIVE(T)
constexpr std::string_view state_call = "_ZN2hr5stateI";            // hr::state<T>()

// "hr::detail::type_of<World>" -> "World"
std::string argument(const std::string& readable, std::string_view templ) {
  const std::size_t at = readable.find(templ);
  if (at == std::string::npos)
    return {};
  const std::size_t begin = at + templ.size();
  int depth = 1;
  for (std::size_t i = begin; i < readable.size(); ++i) {
    depth += readable[i] == '<' ? 1 : readable[i] == '>' ? -1 : 0;
    if (depth == 0)
      return readable.substr(begin, i - begin);
  }
  return {};
}

// HR_STATE(World, world) makes the table hr_type_of_world and `static World* world(void)`.
std::string class_of_plain(const Description& build, std::string_view symbol) {
  std::string_view state = symbol.substr(plain_table.size());
  state = state.substr(0, state.find('.'));
  for (const Function& function : build.functions) {
    if (function.name == state && function.binding == Binding::local) {
      const std::size_t end = function.prototype.find(" *");
      return function.prototype.substr(0, end == std::string::npos ? 0 : end);
    }
  }
  return {};
}

// Members by name, those of bases with them; what has no name can't be told from another build.
template <class Types>
void flatten(const TypeLayout& layout, const Types& types, std::uint64_t offset,
             std::vector<Member>& members) {
  for (Member member : layout.members) {
    member.offset += offset;
    if (member.base) {
      if (const auto base = types.find(member.type); base != types.end())
        flatten(base->second, types, member.offset, members);
    } else if (!member.name.empty() && !member.name.starts_with("_vptr")) {
      members.push_back(std::move(member));
    }
  }
}

const Member* find(const std::vector<Member>& members, const std::string& name) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.name == name; });
  return found == members.end() ? nullptr : &*found;
}

// C has no type tables of members: what a number is, its type's name says.
std::optional<MemberMove::How> number(std::string_view type) {
  for (const std::string_view qualifier : {"const ", "volatile "})
    if (type.starts_with(qualifier))
      type.remove_prefix(qualifier.size());
  if (type == "_Bool" || type == "bool")
    return MemberMove::How::boolean;
  if (type == "float" || type == "double" || type == "long double")
    return MemberMove::How::floating;
  if (type.starts_with("unsigned ") || type.starts_with("uint") || type == "size_t")
    return MemberMove::How::unsigned_number;
  for (const std::string_view word :
       {"int", "short", "long", "long int", "short int", "long long int", "char", "signed char",
        "int8_t", "int16_t", "int32_t", "int64_t", "ssize_t", "ptrdiff_t", "intptr_t"})
    if (type == word)
      return MemberMove::How::signed_number;
  return std::nullopt;
}

TypeMigration migration(const LayoutChange& change, const std::vector<Member>& before,
                        const std::vector<Member>& after, Address table, bool typed) {
  TypeMigration result;
  result.type = change.name;
  result.table = table;
  result.old_size = change.before->size;
  result.new_size = change.after->size;
  for (const Member& member : before) {
    result.old_members.push_back({member.offset, member.size, member.name, member.type});
    if (find(after, member.name) == nullptr)
      result.dropped.push_back(member.name);
  }
  for (const Member& member : after) {
    const Member* old = find(before, member.name);
    std::optional<MemberMove> move;
    if (old != nullptr && typed)
      move = MemberMove{old->offset, member.offset,          old->size,
                        member.size, MemberMove::How::typed, MemberMove::How::typed,
                        member.name};
    else if (old != nullptr)
      move = plain_move(*old, member);
    if (move)
      result.members.push_back(std::move(*move));
    else
      result.defaulted.push_back(member.name);
  }
  std::stable_sort(result.members.begin(), result.members.end(),
                   [](const MemberMove& a, const MemberMove& b) { return a.to < b.to; });
  std::stable_sort(result.old_members.begin(), result.old_members.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  return result;
}

}  // namespace

std::map<std::string, std::vector<Member>> member_names(const Description& build) {
  std::map<std::string, std::vector<Member>> names;
  for (const std::string& name : TypeTables(build).classes())
    if (const auto layout = build.types.find(name); layout != build.types.end())
      flatten(layout->second, build.types, 0, names[name]);
  return names;
}

std::optional<MemberMove> plain_move(const Member& before, const Member& after) {
  MemberMove move{before.offset,          after.offset,           before.size, after.size,
                  MemberMove::How::bytes, MemberMove::How::bytes, after.name};
  if (before.bit_size != 0 || after.bit_size != 0)
    return std::nullopt;
  const auto was = number(before.type), now = number(after.type);
  if (was && now && (before.type != after.type || before.size != after.size)) {
    move.how = *now;
    move.was = *was;
    return move;
  }
  if (before.type.ends_with("*") && after.type == before.type)
    move.how = move.was = MemberMove::How::pointer;
  const bool same =
      before.type == after.type && before.type_hash == after.type_hash && before.size == after.size;
  return same ? std::optional(move) : std::nullopt;
}

bool migrates_globals(const Description& build) {
  return std::any_of(build.constants.begin(), build.constants.end(), [](const Constant& constant) {
    return constant.name.ends_with("hr_migrate_globals");
  });
}

bool is_type_table(const std::string& symbol) {
  return symbol.starts_with(typed_table) || symbol.starts_with(plain_table);
}

TypeTables::TypeTables(const Description& build) {
  const auto add = [&](const std::string& symbol, Address address) {
    if (symbol.starts_with(typed_table)) {
      typed_.emplace(argument(demangle(symbol), "type_of<"), address);
    } else if (symbol.starts_with(plain_table)) {
      plain_.emplace(class_of_plain(build, symbol), address);
    }
  };
  for (const Constant& constant : build.constants)
    add(constant.name, constant.address);
  for (const Variable& variable : build.variables)
    add(variable.name, variable.address);
}

std::vector<Address> TypeTables::addresses() const {
  std::vector<Address> list;
  for (const auto& [name, address] : typed_)
    list.push_back(address);
  for (const auto& [name, address] : plain_)
    list.push_back(address);
  return list;
}

Address TypeTables::of(const std::string& class_name) const {
  const auto found = typed_.find(class_name);
  return found == typed_.end() ? 0 : found->second;
}

std::vector<Address> TypeTables::plain(const std::string& class_name) const {
  std::vector<Address> list;
  const auto [begin, end] = plain_.equal_range(class_name);
  for (auto table = begin; table != end; ++table)
    list.push_back(table->second);
  return list;
}

std::set<std::string> TypeTables::classes() const {
  std::set<std::string> names;
  for (const auto& [name, address] : typed_)
    names.insert(name);
  for (const auto& [name, address] : plain_)
    names.insert(name);
  return names;
}

std::set<std::string> state_classes(const Description& build) {
  std::set<std::string> names;
  for (const Function& function : build.functions)
    if (function.name.starts_with(state_call))
      names.insert(argument(demangle(function.name), "hr::state<"));
  for (const Constant& constant : build.constants)
    if (constant.name.starts_with(plain_table))
      names.insert(class_of_plain(build, constant.name));
  return names;
}

std::set<std::string> live_classes(const Description& build) {
  std::set<std::string> names;
  for (const Function& function : build.functions)
    if (function.name.starts_with(live_member))
      names.insert(argument(demangle(function.name), "hr::detail::Live<"));
  return names;
}

std::vector<TypeMigration> migrations_of(const LayoutChange& change, const Lineage::State& state,
                                         const Description& next, const TypeTables& tables) {
  std::vector<TypeMigration> list;
  std::vector<Member> before, after;
  flatten(*change.before, state.types, 0, before);
  flatten(*change.after, next.types, 0, after);
  if (const Address table = tables.of(change.name); table != 0)
    list.push_back(migration(change, before, after, table, true));
  for (const Address table : tables.plain(change.name))
    list.push_back(migration(change, before, after, table, false));
  return list;
}

}  // namespace hrwatch::analysis
