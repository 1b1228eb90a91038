/* Explicit state: objects that the runtime owns, that every generation finds by name, and that are
 * migrated when a new build lays them out differently. What a compiler knows of a type and the
 * runtime must know to move its objects stands in a type table (hr_type). Knows no tool.
 *
 * Where the tables are: the tool finds those of a library by their data symbols. C++:
 * hr::detail::type_of<T>, `_ZN2hr6detail7type_ofI...E`; C: `hr_type_of_NAME` of HR_STATE(). A table
 * is never shared, re-pointed or overwritten: its words lead to functions of its own build, old
 * tables to those that made the old objects.
 *
 * C11 and C++. Programs include hr.h or hr.hpp. */
#ifndef HR_STATE_H
#define HR_STATE_H

#include <stdint.h>

#include "hr/export.h"

#ifdef __cplusplus
extern "C" {
#endif

enum hr_kind {
  HR_KIND_SIGNED = 1,   /* an integer; characters too */
  HR_KIND_UNSIGNED = 2, /* an integer without a sign */
  HR_KIND_BOOLEAN = 3,  /* 0 or 1 */
  HR_KIND_FLOATING = 4, /* float, double, long double */
  HR_KIND_POINTER = 5,  /* to an object; follows it when it moves */
  HR_KIND_RECORD = 6,   /* `members`; plain (only the tool knows its members) when that is NULL */
  HR_KIND_ARRAY = 7,    /* `count` times `element`, inside the object */
  HR_KIND_SEQUENCE =
      8, /* vector, deque, list: `each`, `append`; NULL where elements can't be made */
  HR_KIND_ASSOCIATIVE =
      9,                 /* set, map: `each`, `insert`; `element` is the key, `value` may be NULL */
  HR_KIND_OWNER = 10,    /* unique_ptr: `each` (0 or 1 element), `append` makes the object */
  HR_KIND_SHARED = 11,   /* shared_ptr: the same, and `share` */
  HR_KIND_OPTIONAL = 12, /* optional: `each` (0 or 1 element), `append` */
  HR_KIND_TEXT = 13,     /* string: `text`, `assign` */
  HR_KIND_OPAQUE = 14    /* whatever else: moved as a whole, or made anew */
};

enum hr_type_flag {
  HR_TYPE_TRIVIAL = 1,             /* copying its bytes moves it; nothing happens when it dies */
  HR_TYPE_TRIVIALLY_DESTROYED = 2, /* nothing happens when it dies */
  HR_TYPE_POSITIONAL = 4,          /* a record whose members correspond by position (pair) */
  HR_TYPE_CONTIGUOUS = 8,          /* a sequence whose elements stand side by side (vector) */
  HR_TYPE_LIVE = 16                /* HR_LIVE(): every object of exactly this class is registered */
};

typedef struct hr_type hr_type;
typedef struct hr_old hr_old; /* an object of the old layout, inside a program's own migration */

typedef void (*hr_member_visitor)(void* user, void* member, const hr_type* type);
typedef void (*hr_element_visitor)(void* user, void* element, void* value); /* value: of a map */
typedef void (*hr_migration)(const hr_old* old, void* now);

/* One object per type and build, constant-initialised. Functions get the table they stand in, so
 * that one function can serve many tables. Those marked * may throw. */
struct hr_type {
  uint32_t struct_size; /* bytes of this structure where it was compiled */
  uint32_t kind;        /* enum hr_kind */
  uint32_t flags;       /* enum hr_type_flag */
  uint32_t align;       /* bytes, a power of 2 */
  uint64_t size;        /* bytes of an object */
  uint64_t count;       /* elements of an array */
  const char* name;     /* as the compiler writes it: what makes two tables the same type */
  const char* names;    /* "a, b, c": what HR_MEMBERS() names, or NULL */
  const hr_type* element;
  const hr_type* value;
  void (*construct)(const hr_type* self, void* at); /* * value-initialises raw memory; or NULL */
  void (*destroy)(const hr_type* self, void* object);
  void (*move)(const hr_type* self, void* to, void* from); /* * makes `to` in raw memory; or NULL */
  void (*members)(const hr_type* self, void* object, hr_member_visitor visit, void* user);
  void (*each)(const hr_type* self, void* container, hr_element_visitor visit, void* user);
  /* * `count` new elements at the end; returns the first of them (side by side if CONTIGUOUS) */
  void* (*append)(const hr_type* self, void* container, uint64_t count);
  /* * moves a pair in; returns where the key is now, and in `placed` the value. Nothing is added
   * when the key is there already. */
  void* (*insert)(const hr_type* self, void* container, void* key, void* value, void** placed);
  void (*share)(const hr_type* self, void* to, const void* from); /* *to = *from */
  const char* (*text)(const hr_type* self, const void* object, uint64_t* size);
  void (*assign)(const hr_type* self, void* object, const char* text, uint64_t size); /* * */
  hr_migration migrate; /* * the program's own last word on a changed object, or NULL */
};

/* The bytes of `old`'s member `name`, or NULL when it had none of that name; `size` (may be NULL)
 * gets how many there are. Members that the new layout has too, and that own memory, are moved to
 * the new object before the migration is called; all others are as they were.
 * Thread: only inside the migration. */
HR_API const void* hr_old_member(const hr_old* old, const char* name, uint64_t* size);

/* The object `name` of this type: made by `type->construct` at the first call, the same one for
 * every generation and module from then on, at the same address as long as the program runs. It is
 * not destroyed when the program ends.
 * Errors: NULL when there is no memory or an argument is NULL. What the constructor throws passes
 * through, and no object is made. Thread: any; a second thread waits until the object is made.
 * Cost: a lock and a search by name: keep the pointer instead of asking in a loop. */
HR_API void* hr_state(const char* name, const hr_type* type);

/* What HR_LIVE() (hr.hpp) calls, not for programs: an object of `type` lives from now on, known by
 * `key`; it is gone; memory for one, with room to grow; that memory back. Thread: any. Errors: no
 * memory is NULL from hr_live_new(), and an object that is not registered elsewhere. */
HR_API void hr_live_add(const void* key, void* object, const hr_type* type);
HR_API void hr_live_remove(const void* key);
HR_API void* hr_live_new(uint64_t size, uint64_t align);
HR_API void hr_live_delete(void* memory);

#ifdef __cplusplus
}
#endif

