#include "analysis/holders.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "analysis/demangle.h"

namespace hrwatch::analysis {
namespace {

bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':';
}

// Whether `type` names the class: "Enemy" is in "std::vector<Enemy *>", not in "EnemyKind".
bool mentions(std::string_view type, std::string_view name) {
  for (std::size_t at = type.find(name); at != std::string_view::npos;
       at = type.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !in_name(type[at - 1])) && (end == type.size() || !in_name(type[end]))) {
      return true;
    }
  }
  return false;
}

std::string shown(const Variable& variable) {
  const std::size_t folder = variable.declared.rfind('/');
  const std::string place =
      folder == std::string::npos ? variable.declared : variable.declared.substr(folder + 1);
  return demangle(variable.name) + (place.empty() ? "" : " (" + place + ")");
}

// The classes with a member that mentions one of `names`.
std::set<std::string> owners(const Description& description, const std::set<std::string>& names) {
  std::set<std::string> found;
  for (const auto& [key, layout] : description.types) {
    const bool owns =
        std::any_of(layout.members.begin(), layout.members.end(), [&](const Member& member) {
          return std::any_of(names.begin(), names.end(),
                             [&](const std::string& name) { return mentions(member.type, name); });
        });
    if (owns) {
      found.insert(key.substr(0, key.find(" @ ")));
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> holders(const Description& description, const std::string& class_name,
                                 std::size_t most) {
  constexpr int furthest = 4;         // members of members of ...
  constexpr std::size_t widest = 64;  // beyond, everything leads everywhere
  std::vector<std::string> list;
  std::set<std::string> names{class_name}, all = names;
  for (int distance = 0; distance < furthest && !names.empty(); ++distance) {
    for (const auto* variables : {&description.variables, &description.thread_locals}) {
      for (const Variable& variable : *variables) {
        const bool holds = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
          return mentions(variable.type, name);
        });
        if (holds && list.size() < most &&
            std::find(list.begin(), list.end(), shown(variable)) == list.end()) {
          list.push_back(shown(variable));
        }
      }
    }
    if (list.size() >= most) {
      break;
    }
    std::set<std::string> next = owners(description, names);
    std::erase_if(next, [&](const std::string& name) { return !all.insert(name).second; });
    if (next.size() > widest) {
      break;
    }
    names = std::move(next);
  }
  return list;
}

std::string held_by(const Description& description, const std::string& class_name) {
  constexpr std::size_t most_holders = 3;
  std::string text;
  for (const std::string& holder : holders(description, class_name, most_holders)) {
    text += (text.empty() ? "reached from " : ", ") + holder;
  }
  return text;
}

}  // namespace hrwatch::analysis
