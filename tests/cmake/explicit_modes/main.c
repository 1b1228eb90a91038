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

/* The load hook: nothing is loaded before the first one, and what it binds goes live with it. */
static int loaded_before = 7;
static int bound_in_hook = 7;
static struct plugin_api api_of_hook;

static int load(hr_library* library, void* user) {
  loaded_before = user == &api_of_hook && hr_look(library) == 0 ? hr_loaded(library) : 8;
  bound_in_hook = hr_bind_table(library, "plugin_api", &api_of_hook, sizeof(api_of_hook));
  return 1;
}

int main(void) {
  const hr_hooks hooks = {sizeof(hooks), 0, &api_of_hook, 0, load, 0};
  hr_library* plugin = hr_open_with(PLUGIN, &hooks);
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
  printf("asked %d %d %d %d\n", loaded_before, bound_in_hook, api_of_hook.answer,
         hr_loaded(plugin));
  return !(*hr_error(plugin).fix && *hr_error(none).what) || !hr_close(plugin) ||
         !hr_close(second) || !hr_close(none);
}
