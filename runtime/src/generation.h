// One loaded build of a module in this process, and loading the next one into the reserve. Knows no
// rewiring: what it loads has not run any of its own code yet.
#pragma once

#include <cstdint>
#include <memory>

#include "src/address_space.h"
#include "src/loaded_image.h"
#include "src/published_file.h"
#include "src/undo.h"

namespace hr::runtime {

class Generation {
 public:
  // What the program loaded itself: never closed by the runtime.
  Generation(std::uint32_t its_number, LoadedImage its_image)
      : number(its_number), image(std::move(its_image)) {}

  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  // From now on it stays loaded until the program ends (someone may have pointers into it).
  void keep() { kept_ = true; }

  // Loads `file` as generation `number` near the module. Its initialisers do not run, and neither
  // will its finalisers. Destroyed without `keep()` it is unloaded without trace.
  // Errors: the dynamic linker's (an undefined symbol, say), no place, another build than
  // inspected.
  static wire::Result<std::unique_ptr<Generation>> load(std::uint32_t number,
                                                        const PublishedFile& file,
                                                        AddressSpace& space);

  const std::uint32_t number;
  const LoadedImage image;
  Undo undo;  // of the commit that made it live

 private:
  void* handle_ = nullptr;
  AddressSpace* space_ = nullptr;
  AddressSpace::Hole hole_;
  bool kept_ = false;
};

// True on a thread that is loading or unloading a generation just now: what the library's
// constructors and destructors say about themselves then is not about a module.
bool loading_generation();

// Makes the calling thread such a one for the length of a scope.
struct LoadingGeneration {
  LoadingGeneration();
  ~LoadingGeneration();
  LoadingGeneration(const LoadingGeneration&) = delete;
  LoadingGeneration& operator=(const LoadingGeneration&) = delete;
};

}  // namespace hr::runtime
