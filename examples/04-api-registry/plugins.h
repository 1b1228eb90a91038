/* The program's side of registry.h. */
#ifndef PLUGINS_H
#define PLUGINS_H

#include <hr/hr.h>

#include "registry.h"

extern const struct registry registry;

/* Opens the plugin in `file` and calls its function `load_name`, now and whenever it is built anew.
 * `load_name` is kept. */
hr_library* open_plugin(const char* file, const char* load_name);

#endif
