/* How a hot module presents itself to the runtime. Not for users: add_hot_module() compiles
 * cmake_module/hot_module.c into the library, which fills this in before any other constructor of
 * the library runs. C11 and C++. */
#ifndef HR_MODULE_H
#define HR_MODULE_H

#include <stdint.h>

#include "hr/export.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HR_MODULE_ABI 1

struct hr_module_info {
  uint32_t struct_size;
  uint32_t abi;                     /* HR_MODULE_ABI */
  const char* name;                 /* target name; valid as long as the library is loaded */
  const char* build_dir;            /* top-level build folder, absolute */
  const void* const* entries_begin; /* __start___patchable_function_entries; NULL without (COFF) */
  const void* const* entries_end;
  const void* anchor; /* any address inside the library */
};

/* Called by the library's first constructor and last destructor. Never fails visibly: a module the
 * runtime can't reload simply runs as it is, and the tool says why.
 * Thread: the one that loads the library. Cost: one pass over the entries. */
HR_API void hr_module_loaded(const struct hr_module_info* info);
HR_API void hr_module_unloaded(const struct hr_module_info* info);

#ifdef __cplusplus
}
#endif
#endif
