// What is done for a build when its linker has put a library in place, while the linker and the
// build still end: the library is copied, and described from the copy. Counts only where nobody has
// written to the library since.
#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "app/description_store.h"
#include "publish/publish.h"

namespace hrwatch::app {

struct EarlyDone {
  std::shared_ptr<publish::Draft> draft;
  DescriptionStore::Described described;
};

// Null: nothing was done. Not valid: nothing was begun.
using EarlyWork = std::shared_future<std::shared_ptr<const EarlyDone>>;

// Copies `library` of `module` into `folder` and describes it. Null: it could not be copied.
// Thread: any. Cost: that of both.
std::shared_ptr<const EarlyDone> work_early(const LibraryFile& library, const std::string& module,
                                            const std::filesystem::path& folder,
                                            DescriptionStore& store);

// What was done for `artifact` as it is now; null: nothing. Waits for the work's end.
std::shared_ptr<const EarlyDone> done_for(const std::filesystem::path& artifact,
                                          const EarlyWork& work);

}  // namespace hrwatch::app
