/* Compiled into every hot module by add_hot_module(): presents the library to the runtime before
 * any other code of it runs, and takes leave after all of it has. Exports nothing; knows nothing of
 * reloading. HR_MODULE_NAME and HR_MODULE_BUILD_DIR are string literals given for this source only.
 * C11, and C++11 through hot_module.cpp. The warnings that the project turns on are for its
 * sources. */
#pragma GCC system_header
#include "hr/module.h"

#if !defined(HR_MODULE_NAME) || !defined(HR_MODULE_BUILD_DIR)
#error "hot_module.c is compiled by add_hot_module(), which names the module"
#endif

#ifdef __ELF__
#ifdef __cplusplus
extern "C" {
#endif

/* Made by the linker for the section of -fpatchable-function-entry; absent (null) when no source
 * was compiled with that option. */
extern const void* const __start___patchable_function_entries[]
    __attribute__((weak, visibility("hidden")));
extern const void* const __stop___patchable_function_entries[]
    __attribute__((weak, visibility("hidden")));

#ifdef __cplusplus
}
#endif
#define HR_ENTRIES_BEGIN __start___patchable_function_entries
#define HR_ENTRIES_END __stop___patchable_function_entries
#else /* COFF has no such section: the runtime finds them in the code. */
#define HR_ENTRIES_BEGIN 0
#define HR_ENTRIES_END 0
#endif

static const int hr_anchor = 0;

/* The last variable of the library: its end is also the library's, which the dynamic linker keeps,
 * and should not be taken for a pointer to what stands before it. */
__attribute__((used)) static char hr_last[16];

#ifdef HR_MODULE_MIGRATES_GLOBALS
/* add_hot_module(... MIGRATE_GLOBALS): the tool looks for the name. */
__attribute__((used)) static const char hr_migrate_globals = 1;
#endif

static struct hr_module_info hr_describe_module(void) {
  struct hr_module_info info;
  info.struct_size = (uint32_t)sizeof(info);
  info.abi = HR_MODULE_ABI;
  info.name = HR_MODULE_NAME;
  info.build_dir = HR_MODULE_BUILD_DIR;
  info.entries_begin = HR_ENTRIES_BEGIN;
  info.entries_end = HR_ENTRIES_END;
  info.anchor = &hr_anchor;
  return info;
}

/* 101 is the first priority a program may use: before every constructor of the module's own. */
__attribute__((constructor(101))) static void hr_module_constructed(void) {
  const struct hr_module_info info = hr_describe_module();
  /* Named here, so that no linker leaves them out (--gc-sections); not by its start, which is
   * another variable's end. */
  __asm__ volatile("" : : "r"(&hr_last[8]));
#ifdef HR_MODULE_MIGRATES_GLOBALS
  __asm__ volatile("" : : "r"(&hr_migrate_globals));
#endif
  hr_module_loaded(&info);
}

__attribute__((destructor(101))) static void hr_module_destructed(void) {
  const struct hr_module_info info = hr_describe_module();
  hr_module_unloaded(&info);
}
