// How a platform's libraries end. Knows no file.
#pragma once

#include <string_view>

namespace hrwatch::publish {

extern const std::string_view library_suffix;  // ".so", ".dll"

}  // namespace hrwatch::publish
