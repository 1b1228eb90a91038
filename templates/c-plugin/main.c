/* The host: opens the plugin, and calls what it binds by name. */
#include <hr/hr.h>
#include <stdio.h>
#include <stdlib.h>

#include "@MODULE@.h"

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

static @MODULE@_step_function* step;

static void on_event(const hr_event* event, void* user) {
  (void)user;
  if (event->kind == HR_EVENT_LIBRARY && event->library_state == HR_LIBRARY_ERROR)
    fprintf(stderr, "%s\n    why: %s\n    fix: %s\n", event->what, event->why, event->fix);
}

/* @NAME@ [STEPS]: so many steps, or until it is stopped. --no-hot-reload: the plugin as it is. */
int main(int argc, char** argv) {
  int steps = -1;
  int count = 0; /* the host's: a plugin that is replaced finds it where it was */
  hr_library* plugin = NULL;
  argc = hr_args(argc, argv);
  if (argc > 1)
    steps = atoi(argv[1]);
  plugin = hr_open(PLUGIN);
  hr_on_event(on_event, NULL);
  if (!hr_bind(plugin, "@MODULE@_step", &step)) {
    const hr_failure failure = hr_error(plugin);
    fprintf(stderr, "%s\n    why: %s\n    fix: %s\n", failure.what, failure.why, failure.fix);
  }
  hr_watch(plugin);
  for (; steps != 0; --steps) {
    hr_poll(); /* a new plugin goes live here, and nowhere else */
    if (step != NULL)
      step(&count);
    fflush(stdout);
    wait_ms(300);
  }
  return !hr_close(plugin);
}
