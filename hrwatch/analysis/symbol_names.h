// What a symbol's name alone says of it (Itanium C++ ABI, and the marks of g++ and clang).
#pragma once

#include <string_view>

namespace hrwatch::analysis {

// A typeinfo object or typeinfo name (Itanium C++ ABI 5.1.4.1).
bool is_type_identity(std::string_view name);

// A step of static initialisation, or what undoes it: runs once.
bool is_initialisation_step(std::string_view name);

// A copy of a function that the optimiser made or cut out, a coroutine's part, an OpenMP body, or a
// step of static initialisation: its meaning depends on the one build it is from.
bool is_clone(std::string_view name);

// Whether `name` is that of the static function `function` without parameters, in C or C++.
bool names_static(std::string_view name, std::string_view function);

}  // namespace hrwatch::analysis
