// A library that the program opened by path: what its bindings lead to, what waits to go live, what
// is left of older ones. Knows no thread of the runtime's and no watching: it is told when to look.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "hr/explicit.h"
#include "src/bindings.h"
#include "src/events.h"
#include "src/library_image.h"
#include "src/library_progress.h"

namespace hr::runtime {

// The one lock of the explicit mode: held for the length of a few assignments, never while a file
// is read, a library loaded or the program called.
std::mutex& libraries_mutex();

class Library;

// How a library reaches the program.
struct LibraryOutlet {
  std::function<void(Event)> tell;
  // Has go_live() called: at the next poll, or now.
  std::function<void(std::shared_ptr<Library>)> bring;
  // The code in [begin, end) is no more.
  std::function<void(Pointer begin, Pointer end)> forget;
};

class Library : public std::enable_shared_from_this<Library> {
 public:
  // `path` is absolute; `handle` is what the program knows it by.
  Library(std::string path, const hr_hooks& hooks, hr_library* handle, LibraryOutlet outlet);

  // ---- Thread: any. They wait while another thread is in one of them.
  // The first load, which goes live at once. `itself`: the file, not a copy, and never again.
  void open(bool itself);
  // Looks at the file; true when what it holds was loaded. `again`: also what was refused before.
  bool look(bool again);
  bool bind(Binding binding);
  bool unbind(const void* where);
  int unload(bool all);
  // From now on it does nothing and tells nothing. False inside its own hooks.
  bool close();
  // What `name` is in the library that is bound, or (inside the load hook) in the one to come.
  std::optional<Symbol> find(const std::string& name);
  // What could not be done with it, without a change of its state.
  void note(wire::Failure failure);
  // Waits until what was loaded is live or given up, or `in_vain`.
  void settle(const std::function<bool()>& in_vain);

  // Takes what waits to go live. False: another thread is in one of the above, and will bring it
  // again. Thread: one at a time, as LibraryOutlet::bring arranges.
  bool go_live(Listeners& listeners);

  // ---- Thread: any; they wait for nobody.
  hr_library_state state() const;
  int generation() const;
  wire::Failure failure() const;

  const hr_view* view() const { return view_.load(std::memory_order_acquire); }

  const std::string& path() const { return path_; }

  // In the child of a fork(), with the lock held: nobody else is there any more.
  void forget_other_threads() { new (&turn_) Turn; }

 private:
  // Who may change the library: one thread, as often as it enters.
  struct Turn {
    std::thread::id owner;
    int depth = 0;
    std::condition_variable ended;
  };

  // The turn, for the length of a scope.
  class Entered {
   public:
    explicit Entered(Library& library) : library_(library) { library_.enter(true); }

    ~Entered() { library_.leave(); }

    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

   private:
    Library& library_;
  };

  bool enter(bool wait);
  void leave();

  void open_itself();
  bool look_at(LibraryCopy copy, bool again);
  bool load(LibraryCopy copy);
  bool take_in(std::unique_ptr<LibraryImage> image);
  std::optional<wire::Failure> ask_load_hook(LibraryImage& image);
  wire::Result<std::vector<Bound>> resolve_all(const LibraryImage& image,
                                               const std::vector<Binding>& bindings) const;
  void put_in(std::unique_ptr<LibraryImage> image, std::vector<Bound> bounds);
  void show_live();
  bool bind_incoming(Binding binding);
  std::vector<Binding> with_added() const;
  void forget_bound(const void* where);
  void drop(std::unique_ptr<LibraryImage> image);
  void drop_pending();
  std::optional<wire::Failure> let_go(LibraryImage& image);
  void unchanged();
  void fail(wire::Failure failure);
  void progress(const std::function<bool(LibraryProgress&)>& change);
  void tell(Event event);
  void tell(hr_event_kind kind, int generation, wire::Failure failure = {});

  const std::string path_;
  const std::string name_;  // "game" of "libgame.so"
  const hr_hooks hooks_;
  hr_library* const handle_;
  const LibraryOutlet outlet_;

  // Behind libraries_mutex().
  Turn turn_;
  LibraryProgress progress_;
  bool brought_ = false;

  // Whose turn it is.
  std::vector<Binding> bindings_;
  std::vector<Bound> live_;
  std::unique_ptr<LibraryImage> current_;
  std::unique_ptr<LibraryImage> pending_;
  LibraryImage* incoming_ = nullptr;  // inside the load hook
  std::vector<Binding> added_;        // by the load hook: they go live with the library, or never
  std::vector<std::unique_ptr<LibraryImage>> older_;
  std::vector<std::unique_ptr<hr_view>> views_;
  std::optional<std::uint64_t> refused_;  // content that was not taken in
  bool fixed_ = false;                    // the file itself is loaded, once and for all
  Listeners* listeners_ = nullptr;        // inside go_live()
  bool closed_ = false;

  std::atomic<const hr_view*> view_{nullptr};
};

}  // namespace hr::runtime
