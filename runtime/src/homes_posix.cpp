#include <dlfcn.h>

#include "src/homes.h"

namespace hr::runtime {

Addresses look_up_names(const std::vector<wire::Home>& homes) {
  // Not RTLD_DEFAULT: that starts from whoever calls, and would find what another plugin defines
  // when the runtime came with that plugin.
  void* program = ::dlopen(nullptr, RTLD_LAZY);
  Addresses result(homes.size(), 0);
  for (std::size_t i = 0; i < homes.size(); ++i) {
    if (homes[i].got == 0 && !homes[i].name.empty() && program != nullptr)
      result[i] = reinterpret_cast<Pointer>(::dlsym(program, homes[i].name.c_str()));
  }
  if (program != nullptr)
    ::dlclose(program);
  return result;
}

}  // namespace hr::runtime
