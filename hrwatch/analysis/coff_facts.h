// What one object file's CodeView symbols (.debug$S; microsoft-pdb, cvinfo.h) say of its functions
// and variables, beside the layouts of its classes. Without the places that a linker gave them.
// Knows no other object.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/class_layouts.h"
#include "analysis/codeview_types.h"
#include "analysis/coff_object.h"

namespace hrwatch::analysis {

// Hashes of types wait for the classes of all objects.
struct CoffFacts {
  struct Variable {
    std::uint32_t symbol = 0;  // index into the object's symbols
    std::uint64_t size = 0;    // bytes; 0 = not known
    std::string name, scope, type;
    TypeShape shape;
    CodeViewIndex type_index = 0;
  };

  struct Function {
    std::uint32_t symbol = 0;
    std::uint64_t size = 0;  // bytes of code
    std::string prototype;
    std::uint64_t prototype_hash = 0;
    TypeShape closure;  // of the call operator of one
    CodeViewIndex type_index = 0;
    std::vector<CodeViewIndex> locals;  // types of its variables, without parameters
  };

  std::string unit;  // path of the compiled source; "" = no CodeView
  std::vector<Variable> variables;
  std::vector<Function> functions;
  std::vector<ShownClass> classes;
};

// The types of an object, from its .debug$T; empty without one.
CodeViewTypes coff_types(const CoffObject& object);

// Cost: linear in the object's debug info.
CoffFacts read_coff_facts(const CoffObject& object);

}  // namespace hrwatch::analysis
