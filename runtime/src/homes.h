// From places in generations to addresses in this process, each checked to lie where it says. Knows
// no plan and writes nothing.
#pragma once

#include <vector>

#include "src/module.h"
#include "src/own_memory.h"
#include "wire/rewiring.h"

namespace hr::runtime {

// The image of generation `number` of `module`: a live one, or the `fresh` one. nullptr if neither.
const LoadedImage* image_of(const Module& module, const Generation& fresh, std::uint32_t number);

// For every home the address that the program's global scope gives its name, 0 where it has none or
// the home asks for no name. Calls the dynamic linker: not under module_memory().
Addresses look_up_names(const std::vector<wire::Home>& homes);

// The address of every home (see wire::Home). Under module_memory().
// Errors: a home outside its generation, a word that holds no address.
wire::Result<Addresses> resolve_homes(const std::vector<wire::Home>& homes, const Addresses& named,
                                      const Module& module, const Generation& fresh);

}  // namespace hr::runtime
