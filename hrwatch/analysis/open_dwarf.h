// A library opened for reading its debug info. Each thread opens its own: libdw's handles aren't
// shared.
#pragma once

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>

namespace hrwatch::analysis {

class OpenDwarf {
 public:
  explicit OpenDwarf(const std::filesystem::path& library)
      : descriptor_(open(library.c_str(), O_RDONLY | O_CLOEXEC)),
        handle_(descriptor_ < 0 ? nullptr : dwarf_begin(descriptor_, DWARF_C_READ)) {}

  ~OpenDwarf() {
    if (handle_ != nullptr)
      dwarf_end(handle_);
    if (descriptor_ >= 0)
      close(descriptor_);
  }

  OpenDwarf(const OpenDwarf&) = delete;
  OpenDwarf& operator=(const OpenDwarf&) = delete;

  // Null when it has no debug info.
  Dwarf* handle() const { return handle_; }

  // When the file was written, in ns since the epoch; 0 = not known.
  std::int64_t written_ns() const {
    struct stat state {};

    if (descriptor_ < 0 || fstat(descriptor_, &state) != 0)
      return 0;
    return std::int64_t{state.st_mtim.tv_sec} * 1'000'000'000 + state.st_mtim.tv_nsec;
  }

 private:
  int descriptor_;
  Dwarf* handle_;
};

}  // namespace hrwatch::analysis
