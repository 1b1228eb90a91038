#include <hr/hr.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugin.h"

#ifdef _WIN32
#include <windows.h>

static void wait_ms(unsigned ms) {
  Sleep(ms);
}
#else
#include <time.h>

static void wait_ms(unsigned ms) {
  nanosleep(&(struct timespec){0, (long)ms * 1000000}, NULL);
}
#endif

static plugin_next_function* next;
static plugin_text_function* text;

/* All that is known of what went wrong: in loading, in looking up a name, or in waiting for a file.
 */
static void show_failure(hr_failure failure) {
  if (*failure.what != '\0')
    fprintf(stderr, "%s\n    why: %s\n    fix: %s\n", failure.what, failure.why, failure.fix);
}

static void on_event(const hr_event* event, void* user) {
  (void)user;
  if (event->kind == HR_EVENT_LIBRARY && event->library_state == HR_LIBRARY_ERROR)
    show_failure((hr_failure){event->what, event->why, event->fix});
  if (event->kind == HR_EVENT_RELOADED)
    fprintf(stderr, "%s: load %u\n", event->module, event->generation);
}

int main(int argc, char** argv) {
  int number = 0;
  int steps = 0;
  hr_library* plugin = NULL;
  argc = hr_args(argc, argv); /* takes --no-hot-reload out */
  steps = argc > 1 ? atoi(argv[1]) : -1;

  plugin = hr_open(PLUGIN);
  hr_bind(plugin, "plugin_next", &next);
  hr_bind(plugin, "plugin_text", &text);
  show_failure(hr_error(plugin));
  hr_on_event(on_event, NULL);
  hr_watch(plugin);

  for (; steps != 0; --steps) {
    hr_poll(); /* a new plugin goes live here, and nowhere else */
    if (next != NULL && text != NULL) {
      number = next(number);
      printf("%d is %s\n", number, text(number));
      fflush(stdout);
    }
    wait_ms(300);
  }
  return !hr_close(plugin);
}
