// The libraries that an opened library needs and finds beside itself ($ORIGIN in its RUNPATH): a
// copy of it lies elsewhere, so they are loaded before. Knows no bindings.
#pragma once

#include <string>
#include <vector>

namespace hr::runtime {

// Holds what it has loaded until the end of a scope.
class LibraryNeeds {
 public:
  // Loads what the library in `file`, a copy of `path`, names in DT_NEEDED and finds by $ORIGIN,
  // $ORIGIN being the folder of `path`. What can't be read or loaded is left to the dynamic linker,
  // which then says so. Thread: any. Cost: some reads; nothing when $ORIGIN does not occur.
  LibraryNeeds(const std::string& file, const std::string& path);
  ~LibraryNeeds();
  LibraryNeeds(const LibraryNeeds&) = delete;
  LibraryNeeds& operator=(const LibraryNeeds&) = delete;

 private:
  std::vector<void*> handles_;
};

}  // namespace hr::runtime
