// What waits to be brought before the program: events and prepared reloads, in order. One thread at
// a time takes from it. Knows no socket.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "src/events.h"
#include "src/prepare.h"

namespace hr::runtime {

// A reload on its way from prepare to the answer.
struct ReloadInFlight {
  std::uint64_t id = 0;
  std::string build_dir;  // of the session that sent it
  std::unique_ptr<Prepared> prepared;
  std::vector<wire::ModuleCommit> modules;
  std::uint64_t load_us = 0;
  std::uint64_t ready_at_us = 0;  // monotonic
  std::uint64_t wait_us = 0;
  std::uint64_t commit_us = 0;
  std::vector<std::string> remarks;      // what happened to the program's objects
  std::optional<wire::Failure> failure;  // set when it was given up
};

// A request to take back what went live last.
struct GoingBack {
  std::uint64_t request = 0;
  std::string build_dir;  // of the session that asks
  std::string module;     // "" = whichever it was
};

// A request to save what the next process is to have.
struct Saving {
  std::uint64_t request = 0;
  std::string build_dir;  // of the session that asks
};

class Library;

// A library that the program opened by path has something that waits to go live.
struct LibrarySwap {
  std::shared_ptr<Library> library;
};

using Task = std::variant<Event, std::shared_ptr<ReloadInFlight>, GoingBack, Saving, LibrarySwap>;

class Outbox {
 public:
  // Appends and opens the gate.
  void put(Task task);
  // The next task; shuts the gate when there is none. Only with the turn.
  std::optional<Task> take();
  // Takes back a reload that nobody has begun: of `build_dir`, or (empty) any.
  std::shared_ptr<ReloadInFlight> cancel(const std::string& build_dir);
  // Takes back one whose module has been unloaded.
  std::shared_ptr<ReloadInFlight> cancel_gone();
  // Takes back what would be told about an opened library.
  void forget(const hr_library* library);
  // All that waits, no longer waiting.
  std::deque<Task> clear();

  // Whose turn it is to take. `try_begin` fails at once when it is someone's (the caller's too).
  bool try_begin();
  void end();
  bool is_callers();
  bool empty();
  // Waits until it is nobody's, or the caller's own.
  void wait_for_end();

  std::mutex& mutex() { return mutex_; }  // for fork()

 private:
  template <class Condition>
  std::shared_ptr<ReloadInFlight> cancel_if(Condition condition);

  std::mutex mutex_;
  std::condition_variable ended_;
  std::deque<Task> tasks_;
  std::optional<std::thread::id> turn_;
};

}  // namespace hr::runtime
