// An opened library as it is mapped: loading it, finding symbols, and letting it go with a proof.
// Knows no bindings and no states.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "src/bindings.h"
#include "src/library_copy.h"
#include "src/loaded_image.h"

namespace hr::runtime {

class LibraryImage {
 public:
  // Loads the copy and runs its static initialisers on the calling thread. `path` is what it is a
  // copy of, for messages. Errors: the dynamic linker's (an undefined symbol, say); an initialiser
  // threw. It is unloaded then.
  static wire::Result<std::unique_ptr<LibraryImage>> load(LibraryCopy copy,
                                                          const std::string& path);

  // Loads the file itself, as the program's own dlopen() would.
  static wire::Result<std::unique_ptr<LibraryImage>> load_itself(const std::string& path);

  // Of the library itself: what its dependencies have does not count.
  std::optional<Symbol> find(const std::string& name) const;

  // Unloads it. Nothing when it is proven gone; else why it is mapped still. May be called again.
  std::optional<wire::Failure> close();

  std::uint64_t content() const { return content_; }

  const LoadedImage& image() const { return image_; }

 private:
  LibraryImage(LibraryCopy copy, std::string path, void* handle, LoadedImage image);

  bool still_mapped() const;

  LibraryCopy copy_;
  std::string path_;    // what messages call it
  std::string loaded_;  // what the dynamic linker knows
  std::uint64_t content_;
  void* handle_;  // null once it was given back
  LoadedImage image_;
};

// Why a library can't be unloaded, read off the library itself: asked while it is mapped.
wire::Failure why_it_stays(const LoadedImage& image, const std::string& path);

}  // namespace hr::runtime
