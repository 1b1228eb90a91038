#include "core/crash_words.h"

#include <algorithm>
#include <charconv>

namespace hrwatch::core {
namespace {

std::string hexadecimal(std::uint64_t value) {
  char digits[17] = {};
  std::to_chars(digits, digits + 16, value, 16);
  return std::string("0x") + digits;
}

}  // namespace

const Frame* place_of(const std::vector<Frame>& frames) {
  auto found = std::find_if(frames.begin(), frames.end(),
                            [](const Frame& frame) { return !frame.module.empty(); });
  if (found == frames.end()) {
    found = std::find_if(frames.begin(), frames.end(),
                         [](const Frame& frame) { return !frame.file.empty(); });
  }
  if (found == frames.end()) {
    found = frames.begin();
  }
  return found == frames.end() ? nullptr : &*found;
}

std::string cause_of(const hr::wire::Crashed& crash) {
  if (crash.cause == "exception") {
    return crash.detail;
  }
  if (crash.cause == "request") {
    return "a frame that did not return";
  }
  const bool accesses = crash.cause == "SIGSEGV" || crash.cause == "SIGBUS";
  return accesses ? crash.cause + " (address " + hexadecimal(crash.address) + ")" : crash.cause;
}

std::string outcome_of(const hr::wire::Crashed& crash) {
  switch (crash.outcome) {
    case hr::wire::CrashOutcome::died:
      return "the program ends: it was not inside hr_guard()";
    case hr::wire::CrashOutcome::went_back:
      return "its frame was abandoned; generation " + std::to_string(crash.running) + " of " +
             crash.module + " runs again";
    case hr::wire::CrashOutcome::waits:
      return "its frame was abandoned, and is not run until new code goes live";
    case hr::wire::CrashOutcome::goes_on:
      return "its frame was abandoned; the program goes on";
  }
  return {};
}

const char* outcome_word(hr::wire::CrashOutcome outcome) {
  switch (outcome) {
    case hr::wire::CrashOutcome::died:
      return "died";
    case hr::wire::CrashOutcome::went_back:
      return "rolled_back";
    case hr::wire::CrashOutcome::waits:
      return "waiting";
    case hr::wire::CrashOutcome::goes_on:
      return "going_on";
  }
  return "";
}

hr::wire::Failure explain(const hr::wire::Crashed& crash, const std::vector<Frame>& frames) {
  std::string what = cause_of(crash);
  if (const Frame* place = place_of(frames)) {
    what += " in " + (place->function.empty() ? "unknown code" : place->function);
    if (!place->file.empty()) {
      what += " (" + place->file + ":" + std::to_string(place->line) + ")";
    }
  }
  return {what, outcome_of(crash), "mend it and save"};
}

}  // namespace hrwatch::core
