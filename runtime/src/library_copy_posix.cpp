#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "src/complete_elf.h"
#include "src/library_copy.h"
#include "src/opened.h"
#include "src/private_folder.h"

namespace hr::runtime {
namespace {

CopyOutcome fail(CopyProblem problem, const std::string& what, std::string why, std::string fix) {
  return {std::nullopt, {problem, {what, std::move(why), std::move(fix)}}};
}

CopyOutcome not_there(const std::string& path, std::string why) {
  return fail(CopyProblem::not_there, path + " is not there yet", std::move(why),
              "build it, or correct the path given to hr_open()");
}

CopyOutcome half_written(const std::string& path, std::string why) {
  return fail(CopyProblem::not_there, path + " is not complete", std::move(why),
              "nothing to do while it is being written; build it again when it stays so");
}

std::string system_reason(int error) {
  return std::generic_category().message(error);
}

// Sixty-four bits of all bytes so far: not against malice, only to know a file again.
class Content {
 public:
  void add(const std::byte* bytes, std::size_t size) {
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= size; at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at, sizeof(word));
      mix(word);
    }
    for (; at < size; ++at)
      mix(std::to_integer<std::uint64_t>(bytes[at]) + 1);
  }

  std::uint64_t value() const { return value_; }

 private:
  void mix(std::uint64_t word) {
    value_ = std::rotl(value_ ^ (word * 0x9E3779B97F4A7C15U), 29) * 0xBF58476D1CE4E5B9U;
  }

  std::uint64_t value_ = 0x8422'2325'CBF2'9CE4U;
};

bool write_all(int descriptor, const std::byte* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t done = ::write(descriptor, bytes, size);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    bytes += done;
    size -= static_cast<std::size_t>(done);
  }
  return true;
}

// Up to `size` bytes from `from` to `to`; how many there were, -1 when they can't be written.
std::int64_t copy_bytes(int from, int to, std::uint64_t size, Content& content) {
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  std::uint64_t done = 0;
  while (done < size) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - done));
    const ssize_t got = ::pread(from, buffer.data(), wanted, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    content.add(buffer.data(), static_cast<std::size_t>(got));
    if (!write_all(to, buffer.data(), static_cast<std::size_t>(got)))
      return -1;
    done += static_cast<std::uint64_t>(got);
  }
  return static_cast<std::int64_t>(done);
}

ElfCheck check_file(int descriptor, std::uint64_t size) {
  return check_elf(size, [&](void* into, std::size_t wanted, std::uint64_t offset) {
    return ::pread(descriptor, into, wanted, static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(wanted);
  });
}

CopyOutcome told_by(const ElfCheck& check, const std::string& path) {
  if (check.verdict == ElfVerdict::half_written)
    return half_written(path, check.why);
  return fail(CopyProblem::refused, path + " can't be loaded", check.why,
              "build it as a shared library for x86-64 Linux");
}

// Nobody has written in between. (Rights and names may change: linkers set them when they are
// done.)
bool same_moment(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// A name that no library of this process ever had: "libgame.so" is copied to "libgame.3.so".
std::string next_name(const std::string& path) {
  static std::atomic<unsigned> copies{0};
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.find('.')) + "." + std::to_string(++copies) + ".so";
}

std::string folder_part(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
}

CopyOutcome copy_opened(int source, const struct stat& before, const std::string& path) {
  const auto size = static_cast<std::uint64_t>(before.st_size);
  if (const ElfCheck check = check_file(source, size); check.verdict != ElfVerdict::complete)
    return told_by(check, path);
  auto folder = private_folder(folder_part(path));
  if (!folder)
    return {std::nullopt, {CopyProblem::refused, folder.failure()}};
  const std::string target = folder.value() + "/" + next_name(path);
  const Opened written(::open(target.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0700));
  Content content;
  LibraryCopy copy(target);
  const std::int64_t done =
      written.descriptor < 0 ? -1 : copy_bytes(source, written.descriptor, size, content);
  if (done < 0)
    return fail(CopyProblem::refused, "no copy of " + path + " can be made",
                target + ": " + system_reason(errno), "make room there, or set TMPDIR");
  struct stat after = {};
  if (static_cast<std::uint64_t>(done) != size || ::fstat(source, &after) != 0 ||
      !same_moment(before, after))
    return half_written(path, "it changed while it was read");
  if (const ElfCheck check = check_file(written.descriptor, size);
      check.verdict != ElfVerdict::complete)
    return told_by(check, path);
  copy.holds(content.value());
  return {std::move(copy), {}};
}

}  // namespace

LibraryCopy::LibraryCopy(LibraryCopy&& other) noexcept
    : path_(std::exchange(other.path_, {})), content_(other.content_) {}

LibraryCopy::~LibraryCopy() {
  if (!path_.empty())
    ::unlink(path_.c_str());
}

CopyOutcome copy_library(const std::string& path) {
  // O_NONBLOCK: a pipe of that name must not hold us.
  const Opened source(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (source.descriptor < 0) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR)
      return not_there(path, system_reason(error));
    return fail(CopyProblem::refused, path + " can't be read", system_reason(error),
                "make it readable for this user");
  }
  struct stat before = {};
  if (::fstat(source.descriptor, &before) != 0 || !S_ISREG(before.st_mode))
    return fail(CopyProblem::refused, path + " can't be loaded", "it is not a regular file",
                "give hr_open() the path of the shared library itself");
  return copy_opened(source.descriptor, before, path);
}

}  // namespace hr::runtime
