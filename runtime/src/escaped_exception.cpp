#include "src/escaped_exception.h"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <typeinfo>

namespace hr::runtime {
namespace {

std::string name_of(const std::type_info& type) {
  int status = 0;
  char* name = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string result = name != nullptr ? name : type.name();
  std::free(name);
  return result;
}

}  // namespace

std::string describe_exception() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  std::string text = type != nullptr ? name_of(*type) : "an exception of another language";
  try {
    throw;
  } catch (const std::exception& exception) {
    return text + ": " + exception.what();
  } catch (...) {
    return text;
  }
}

}  // namespace hr::runtime
