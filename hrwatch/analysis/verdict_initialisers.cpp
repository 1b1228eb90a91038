// Static initialisers run again only for what no generation has built yet; g++ puts all objects of
// a unit into one function, whose other statements are then jumped over.
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "analysis/demangle.h"
#include "analysis/judgement.h"

namespace hrwatch::analysis {
namespace {

using Statement = Initialiser::Statement;
using Variables = std::vector<std::uint32_t>;

bool is_fresh(const Judgement& judgement, std::uint32_t variable) {
  return variable < judgement.living.size() && judgement.living[variable] == nullptr;
}

bool any_fresh(const Judgement& judgement, const Variables& variables) {
  return std::any_of(variables.begin(), variables.end(),
                     [&](std::uint32_t one) { return is_fresh(judgement, one); });
}

bool all_fresh(const Judgement& judgement, const Variables& variables) {
  return std::all_of(variables.begin(), variables.end(),
                     [&](std::uint32_t one) { return is_fresh(judgement, one); });
}

enum class Choice { run, skip, unknown };

// Whether an earlier statement of the initialiser touches `variable` and nothing that is new: then
// it was built there, and a later statement only uses it.
bool built_earlier(const Judgement& judgement, const std::vector<Statement>& statements,
                   std::size_t before, std::uint32_t variable) {
  return std::any_of(statements.begin(), statements.begin() + static_cast<std::ptrdiff_t>(before),
                     [&](const Statement& earlier) {
                       const Variables& touched = earlier.variables;
                       return std::find(touched.begin(), touched.end(), variable) !=
                                  touched.end() &&
                              !any_fresh(judgement, touched);
                     });
}

Choice choose(const Judgement& judgement, const std::vector<Statement>& statements,
              std::size_t index) {
  const Statement& statement = statements[index];
  if (statement.prologue) {
    return Choice::run;
  }
  const Variables& decisive = statement.builds.empty() ? statement.variables : statement.builds;
  if (!any_fresh(judgement, decisive)) {
    return Choice::skip;
  }
  if (all_fresh(judgement, decisive)) {
    return Choice::run;
  }
  if (!statement.builds.empty()) {
    return Choice::unknown;  // one statement builds both: it can't run by half
  }
  const bool old_ones_are_used =
      std::all_of(decisive.begin(), decisive.end(), [&](std::uint32_t variable) {
        return is_fresh(judgement, variable) ||
               built_earlier(judgement, statements, index, variable);
      });
  return old_ones_are_used ? Choice::run : Choice::unknown;
}

// `jmp` from `begin` to `end` (Intel SDM: E9 rel32, EB rel8); what stands between is never reached.
hr::wire::BytePatch jump_over(Address begin, Address end) {
  const std::uint64_t distance = end - begin;
  hr::wire::BytePatch patch{begin, {}};
  if (distance >= 5) {
    const std::uint64_t relative = distance - 5;
    patch.bytes.push_back(std::byte{0xe9});
    for (int i = 0; i < 4; ++i) {
      patch.bytes.push_back(static_cast<std::byte>(relative >> (8 * i)));
    }
  } else if (distance >= 2) {
    patch.bytes = {std::byte{0xeb}, static_cast<std::byte>(distance - 2)};
  } else if (distance == 1) {
    patch.bytes = {std::byte{0x90}};
  }
  return patch;
}

std::string unit_of(const Judgement& judgement, const Initialiser& initialiser) {
  for (const std::uint32_t variable : initialiser.variables) {
    if (is_fresh(judgement, variable) && !judgement.next.variables[variable].unit.empty()) {
      return judgement.next.variables[variable].unit;
    }
  }
  return demangle(initialiser.name);
}

// The new variables that the initialiser builds, for people: "names, log".
std::string fresh_names(const Judgement& judgement, const Variables& variables) {
  std::string text;
  for (const std::uint32_t variable : variables) {
    if (is_fresh(judgement, variable)) {
      const std::string name = demangle(judgement.next.variables[variable].name);
      text += (text.empty() ? "" : ", ") + name;
    }
  }
  return text;
}

void refuse(Judgement& judgement, const Initialiser& initialiser) {
  judgement.refuse("can't build the new variable " + fresh_names(judgement, initialiser.variables),
                   "its initialiser also builds variables that live already (" +
                       unit_of(judgement, initialiser) + ")",
                   "make it a function-local static, or move it to a new file, or restart the "
                   "program (hrwatch --run relaunches it)");
}

// The jumps over what is not to run; false when a statement can't be decided.
bool plan_statements(const Judgement& judgement, const Initialiser& initialiser,
                     std::vector<hr::wire::BytePatch>& jumps) {
  const std::vector<Statement>& statements = initialiser.statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const Choice choice = choose(judgement, statements, i);
    if (choice == Choice::unknown) {
      return false;
    }
    if (choice == Choice::run) {
      continue;
    }
    const Address begin = statements[i].begin;
    while (i + 1 < statements.size() && statements[i + 1].begin == statements[i].end &&
           choose(judgement, statements, i + 1) == Choice::skip) {
      ++i;
    }
    jumps.push_back(jump_over(begin, statements[i].end));
  }
  return true;
}

}  // namespace

void judge_initialisers(Judgement& judgement) {
  for (const Initialiser& initialiser : judgement.next.initialisers) {
    if (!any_fresh(judgement, initialiser.variables)) {
      continue;
    }
    std::vector<hr::wire::BytePatch> jumps;
    const bool whole = all_fresh(judgement, initialiser.variables);
    if (!whole &&
        (initialiser.statements.empty() || !plan_statements(judgement, initialiser, jumps))) {
      refuse(judgement, initialiser);
      continue;
    }
    const std::string names = fresh_names(judgement, initialiser.variables);
    judgement.rewiring.bytes.insert(judgement.rewiring.bytes.end(), jumps.begin(), jumps.end());
    judgement.rewiring.initialisers.push_back({initialiser.function, names});
    judgement.remarks.push_back("runs the initialiser of " + names + ", which is new");
  }
}

}  // namespace hrwatch::analysis
