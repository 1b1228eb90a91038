#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
#include <utility>

#include "publish/copy.h"
#include "publish/elf_edit.h"
#include "publish/file_stamp.h"
#include "publish/names.h"
#include "publish/publish.h"

namespace hrwatch::publish {

const std::string_view library_suffix = ".so";

namespace {

using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}

  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }

  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

// A private view of a file: what is edited in it stays in memory until written back, so that a full
// disk is an error of write() and not a SIGBUS.
class PrivateView {
 public:
  PrivateView(int file, std::size_t size)
      : size_(size), memory_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0)) {}

  ~PrivateView() {
    if (mapped()) {
      ::munmap(memory_, size_);
    }
  }

  PrivateView(const PrivateView&) = delete;
  PrivateView& operator=(const PrivateView&) = delete;

  bool mapped() const { return memory_ != MAP_FAILED; }

  std::span<std::byte> bytes() const { return {static_cast<std::byte*>(memory_), size_}; }

 private:
  std::size_t size_;
  void* memory_;
};

std::string file_name(const Request& request) {
  return request.module + "." + std::to_string(request.generation) + ".so";
}

Failure failed(const std::string& module, const std::filesystem::path& library,
               const std::filesystem::path& in_folder, int error, std::uint64_t size) {
  const std::string what = "module " + module + " could not be published";
  const std::string& folder = in_folder.native();
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    return {what,
            std::string(error == ENOSPC   ? "the disk is full"
                        : error == EDQUOT ? "the disk quota is used up"
                                          : "the largest allowed file size is reached") +
                "; the copy needs " + std::to_string((size >> 20) + 1) + " MB in " + folder,
            "free some space and save again; copies of programs that ended go when hrwatch starts"};
  }
  if (error == ENODATA) {
    return {what, library.native() + " became shorter while it was copied",
            "nothing to do: the next complete build is taken up"};
  }
  return {what, folder + ": " + std::strerror(error), "make the folder writable, then save again"};
}

// Writes the edited places back to `file`, those of one page in one go.
int write_back(int file, std::span<const std::byte> image, std::vector<Edit> edits) {
  constexpr std::uint64_t page = 4096;
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.offset < b.offset; });
  for (std::size_t i = 0; i < edits.size();) {
    const std::uint64_t begin = edits[i].offset;
    std::uint64_t end = begin;
    for (; i < edits.size() && edits[i].offset < end + page; ++i) {
      end = std::max(end, edits[i].offset + edits[i].size);
    }
    if (const int error = write_all(file, image.data() + begin, end - begin, begin)) {
      return error;
    }
  }
  return 0;
}

// Makes the copy of the library in `file` what a generation must be.
Result<Done> edit_copy(const Request& request, int file) {
  struct stat copied {};

  const auto fail = [&](int error) {
    return failed(request.module, request.library, request.folder, error,
                  static_cast<std::uint64_t>(copied.st_size));
  };
  if (::fstat(file, &copied) != 0 || copied.st_size == 0) {
    return fail(ENODATA);
  }
  const PrivateView view(file, static_cast<std::size_t>(copied.st_size));
  if (!view.mapped()) {
    return fail(errno);
  }
  auto edits = edit_image(view.bytes(), request.build_id, request.nops);
  if (!edits) {
    Failure failure = edits.failure();
    failure.why = request.library.native() + ": " + failure.why;
    return failure;
  }
  if (const int error = write_back(file, view.bytes(), std::move(edits).value())) {
    return fail(error);
  }
  if (::fchmod(file, 0500) != 0) {
    return fail(errno);
  }
  return Done();
}

// The folders a wiped build folder lacks: .hrwatch and .hrwatch/gen, for this user only.
void make_folders(const std::filesystem::path& folder) {
  ::mkdir(folder.parent_path().c_str(), 0700);
  ::mkdir(folder.c_str(), 0700);
}

// Never replaces: a debugger or a host may know the path. File systems without that promise get a
// plain rename. Returns 0 or an errno.
int rename_into_place(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
    return 0;
  }
  if (errno == EINVAL || errno == ENOSYS) {
    return ::rename(from, to) == 0 ? 0 : errno;
  }
  return errno;
}

}  // namespace

