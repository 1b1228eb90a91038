// The built fixture libraries, and what one of them says about itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "publish/publish.h"

namespace fixtures {

// A folder of this test alone, removed with everything in it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::vector<std::filesystem::path> libraries();  // the same module from each linker
std::vector<std::byte> read(const std::filesystem::path& file);
void write(const std::filesystem::path& file, const std::vector<std::byte>& bytes);
std::string build_id(const std::vector<std::byte>& image);
std::vector<std::uint64_t> entry_nops(const std::vector<std::byte>& image);
std::vector<std::string> names_in(const std::filesystem::path& folder);  // sorted

// A request that succeeds.
hrwatch::publish::Request request(const std::filesystem::path& library,
                                  const std::filesystem::path& folder);

}  // namespace fixtures
