// What the program gets told, and whom to tell. Knows no tool and no reload; calls user code, so
// nothing of the runtime may be locked meanwhile.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "hr/hr.h"
#include "src/raw_memory.h"
#include "wire/messages.h"

namespace hr::runtime {

struct Event {
  hr_event_kind kind = HR_EVENT_RELOADED;
  std::string module;
  std::uint32_t generation = 0;
  std::vector<wire::Diagnostic> diagnostics;
  wire::Failure failure;
  hr_library* library = nullptr;  // what it is about, when that was opened by path
  int library_state = 0;          // hr_library_state
};

class Listeners {
 public:
  // False when the pair is there already, or `callback` is null.
  bool add(hr_event_callback callback, void* user);
  // False when it is not there. Does not wait for a call in progress.
  bool remove(hr_event_callback callback, void* user);
  // Forgets callbacks whose code lies in [begin, end).
  void forget(Pointer begin, Pointer end);

  // Calls everyone, in the order of registration. One thread at a time. What a callback throws ends
  // here. Callbacks may add and remove.
  void tell(const Event& event);

  std::mutex& mutex() { return mutex_; }  // for fork()

 private:
  struct Listener {
    hr_event_callback callback = nullptr;
    void* user = nullptr;

    friend bool operator==(const Listener&, const Listener&) = default;
  };

  bool has(const Listener& listener);

  std::mutex mutex_;
  std::vector<Listener> listeners_;
};

}  // namespace hr::runtime
