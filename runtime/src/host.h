// This process as a host: its modules, what waits to go live, whom to tell, and whether any of it
// is on. The meeting point of the program's threads and the runtime's own. Knows no socket.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "src/crash_record.h"
#include "src/events.h"
#include "src/module.h"
#include "src/outbox.h"
#include "src/own_descriptor.h"

namespace hr::runtime {

// What the tool of a build folder is to be told.
struct Notice {
  std::string build_dir;
  wire::HostMessage message;
};

// A crash on its way to the tool, and what the program is told when there is none.
struct CrashNotice {
  std::string build_dir;
  wire::Crashed crash;
  std::uintptr_t site = 0;  // address of module code
};

CrashNotice notice_of(const CrashRecord& record, std::string detail, wire::CrashOutcome outcome);

class Host {
 public:
  // The one of this process. Never destroyed: threads may use it while the program ends.
  static Host& get();

  // ---- what the program calls (see hr.h and module.h). Thread: any.
  void module_loaded(const hr_module_info& info);
  void module_unloaded(const hr_module_info& info);
  // `frame`: address of the frame of hr_poll().
  int poll(std::uintptr_t frame = 0);
  int generation(const char* name);
  bool enabled();
  void switch_off();

  // Takes back what module `code` runs, if that is generation `running` still. False: it can't be,
  // or runs no more. Thread: any, outside of hr_poll() too.
  bool go_back(const HotCode& code, std::uint32_t running);
  // A frame was abandoned.
  void tell_crash(const CrashRecord& record, std::string detail, wire::CrashOutcome outcome);

  Listeners& listeners() { return listeners_; }

  Outbox& outbox() { return outbox_; }

  // ---- what the runtime's thread calls
  std::vector<std::shared_ptr<Module>> modules();

  bool is_off() const { return off_.load(std::memory_order_acquire); }

  bool polls() const { return polls_.load(std::memory_order_acquire); }

  // Brings a task before the program: at its next poll, or now when it does not poll.
  void bring(Task task);

  // What happened since the last call: to be sent in this order, the reloads then to be destroyed.
  struct Outgoing {
    std::vector<std::shared_ptr<ReloadInFlight>> finished;  // live, or given up
    std::vector<Notice> notices;
    std::vector<CrashNotice> crashes;
  };

  Outgoing take_outgoing();

  // True once after the modules, or whether the program polls, have changed.
  bool take_changed() { return changed_.exchange(false, std::memory_order_acq_rel); }

  void set_wake(WakePipe pipe);
  bool wake_works();
  void drain_wake();
  void wake();

  // ---- around fork(): no lock may be held by a thread that the child will not have. Hot reload is
  // off in the child.
  void mind_forks();
  void lock_all();
  void unlock_all();
  void unlock_recursive(bool in_child);

 private:
  Host() = default;
  void start_thread();
  int drain(std::uintptr_t poll_frame);
  int take_turn();
  int go_live(const std::shared_ptr<ReloadInFlight>& reload);
  void save(const Saving& asked);
  void go_back(const GoingBack& asked);
  wire::Result<wire::Done> go_back(const Module& module, std::uint32_t running,
                                   std::uint64_t request);

  std::mutex modules_mutex_;
  std::vector<std::shared_ptr<Module>> modules_;
  bool started_ = false;
  bool minds_forks_ = false;

  std::mutex outgoing_mutex_;
  Outgoing outgoing_;

  std::mutex wake_mutex_;
  WakePipe wake_;

  Listeners listeners_;
  Outbox outbox_;
  std::uintptr_t poll_frame_ = 0;  // of the thread whose turn it is
  std::atomic<bool> off_{false};
  std::atomic<bool> polls_{false};
  std::atomic<bool> changed_{false};
};

}  // namespace hr::runtime
