// Whether a file named by the tool may be loaded: only from the module's own build folder, owned by
// this user, writable by nobody else, and the announced build. Knows no rewiring.
#pragma once

#include <string>

#include "src/library_facts.h"
#include "wire/result.h"

namespace hr::runtime {

struct PublishedFile {
  std::string path;  // without symbolic links
  LibraryFacts facts;
};

// Errors: each of the conditions above, by name. Thread: any. Cost: a few system calls.
wire::Result<PublishedFile> inspect_published(const std::string& path, const std::string& build_dir,
                                              const std::string& build_id);

}  // namespace hr::runtime
