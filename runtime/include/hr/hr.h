/* What a program may ask of hot reload. All of it is optional: a program that never includes this
 * file is reloaded just the same.
 *
 * Conventions
 *   1. Handles: modules are named by the target name given to add_hot_module(). Libraries that the
 *      program opens by path have a handle (hr_library, explicit.h).
 *   2. Status: functions return numbers, 0 standing for "nothing happened" or "no". What goes wrong
 * is told as an event (hr_on_event), never by ending or interrupting the program.
 *   3. Strings are UTF-8 and end with a zero byte. Those passed in are copied; those in an event
 *      belong to the runtime and live until the callback returns. None is ever NULL in an event.
 *   4. Structures start with `struct_size`. New members are only added at the end: read a member
 * only when struct_size says that it is there, if your program may run with an older runtime.
 *   5. Nothing is printed, thrown out of a function, or aborted. Exceptions of a callback end here.
 *   6. Modes: without HRWATCH_HOT (add_hot_module defines it in hot builds) every function is an
 *      inline one that does nothing, and nothing of the runtime is in the program.
 *
 * C11 and C++. Linux x86-64. */
#ifndef HR_HR_H
#define HR_HR_H

#include <stdint.h>

#include "hr/explicit.h"
#include "hr/export.h"
#include "hr/state.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What an event is about. Kinds that a program does not know must be ignored. */
enum hr_event_kind {
  HR_EVENT_RELOADING = 1, /* a new generation of `module` goes live after this callback */
  HR_EVENT_RELOADED = 2,  /* it is live */
  HR_EVENT_REFUSED = 3,   /* a build will not go live: `what`, `why`, `fix`; the old code runs on */
  HR_EVENT_BUILD_STARTED = 4,  /* something was saved, and is being built */
  HR_EVENT_BUILD_FAILED = 5,   /* `diagnostics` say where; the old code runs on */
  HR_EVENT_BUILD_FINISHED = 6, /* the build is good; what it changes comes as the kinds above */
  HR_EVENT_CRASHED = 7, /* a frame inside hr_guard() was abandoned: `what` and where, `why` says
                           what follows; `generation` of `module` had run */
  HR_EVENT_ROLLED_BACK =
      8, /* the newest code of `module` was taken back: `generation` runs again */
  HR_EVENT_LIBRARY =
      9 /* an opened `library` is in another state, `library_state`: `what`, `why`, `fix` when it
           waits or failed. `module` is its name, as in the kinds above, which come for it, too */
};

/* One line of a compiler's complaint. This structure never changes. */
typedef struct hr_diagnostic {
  const char* file;     /* as the compiler names it; "" when it names none */
  int32_t line;         /* from 1; 0 when unknown */
  int32_t column;       /* from 1; 0 when unknown */
  const char* severity; /* "error", "warning" or "note" */
  const char* message;
} hr_diagnostic;

typedef struct hr_event {
  uint32_t struct_size; /* bytes of this structure in the runtime that calls */
  uint32_t kind;        /* enum hr_event_kind */
  const char* module;   /* "" when it is about no module */
  uint32_t generation;  /* of RELOADING, RELOADED, CRASHED and ROLLED_BACK, else 0 */
  uint32_t diagnostic_count;
  const hr_diagnostic* diagnostics; /* diagnostic_count of them */
  const char* what; /* of REFUSED and CRASHED: what happened, why, and what to change; else "" */
  const char* why;
  const char* fix;
  hr_library* library;    /* what hr_open() gave; NULL when the event is about none */
  uint32_t library_state; /* enum hr_library_state; 0 when it is about none */
} hr_event;

typedef void (*hr_event_callback)(const hr_event* event, void* user);

/* What follows when a frame inside hr_guard() had to be abandoned. */
enum hr_guard_policy_kind {
  /* The newest code of the module that crashed is taken back, as `hrwatch rollback` does. Where
   * there is nothing to take back: as HR_GUARD_WAIT. */
  HR_GUARD_ROLL_BACK = 0,
  /* That frame function is not called again until new code goes live; hr_guard() returns 0 after
   * resting for 10 ms. */
  HR_GUARD_WAIT = 1,
  /* Nothing: the next frame runs the same code. A crash at the same place is told once. */
  HR_GUARD_GO_ON = 2
};

typedef struct hr_saved hr_saved;
typedef void (*hr_save_callback)(hr_saved* out, void* user);
typedef void (*hr_restore_callback)(const void* bytes, uint64_t size, void* user);

#ifdef HRWATCH_HOT

/* Has `save` called when hrwatch is about to relaunch the program: what it gives hr_save_bytes() is
 * what hr_restore(name, ...) gets in the next process. States (hr_state) are carried over by
 * themselves. A second callback of one name replaces the first. Returns 1, or 0 when an argument is
 * NULL or there is no memory. Errors: a callback that throws, crashes or takes longer than 2
 * seconds costs what it would have saved, not the relaunch. Thread: any; the callback runs inside
 * hr_poll() once a program has called it, else on a thread of the runtime. */
HR_API int hr_save(const char* name, hr_save_callback save, void* user);

/* Appends to what is saved. Thread: only inside the callback. */
HR_API void hr_save_bytes(hr_saved* out, const void* bytes, uint64_t size);

/* If the process before this one saved bytes under `name`, calls `restore` with them, now, and
 * returns 1; else 0. Thread: any. */
HR_API int hr_restore(const char* name, hr_restore_callback restore, void* user);

