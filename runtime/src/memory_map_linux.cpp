#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include "src/memory_map.h"
#include "src/page_rights.h"

namespace hr::runtime {
namespace {

// One line of /proc/self/maps (proc(5)): "begin-end rwxp offset device inode path".
bool parse_line(std::string_view line, Region& region) {
  const char* const end = line.data() + line.size();
  const auto begin_number = std::from_chars(line.data(), end, region.begin, 16);
  if (begin_number.ptr == end || *begin_number.ptr != '-')
    return false;
  const auto end_number = std::from_chars(begin_number.ptr + 1, end, region.end, 16);
  const char* rights = end_number.ptr + 1;
  if (end - end_number.ptr < 4)
    return false;
  region.readable = rights[0] == 'r';
  region.writable = rights[1] == 'w';
  region.executable = rights[2] == 'x';
  return true;
}

bool read_all(const char* path, std::string& text) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return false;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + 65536);
    const ssize_t got = ::read(descriptor, text.data() + before, 65536);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
  }
  ::close(descriptor);
  return !text.empty();
}

int rights_of(const Region& region) {
  return (region.readable ? PROT_READ : 0) | (region.writable ? PROT_WRITE : 0) |
         (region.executable ? PROT_EXEC : 0);
}

bool set_rights(const Region& region, int rights) {
  return ::mprotect(reinterpret_cast<void*>(region.begin), region.end - region.begin, rights) == 0;
}

}  // namespace

wire::Result<MemoryMap> MemoryMap::read() {
  std::string text;
  if (!read_all("/proc/self/maps", text))
    return wire::Failure{"cannot see the program's memory map", "/proc/self/maps can't be read",
                         "mount /proc where the program runs"};
  MemoryMap map;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t line_end = std::min(rest.find('\n'), rest.size());
    Region region;
    if (parse_line(rest.substr(0, line_end), region))
      map.regions_.push_back(region);
    rest.remove_prefix(std::min(line_end + 1, rest.size()));
  }
  return map;
}

std::optional<wire::Failure> make_writable(const Region& region) {
  if (set_rights(region, rights_of(region) | PROT_WRITE))
    return std::nullopt;
  return wire::Failure{"the system does not let the program's code be rewritten",
                       "mprotect: " + std::generic_category().message(errno),
                       "allow writable code for this program (SELinux: execmod; systemd: "
                       "MemoryDenyWriteExecute=no), or restart it after each build"};
}

void give_rights_back(const Region& region) {
  set_rights(region, rights_of(region));
}

}  // namespace hr::runtime
