/* The program: opens two plugins, and has one of them paint. Of the other it knows nothing. */
#include <hr/hr.h>
#include <stdio.h>
#include <stdlib.h>

#include "painter.h"
#include "plugins.h"

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

/* river [ROWS]: so many rows at once, or one after the other until it is stopped. --no-hot-reload:
 * the plugins as they are. */
int main(int argc, char** argv) {
  const struct painter_api* painter = GET_API(&registry, painter_api);
  hr_library* plugins[2];
  int rows = -1;
  argc = hr_args(argc, argv);
  if (argc > 1)
    rows = atoi(argv[1]);

  plugins[0] = open_plugin(PAINTER, "load_painter"); /* in any order */
  plugins[1] = open_plugin(WATER, "load_water");
  for (int i = 0; i < 2; ++i) {
    show_failure(hr_error(plugins[i]));
    hr_watch(plugins[i]);
  }
  hr_on_event(on_event, NULL);

  for (int row = 0; row != rows; ++row) {
    hr_poll(); /* new plugins go live here, and nowhere else */
    if (painter->paint != NULL)
      painter->paint(row);
    fflush(stdout);
    if (rows < 0)
      wait_ms(100);
  }
  hr_close(plugins[0]);
  return !hr_close(plugins[1]);
}
