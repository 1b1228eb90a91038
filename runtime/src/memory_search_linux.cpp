#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "src/memory_search.h"
#include "src/own_descriptor.h"
#include "src/raw_memory.h"

namespace hr::runtime {
namespace {

constexpr Pointer terabyte = Pointer{1} << 40;
constexpr std::uint64_t most_bytes = std::uint64_t{16} << 30;
constexpr std::size_t most_findings = 4096;
constexpr std::size_t piece_pages = 256;

wire::Failure unreadable(const char* file) {
  return {"the program's memory can't be looked through", std::string(file) + " can't be read",
          "mount /proc where the program runs, or restart the program"};
}

}  // namespace

// Reads through the kernel: what is unmapped meanwhile is an error there, not here.
class MemorySearch::Reader {
 public:
  Reader()
      : memory_(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC)),
        pages_(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)),
        bytes_(piece_pages * page_size + sizeof(Pointer)) {}

  ~Reader() {
    for (const int descriptor : {memory_, pages_})
      if (descriptor >= 0)
        ::close(descriptor);
  }

  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool works() const { return memory_ >= 0; }

  // How many bytes of [at, at + size) there are; they stand at bytes().
  std::size_t read(Pointer at, std::size_t size) {
    const ssize_t got =
        ::pread(memory_, bytes_.data(), std::min(size, bytes_.size()), static_cast<off_t>(at));
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  std::byte* bytes() { return bytes_.data(); }

  // For each of `count` pages whether it has anything of the process's own (proc(5), pagemap:
  // present or swapped). All of them when that is not told.
  const OwnVector<std::uint64_t>& used(Pointer at, std::size_t count) {
    constexpr std::uint64_t all = ~std::uint64_t{0};
    flags_.resize(count);
    const auto offset = static_cast<off_t>(at / page_size * sizeof(std::uint64_t));
    const std::size_t wanted = count * sizeof(std::uint64_t);
    if (pages_ < 0 ||
        ::pread(pages_, flags_.data(), wanted, offset) != static_cast<ssize_t>(wanted))
      flags_.assign(count, all);
    return flags_;
  }

 private:
  int memory_;
  int pages_;
  OwnVector<std::byte> bytes_;
  OwnVector<std::uint64_t> flags_;
};

void MemorySearch::look_for(Pointer begin, Pointer end) {
  if (sought_.empty())
    sought_.push_back({begin, end});
  sought_.push_back({begin, end});
  sought_.front().begin = std::min(sought_.front().begin, begin);
  sought_.front().end = std::max(sought_.front().end, end);
}

void MemorySearch::look_at(Pointer begin, Pointer end) {
  also_.push_back({page_begin(begin), page_end(end)});
}

void MemorySearch::leave_out(Pointer begin, Pointer end) {
  left_out_.push_back({begin, end});
}

bool MemorySearch::is_sought(Pointer value) const {
  return std::any_of(sought_.begin() + 1, sought_.end(), [value](const Range& range) {
    return value >= range.begin && value <= range.end;
  });
}

bool MemorySearch::is_left_out(Pointer at) const {
  return std::any_of(left_out_.begin(), left_out_.end(),
                     [at](const Range& range) { return at >= range.begin && at < range.end; }) ||
         is_own(at);
}

void MemorySearch::add_dead_stack(const CallerState& caller) {
  const auto here = reinterpret_cast<Pointer>(__builtin_frame_address(0));
  constexpr Pointer red_zone = 128;  // below the stack pointer (psABI 3.2.2)
  pthread_attr_t attributes;
  void* begin = nullptr;
  std::size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &begin, &size);
    pthread_attr_destroy(&attributes);
  }
  const auto low = reinterpret_cast<Pointer>(begin);
  stack_ = {low, low + size};
  const bool on_it = here >= stack_.begin && here < stack_.end;  // else a coroutine's
  if (!on_it)
    stack_ = {};
  if (caller.stack > here)
    leave_out(on_it ? stack_.begin : here - 2 * red_zone, caller.stack);
}

// Without a sanitizer: it would check every byte, for several times as long.
HR_RAW_MEMORY void MemorySearch::check(const std::byte* bytes, std::size_t size, Pointer at) {
  const Pointer lowest = sought_.front().begin, span = sought_.front().end - lowest;
  for (std::size_t i = 0; i + sizeof(Pointer) <= size; ++i) {  // packed structs: at any byte
    Pointer value;
    __builtin_memcpy(&value, bytes + i, sizeof value);  // a load, no call
    if (value - lowest > span || !is_sought(value) || is_left_out(at + i))
      continue;
    const bool stack = at + i >= stack_.begin && at + i < stack_.end;
    if (findings_.size() < most_findings)
      findings_.push_back({stack ? Finding::Where::stack : Finding::Where::memory, at + i, value});
  }
}

wire::Result<wire::Done> MemorySearch::search(Reader& reader, const Region& region) {
  constexpr std::size_t pages_at_once = 65536;
  for (Pointer at = region.begin; at < region.end;) {
    const std::size_t count = std::min<std::size_t>((region.end - at) / page_size, pages_at_once);
    // Plain words: a sanitizer reserves terabytes, in which there is nothing.
    const std::uint64_t* const used = reader.used(at, count).data();
    constexpr std::uint64_t present_or_swapped = std::uint64_t{3} << 62;
    for (std::size_t page = 0; page < count;) {
      if ((used[page] & present_or_swapped) == 0) {
        ++page;
        continue;
      }
      std::size_t run = 1;
      while (run < piece_pages && page + run < count &&
             (used[page + run] & present_or_swapped) != 0)
        ++run;
      const Pointer begin = at + page * page_size;
      seen_ += run * page_size;
      if (seen_ > most_bytes)
        return wire::Failure{"the program's memory is too much to be looked through",
                             "it uses more than 16 GB, and something may point to what has to move",
                             "undo the edit, or restart the program"};
      // Words that reach into the next piece belong to this one.
      const std::size_t got = reader.read(begin, run * page_size + sizeof(Pointer) - 1);
      check(reader.bytes(), got, begin);
      page += run;
    }
    at += count * page_size;
  }
  return wire::Done{};
}

wire::Result<OwnVector<Finding>> MemorySearch::run(const CallerState& caller) {
  if (sought_.empty())
    return std::move(findings_);
  auto map = MemoryMap::read();
  if (!map)
    return map.failure();
  Reader reader;
  if (!reader.works())
    return unreadable("/proc/self/mem");
  add_dead_stack(caller);
  for (const Pointer value : caller.registers) {
    if (is_sought(value))
      findings_.push_back({Finding::Where::register_, 0, value});
  }
  for (const Region& region : map.value().all()) {
    const bool also = std::any_of(also_.begin(), also_.end(), [&](const Range& range) {
      return region.begin < range.end && range.begin < region.end;
    });
    if (!region.readable || (!region.writable && !also) || region.end - region.begin >= terabyte)
      continue;
    if (auto searched = search(reader, region); !searched)
      return searched.failure();
  }
  return std::move(findings_);
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
