// ELF gABI chapter 5 ("Shared Object Dependencies"), ld.so(8) for $ORIGIN.
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <optional>

#include "src/library_needs.h"

namespace hr::runtime {
namespace {

// Longer than any real list of folders.
constexpr std::size_t most_text = 64 * 1024;

class DynamicFile {
 public:
  explicit DynamicFile(const std::string& file)
      : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    Elf64_Ehdr header;
    if (descriptor_ < 0 || !read(header, 0))
      return;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr segment;
      if (!read(segment, header.e_phoff + i * sizeof(segment)))
        return;
      if (segment.p_type == PT_LOAD)
        segments_.push_back(segment);
      if (segment.p_type == PT_DYNAMIC)
        read_dynamic(segment);
    }
  }

  ~DynamicFile() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }

  DynamicFile(const DynamicFile&) = delete;
  DynamicFile& operator=(const DynamicFile&) = delete;

  std::vector<std::string> needed() const { return texts(needed_); }

  // Folders, separated by colons; RUNPATH, or RPATH where there is none.
  std::string folders() const {
    const auto all = texts(runpath_.empty() ? rpath_ : runpath_);
    return all.empty() ? std::string() : all.front();
  }

 private:
  template <class T>
  bool read(T& into, std::uint64_t offset) const {
    return ::pread(descriptor_, &into, sizeof(T), static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(sizeof(T));
  }

  void read_dynamic(const Elf64_Phdr& segment) {
    for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment.p_filesz;
         at += sizeof(Elf64_Dyn)) {
      Elf64_Dyn entry;
      if (!read(entry, segment.p_offset + at) || entry.d_tag == DT_NULL)
        return;
      switch (entry.d_tag) {
        case DT_NEEDED:
          needed_.push_back(entry.d_un.d_val);
          break;
        case DT_RUNPATH:
          runpath_.push_back(entry.d_un.d_val);
          break;
        case DT_RPATH:
          rpath_.push_back(entry.d_un.d_val);
          break;
        case DT_STRTAB:
          strings_ = entry.d_un.d_ptr;
          break;
        default:
          break;
      }
    }
  }

  // Where in the file a link-time address is.
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const Elf64_Phdr& segment : segments_) {
      if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
        return segment.p_offset + (address - segment.p_vaddr);
    }
    return std::nullopt;
  }

  std::vector<std::string> texts(const std::vector<std::uint64_t>& indexes) const {
    std::vector<std::string> result;
    for (const std::uint64_t index : indexes) {
      const auto offset = offset_of(strings_ + index);
      std::string text(most_text, '\0');
      const ssize_t got =
          offset ? ::pread(descriptor_, text.data(), text.size(), static_cast<off_t>(*offset)) : 0;
      text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      if (const auto end = text.find('\0'); end != std::string::npos)
        result.push_back(text.substr(0, end));
    }
    return result;
  }

  int descriptor_;
  std::vector<Elf64_Phdr> segments_;
  std::vector<std::uint64_t> needed_;
  std::vector<std::uint64_t> runpath_;
  std::vector<std::uint64_t> rpath_;
  std::uint64_t strings_ = 0;
};

// The folders that begin with or contain $ORIGIN, in their order, with `origin` in its place.
std::vector<std::string> folders_by_origin(const std::string& folders, const std::string& origin) {
  std::vector<std::string> result;
  for (std::size_t at = 0; at <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    std::string folder = folders.substr(at, end - at);
    at = end + 1;
    bool by_origin = false;
    for (const std::string word : {"${ORIGIN}", "$ORIGIN"}) {
      for (auto found = folder.find(word); found != std::string::npos;
           found = folder.find(word, found + origin.size())) {
        folder.replace(found, word.size(), origin);
        by_origin = true;
      }
    }
    if (by_origin)
      result.push_back(folder);
  }
  return result;
}

}  // namespace

LibraryNeeds::LibraryNeeds(const std::string& file, const std::string& path) {
  const DynamicFile library(file);
  const auto folders = folders_by_origin(library.folders(), path.substr(0, path.rfind('/')));
  if (folders.empty())
    return;
  for (const std::string& name : library.needed()) {
    for (const std::string& folder : folders) {
      const std::string candidate = folder + "/" + name;
      if (::access(candidate.c_str(), R_OK) != 0)
        continue;
      if (void* handle = ::dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL); handle != nullptr)
        handles_.push_back(handle);
      break;
    }
  }
}

LibraryNeeds::~LibraryNeeds() {
  for (void* handle : handles_)
    ::dlclose(handle);
}

}  // namespace hr::runtime