/* Says "new code may go live here": typically once a frame, where no module code is running. From
 * the first call on reloads go live only inside this function, and events are told only there.
 * Programs that never call it get new code as soon as it is ready, from a thread of the runtime.
 * Returns the number of modules that went live in this call.
 * Errors: none; a reload that can't go live is an event.
 * Thread: any; when several call at once one does the work and the others return 0 immediately.
 *         Callbacks and new static initialisers run on the calling thread.
 * Cost:   one atomic load when nothing is pending; some microseconds and the callbacks for a
 * reload. */
HR_API int hr_poll(void);

/* Tells `callback` about everything that happens from now on, with `user` handed through.
 * Returns 1, or 0 when `callback` is NULL, there is no memory, or this pair is registered already.
 * A callback inside a module that the program unloads is forgotten by itself.
 * Errors: none beyond the 0.
 * Thread: any, also inside a callback. Callbacks run one at a time: inside hr_poll() once a program
 *         has called it, before that on a thread of the runtime. */
HR_API int hr_on_event(hr_event_callback callback, void* user);

/* Takes a pair back. When it returns, the callback is not running (unless it is the caller) and
 * will not run again. Returns 1, or 0 when the pair is not registered. Thread: any, also inside a
 * callback; not while holding a lock that the callback takes. */
HR_API int hr_off_event(hr_event_callback callback, void* user);

/* The generation of `module` that new calls reach: 0 is what the program started with. -1 when no
 * hot module of that name is loaded. Every reload has a higher number than those before, not
 * necessarily the next; where newer code was taken back, an older one runs again. Thread: any.
 * Cost: a lock and a search by name: not for inner loops. */
HR_API int hr_generation(const char* module);

/* 1 while modules of this program can be reloaded (whether a tool is there or not), 0 when hot
 * reload is switched off, after fork(), or when no hot module is loaded. Thread: any.   Cost: a few
 * atomic loads. */
HR_API int hr_enabled(void);

/* Calls frame(user), typically all of one frame. Returns 1 when it returned; 0 when it was
 * abandoned, or is waiting for new code: a crash in module code (SIGSEGV, SIGBUS, SIGFPE, SIGILL,
 * SIGABRT, also a stack overflow, also in what module code has called) and an exception that leaves
 * module code do not end the program then. It is told as HR_EVENT_CRASHED, and to the tool, with
 * function, file and line; hr_guard_policy() says what follows. hr_guard() may be nested: the
 * innermost one counts.
 *
 * After a signal the frame is left as longjmp() leaves it: no destructor runs, locks it held stay
 * held, memory it allocated stays allocated, data it was changing stays half changed. Keep the
 * frame free of locks that others need, or take them outside of it. (An exception is unwound
 * properly.) A crash in malloc() itself leaves its lock held: the program may hang at its next
 * allocation.
 *
 * What is none of module code's, and every crash outside of hr_guard(), goes where it went before:
 * to the program's own handler or to the default action (core file, exit status). The handlers are
 * installed by the first call, or when a tool is there, in front of those that exist then; one that
 * the program installs later takes their place, and hr_guard() then guards against nothing it
 * handles. A thread's signal stack is used when it has one, else it gets one of 64 KB. SIGURG, with
 * a mark of the runtime's own, is how `hrwatch abandon` leaves a frame that does not return.
 * Where hot reload is switched off the frame is just called.
 *
 * Errors: 0 when `frame` is NULL. Exceptions pass that no module code threw or called.
 * Thread: any; each has its own frames. Calls of this library inside the frame are not guarded.
 * Cost:   a fraction of a microsecond; 70 KB a thread. */
HR_API int hr_guard(void (*frame)(void* user), void* user);

/* What follows a crash inside hr_guard() from now on, in all threads: enum hr_guard_policy_kind.
 * Other numbers change nothing. Thread: any. */
HR_API void hr_guard_policy(int policy);

/* Looks for `--no-hot-reload` among the program's arguments, up to a "--". Where it stands, hot
 * reload is off until the program ends, and the argument is taken out of `argv` (whose end stays
 * NULL). Returns the new argc. The static mode leaves all arguments alone: there is nothing to
 * switch off. HRWATCH_DISABLE=1 in the environment does the same from the very start. Errors: none;
 * `argv` may be NULL. Thread: the one that uses `argv`; call it first in main(). */
HR_API int hr_args(int argc, char** argv);

#else /* static mode: nothing of hrwatch is in the program */

static inline int hr_poll(void) {
  return 0;
}

static inline int hr_on_event(hr_event_callback callback, void* user) {
  (void)callback;
  (void)user;
  return 0;
}

static inline int hr_off_event(hr_event_callback callback, void* user) {
  (void)callback;
  (void)user;
  return 0;
}

static inline int hr_generation(const char* module) {
  (void)module;
  return 0;
}

static inline int hr_enabled(void) {
  return 0;
}

static inline int hr_guard(void (*frame)(void* user), void* user) {
  if (frame)
    frame(user);
  return frame ? 1 : 0;
}

static inline void hr_guard_policy(int policy) {
  (void)policy;
}

static inline int hr_save(const char* name, hr_save_callback save, void* user) {
  (void)name;
  (void)save;
  (void)user;
  return 0;
}

static inline void hr_save_bytes(hr_saved* out, const void* bytes, uint64_t size) {
  (void)out;
  (void)bytes;
  (void)size;
}

static inline int hr_restore(const char* name, hr_restore_callback restore, void* user) {
  (void)name;
  (void)restore;
  (void)user;
  return 0;
}

static inline int hr_args(int argc, char** argv) {
  (void)argv;
  return argc;
}

#endif

#ifdef __cplusplus
}
#endif
#endif
