#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "src/dynamic_symbols.h"
#include "src/generation.h"
#include "src/initialiser_call.h"
#include "src/library_image.h"
#include "src/library_needs.h"

namespace hr::runtime {
namespace {

// What DT_INIT_ARRAY of a library says, at its link-time address.
struct Initialisers {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
};

template <class T>
bool read_at(int descriptor, T& into, std::uint64_t offset) {
  return ::pread(descriptor, &into, sizeof(T), static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(sizeof(T));
}

// Takes the initialisers out of the copy: an exception that passes through dlopen() leaves the
// dynamic linker's lock taken for ever, so they are called from here afterwards.
Initialisers take_initialisers(int descriptor, const Elf64_Phdr& dynamic) {
  Initialisers found;
  for (std::uint64_t at = dynamic.p_offset;
       at + sizeof(Elf64_Dyn) <= dynamic.p_offset + dynamic.p_filesz; at += sizeof(Elf64_Dyn)) {
    Elf64_Dyn entry;
    if (!read_at(descriptor, entry, at) || entry.d_tag == DT_NULL)
      break;
    if (entry.d_tag == DT_INIT_ARRAY)
      found.address = entry.d_un.d_ptr;
    if (entry.d_tag != DT_INIT_ARRAYSZ)
      continue;
    const std::uint64_t bytes = entry.d_un.d_val;
    entry.d_un.d_val = 0;
    if (::pwrite(descriptor, &entry, sizeof(entry), static_cast<off_t>(at)) ==
        static_cast<ssize_t>(sizeof(entry)))
      found.bytes = bytes;
  }
  return found;
}

Initialisers take_initialisers(const std::string& file) {
  Initialisers found;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  Elf64_Ehdr header;
  if (descriptor >= 0 && read_at(descriptor, header, 0)) {
    for (unsigned i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr segment;
      if (read_at(descriptor, segment, header.e_phoff + i * sizeof(segment)) &&
          segment.p_type == PT_DYNAMIC)
        found = take_initialisers(descriptor, segment);
    }
  }
  if (descriptor >= 0)
    ::close(descriptor);
  return found;
}

// The dynamic linker's words, about the file that the user knows.
wire::Failure cannot_load(const std::string& path, const std::string& loaded) {
  const char* told = ::dlerror();
  std::string why = told != nullptr ? told : "the dynamic linker gives no reason";
  for (std::size_t at = why.find(loaded); !loaded.empty() && at != std::string::npos;
       at = why.find(loaded, at + path.size()))
    why.replace(at, loaded.size(), path);
  std::string fix = "mend what it names, and build it again";
  if (why.find("undefined symbol") != std::string::npos)
    fix =
        "define the symbol, link the library that has it, or export it from the program "
        "(-rdynamic), and build again";
  else if (why.find("cannot open shared object file") != std::string::npos)
    fix = "put the library that it names where the dynamic linker looks (RUNPATH, LD_LIBRARY_PATH)";
  return {path + " can't be loaded", std::move(why), std::move(fix)};
}

std::optional<LoadedImage> image_of(void* handle) {
  const link_map* map = nullptr;
  if (::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
    return std::nullopt;
  return find_image(map->l_ld);
}

// In their order; false when one threw.
bool run_initialisers(const LoadedImage& image, const Initialisers& initialisers,
                      std::string& thrown) {
  const auto* functions = reinterpret_cast<const Pointer*>(image.at(initialisers.address));
  for (std::uint64_t i = 0; i < initialisers.bytes / sizeof(Pointer); ++i) {
    if (functions[i] != 0 && functions[i] != UINTPTR_MAX &&
        !call_initialiser(functions[i], &thrown))
      return false;
  }
  return true;
}

struct Sought {
  Pointer dynamic = 0;
  const std::string* path = nullptr;
  bool found = false;
};

int compare(dl_phdr_info* info, std::size_t, void* data) {
  Sought& sought = *static_cast<Sought*>(data);
  if (info->dlpi_name == nullptr || *sought.path != info->dlpi_name)
    return 0;
  for (ElfW(Half) i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type == PT_DYNAMIC &&
        info->dlpi_addr + info->dlpi_phdr[i].p_vaddr == sought.dynamic)
      sought.found = true;
  }
  return sought.found ? 1 : 0;
}

}  // namespace

LibraryImage::LibraryImage(LibraryCopy copy, std::string path, void* handle, LoadedImage image)
    : copy_(std::move(copy)),
      path_(std::move(path)),
      loaded_(copy_.path().empty() ? path_ : copy_.path()),
      content_(copy_.content()),
      handle_(handle),
      image_(std::move(image)) {
  // Whatever becomes of the object, what is mapped must be there for debuggers.
  copy_.keep();
}

wire::Result<std::unique_ptr<LibraryImage>> LibraryImage::load(LibraryCopy copy,
                                                               const std::string& path) {
  const LoadingGeneration loading;
  const Initialisers initialisers = take_initialisers(copy.path());
  const LibraryNeeds needs(copy.path(), path);
  void* handle = ::dlopen(copy.path().c_str(), RTLD_NOW | RTLD_LOCAL);
  std::optional<LoadedImage> image = handle != nullptr ? image_of(handle) : std::nullopt;
  if (!image)
    return cannot_load(path, copy.path());
  std::unique_ptr<LibraryImage> library(
      new LibraryImage(std::move(copy), path, handle, std::move(*image)));
  std::string thrown;
  if (run_initialisers(library->image_, initialisers, thrown))
    return library;
  library->close();
  return wire::Failure{"a static initialiser of " + path + " threw an exception",
                       thrown.empty() ? "it is not a std::exception" : thrown,
                       "catch it there, or do that work in a function that the program calls"};
}

wire::Result<std::unique_ptr<LibraryImage>> LibraryImage::load_itself(const std::string& path) {
  const LoadingGeneration loading;
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  std::optional<LoadedImage> image = handle != nullptr ? image_of(handle) : std::nullopt;
  if (!image)
    return cannot_load(path, "");
  return std::unique_ptr<LibraryImage>(
      new LibraryImage(LibraryCopy(""), path, handle, std::move(*image)));
}

std::optional<Symbol> LibraryImage::find(const std::string& name) const {
  if (handle_ == nullptr)
    return std::nullopt;
  std::optional<Symbol> symbol;
  each_dynamic_symbol(image_, [&](const DynamicSymbol& candidate) {
    if (!candidate.defined || candidate.type == STT_TLS || name != candidate.name)
      return true;
    const bool code =
        candidate.type == STT_FUNC || candidate.type == STT_GNU_IFUNC ||
        (candidate.type == STT_NOTYPE && image_.holds_code(candidate.address - image_.bias, 1));
    // The dynamic linker's answer: it knows indirect functions and unique symbols.
    if (void* found = ::dlsym(handle_, name.c_str()); found != nullptr)
      symbol = Symbol{reinterpret_cast<Pointer>(found), candidate.size, code};
    return false;
  });
  return symbol;
}

bool LibraryImage::still_mapped() const {
  Sought sought{image_.dynamic, &loaded_, false};
  ::dl_iterate_phdr(compare, &sought);
  return sought.found;
}

std::optional<wire::Failure> LibraryImage::close() {
  const LoadingGeneration loading;
  if (still_mapped()) {
    const wire::Failure why = why_it_stays(image_, path_);
    // A second try: the dynamic linker looks for what has become free when anything is closed.
    void* handle = handle_ != nullptr ? std::exchange(handle_, nullptr)
                                      : ::dlopen(loaded_.c_str(), RTLD_LAZY | RTLD_NOLOAD);
    if (handle != nullptr)
      ::dlclose(handle);
    if (still_mapped())
      return why;
  }
  if (loaded_ != path_)
    ::unlink(loaded_.c_str());
  return std::nullopt;
}

}  // namespace hr::runtime
