#include "app/description_store.h"

#include <utility>

namespace hrwatch::app {

DescriptionStore::Described DescriptionStore::get(const std::string& build_id,
                                                  const std::vector<LibraryFile>& libraries,
                                                  const Described* early) {
  std::unique_lock lock(mutex_);
  made_.wait(lock, [&] { return !making_.contains(build_id); });
  if (auto known = known_[build_id].lock()) {
    return known;
  }
  making_.insert(build_id);
  lock.unlock();
  auto result = find_or_make(build_id, libraries, early);
  lock.lock();
  making_.erase(build_id);
  if (result.ok()) {
    known_[build_id] = result.value();
  }
  made_.notify_all();
  return result;
}

DescriptionStore::Described DescriptionStore::find_or_make(
    const std::string& build_id, const std::vector<LibraryFile>& libraries,
    const Described* early) {
  if (auto stored = analysis::load(build_id, folder_); stored.ok()) {
    return stored;
  }
  // The copy stands in another folder: what is missing from there may be found beside the library.
  if (early != nullptr && early->ok() && early->value()->build_id == build_id &&
      early->value()->problems.empty()) {
    return made_now(*early);
  }
  hr::wire::Failure failure{"the build " + build_id + " can't be described",
                            "no file of it is left",
                            "start the program again: it then runs a build that is known"};
  for (const auto& [library, objects] : libraries) {
    const auto found = analysis::read_build_id(library);
    if (!found.ok()) {
      failure = found.failure();
      continue;
    }
    if (found.value() != build_id) {
      continue;
    }
    auto described = analysis::describe(library, objects, memory_);
    if (!described.ok()) {
      failure = described.failure();
      continue;
    }
    if (described.value()->build_id == build_id) {
      return made_now(std::move(described));
    }
    failure.why = library.string() + " was replaced while it was read";
  }
  return failure;
}

DescriptionStore::Described DescriptionStore::made_now(Described described) {
  const std::lock_guard lock(mutex_);
  unsaved_.push_back(described.value());
  return described;
}

void DescriptionStore::save_new() {
  std::unique_lock lock(mutex_);
  const auto unsaved = std::exchange(unsaved_, {});
  lock.unlock();
  for (const auto& description : unsaved) {
    // Without it a later session describes again: slower, not wrong.
    static_cast<void>(analysis::save(*description, folder_));
  }
}

}  // namespace hrwatch::app
