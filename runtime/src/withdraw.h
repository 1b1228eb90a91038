// Taking the newest code back: the generation before runs again, what the newest one made (new
// variables, new functions) stays where it is. Knows no tool and no crash.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/module.h"

namespace hr::runtime {

// Takes generation `running` of `module` back, and the generations of other `modules` that went
// live together with it and still run. Constants that it had edited get their former bytes;
// variables keep what they have. Errors: it runs no more, it is what the program started with, it
// migrated state, code can't be made writable; then nothing has happened. Thread: any; other
// threads may be running the modules. Cost: a few stores a function and the page rights, below a
// millisecond.
wire::Result<std::vector<wire::WithdrawnModule>> withdraw(
    std::span<const std::shared_ptr<Module>> modules, const Module& module, std::uint32_t running);

// The module that went live last and whose name is `name` ("" = any), of those in `build_dir`.
// nullptr: there is none, or all run what the program started with.
std::shared_ptr<Module> last_live(std::span<const std::shared_ptr<Module>> modules,
                                  const std::string& build_dir, const std::string& name);

}  // namespace hr::runtime
