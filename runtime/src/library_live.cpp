// How what was loaded goes live: all bindings or none, with the program's hooks around it; and how
// the program binds, unbinds and unloads.
#include <algorithm>
#include <utility>

#include "src/library.h"
#include "src/program_call.h"

namespace hr::runtime {

// ---- going live

bool Library::go_live(Listeners& listeners) {
  if (!enter(false))
    return false;
  if (pending_ != nullptr) {
    listeners_ = &listeners;
    survives([&] { take_in(std::move(pending_)); });
    listeners_ = nullptr;
  }
  {
    const std::lock_guard lock(libraries_mutex());
    brought_ = false;  // only now: settle() waits for it
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
  auto bounds = resolve_all(*image, bindings_);
  std::optional<wire::Failure> failure;
  if (!bounds) {
    failure = bounds.failure();
  } else {
    if (hooks_.freeze != nullptr)
      survives([&] { hooks_.freeze(handle_, hooks_.user); });
    failure = ask_load_hook(*image);
    if (!failure) {
      std::vector<Binding> all = with_added();
      bounds = resolve_all(*image, all);
      if (bounds) {
        bindings_ = std::move(all);
        put_in(std::move(image), std::move(bounds).value());
      } else {
        failure = bounds.failure();
      }
    }
    added_.clear();
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
  std::erase_if(added_, [&](const Binding& binding) { return binding.where == where; });
}

// What is bound there now stays bound until the library is taken in.
bool Library::bind_incoming(Binding binding) {
  std::erase_if(added_, [&](const Binding& other) { return other.where == binding.where; });
  added_.push_back(binding);
  const auto bound =
      resolve(binding, path_, [&](const std::string& name) { return incoming_->find(name); });
  if (!bound)
    note(bound.failure());
  return bound.ok();
}

std::vector<Binding> Library::with_added() const {
  std::vector<Binding> all = bindings_;
  for (const Binding& added : added_) {
    std::erase_if(all, [&](const Binding& binding) { return binding.where == added.where; });
    all.push_back(added);
  }
  return all;
}

bool Library::bind(Binding binding) {
  const Entered entered(*this);
  if (incoming_ != nullptr)
    return bind_incoming(std::move(binding));
  forget_bound(binding.where);
  bindings_.push_back(binding);
  const LibraryImage* image = current_.get();
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
  const std::size_t before = bindings_.size() + added_.size();
  forget_bound(where);
  return bindings_.size() + added_.size() != before;
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
  closed_ = true;
  return true;
}

}  // namespace hr::runtime
