// Which closure types a function's symbol name embeds, and where they were written. Closures have
// no names of their own: compilers number them, and the numbers move when one is inserted. Knows
// the demangled form of Itanium C++ ABI names and nothing else.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "analysis/symbols.h"

namespace hrwatch::analysis {

// A closure in its function, or a closure in a closure in ... its function.
struct ClosurePlace {
  struct Step {
    std::uint32_t number = 0;
    std::string signature;

    friend bool operator<(const Step& a, const Step& b) {
      return std::tie(a.number, a.signature) < std::tie(b.number, b.signature);
    }

    friend bool operator==(const Step& a, const Step& b) {
      return a.number == b.number && a.signature == b.signature;
    }
  };

  std::string enclosing;   // "game::run(int)", "" = outside of any function
  std::vector<Step> path;  // outermost first

  friend bool operator==(const ClosurePlace& a, const ClosurePlace& b) {
    return a.enclosing == b.enclosing && a.path == b.path;
  }
};

struct ClosureNames {
  std::vector<ClosurePlace> places;  // in the order in which the name embeds them
  std::string masked;                // the demangled name without the numbers
};

// Empty for names that embed none.
// Cost: nothing for most names, one demangling for the others.
ClosureNames closures_in(std::string_view mangled);

// The functions of a list whose names embed closures.
struct ClosureFunction {
  std::size_t index = 0;  // counts Symbols::functions
  ClosureNames names;
};

// What closures_in() said of names before: most of a module's names are those of its last build.
// Thread safe.
class ClosureMemory {
 public:
  ClosureNames closures_in(std::string_view mangled);

 private:
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, ClosureNames> known_;  // by hash of the name
};

// Clones are left out: nothing leads from one build's clone to another's.
std::vector<ClosureFunction> find_closures(const Symbols& symbols, ClosureMemory& memory);

}  // namespace hrwatch::analysis
