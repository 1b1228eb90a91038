#include "src/homes.h"

namespace hr::runtime {

const LoadedImage* image_of(const Module& module, const Generation& fresh, std::uint32_t number) {
  if (number == fresh.number)
    return &fresh.image;
  const Generation* live = module.find(number);
  return live != nullptr ? &live->image : nullptr;
}

wire::Result<Addresses> resolve_homes(const std::vector<wire::Home>& homes, const Addresses& named,
                                      const Module& module, const Generation& fresh) {
  const wire::Failure misfit{"the rewiring does not fit module " + module.name(),
                             "it names a place outside the generations that this program has",
                             "save again; if that does not help, restart the program"};
  Addresses result;
  result.reserve(homes.size());
  for (std::size_t i = 0; i < homes.size(); ++i) {
    const wire::Home& home = homes[i];
    const LoadedImage* image = image_of(module, fresh, home.generation);
    if (image == nullptr)
      return misfit;
    Pointer address = named[i];
    if (home.got != 0) {
      if (!image->holds(home.got, sizeof(Pointer)))
        return misfit;
      address = raw_load<Pointer>(image->at(home.got));
    } else if (address == 0 && image->holds(home.address, 0)) {
      address = image->at(home.address);
    }
    if (address == 0)
      return misfit;
    result.push_back(address);
  }
  return result;
}

}  // namespace hr::runtime
