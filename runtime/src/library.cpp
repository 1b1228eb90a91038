#include "src/library.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "src/program_call.h"

namespace hr::runtime {
namespace {

// "game" of "/build/libgame.so.1".
std::string name_of(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  name = name.substr(0, name.find('.'));
  return name.rfind("lib", 0) == 0 && name.size() > 3 ? name.substr(3) : name;
}

}  // namespace

std::mutex& libraries_mutex() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

// ---- whose turn it is

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
void Library::progress(const std::function<bool(LibraryProgress&)>& change) {
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
  if (closed_)
    return false;
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
    if (auto bounds = resolve_all(*current_, bindings_); !bounds) {
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
  } else if (auto bounds = resolve_all(*image.value(), bindings_); !bounds) {
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

wire::Result<std::vector<Bound>> Library::resolve_all(const LibraryImage& image,
                                                      const std::vector<Binding>& bindings) const {
  std::vector<Bound> bounds;
  for (const Binding& binding : bindings) {
    auto bound = resolve(binding, path_, [&](const std::string& name) { return image.find(name); });
    if (!bound)
      return bound.failure();
    bounds.push_back(std::move(bound).value());
  }
  return bounds;
}

}  // namespace hr::runtime