Result<Draft> Draft::make(const std::filesystem::path& library, const std::filesystem::path& folder,
                          const std::string& module) {
  const Descriptor from(::open(library.c_str(), O_RDONLY | O_CLOEXEC));
  return copy_of(from.get(), library, folder, module);
}

Result<Draft> Draft::make_early(const std::filesystem::path& library,
                                const std::filesystem::path& folder, const std::string& module) {
  const Descriptor from(::open(library.c_str(), O_RDONLY | O_CLOEXEC));
  const auto stamp = from.open() ? settled_stamp(from.get()) : std::nullopt;
  if (!stamp) {
    return Failure{"module " + module + " could not be copied before its build ended",
                   "the times of " + library.native() + " don't tell whether it is written to",
                   "nothing to do: it is copied when the build has ended"};
  }
  auto draft = copy_of(from.get(), library, folder, module);
  if (draft) {
    const timespec written = time_of(stamp->written_ns);
    const timespec times[2] = {written, written};
    if (::futimens(draft.value().file_, times) != 0) {
      return failed(module, library, folder, errno, stamp->size);
    }
    draft.value().source_ = *stamp;
  }
  return draft;
}

bool Draft::is_still(const std::filesystem::path& library) const {
  struct stat now {};

  return source_ != FileStamp() && ::stat(library.c_str(), &now) == 0 && stamp_of(now) == source_;
}

Result<Draft> Draft::copy_of(int from, const std::filesystem::path& library,
                             const std::filesystem::path& folder, const std::string& module) {
  struct stat built {};

  if (from < 0 || ::fstat(from, &built) != 0 || !S_ISREG(built.st_mode)) {
    return Failure{"module " + module + " could not be published",
                   library.native() + " is not there or can't be read",
                   "build it again: run ninja in the build folder"};
  }
  make_folders(folder);
  static std::atomic<unsigned> made = 0;
  std::filesystem::path path = folder / (module + "." + std::to_string(++made) + ".so.part");
  ::unlink(path.c_str());  // of a tool that was killed
  const auto size = static_cast<std::uint64_t>(built.st_size);
  Draft draft(path, ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (draft.file_ < 0) {
    return failed(module, library, folder, errno, 0);
  }
  if (const int error = copy_content(from, draft.file_, size)) {
    return failed(module, library, folder, error, size);
  }
  return draft;
}

Draft::Draft(Draft&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      source_(other.source_) {}

Draft::~Draft() {
  if (file_ >= 0) {
    ::close(file_);
    ::unlink(path_.c_str());  // published: it has another name by now
  }
}

Result<std::filesystem::path> publish(const Request& request) {
  auto draft = Draft::make(request.library, request.folder, request.module);
  if (!draft) {
    return draft.failure();
  }
  return publish(request, std::move(draft).value());
}

Result<std::filesystem::path> publish(const Request& request, Draft draft) {
  if (auto edited = edit_copy(request, draft.file_); !edited) {
    return edited.failure();
  }
  std::filesystem::path path = request.folder / file_name(request);
  if (const int error = rename_into_place(draft.path_.c_str(), path.c_str())) {
    if (error != EEXIST) {
      return failed(request.module, request.library, request.folder, error, 0);
    }
    return Failure{file_name(request) + " could not be published",
                   "that generation is already in " + request.folder.native(),
                   "end the other hrwatch that works on this build folder"};
  }
  return path;
}

Result<std::size_t> set_words(const std::filesystem::path& copy, const std::vector<Word>& words) {
  const auto failed = [&] {
    return Failure{copy.filename().native() + " could not be completed",
                   copy.native() + ": " + std::strerror(errno),
                   "make the folder writable, then save again"};
  };
  if (::chmod(copy.c_str(), 0600) != 0) {
    return failed();
  }
  const Descriptor file(::open(copy.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file.open()) {
    return failed();
  }
  std::size_t changed = 0;
  for (const Word& word : words) {
    std::uint64_t found = 0;
    const auto at = static_cast<off_t>(word.offset);
    if (::pread(file.get(), &found, sizeof found, at) != sizeof found || found != word.expected) {
      continue;
    }
    if (const int error = write_all(file.get(), &word.value, sizeof word.value, word.offset)) {
      errno = error;
      return failed();
    }
    ++changed;
  }
  if (::fchmod(file.get(), 0500) != 0) {
    return failed();
  }
  return changed;
}

}  // namespace hrwatch::publish
