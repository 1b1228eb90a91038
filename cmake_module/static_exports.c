/* Compiled into programs of static builds that open hot modules by path (explicit_static.h): the
 * EXPORTS of one module, by name. The generated source that includes this defines HR_MODULE_NAME
 * and HR_EXPORTS(X); HR_MODULE_FILE comes with the command line. C11, and C++11 through a .cpp
 * twin. Knows no type of what it lists: functions and data are declared alike, and only their
 * addresses are taken. */
#pragma GCC system_header
#include "hr/explicit.h"

#if !defined(HR_MODULE_NAME) || !defined(HR_MODULE_FILE) || !defined(HR_EXPORTS)
#error "static_exports.c is compiled by add_hot_module(... EXPORTS ...)"
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define HR_DECLARE(symbol) extern void symbol(void);
HR_EXPORTS(HR_DECLARE)

/* One list a program, whichever of its modules come with it. */
__attribute__((weak)) struct hr_library* hr_static_modules;

#define HR_LIST(symbol) {#symbol, symbol},
static const struct hr_static_symbol hr_symbols[] = {HR_EXPORTS(HR_LIST)};

static struct hr_library hr_this_module;

/* 101 is the first priority a program may use: before its own constructors. */
__attribute__((constructor(101))) static void hr_list_module(void) {
  hr_this_module.name = HR_MODULE_NAME;
  hr_this_module.file = HR_MODULE_FILE;
  hr_this_module.symbols = hr_symbols;
  hr_this_module.symbol_count = sizeof(hr_symbols) / sizeof(hr_symbols[0]);
  hr_this_module.next = hr_static_modules;
  hr_static_modules = &hr_this_module;
}

#ifdef __cplusplus
}
#endif
