/* How plugins find each other. An API is a struct of function pointers with a name. Whoever asks
 * for it gets the address of the one struct of that name, and keeps it for good: when the plugin
 * behind it is built anew, the contents are replaced. All that a plugin needs to know of the
 * program. */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <stddef.h>

struct registry {
  /* The struct `name`: all zero as long as no plugin has published it. NULL when there is no room.
   */
  const void* (*get)(const char* name, size_t size);
  /* Inside load_...() only: from now on it has the contents of the object `name` that this plugin
   * exports. Returns 0 when there is no such object, or no room. */
  int (*publish)(const char* name, size_t size);
};

/* The API, its struct and the plugin's object have one name: GET_API(registry, water_api). */
#define GET_API(registry, api) ((const struct api*)(registry)->get(#api, sizeof(struct api)))
#define PUBLISH_API(registry, api) ((registry)->publish(#api, sizeof(struct api)))

/* What a plugin exports. It runs in the new code while everything still leads to the old one.
 * `reload`: there is an old one. Returns 0 when it does not want to go live: nothing changes then.
 */
typedef int plugin_load(const struct registry* registry, int reload);

#endif
