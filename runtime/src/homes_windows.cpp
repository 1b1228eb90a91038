#include "src/homes.h"

namespace hr::runtime {

// There is no scope that all libraries of a program share: a name is its library's, and a home is
// where it says.
Addresses look_up_names(const std::vector<wire::Home>& homes) {
  return Addresses(homes.size(), 0);
}

}  // namespace hr::runtime
