#include "src/library.h"

#include <cxxabi.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace hr::runtime {
namespace {

// "game" of "/build/libgame.so.1".
std::string name_of(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  name = name.substr(0, name.find('.'));
  return name.rfind("lib", 0) == 0 && name.size() > 3 ? name.substr(3) : name;
}

// The program's own functions: what they throw ends here.
template <class Call>
bool survives(Call call) {
  try {
    call();
    return true;
  } catch (const abi::__forced_unwind&) {
    throw;  // the thread is being cancelled
  } catch (...) {
    return false;
  }
}

}  // namespace

std::mutex& libraries_mutex() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

// ---- whose turn it is

class Library::Entered {
 public:
  explicit Entered(Library& library) : library_(library) { library_.enter(true); }

  ~Entered() { library_.leave(); }

  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;

 private:
  Library& library_;
};

bool Library::enter(bool wait) {
  std::unique_lock lock(libraries_mutex());
  const std::thread::id me = std::this_thread::get_id();
  const auto free = [&] {
    return turn_.depth == 0 || turn_.owner == me;
  };
  if (!free() && !wait) {
    brought_ = false;  // whoever has the turn brings it again
    turn_.ended.notify_all();
    return false;
  }
  turn_.ended.wait(lock, free);
  turn_.owner = me;
  ++turn_.depth;
  return true;
}

void Library::leave() {
  {
    const std::lock_guard lock(libraries_mutex());
    if (turn_.depth > 1 || pending_ == nullptr || brought_) {
      --turn_.depth;
      turn_.ended.notify_all();
      return;
    }
    brought_ = true;
    --turn_.depth;
    turn_.ended.notify_all();
  }
  survives([&] { outlet_.bring(shared_from_this()); });
}

void Library::settle(const std::function<bool()>& in_vain) {
  std::unique_lock lock(libraries_mutex());
  while (brought_ && !in_vain())
    turn_.ended.wait_until(lock, std::chrono::system_clock::now() + std::chrono::milliseconds(10));
}

// ---- what is told

Library::Library(std::string path, const hr_hooks& hooks, hr_library* handle, LibraryOutlet outlet)
    : path_(std::move(path)),
      name_(name_of(path_)),
      hooks_(hooks),
      handle_(handle),
      outlet_(std::move(outlet)) {
  progress_.not_there({path_ + " is not loaded", "nobody has looked for it", "call hr_reload()"});
}

hr_library_state Library::state() const {
  const std::lock_guard lock(libraries_mutex());
  return progress_.state();
}

int Library::generation() const {
  const std::lock_guard lock(libraries_mutex());
  return progress_.generation();
}

wire::Failure Library::failure() const {
  const std::lock_guard lock(libraries_mutex());
  return progress_.failure();
}

void Library::note(wire::Failure failure) {
  const std::lock_guard lock(libraries_mutex());
  progress_.note(std::move(failure));
}

void Library::tell(Event event) {
  event.module = name_;
  event.library = handle_;
  {
    const std::lock_guard lock(libraries_mutex());
    event.library_state = progress_.state();
  }
  if (listeners_ != nullptr)
    listeners_->tell(event);
  else
    outlet_.tell(std::move(event));
}

void Library::tell(hr_event_kind kind, int generation, wire::Failure failure) {
  Event event;
  event.kind = kind;
  event.generation = static_cast<std::uint32_t>(std::max(generation, 0));
  event.failure = std::move(failure);
  tell(std::move(event));
}

// `change` says whether the program is to be told.
template <class Change>
void Library::progress(Change change) {
  wire::Failure failure;
  int generation = 0;
  {
    const std::lock_guard lock(libraries_mutex());
    if (!change(progress_))
      return;
    failure = progress_.failure();
    generation = progress_.generation();
  }
  tell(HR_EVENT_LIBRARY, generation, std::move(failure));
}

void Library::fail(wire::Failure failure) {
  bool news = false;
  {
    const std::lock_guard lock(libraries_mutex());
    news = progress_.failed(failure);
  }
  if (!news)
    return;
  tell(HR_EVENT_LIBRARY, generation(), failure);
  tell(HR_EVENT_REFUSED, 0, std::move(failure));
}

