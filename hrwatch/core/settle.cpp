#include "core/settle.h"

#include <algorithm>

namespace hrwatch::core {

void Settle::add(const FileEvent& event, bool doubtful) {
  if (empty()) {
    first_ = event.at;
    last_ = event.at;
  }
  last_ = std::max(last_, event.at);
  files_[event.path] = File{event.change, event.empty, doubtful, event.at};
}

void Settle::add_overflow(Time at) {
  if (empty()) {
    first_ = at;
    last_ = at;
  }
  last_ = std::max(last_, at);
  overflow_ = true;
}

Time Settle::quiet() const {
  // A single save is over at once; the more files a burst has had, the more are likely to follow
  // (git checkout, a rename across a project).
  const auto wanted =
      limits_.quiet * static_cast<std::int64_t>(std::max<std::size_t>(1, files_.size()));
  return overflow_
             ? limits_.quiet_burst
             : std::clamp(wanted, limits_.quiet, std::max(limits_.quiet, limits_.quiet_burst));
}

bool Settle::is_doubtful() const {
  return !overflow_ && std::all_of(files_.begin(), files_.end(),
                                   [](const auto& file) { return file.second.doubtful; });
}

Time Settle::ready(const File& file, Time quiet) const {
  switch (file.change) {
    case FileChange::written:
    case FileChange::moved_in:
      return file.at + (file.empty ? std::max(limits_.empty, quiet) : quiet);
    case FileChange::created:
      // With content it is a link or a rename that will see no close; without, a writer is at work.
      return file.at + (file.empty ? std::max(limits_.being_written, quiet) : quiet);
    case FileChange::being_written:
      return file.at + std::max(limits_.being_written, quiet);
    case FileChange::removed:
      return file.at + std::max(limits_.removed, quiet);
  }
  return file.at + quiet;
}

std::optional<Time> Settle::due() const {
  if (empty()) {
    return std::nullopt;
  }
  const Time wait = quiet();
  const bool doubtful = is_doubtful();
  Time due = last_ + (doubtful ? std::max(limits_.doubtful, wait) : wait);
  for (const auto& [path, file] : files_) {
    due = std::max(due, ready(file, wait));
  }
  return std::min(due, first_ + std::max(limits_.deadline, wait));
}

Settle::Burst Settle::take() {
  Burst burst;
  burst.overflow = overflow_;
  burst.doubtful = is_doubtful();
  burst.saved = last_;
  for (const auto& [path, file] : files_) {
    burst.paths.push_back(path);
  }
  files_.clear();
  overflow_ = false;
  return burst;
}

}  // namespace hrwatch::core
