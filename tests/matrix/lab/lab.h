/* The lab: tool and runtime in one process, without a socket, a watcher or a build. A host links
 * it, and says which build comes next; the lab describes it, judges it, publishes it and has the
 * runtime's own code prepare and commit it. C interface, so that a host of any compiler and any
 * sanitizer can use it. One module a host. Not thread safe. */
#ifndef HR_TESTS_LAB_H
#define HR_TESTS_LAB_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum lab_outcome {
  LAB_COMMITTED,
  LAB_UNCHANGED,       /* the newest generation already is this build */
  LAB_REFUSED_BY_TOOL, /* by the verdict; nothing was published */
  LAB_REFUSED_BY_HOST, /* by the runtime's prepare or commit */
  LAB_BROKEN           /* the lab itself could not do its work: never expected */
};

struct lab_times {
  double describe_ms, judge_ms, publish_ms, prepare_ms, commit_ms;
};

/* Folder for published copies; made if needed. Call first. */
void lab_start(const char* folder);

/* The object files of the build that the host runs at first, in the order of the link. May be left
   out: then no function of the first reload is known to be unchanged. */
void lab_first_objects(const char* const* objects, size_t count);

/* Reloads the host's one module from `library`; `objects` (count of them) are the object files it
 * was linked from. */
enum lab_outcome lab_reload(const char* library, const char* const* objects, size_t count);

/* A function of the module that the program itself calls: what changes its meaning is refused. */
void lab_program_calls(const char* symbol);

/* Makes `lab_reload` damage what it hands to the runtime, to see the runtime refuse it. */
enum lab_damage {
  LAB_NO_DAMAGE,
  LAB_WRONG_BUILD_ID,
  LAB_WRITABLE_BY_OTHERS,
  LAB_OUTSIDE_FOLDER,
  LAB_TRUNCATED_COPY,
  LAB_WILD_PATCH /* a patch that points outside the new generation */
};

void lab_damage_next(enum lab_damage damage);

/* Why the last reload was not committed: three lines, "what", "why", "fix", then further reasons in
 * the same way. Valid until the next call. Remarks of the verdict when it was committed. */
const char* lab_reason(void);

/* Number of reasons above that lack one of their three parts. */
int lab_incomplete_reasons(void);

struct lab_times lab_last_times(void);

/* Takes the newest generation back. "" when that was done; else why it can't be. Valid until the
 * next call. */
const char* lab_take_back(void);

/* Functions that the last reload left alone, as proven unchanged. */
unsigned lab_left_alone(void);

/* Generations committed so far, without generation 0. */
unsigned lab_generations(void);

#ifdef __cplusplus
}
#endif
#endif
