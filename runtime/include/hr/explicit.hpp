// explicit.h for C++17: libraries that close themselves, typed functions and tables that take their
// bindings back. See explicit.h for errors, threads and costs. Included by hr.hpp.
//
//   hr::Library library("build/libgame.so");
//   hr::Function<int(int)> step(library, "step");
//   library.watch();
//   ... step(3);
//
// Everything here belongs to one place in memory: none of it can be copied or moved.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "hr/hr.h"

namespace hr {

class Library;

// What happens around a change; see hr_hooks. Derive, override, pass to a Library.
class LibraryHooks {
 public:
  LibraryHooks() = default;
  LibraryHooks(const LibraryHooks&) = delete;
  LibraryHooks& operator=(const LibraryHooks&) = delete;
  virtual ~LibraryHooks() = default;

  virtual void freeze(hr_library*) {}

  virtual bool load(hr_library*) { return true; }

  virtual void thaw(hr_library*) {}
};

class Library {
 public:
  explicit Library(const std::string& path) : library_(hr_open(path.c_str())) {}

  // `hooks` must live as long as the library.
  Library(const std::string& path, LibraryHooks& hooks) {
    hr_hooks calls = {};
    calls.struct_size = sizeof(calls);
    calls.user = &hooks;
    calls.freeze = [](hr_library* library, void* user) {
      static_cast<LibraryHooks*>(user)->freeze(library);
    };
    calls.load = [](hr_library* library, void* user) {
      return static_cast<LibraryHooks*>(user)->load(library) ? 1 : 0;
    };
    calls.thaw = [](hr_library* library, void* user) {
      static_cast<LibraryHooks*>(user)->thaw(library);
    };
    library_ = hr_open_with(path.c_str(), &calls);
  }

  ~Library() { hr_close(library_); }

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  bool watch() noexcept { return hr_watch(library_) != 0; }

  bool reload() noexcept { return hr_reload(library_) != 0; }

  hr_library_state status() const noexcept {
    return static_cast<hr_library_state>(hr_status(library_));
  }

  bool ok() const noexcept { return status() == HR_LIBRARY_OK; }

  hr_failure error() const noexcept { return hr_error(library_); }

  int loaded() const noexcept { return hr_loaded(library_); }

  // How many older libraries could not be unloaded: 0 is proven.
  int unload_old() noexcept { return hr_unload(library_, HR_UNLOAD_OLD); }

  int unload() noexcept { return hr_unload(library_, HR_UNLOAD_ALL); }

  // library.symbol<void(int)>("resize"): a pointer to that function of what is bound now, or
  // (inside the load hook) of what is being loaded; nullptr when there is none.
  template <class Signature>
  Signature* symbol(const char* name) const noexcept {
    static_assert(std::is_function_v<Signature>,
                  "symbol() takes the function's type, not that of a pointer to it: "
                  "library.symbol<void(int)>(\"resize\")");
    return reinterpret_cast<Signature*>(hr_symbol(library_, name));
  }

  hr_library* get() const noexcept { return library_; }

 private:
  hr_library* library_ = nullptr;
};

// All of a library's bindings at one time: view.call(step, 3), view[api].draw().
class View;

template <class Signature>
class Function {
  static_assert(std::is_function_v<Signature>,
                "hr::Function takes the function's type, not that of a pointer to it: "
                "hr::Function<int(int)> step(library, \"step\");");

 public:
  Function(Library&, const char*);
};

// A function of a library, bound as long as the object lives, which the library outlives. Calling
// it when nothing is bound yet is calling a null pointer: give a function to call meanwhile, or ask
// first.
template <class Result, class... Arguments>
class Function<Result(Arguments...)> {
 public:
  using Pointer = Result (*)(Arguments...);

  Function(Library& library, const char* name, Pointer until_then = nullptr)
      : pointer_(until_then), library_(library.get()) {
    hr_bind(library_, name, &pointer_);
  }

  ~Function() { hr_unbind(library_, &pointer_); }

  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;

  explicit operator bool() const noexcept { return get() != nullptr; }

  Pointer get() const noexcept { return HR_LOAD(pointer_); }

  Result operator()(Arguments... arguments) const {
    return get()(std::forward<Arguments>(arguments)...);
  }

 private:
  friend class View;
  Pointer pointer_;
  hr_library* library_;
};

// A table (a plain struct, of function pointers mostly) of a library, bound as long as the object
// lives, which the library outlives; zero until there is one. Where another thread may reload, read
// from a View.
template <class T>
class Table {
 public:
  static_assert(!std::is_pointer_v<T>,
                "hr::Table<T> holds the table itself: hr::Table<game_api>, not a pointer to one");
  static_assert(std::is_standard_layout_v<T> && std::is_trivially_copyable_v<T>,
                "hr::Table<T> writes bytes over its T: make T a plain struct of function pointers "
                "and numbers, without virtual functions, std:: members or private parts");

  Table(Library& library, const char* name) : library_(library.get()) {
    hr_bind_table(library_, name, &table_);
  }

  ~Table() { hr_unbind(library_, &table_); }

  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const T* operator->() const noexcept { return &table_; }

  const T& operator*() const noexcept { return table_; }

 private:
  friend class View;
  T table_ = {};
  hr_library* library_;
};

class View {
 public:
  explicit View(const Library& library) noexcept : view_(hr_look(library.get())) {}

  // Something is loaded.
  explicit operator bool() const noexcept { return view_ != nullptr; }

  // nullptr when it was not bound then.
  template <class Signature>
  auto get(const Function<Signature>& function) const noexcept {
    return reinterpret_cast<typename Function<Signature>::Pointer>(
        hr_view_function(view_, &function.pointer_));
  }

  template <class Signature, class... Arguments>
  auto call(const Function<Signature>& function, Arguments&&... arguments) const {
    return get(function)(std::forward<Arguments>(arguments)...);
  }

  template <class T>
  const T* get(const Table<T>& table) const noexcept {
    return static_cast<const T*>(hr_view_table(view_, &table.table_));
  }

  template <class T>
  const T& operator[](const Table<T>& table) const noexcept {
    return *get(table);
  }

 private:
  const hr_view* view_;
};

}  // namespace hr
