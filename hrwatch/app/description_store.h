// The descriptions of a session by build-id: in memory while they are used, else from the build
// folder, else made from the library. Each is made once, however many ask.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "analysis/describe.h"

namespace hrwatch::app {

struct LibraryFile {
  std::filesystem::path path;
  std::vector<std::filesystem::path> objects;  // in the order of the link; empty = not known
};

// Thread safe.
class DescriptionStore {
 public:
  using Described = hr::wire::Result<std::shared_ptr<const analysis::Description>>;

  explicit DescriptionStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The description of build `build_id`; the first of `libraries` that is that build is read when
  // nobody knows it yet. Blocks while another thread makes the same one.
  // Errors: none of the libraries can be read or is that build.
  // `early`: what describe_early() said, when it was said of the first of them as it is now; null:
  // nothing was.
  Described get(const std::string& build_id, const std::vector<LibraryFile>& libraries,
                const Described* early = nullptr);

  // Describes a library whose build has not ended, from a copy. Nobody gets it but by get().
  Described describe_early(const LibraryFile& library, const std::filesystem::path& copy) {
    return analysis::describe(library.path, copy, library.objects, memory_);
  }

  // Reads what changed of the objects of a library that is being built. Blocks get() of it.
  void read_ahead(const LibraryFile& library) {
    analysis::read_ahead(library.path, library.objects, memory_);
  }

  // Writes what has been made since the last call to the folder. Off the critical path.
  void save_new();

 private:
  Described find_or_make(const std::string& build_id, const std::vector<LibraryFile>& libraries,
                         const Described* early);
  Described made_now(Described described);

  std::filesystem::path folder_;
  analysis::Memory memory_;
  std::mutex mutex_;
  std::condition_variable made_;
  std::map<std::string, std::weak_ptr<const analysis::Description>> known_;
  std::set<std::string> making_;
  std::vector<std::shared_ptr<const analysis::Description>> unsaved_;
};

}  // namespace hrwatch::app
