#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "src/process_memory.h"
#include "src/raw_memory.h"

namespace hr::runtime {

struct ProcessMemory::Files {
  Files()
      : memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC)),
        pages(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)) {}

  ~Files() {
    for (const int descriptor : {memory, pages})
      if (descriptor >= 0)
        ::close(descriptor);
  }

  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  const int memory;
  const int pages;
  OwnVector<std::uint64_t> flags;
};

namespace {

// proc(5), pagemap: present or swapped. Without a sanitizer, and its checks of millions of pages.
HR_RAW_MEMORY void tell_used(const std::uint64_t* flags, std::size_t count, std::uint8_t* used) {
  constexpr std::uint64_t present_or_swapped = std::uint64_t{3} << 62;
  for (std::size_t i = 0; i < count; ++i)
    used[i] = (flags[i] & present_or_swapped) != 0;
}

}  // namespace

ProcessMemory::ProcessMemory()
    : files_(std::make_unique<Files>()), bytes_(piece_pages * page_size + sizeof(Pointer)) {}

ProcessMemory::ProcessMemory(ProcessMemory&&) noexcept = default;
ProcessMemory& ProcessMemory::operator=(ProcessMemory&&) noexcept = default;
ProcessMemory::~ProcessMemory() = default;

wire::Result<ProcessMemory> ProcessMemory::open() {
  ProcessMemory memory;
  if (memory.files_->memory >= 0)
    return memory;
  return wire::Failure{"the program's memory can't be looked through",
                       "/proc/self/mem can't be read",
                       "mount /proc where the program runs, or restart the program"};
}

std::size_t ProcessMemory::read(Pointer at, std::size_t size) {
  const ssize_t got =
      ::pread(files_->memory, bytes_.data(), std::min(size, bytes_.size()), static_cast<off_t>(at));
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

const OwnVector<std::uint8_t>& ProcessMemory::used(Pointer at, std::size_t count) {
  OwnVector<std::uint64_t>& flags = files_->flags;
  flags.resize(count);
  used_.assign(count, 1);
  const auto offset = static_cast<off_t>(at / page_size * sizeof(std::uint64_t));
  const std::size_t wanted = count * sizeof(std::uint64_t);
  if (files_->pages < 0 ||
      ::pread(files_->pages, flags.data(), wanted, offset) != static_cast<ssize_t>(wanted))
    return used_;
  tell_used(flags.data(), count, used_.data());
  return used_;
}

Pointer word_of_process(Pointer at) {
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  Pointer word = 0;
  if (memory >= 0) {
    if (::pread(memory, &word, sizeof word, static_cast<off_t>(at)) !=
        static_cast<ssize_t>(sizeof word))
      word = 0;
    ::close(memory);
  }
  return word;
}

}  // namespace hr::runtime