// ---- from the file to what waits

void Library::open(bool itself) {
  const Entered entered(*this);
  fixed_ = itself;
  if (itself) {
    open_itself();
    return;
  }
  look(true);
  if (pending_ != nullptr)
    take_in(std::move(pending_));
}

void Library::open_itself() {
  if (current_ != nullptr)
    return;
  auto image = LibraryImage::load_itself(path_);
  if (!image)
    fail(image.failure());
  else
    take_in(std::move(image).value());
}

bool Library::look(bool again) {
  const Entered entered(*this);
  if (fixed_) {
    open_itself();
    return false;
  }
  CopyOutcome outcome = copy_library(path_);
  if (outcome.copy)
    return look_at(std::move(*outcome.copy), again);
  if (outcome.failure.problem == CopyProblem::not_there)
    progress([&](LibraryProgress& state) { return state.not_there(outcome.failure.failure); });
  else
    fail(std::move(outcome.failure.failure));
  return false;
}

bool Library::look_at(LibraryCopy copy, bool again) {
  const std::uint64_t content = copy.content();
  if (pending_ != nullptr && pending_->content() == content) {
    progress([](LibraryProgress& state) { return state.unchanged(true); });
    return false;
  }
  if (current_ != nullptr && current_->content() == content) {
    drop_pending();
    unchanged();
    return false;
  }
  if (!again && refused_ == content)
    return false;
  return load(std::move(copy));
}

// The file holds what is live; a binding may be missing in it nevertheless.
void Library::unchanged() {
  refused_.reset();
  if (live_.size() != bindings_.size()) {
    if (auto bounds = resolve_all(*current_); !bounds) {
      fail(bounds.failure());
      return;
    }
  }
  progress([](LibraryProgress& state) { return state.unchanged(false); });
}

bool Library::load(LibraryCopy copy) {
  progress([](LibraryProgress& state) { return state.loading(); });
  const std::uint64_t content = copy.content();
  auto image = LibraryImage::load(std::move(copy), path_);
  std::optional<wire::Failure> failure;
  if (!image) {
    failure = image.failure();
  } else if (auto bounds = resolve_all(*image.value()); !bounds) {
    failure = bounds.failure();
    drop(std::move(image).value());
  }
  drop_pending();
  if (failure) {
    refused_ = content;
    fail(std::move(*failure));
    return false;
  }
  pending_ = std::move(image).value();
  return true;
}

void Library::drop_pending() {
  if (pending_ != nullptr)
    drop(std::move(pending_));
}

// What never went live.
void Library::drop(std::unique_ptr<LibraryImage> image) {
  if (image->close())
    older_.push_back(std::move(image));
}

wire::Result<std::vector<Bound>> Library::resolve_all(const LibraryImage& image) const {
  std::vector<Bound> bounds;
  for (const Binding& binding : bindings_) {
    auto bound = resolve(binding, path_, [&](const std::string& name) { return image.find(name); });
    if (!bound)
      return bound.failure();
    bounds.push_back(std::move(bound).value());
  }
  return bounds;
}

// ---- going live

bool Library::go_live(Listeners& listeners) {
  if (!enter(false))
    return false;
  {
    const std::lock_guard lock(libraries_mutex());
    brought_ = false;
  }
  if (pending_ != nullptr) {
    listeners_ = &listeners;
    survives([&] { take_in(std::move(pending_)); });
    listeners_ = nullptr;
  }
  leave();
  return true;
}

std::optional<wire::Failure> Library::ask_load_hook(LibraryImage& image) {
  if (hooks_.load == nullptr)
    return std::nullopt;
  incoming_ = &image;
  int wanted = 0;
  const bool returned = survives([&] { wanted = hooks_.load(handle_, hooks_.user); });
  incoming_ = nullptr;
  if (returned && wanted != 0)
    return std::nullopt;
  return wire::Failure{path_ + " was not taken in",
                       returned ? "the program's load hook returned 0"
                                : "the program's load hook threw an exception",
                       "mend what it checks or starts, and build again"};
}

