// A library opened for reading its debug info. Each thread opens its own: libdw's handles aren't
// shared.
#pragma once

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <unistd.h>

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

 private:
  int descriptor_;
  Dwarf* handle_;
};

}  // namespace hrwatch::analysis
