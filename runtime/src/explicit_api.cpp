// The C functions of explicit.h. What they do stands in libraries.h and library.h; here is only the
// wall that no exception passes.
#include "hr/explicit.h"
#include "src/guard_thread.h"
#include "src/libraries.h"
#include "src/wall.h"

using hr::runtime::guarded;
using hr::runtime::Libraries;

namespace {

// The last answer to hr_error() of a thread.
thread_local hr::wire::Failure last_error;

}  // namespace

extern "C" {

hr_library* hr_open_with(const char* path, const hr_hooks* hooks) {
  // A size that was forgotten is that of the first version, which every program has.
  if (path == nullptr ||
      (hooks != nullptr && hooks->struct_size != 0 && hooks->struct_size < sizeof(hr_hooks)))
    return nullptr;
  hr_hooks all = {};
  if (hooks != nullptr)
    all = *hooks;
  return guarded([&] { return Libraries::get().open(path, all); },
                 static_cast<hr_library*>(nullptr));
}

hr_library* hr_open(const char* path) {
  return hr_open_with(path, nullptr);
}

int hr_close(hr_library* library) {
  return library != nullptr && guarded([&] { return Libraries::get().close(library) ? 1 : 0; }, 0);
}

int hr_bind_function(hr_library* library, const char* name, void* pointer) {
  if (library == nullptr || name == nullptr || pointer == nullptr)
    return 0;
  return guarded([&] { return library->library->bind({name, pointer, 0}) ? 1 : 0; }, 0);
}

int hr_bind_bytes(hr_library* library, const char* name, void* table, uint64_t size,
                  uint64_t room) {
  if (library == nullptr || name == nullptr || table == nullptr)
    return 0;
  return guarded(
      [&] {
        if (size != 0 && size <= room)
          return library->library->bind({name, table, size}) ? 1 : 0;
        library->library->note({std::string("the table ") + name + " can't be bound",
                                "the size given is " + std::to_string(size) +
                                    " bytes, and the table has " + std::to_string(room),
                                "give hr_bind_table() the size of the table: sizeof table"});
        return 0;
      },
      0);
}

int hr_unbind(hr_library* library, const void* bound) {
  if (library == nullptr || bound == nullptr)
    return 0;
  return guarded([&] { return library->library->unbind(bound) ? 1 : 0; }, 0);
}

int hr_watch(hr_library* library) {
  return library != nullptr && guarded([&] { return Libraries::get().watch(*library) ? 1 : 0; }, 0);
}

int hr_reload(hr_library* library) {
  return library != nullptr &&
         guarded([&] { return Libraries::get().reload(*library) ? 1 : 0; }, 0);
}

int hr_status(const hr_library* library) {
  if (library == nullptr)
    return 0;
  return guarded([&] { return static_cast<int>(library->library->state()); }, 0);
}

hr_failure hr_error(const hr_library* library) {
  return guarded(
      [&] {
        last_error = library != nullptr ? library->library->failure() : hr::wire::Failure{};
        return hr_failure{last_error.what.c_str(), last_error.why.c_str(), last_error.fix.c_str()};
      },
      hr_failure{"there is no memory", "", ""});
}

int hr_loaded(const hr_library* library) {
  return library != nullptr ? guarded([&] { return library->library->generation(); }, -1) : -1;
}

hr_function hr_symbol(const hr_library* library, const char* name) {
  if (library == nullptr || name == nullptr)
    return nullptr;
  return guarded(
      [&] {
        const auto found = library->library->find(name);
        return found ? reinterpret_cast<hr_function>(found->address) : nullptr;
      },
      static_cast<hr_function>(nullptr));
}

const hr_view* hr_look(const hr_library* library) {
  return library != nullptr ? library->library->view() : nullptr;
}

hr_function hr_view_function(const hr_view* view, const void* pointer) {
  const hr_view::Entry* entry = view != nullptr ? view->find(pointer) : nullptr;
  return entry != nullptr && entry->table.empty() ? reinterpret_cast<hr_function>(entry->address)
                                                  : nullptr;
}

const void* hr_view_table(const hr_view* view, const void* table) {
  const hr_view::Entry* entry = view != nullptr ? view->find(table) : nullptr;
  return entry != nullptr && !entry->table.empty() ? entry->table.data() : nullptr;
}

int hr_unload(hr_library* library, int what) {
  if (library == nullptr)
    return -1;
  return guarded([&] { return library->library->unload(what == HR_UNLOAD_ALL); }, -1);
}
}
