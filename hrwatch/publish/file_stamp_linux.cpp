#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>

#include "publish/file_stamp.h"

namespace hrwatch::publish {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

std::int64_t ns_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * second_ns + time.tv_nsec;
}

// File systems that take their times from this kernel's coarse clock, or from a finer one that is
// never behind it.
bool has_times_of_this_clock(int file) {
  constexpr std::int64_t xfs = 0x58465342, f2fs = 0xF2F52010, zfs = 0x2FC12FC1;
  constexpr std::array<std::int64_t, 7> known = {
      EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC, xfs, f2fs, zfs};

  struct statfs system {};

  return ::fstatfs(file, &system) == 0 &&
         std::find(known.begin(), known.end(), std::int64_t{system.f_type}) != known.end();
}

}  // namespace

FileStamp stamp_of(const struct stat& file) {
  return {file.st_dev, file.st_ino, static_cast<std::uint64_t>(file.st_size), ns_of(file.st_mtim),
          ns_of(file.st_ctim)};
}

timespec time_of(std::int64_t ns) {
  return {ns / second_ns, ns % second_ns};
}

std::optional<FileStamp> settled_stamp(int file) {
  constexpr int most_ticks = 4;
  timespec tick{}, now{};
  if (!has_times_of_this_clock(file) || ::clock_getres(CLOCK_REALTIME_COARSE, &tick) != 0) {
    return std::nullopt;
  }
  for (int ticks = 0; ticks <= most_ticks; ++ticks) {
    struct stat state {};

    // The clock first: what is written after this look at it gets a time that is not before it.
    if (::clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0 || ::fstat(file, &state) != 0) {
      return std::nullopt;
    }
    const FileStamp stamp = stamp_of(state);
    // A time of whole seconds is of a file system that knows no smaller ones (ext3).
    if (stamp.changed_ns % second_ns != 0 && stamp.changed_ns < ns_of(now)) {
      return stamp;
    }
    ::nanosleep(&tick, nullptr);
  }
  return std::nullopt;
}

}  // namespace hrwatch::publish
