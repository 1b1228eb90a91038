#include <windows.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "src/carry_over.h"

namespace hr::runtime {

// What others may do with it is up to the folder's rights: it is the build's, for this user.
std::string read_private_file(const std::string& path) {
  std::ifstream in(std::filesystem::path(path), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool write_private_file(const std::string& path, const std::string& text) {
  const std::filesystem::path target = path;
  const std::filesystem::path temporary = path + ".new";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out && MoveFileExW(temporary.c_str(), target.c_str(), MOVEFILE_REPLACE_EXISTING) != 0)
    return true;
  DeleteFileW(temporary.c_str());
  return false;
}

void remove_file(const std::string& path) {
  DeleteFileW(std::filesystem::path(path).c_str());
}

std::string carried_folder() {
  const char* folder = std::getenv("HRWATCH_CARRY");
  return folder != nullptr ? folder : "";
}

}  // namespace hr::runtime
