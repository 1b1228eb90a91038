/* The explicit mode: shared libraries of any kind, opened by path, their functions and tables bound
 * by name, and bound again whenever the file changes. No tool, no special flags, no analysis: what
 * the program keeps of an old library beside its bindings is the program's own affair.
 *
 *   static int (*step)(int);
 *   hr_library* library = hr_open("build/libgame.so");
 *   hr_bind(library, "step", &step);
 *   hr_watch(library);
 *   ... step(3);
 *
 * For those who come from dlopen(): it is hr_open(), dlsym() is hr_bind(), or hr_bind_table() for
 * data; dlerror() is hr_error(), and dlclose() is hr_unload().
 *
 * A program opts in by linking hrwatch::runtime, or a hot module. In static mode the same calls
 * bind to what is linked into the program: see target_open_hot_modules() in the CMake functions.
 *
 * What is loaded is always a private copy, so that linkers may do with the file what they like. All
 * of a library's bindings change together or not at all. Older libraries stay mapped until
 * hr_unload().
 *
 * Thread: every call from any thread, unless it says otherwise. Calls about one library that load
 * or change bindings (hr_bind*, hr_unbind, hr_reload, hr_unload, hr_close) wait for each other.
 * Programs include hr.h or hr.hpp. C11 and C++17. */
#ifndef HR_EXPLICIT_H
#define HR_EXPLICIT_H

#include <stdint.h>
#ifdef __cplusplus
#include <type_traits>
#endif

#include "hr/export.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_library hr_library; /* from hr_open() to hr_close() */
typedef void (*hr_function)(void);    /* any function, to be converted to its own type */
typedef struct hr_view hr_view;       /* what all bindings of a library lead to, as one */

enum hr_library_state {
  HR_LIBRARY_WAITING = 1, /* the file is not there, or is being written: hr_error() says which */
  HR_LIBRARY_LOADING = 2, /* it is being loaded, or is loaded and waits for hr_poll() */
  HR_LIBRARY_OK = 3,      /* what the file holds is what runs */
  HR_LIBRARY_ERROR = 4    /* the file was not taken in: hr_error(). What ran before runs on */
};

/* What went wrong, why, and what to type or change. "" when nothing did; never NULL. */
typedef struct hr_failure {
  const char* what;
  const char* why;
  const char* fix;
} hr_failure;

/* Called around each change, on the thread on which it happens: inside hr_poll() once the program
 * has called it, else in hr_open(), in hr_reload() or on the watching thread. Each may be NULL.
 * They may call everything but hr_close() for that library. What they throw ends here. */
typedef struct hr_hooks {
  uint32_t struct_size; /* sizeof(hr_hooks); 0 is taken for it */
  uint32_t reserved;    /* 0 */
  void* user;
  /* The bindings are about to change: keep threads out of the library, if they must not see it, and
   * let the old one, which is bound still, finish what it has begun. */
  void (*freeze)(hr_library* library, void* user);
  /* The new library is there, all bindings are found in it, and nothing leads to it yet:
   * hr_symbol() finds what it has, hr_loaded() still tells the old number (-1: this is the first).
   * What is bound here (1: the new library has it) goes live with it.
   * Returns 0 when it is not to be taken in: everything stays as it was, bindings too. */
  int (*load)(hr_library* library, void* user);
  /* The bindings have changed, or will not: threads may go on. */
  void (*thaw)(hr_library* library, void* user);
} hr_hooks;

enum hr_unload_what {
  HR_UNLOAD_OLD = 0, /* all libraries but the one that is bound */
  HR_UNLOAD_ALL = 1  /* that one too: bound pointers become NULL and tables zero before */
};

#ifdef HRWATCH_HOT

/* Opens the library at `path` (from the working folder on) and loads it, if it is there, as
 * dlopen(RTLD_NOW | RTLD_LOCAL) does. Returns NULL only when there is no memory, `path` is NULL or
 * the hooks have a size that no version has; what else goes wrong is told by hr_status() and
 * hr_error(). Where hot reload is switched off (hr_args(), HRWATCH_DISABLE=1) the file itself is
 * loaded, once and for all. Cost: a copy of the file, and what loading costs. */
HR_API hr_library* hr_open(const char* path);

/* The same with hooks, which are copied. They see the first load, too. */
HR_API hr_library* hr_open_with(const char* path, const hr_hooks* hooks);

/* Ends watching and forgets the bindings: what is bound keeps its value, and stays mapped unless
 * hr_unload() was called before. Returns 1; 0 when `library` is NULL or this is called inside one
 * of its hooks. When it returns, no event is told about the library any more. Not while another
 * thread uses the handle, nor while holding a lock that an event callback takes. */
HR_API int hr_close(hr_library* library);

/* Use hr_bind(library, name, &pointer) and hr_bind_table(library, name, &table, size), below: they
 * are these with a look at the types. */
HR_API int hr_bind_function(hr_library* library, const char* name, void* pointer);
HR_API int hr_bind_bytes(hr_library* library, const char* name, void* table, uint64_t size,
                         uint64_t room);

/* Takes the binding of this pointer or table back; its value stays. Call it before the memory goes
 * away. Returns 1, or 0 when it is not bound. */
HR_API int hr_unbind(hr_library* library, const void* bound);

/* From now on the file is watched and loaded whenever a complete new one is there, by a thread of
 * the runtime that the system wakes (inotify; nothing is polled). The folder may come later, too.
 * New code goes live inside hr_poll() once the program has called it, else at once. Returns 1, also
 * where hot reload is switched off and nothing will ever change; 0 when watching is not possible:
 * hr_error(). */
HR_API int hr_watch(hr_library* library);

