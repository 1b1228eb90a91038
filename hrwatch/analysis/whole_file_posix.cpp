#include "analysis/whole_file_posix.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hrwatch::analysis {

std::vector<char> whole_file(int descriptor, std::size_t size) {
  std::vector<char> bytes(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = read(descriptor, bytes.data() + done, size - done);
    if (count <= 0)
      return {};
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

std::vector<char> whole_file(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return {};

  struct stat state {};

  std::vector<char> bytes;
  if (fstat(descriptor, &state) == 0)
    bytes = whole_file(descriptor, static_cast<std::size_t>(state.st_size));
  close(descriptor);
  return bytes;
}

}  // namespace hrwatch::analysis
