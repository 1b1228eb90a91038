// Which variables lead to objects of a class, as far as their types tell: by value, through
// pointers, containers and members. For messages; decides nothing.
#pragma once

#include <string>
#include <vector>

#include "analysis/description.h"

namespace hrwatch::analysis {

// "enemies (game.cpp:5)", the most direct first, at most `most`; `class_name` as types spell it.
// Cost: milliseconds; asked only when something is refused.
std::vector<std::string> holders(const Description& description, const std::string& class_name,
                                 std::size_t most);

// "reached from enemies (game.cpp:5), boss (game.cpp:7)", the first few of them; "" = from none.
std::string held_by(const Description& description, const std::string& class_name);

}  // namespace hrwatch::analysis