/* In libraries that the program opens by path (hr_open) nobody migrates: a new build gets the
 * object as it is. Members may be added at the end (they are zero); for any other change give T
 * another name, which makes it another state, and fill that from the old one.
 *
 * C: at file scope, `HR_STATE(World, world)` gives a function `World* world(void)` that returns the
 * state "world", zero at first. World must be a typedef name of plain data. When its members
 * change, those that exist on both sides keep their values. HR_STATE_MIGRATED(World, world, mend)
 * calls `mend(old, now)` after that, for what names and numbers don't tell. In static mode it is
 * one zero-initialised object a program. */
#ifdef HRWATCH_HOT
#define HR_STATE_MIGRATED(T, state_name, migration)                                              \
  static const hr_type hr_type_of_##state_name = {sizeof(hr_type),                               \
                                                  HR_KIND_RECORD,                                \
                                                  HR_TYPE_TRIVIAL | HR_TYPE_TRIVIALLY_DESTROYED, \
                                                  _Alignof(T),                                   \
                                                  sizeof(T),                                     \
                                                  0,                                             \
                                                  #T,                                            \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  0,                                             \
                                                  migration};                                    \
  static inline T* state_name(void) {                                                            \
    return hr_state(#state_name, &hr_type_of_##state_name);                                      \
  }                                                                                              \
  struct hr_semicolon_##state_name
#define HR_STATE(T, state_name) HR_STATE_MIGRATED(T, state_name, 0)
#else
#define HR_STATE_MIGRATED(T, state_name, migration)   \
  __attribute__((weak)) T state_name##_object_of_##T; \
  static inline T* state_name(void) {                 \
    (void)(migration);                                \
    return &state_name##_object_of_##T;               \
  }                                                   \
  struct hr_semicolon_##state_name
#define HR_STATE(T, state_name) HR_STATE_MIGRATED(T, state_name, 0)
#endif

#endif
