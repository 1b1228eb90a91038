#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "src/build_id.h"
#include "src/module_file.h"

namespace hr::runtime {
namespace {

// Programs that close and reopen low numbers, or count on getting them, shall not meet ours.
constexpr int lowest_number = 64;

bool is_build(int descriptor, const std::string& build_id) {
  auto facts = read_library_facts(descriptor);
  return facts.ok() && !build_id.empty() && facts.value().build_id == build_id;
}

}  // namespace

int open_module_file(const std::string& path, const std::string& build_id) {
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0)
    return -1;
  if (!is_build(opened, build_id)) {
    ::close(opened);
    return -1;
  }
  const int moved = ::fcntl(opened, F_DUPFD_CLOEXEC, lowest_number);
  if (moved < 0)
    return opened;
  ::close(opened);
  return moved;
}

void close_module_file(int descriptor, const std::string& build_id) {
  if (is_build(descriptor, build_id))
    ::close(descriptor);
}

std::string absolute_path(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  std::string result = real != nullptr ? real : path;
  std::free(real);
  return result;
}

}  // namespace hr::runtime
