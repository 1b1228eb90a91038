// Which variables and functions of one library have to do with which classes: the question that
// only a changed layout raises. Plain data and its closure; knows no DWARF and no generation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/description.h"
#include "wire/result.h"

namespace hrwatch::analysis {

// Where a library's code asks for memory from the heap, and how much.
struct Allocation {
  Address function = 0;    // whose code calls operator new, malloc() or a relative of theirs
  std::uint64_t size = 0;  // bytes, where the code says so outright; 0 = it computes them
};

struct TypeUses {
  using Index = std::uint32_t;  // into `classes`

  // A class, union, closure or enumeration. [0] stands for what pointers to void may point to.
  struct Class {
    std::string name;          // as in Description::types, without a unit
    std::vector<Index> holds;  // of members and template arguments, by value or through pointers
    std::vector<Index> bases;
    bool polymorphic = false;
    std::uint64_t size = 0;       // bytes; 0 = not known
    std::vector<Index> parts;     // of members and bases, by value
    bool copied_by_code = false;  // it has a destructor, copy or move of its own
  };

  struct Variable {
    Address address = 0;  // thread_local_: offset in the TLS image
    bool thread_local_ = false;
    std::vector<Index> holds;
    // Its type is a pointer or reference to this class, and nothing else; `none` otherwise.
    Index points_to = none;
    // What it consists of: itself, or the elements of an array. `none`: numbers or pointers.
    Index consists_of = none;
  };

  struct Function {
    Address address = 0;
    std::uint64_t size = 0;        // bytes
    std::string name;              // linkage name, or as declared
    std::vector<Index> signature;  // parameters (the object, too) and result
    std::vector<Index> values;     // variables of its own
    std::vector<Index> pointers;   // what such variables point or refer to
  };

  static constexpr Index none = ~Index{0};

  std::vector<Class> classes;
  std::vector<Variable> variables;
  std::vector<Function> functions;  // by address
  std::vector<Allocation> allocations;

  // For each class whether one of `names` can be reached from it: held, pointed to, or as the
  // dynamic type behind a base class. Cost: linear in all classes.
  std::vector<bool> leading_to(const std::vector<std::string>& names) const;

  // For each class whether objects of it consist of one of `names` or contain one, by value.
  std::vector<bool> consisting_of(const std::vector<std::string>& names) const;

  // Whether objects of a class are their bytes: to copy these is to move the object.
  bool is_bytes(Index index) const;
};

// Reads all of a library's debug info and code for it. Cost: some milliseconds a unit of std-heavy
// C++. Errors: a library without debug info, or that can't be read.
hr::wire::Result<TypeUses> find_type_uses(const std::filesystem::path& library);

}  // namespace hrwatch::analysis
