// When a file was written, as far as its times tell.
#pragma once

#include <sys/stat.h>
#include <time.h>

#include <cstdint>
#include <optional>

#include "publish/publish.h"

namespace hrwatch::publish {

FileStamp stamp_of(const struct stat& file);

timespec time_of(std::int64_t ns);

// The stamp of an open file, such that whoever writes to it from now on changes that. File times
// move in ticks of the system's clock: waits for the tick after the file's last change. Nothing
// where the file's times are not of this system's clock, or lie ahead of it.
std::optional<FileStamp> settled_stamp(int file);

}  // namespace hrwatch::publish
