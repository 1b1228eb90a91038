// What can be said of an exception. Knows no frame that it left.
#pragma once

#include <string>

namespace hr::runtime {

// "std::runtime_error: no such level", of the exception that the caller is handling.
std::string describe_exception();

}  // namespace hr::runtime
