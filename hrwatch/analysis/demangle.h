// Symbol names as a programmer writes them (Itanium C++ ABI 5.1). Knows no library.
#pragma once

#include <string>
#include <string_view>

namespace hrwatch::analysis {

// "_ZN4game2hpE" -> "game::hp", "count.3" -> "count"; what is no C++ name stays as it is.
std::string demangle(const std::string& symbol);

// Of a readable name: "std::vector<Enemy>", and what libstdc++ keeps for itself.
bool of_standard_library(std::string_view name);

// The class of "_ZTV5Enemy" or "_ZTI5Enemy": "Enemy".
std::string class_of_table(const std::string& symbol);

// What makes a virtual function the same one in a class and in those derived from it: its name and
// parameters without the class, "~" for a destructor; "" when the symbol does not say.
std::string virtual_signature(const std::string& symbol);

}  // namespace hrwatch::analysis
