/* Compiled into programs of static builds that open hot modules by path (explicit_static.h): the
 * EXPORTS of one module, by name. The generated source that includes this defines HR_MODULE_NAME
 * and HR_EXPORTS(X); HR_MODULE_FILE comes with the command line. C11, and C++11 through a .cpp
 * twin. Knows no type of what it lists: functions and data are declared alike, and only their
 * addresses are taken. */
#ifndef _MSC_VER
#pragma GCC system_header
#endif
#define HR_LISTS_STATIC_MODULES
#include "hr/explicit.h"

#if !defined(HR_MODULE_NAME) || !defined(HR_MODULE_IDENTIFIER) || !defined(HR_MODULE_FILE) || \
    !defined(HR_EXPORTS)
#error "static_exports.c is compiled by add_hot_module(... EXPORTS ...)"
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define HR_DECLARE(symbol) extern void symbol(void);
HR_EXPORTS(HR_DECLARE)

/* One list a program, whichever of its modules come with it. */
#if defined(_MSC_VER) || (defined(_WIN32) && defined(__clang__))
/* In COFF lld takes two weak definitions for one too many; GNU's linker does not. */
__declspec(selectany) struct hr_library* hr_static_modules = NULL;
#else
__attribute__((weak)) struct hr_library* hr_static_modules;
#endif

#define HR_LIST(symbol) {#symbol, symbol},
static const struct hr_static_symbol hr_symbols[] = {HR_EXPORTS(HR_LIST)};

static struct hr_library hr_this_module;

#ifdef _MSC_VER
#define HR_CONSTRUCTOR
#else
/* 101 is the first priority a program may use: before its own constructors. */
#define HR_CONSTRUCTOR __attribute__((constructor(101)))
#endif

HR_CONSTRUCTOR static void hr_list_module(void) {
  hr_this_module.name = HR_MODULE_NAME;
  hr_this_module.file = HR_MODULE_FILE;
  hr_this_module.symbols = hr_symbols;
  hr_this_module.symbol_count = sizeof(hr_symbols) / sizeof(hr_symbols[0]);
  hr_this_module.next = hr_static_modules;
  hr_static_modules = &hr_this_module;
}

#ifdef _MSC_VER
/* The C library calls what lies between .CRT$XCA and .CRT$XCZ, by name: before XCU, which has the
 * program's own constructors. Nothing refers to the pointer, so the linker is told to keep it. */
#pragma section(".CRT$XCB", read)
#define HR_JOINED(a, b) a##b
#define HR_JOIN(a, b) HR_JOINED(a, b)
#define HR_TEXT_OF(x) #x
#define HR_TEXT(x) HR_TEXT_OF(x)
#define HR_LISTER HR_JOIN(hr_lists_, HR_MODULE_IDENTIFIER)
extern void (*const HR_LISTER)(void);
__declspec(allocate(".CRT$XCB")) void (*const HR_LISTER)(void) = hr_list_module;
#pragma comment(linker, "/include:" HR_TEXT(HR_LISTER))
#endif

#ifdef __cplusplus
}
#endif
