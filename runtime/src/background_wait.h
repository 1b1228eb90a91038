// What the runtime's thread sleeps on: its wake-up, folders in which sessions appear, connections.
// Knows no message.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>

#include "src/connection.h"
#include "src/own_descriptor.h"

namespace hr::runtime {

class BackgroundWait {
 public:
  using Link = std::unique_ptr<Connection>;

  BackgroundWait();
  BackgroundWait(BackgroundWait&& other) noexcept;
  BackgroundWait& operator=(BackgroundWait&& other) noexcept;
  ~BackgroundWait();

  // False before the first reopen(), and after the program has closed what is waited on.
  bool works() const;
  // Begins anew, with no folder; what is returned wakes the thread.
  WakePipe reopen();

  // What wakes the thread from a crash handler, -1 where there is none (last_words.h).
  int wake_number() const;

  // False when the folder can't be watched (not there, limit reached): look again later.
  bool watch(const std::string& folder);
  bool watches(const std::string& folder) const;
  // The watched folders in which something happened since the last call, or that have gone.
  std::set<std::string> changed();

  // Until the thread is woken, a folder changes, or an open one of `links` has something to do; for
  // `at_most_ms` at most, negative: without end. False: time was up.
  bool wait(std::span<const Link> links, int at_most_ms);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace hr::runtime
