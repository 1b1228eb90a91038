// Files as the runtime may trust them: where they really lie, whose they are, who else may write
// to them. Knows no session and no library.
#pragma once

#include <windows.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "transport/pipe_windows.h"

namespace hr::runtime {

using transport::OwnHandle;

// Opens a file or folder for reading, a link as itself. Others may read it and take it away
// meanwhile; with `nobody_writes` not write to it. Invalid with GetLastError() set.
OwnHandle open_to_read(const std::filesystem::path& path, bool nobody_writes = false);

// A file, and no folder, device or link.
bool is_plain_file(HANDLE file);

// Its path without links, as the system knows it; "" when that is not told.
std::wstring final_path(HANDLE file);

// True when it belongs to this user (or to the group that owns what this user makes) and its rights
// let nobody but that owner, the system and administrators write to it.
bool only_ours(HANDLE file);

// The bytes of a file, as long as the object lives.
class MappedFile {
 public:
  explicit MappedFile(HANDLE file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // Empty when it can't be mapped.
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  OwnHandle mapping_;
  std::span<const std::byte> bytes_;
};

// "sentence, error n"
std::string system_words(DWORD error);

}  // namespace hr::runtime
