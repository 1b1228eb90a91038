// From the generations a host says it has to its lineage: what later builds are compared with. Runs
// on a worker thread; knows no loop.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "analysis/lineage.h"
#include "app/description_store.h"
#include "wire/messages.h"

namespace hrwatch::app {

struct FoldRequest {
  int pid = 0;
  std::vector<hr::wire::ModuleState> modules;
  std::map<std::string, LibraryFile> artifacts;  // by module name: the built library
  std::filesystem::path copies;                  // <build>/.hrwatch/gen
};

// The lineages by module name. Errors: a generation that nobody can describe any more.
hr::wire::Result<std::map<std::string, analysis::Lineage>> fold(const FoldRequest& request,
                                                                DescriptionStore& store);

}  // namespace hrwatch::app
