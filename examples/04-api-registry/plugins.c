#include "plugins.h"

#include <stdio.h>
#include <string.h>

enum { most_apis = 16, most_functions = 32, longest_name = 32 };

struct slot {
  char name[longest_name];
  hr_function functions[most_functions]; /* the struct; its address never changes */
};

static struct slot slots[most_apis];
static hr_library* loading; /* the plugin whose load function runs */

static struct slot* slot_of(const char* name, size_t size) {
  struct slot* slot = slots;
  if (strlen(name) >= longest_name || size > sizeof(slot->functions))
    return NULL;
  for (; slot != slots + most_apis; ++slot) {
    if (slot->name[0] == '\0')
      strcpy(slot->name, name);
    if (strcmp(slot->name, name) == 0)
      return slot;
  }
  return NULL;
}

static const void* get(const char* name, size_t size) {
  struct slot* slot = slot_of(name, size);
  return slot != NULL ? slot->functions : NULL;
}

/* The table goes live with the plugin: all of it, or nothing when the plugin is not taken in. */
static int publish(const char* name, size_t size) {
  struct slot* slot = slot_of(name, size);
  return slot != NULL && hr_bind_table(loading, name, &slot->functions, size);
}

const struct registry registry = {get, publish};

static int load(hr_library* library, void* load_name) {
  plugin_load* load_plugin = (plugin_load*)hr_symbol(library, load_name);
  int wanted = 0;
  if (load_plugin == NULL) {
    fprintf(stderr, "the plugin has no function %s\n", (const char*)load_name);
    return 0;
  }
  loading = library;
  wanted = load_plugin(&registry, hr_loaded(library) >= 0);
  loading = NULL;
  return wanted;
}

hr_library* open_plugin(const char* file, const char* load_name) {
  const hr_hooks hooks = {.struct_size = sizeof(hooks), .user = (void*)load_name, .load = load};
  return hr_open_with(file, &hooks);
}
