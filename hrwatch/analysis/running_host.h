// What only the running program can tell about a module: asked when an edit may concern what lives
// in it, never for ordinary ones. An interface: the verdict is pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/type_uses.h"
#include "wire/result.h"

namespace hrwatch::analysis {

// Code of the module that a thread is in: the function that holds `address` of `generation`.
struct RunningCode {
  std::uint32_t generation = 0;
  Address address = 0;
};

class RunningHost {
 public:
  virtual ~RunningHost() = default;

  // Of the newest generation, or of one that was loaded before. Failure: its file can't be read any
  // more.
  virtual hr::wire::Result<std::shared_ptr<const TypeUses>> uses() = 0;
  virtual hr::wire::Result<std::shared_ptr<const TypeUses>> uses_of(std::uint32_t generation) = 0;

  // Whether code outside of the module calls this function by its name: the program, or another of
  // its libraries, imports it, or may look it up.
  virtual bool calls(const Function& function) = 0;

  // Whether any of that code may have been compiled with what `source` (a path) declares, and so
  // know the layout of its classes. When in doubt it may.
  virtual bool callers_know(const Function& function, const std::string& source) {
    return !function.name.empty() && !source.empty();
  }

  // The same as calls() of a variable: code outside of the module reads or writes it by its name.
  virtual bool uses_variable(const Variable& variable) = 0;

  // Where threads are in the module's code and stay, in any frame of their stacks: at one look
  // after the other they are there. Failure: the threads can't be looked at.
  virtual hr::wire::Result<std::vector<RunningCode>> staying() = 0;
};

}  // namespace hrwatch::analysis
