#include <cxxabi.h>
#include <dlfcn.h>

#include <cstdlib>

#include "src/function_name.h"

namespace hr::runtime {

std::string function_at(std::uintptr_t address) {
  Dl_info info = {};
  if (::dladdr(reinterpret_cast<void*>(address), &info) == 0 || info.dli_sname == nullptr)
    return "a function without a known name";
  int status = 0;
  char* name = abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status);
  std::string result = name != nullptr ? name : info.dli_sname;
  std::free(name);
  return result;
}

}  // namespace hr::runtime
