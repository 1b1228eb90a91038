#include <hr/hr.h>
#include <stdio.h>

#include "plugin.h"

static int (*step)(int);
static struct plugin_api api;
static const char* (*other)(void);
static int (*missing)(void);

const char* program_name(void) {
  return "program";
}

int main(void) {
  hr_library* plugin = hr_open(PLUGIN);
  hr_library* second = hr_open(OTHER);
  hr_library* none = hr_open(MISSING);
  const int bound = hr_bind(plugin, "plugin_step", &step) +
                    hr_bind_table(plugin, "plugin_api", &api, sizeof(api)) +
                    hr_bind(second, "other_name", &other);
  const int not_bound = hr_bind(plugin, "no_such_thing", &missing) + hr_bind(none, "x", &missing);
  if (bound != 3) {
    fprintf(stderr, "%s: %s (%s)\n", hr_error(plugin).what, hr_error(plugin).why,
            hr_error(plugin).fix);
    return 1;
  }
  step(2);
  printf("step %d %s %d %s, %d %d %d %d\n", HR_SEEN(hr_look(plugin), step)(3), api.name(),
         api.answer, other(), not_bound, missing == 0, hr_status(second) == HR_LIBRARY_OK,
         hr_status(none) != HR_LIBRARY_OK);
  return !(*hr_error(plugin).fix && *hr_error(none).what) || !hr_close(plugin) ||
         !hr_close(second) || !hr_close(none);
}
