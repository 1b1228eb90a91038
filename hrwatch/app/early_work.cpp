#include "app/early_work.h"

#include <utility>

namespace hrwatch::app {

std::shared_ptr<const EarlyDone> work_early(const LibraryFile& library, const std::string& module,
                                            const std::filesystem::path& folder,
                                            DescriptionStore& store) {
  auto made = publish::Draft::make_early(library.path, folder, module);
  if (!made.ok()) {
    return nullptr;
  }
  auto draft = std::make_shared<publish::Draft>(std::move(made).value());
  auto described = store.describe_early(library, draft->path());
  return std::make_shared<const EarlyDone>(EarlyDone{std::move(draft), std::move(described)});
}

std::shared_ptr<const EarlyDone> done_for(const std::filesystem::path& artifact,
                                          const EarlyWork& work) {
  auto done = work.valid() ? work.get() : nullptr;
  return done != nullptr && done->draft->is_still(artifact) ? done : nullptr;
}

}  // namespace hrwatch::app
