#include "src/events.h"

#include <cxxabi.h>

#include <algorithm>

namespace hr::runtime {
namespace {

// The event as C sees it; points into `event` and `diagnostics`.
hr_event as_c(const Event& event, std::vector<hr_diagnostic>& diagnostics) {
  diagnostics.reserve(event.diagnostics.size());
  for (const wire::Diagnostic& diagnostic : event.diagnostics)
    diagnostics.push_back({diagnostic.file.c_str(), diagnostic.line, diagnostic.column,
                           diagnostic.severity.c_str(), diagnostic.message.c_str()});
  hr_event result = {};
  result.struct_size = sizeof(result);
  result.kind = static_cast<std::uint32_t>(event.kind);
  result.module = event.module.c_str();
  result.generation = event.generation;
  result.diagnostic_count = static_cast<std::uint32_t>(diagnostics.size());
  result.diagnostics = diagnostics.data();
  result.what = event.failure.what.c_str();
  result.why = event.failure.why.c_str();
  result.fix = event.failure.fix.c_str();
  result.library = event.library;
  result.library_state = static_cast<std::uint32_t>(event.library_state);
  return result;
}

}  // namespace

bool Listeners::add(hr_event_callback callback, void* user) {
  if (callback == nullptr || has({callback, user}))
    return false;
  const std::lock_guard lock(mutex_);
  listeners_.push_back({callback, user});
  return true;
}

bool Listeners::remove(hr_event_callback callback, void* user) {
  const std::lock_guard lock(mutex_);
  return std::erase(listeners_, Listener{callback, user}) != 0;
}

void Listeners::forget(Pointer begin, Pointer end) {
  const std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [&](const Listener& listener) {
    const auto code = reinterpret_cast<Pointer>(listener.callback);
    return code >= begin && code < end;
  });
}

bool Listeners::has(const Listener& listener) {
  const std::lock_guard lock(mutex_);
  return std::find(listeners_.begin(), listeners_.end(), listener) != listeners_.end();
}

void Listeners::tell(const Event& event) {
  std::vector<hr_diagnostic> diagnostics;
  const hr_event told = as_c(event, diagnostics);
  std::vector<Listener> listeners;
  {
    const std::lock_guard lock(mutex_);
    listeners = listeners_;
  }
  for (const Listener& listener : listeners) {
    if (!has(listener))  // an earlier one has taken it back
      continue;
    try {
      listener.callback(&told, listener.user);
    } catch (const abi::__forced_unwind&) {
      throw;  // the thread is being cancelled
    } catch (...) {
    }
  }
}

}  // namespace hr::runtime