// All or nothing: until every binding is found and the program agrees, nothing is written.
bool Library::take_in(std::unique_ptr<LibraryImage> image) {
  const int before = generation();
  if (before >= 0)
    tell(HR_EVENT_RELOADING, before + 1);
  auto bounds = resolve_all(*image);
  std::optional<wire::Failure> failure;
  if (!bounds) {
    failure = bounds.failure();
  } else {
    if (hooks_.freeze != nullptr)
      survives([&] { hooks_.freeze(handle_, hooks_.user); });
    failure = ask_load_hook(*image);
    if (!failure) {
      bounds = resolve_all(*image);  // the hook may have bound more
      if (bounds)
        put_in(std::move(image), std::move(bounds).value());
      else
        failure = bounds.failure();
    }
    if (hooks_.thaw != nullptr)
      survives([&] { hooks_.thaw(handle_, hooks_.user); });
  }
  if (failure) {
    refused_ = image->content();
    drop(std::move(image));
    fail(std::move(*failure));
    return false;
  }
  progress([](LibraryProgress& state) { return state.live(); });
  if (before >= 0)
    tell(HR_EVENT_RELOADED, before + 1);
  return true;
}

void Library::put_in(std::unique_ptr<LibraryImage> image, std::vector<Bound> bounds) {
  if (current_ != nullptr)
    older_.push_back(std::move(current_));
  current_ = std::move(image);
  refused_.reset();
  live_ = std::move(bounds);
  for (const Bound& bound : live_)
    write(bound);
  show_live();
}

void Library::show_live() {
  views_.push_back(make_view(live_));
  view_.store(views_.back().get(), std::memory_order_release);
}

// ---- bindings

void Library::forget_bound(const void* where) {
  std::erase_if(bindings_, [&](const Binding& binding) { return binding.where == where; });
  std::erase_if(live_, [&](const Bound& bound) { return bound.binding.where == where; });
}

bool Library::bind(Binding binding) {
  const Entered entered(*this);
  forget_bound(binding.where);
  bindings_.push_back(binding);
  const LibraryImage* image = incoming_ == nullptr ? current_.get() : nullptr;
  if (image == nullptr)
    return false;
  auto bound = resolve(binding, path_, [&](const std::string& name) { return image->find(name); });
  if (!bound) {
    fail(bound.failure());
    return false;
  }
  write(bound.value());
  live_.push_back(std::move(bound).value());
  show_live();
  return true;
}

bool Library::unbind(const void* where) {
  const Entered entered(*this);
  const std::size_t before = bindings_.size();
  forget_bound(where);
  return bindings_.size() != before;
}

std::optional<Symbol> Library::find(const std::string& name) {
  const Entered entered(*this);
  const LibraryImage* image = incoming_ != nullptr ? incoming_ : current_.get();
  return image != nullptr ? image->find(name) : std::nullopt;
}

// ---- the end

std::optional<wire::Failure> Library::let_go(LibraryImage& image) {
  auto stays = image.close();
  if (!stays)
    outlet_.forget(image.image().begin, image.image().end);
  return stays;
}

int Library::unload(bool all) {
  const Entered entered(*this);
  if (all && incoming_ == nullptr) {
    drop_pending();
    for (const Bound& bound : live_)
      write_nothing(bound.binding);
    live_.clear();
    view_.store(nullptr, std::memory_order_release);
    if (current_ != nullptr) {
      older_.push_back(std::move(current_));
      progress([](LibraryProgress& state) { return state.unloaded(); });
    }
  }
  std::optional<wire::Failure> why;
  std::erase_if(older_, [&](const std::unique_ptr<LibraryImage>& image) {
    const auto stays = let_go(*image);
    if (stays)
      why = stays;
    return !stays;
  });
  if (why)
    note(*why);
  return static_cast<int>(older_.size());
}

bool Library::close() {
  const Entered entered(*this);
  {
    const std::lock_guard lock(libraries_mutex());
    if (turn_.depth > 1)
      return false;
  }
  drop_pending();
  bindings_.clear();
  return true;
}

}  // namespace hr::runtime
