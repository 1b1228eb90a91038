// The C functions of hr.h and module.h. What they do stands in host.h; here is only the wall that
// no exception passes, but those of a program's own constructor.
#include <cstring>

#include "hr/hr.h"
#include "hr/module.h"
#include "src/carry_over.h"
#include "src/guard.h"
#include "src/guard_thread.h"
#include "src/host.h"
#include "src/live_objects.h"
#include "src/object_mover.h"
#include "src/poll_gate.h"
#include "src/states.h"
#include "src/wall.h"

using hr::runtime::guarded;
using hr::runtime::Host;

extern "C" {

int hr_poll(void) {
  if (hr::runtime::poll_gate.load(std::memory_order_acquire) == 0)
    return 0;
  const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return guarded([frame] { return Host::get().poll(frame); }, 0);
}

int hr_on_event(hr_event_callback callback, void* user) {
  return guarded([&] { return Host::get().listeners().add(callback, user) ? 1 : 0; }, 0);
}

int hr_off_event(hr_event_callback callback, void* user) {
  return guarded(
      [&] {
        const bool removed = Host::get().listeners().remove(callback, user);
        if (removed)
          Host::get().outbox().wait_for_end();
        return removed ? 1 : 0;
      },
      0);
}

int hr_guard(void (*frame)(void*), void* user) {
  return frame != nullptr && hr::runtime::run_guarded(frame, user) ? 1 : 0;
}

void hr_guard_policy(int policy) {
  if (policy >= HR_GUARD_ROLL_BACK && policy <= HR_GUARD_GO_ON)
    hr::runtime::set_guard_policy(static_cast<hr::runtime::GuardPolicy>(policy));
}

int hr_generation(const char* module) {
  return guarded([&] { return Host::get().generation(module); }, -1);
}

int hr_enabled(void) {
  return guarded([] { return Host::get().enabled() ? 1 : 0; }, 0);
}

int hr_args(int argc, char** argv) {
  int kept = 0;
  bool off = false;
  bool options = true;
  for (int i = 0; argv != nullptr && i < argc; ++i) {
    if (options && i > 0 && argv[i] != nullptr) {
      if (std::strcmp(argv[i], "--no-hot-reload") == 0) {
        off = true;
        continue;
      }
      options = std::strcmp(argv[i], "--") != 0;
    }
    argv[kept++] = argv[i];
  }
  if (!off)
    return argc;
  argv[kept] = nullptr;
  guarded([] { return Host::get().switch_off(), 0; }, 0);
  return kept;
}

void* hr_state(const char* name, const hr_type* type) {
  if (name == nullptr || type == nullptr)
    return nullptr;
  try {
    return hr::runtime::States::get().find_or_make(name, *type);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

const void* hr_old_member(const hr_old* old, const char* name, uint64_t* size) {
  uint64_t bytes = 0;
  const void* member =
      old == nullptr || name == nullptr ? nullptr : hr::runtime::old_member(*old, name, bytes);
  if (size != nullptr)
    *size = bytes;
  return member;
}

int hr_save(const char* name, hr_save_callback save, void* user) {
  if (name == nullptr || save == nullptr)
    return 0;
  return guarded([&] { return hr::runtime::CarryOver::get().on_save(name, save, user) ? 1 : 0; },
                 0);
}

void hr_save_bytes(hr_saved* out, const void* bytes, uint64_t size) {
  if (out != nullptr && bytes != nullptr)
    guarded([&] { return out->bytes.append(static_cast<const char*>(bytes), size), 0; }, 0);
}

int hr_restore(const char* name, hr_restore_callback restore, void* user) {
  if (name == nullptr || restore == nullptr)
    return 0;
  return guarded([&] { return hr::runtime::CarryOver::get().restore(name, restore, user) ? 1 : 0; },
                 0);
}

void hr_live_add(const void* key, void* object, const hr_type* type) {
  guarded([&] { return hr::runtime::LiveObjects::get().add(key, object, *type), 0; }, 0);
}

void hr_live_remove(const void* key) {
  guarded([&] { return hr::runtime::LiveObjects::get().remove(key), 0; }, 0);
}

void* hr_live_new(uint64_t size, uint64_t align) {
  return guarded([&] { return hr::runtime::LiveObjects::get().allocate(size, align); },
                 static_cast<void*>(nullptr));
}

void hr_live_delete(void* memory) {
  guarded([&] { return hr::runtime::LiveObjects::get().release(memory), 0; }, 0);
}

void hr_module_loaded(const struct hr_module_info* info) {
  if (info != nullptr)
    guarded([&] { return Host::get().module_loaded(*info), 0; }, 0);
}

void hr_module_unloaded(const struct hr_module_info* info) {
  if (info != nullptr)
    guarded([&] { return Host::get().module_unloaded(*info), 0; }, 0);
}
}