/* Looks at the file now. Returns 1 when it has new content and was loaded: it is live on return, or
 * will be in the next hr_poll() once the program has called that. 0 when the content is the same,
 * or it was not taken in: hr_status() tells which. A half-written file is not taken in. */
HR_API int hr_reload(hr_library* library);

/* enum hr_library_state; 0 for NULL. Cost: a lock. */
HR_API int hr_status(const hr_library* library);

/* What went wrong last with this library. The strings are the calling thread's until it asks
 * again. */
HR_API hr_failure hr_error(const hr_library* library);

/* How often the library was replaced: 0 after the first load, -1 before. */
HR_API int hr_loaded(const hr_library* library);

/* The function `name` of what is bound now; inside the load hook, of what is being loaded. NULL
 * when it has none. */
HR_API hr_function hr_symbol(const hr_library* library, const char* name);

/* All that is bound, as one: pointers and tables read from a view belong to one load, whatever
 * happens meanwhile. Valid until hr_close(). NULL as long as nothing is loaded.
 * Cost: one atomic load; reading from it, a search among the bindings. */
HR_API const hr_view* hr_look(const hr_library* library);

/* What the bound pointer led to in this view; NULL when it was not bound then. HR_SEEN() has the
 * type. */
HR_API hr_function hr_view_function(const hr_view* view, const void* pointer);

/* The bound table as it was in this view; NULL when it was not bound then. */
HR_API const void* hr_view_table(const hr_view* view, const void* table);

/* Unloads older libraries (enum hr_unload_what) and proves it: returns how many are mapped still,
 * and hr_error() says why. Only when no thread runs in them and nothing leads to them: pointers the
 * program has copied, objects with virtual functions, strings, callbacks, threads. Call it again
 * when the reason is gone. -1 when `library` is NULL. */
HR_API int hr_unload(hr_library* library, int what);

#endif

#ifdef __cplusplus
}
#endif

#ifndef HRWATCH_HOT
#include "hr/explicit_static.h"
#endif

/* hr_bind(library, "name", &pointer): `pointer` leads to the function `name` from now on, and to
 * the new one after each reload. hr_bind_table(library, "name", &table, sizeof table): the bytes of
 * `table` are those of the library's object `name`, and are written over after each reload; what
 * the library has beyond `size` is left out.
 *
 * Return 1 when it is done; 0 when the library is not there yet, or has nothing of that kind and
 * name: hr_error() says so, the value stays, and a load that has it sets it. A reload that lacks a
 * name, or whose table is smaller, is refused. Functions are exported with C linkage (extern "C")
 * or named as nm shows them. Binding an address again replaces its first binding.
 *
 * Each pointer changes in one atomic store; read it with HR_LOAD() where another thread may reload.
 * For several that must fit together there is hr_look(). */
#ifdef __cplusplus
template <class Pointer>
inline int hr_bind(hr_library* library, const char* name, Pointer* pointer) {
  static_assert(std::is_pointer<Pointer>::value &&
                    std::is_function<typename std::remove_pointer<Pointer>::type>::value,
                "hr_bind() takes the address of a function pointer: declare it as `int "
                "(*step)(int);` and pass `&step`. Data is bound with hr_bind_table()");
  return hr_bind_function(library, name, pointer);
}

template <class Table>
inline int hr_bind_table(hr_library* library, const char* name, Table* table,
                         uint64_t size = sizeof(Table)) {
  static_assert(!std::is_pointer<Table>::value,
                "hr_bind_table() fills the program's own table, and takes its address: declare "
                "`static struct game_api api;`, not a pointer, and pass `&api`");
  static_assert(std::is_standard_layout<Table>::value && std::is_trivially_copyable<Table>::value,
                "hr_bind_table() writes bytes over the table: make it a plain struct of function "
                "pointers and numbers, without virtual functions, std:: members or private parts");
  return hr_bind_bytes(library, name, table, size, sizeof(Table));
}
#else
#define hr_bind(library, name, pointer)                                                     \
  (HR_DETAIL_CHECK(HR_DETAIL_IS_FUNCTION_POINTER(*(pointer)),                               \
                   "hr_bind() takes the address of a function pointer: declare it as `int " \
                   "(*step)(int);` and pass `&step`. Data is bound with hr_bind_table()"),  \
   hr_bind_function((library), (name), (pointer)))
#define hr_bind_table(library, name, table, size)                                       \
  (HR_DETAIL_CHECK(                                                                     \
       !HR_DETAIL_IS_POINTER(*(table)),                                                 \
       "hr_bind_table() fills the program's own table, and takes its address: declare " \
       "`static struct game_api api;`, not a pointer, and pass `&api`"),                \
   hr_bind_bytes((library), (name), (table), (size), sizeof(*(table))))
#define HR_DETAIL_CHECK(condition, text) \
  ((void)sizeof(struct {                 \
    _Static_assert(condition, text);     \
    char unused;                         \
  }))
/* pointer_type_class of GCC's typeclass.h; an array turns into a pointer, and is none. */
#define HR_DETAIL_IS_POINTER(x)       \
  (__builtin_classify_type(x) == 5 && \
   __builtin_types_compatible_p(__typeof__(x), __typeof__(((void)0, (x)))))
/* A pointer to a function, followed, is a function, and that turns into its own address again. */
#define HR_DETAIL_IS_FUNCTION_POINTER(p) \
  __builtin_types_compatible_p(__typeof__(p), __typeof__(((void)0, *(p))))
#endif

/* The value of a bound pointer now: HR_LOAD(step)(3). Cost: an ordinary load. */
#define HR_LOAD(pointer) __atomic_load_n(&(pointer), __ATOMIC_ACQUIRE)

/* The same out of a view: HR_SEEN(view, step)(3). */
#define HR_SEEN(view, pointer) ((__typeof__(pointer))hr_view_function((view), &(pointer)))

#endif
