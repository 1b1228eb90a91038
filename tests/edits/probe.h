/* What every edit of a table includes: its module answers probe() with a text that shows its state.
 */
#ifndef HR_TESTS_EDITS_PROBE_H
#define HR_TESTS_EDITS_PROBE_H

#include <stdarg.h>
#include <stdio.h>

/* As the presenter of a module with add_hot_module(... MIGRATE_GLOBALS). */
#ifdef MIGRATE_GLOBALS
__attribute__((used)) static const char hr_migrate_globals = 1;
#endif

#ifdef __cplusplus
extern "C"
#endif
    __attribute__((visibility("default"))) const char*
    probe(void);

__attribute__((format(printf, 1, 2))) static inline const char* say(const char* format, ...) {
  static char text[256];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  return text;
}

#endif
