/* How symbols are marked: functions of the runtime as exported, variables as not needed. Knows
 * nothing else. */
#ifndef HR_EXPORT_H
#define HR_EXPORT_H

#if defined(_WIN32) && defined(HR_BUILDING_RUNTIME)
#define HR_API __declspec(dllexport)
#elif defined(_WIN32)
#define HR_API __declspec(dllimport)
#else
#define HR_API __attribute__((visibility("default")))
#endif

/* A pointer that some other source of the program may define, and its value: NULL where none does.
 * MSVC has no weak symbols; its linker takes the empty one where it finds no other. */
#ifdef _MSC_VER
#define HR_DETAIL_OPTIONAL(type, name)         \
  extern type name;                            \
  __declspec(selectany) type hr_no_##name = 0; \
  __pragma(comment(linker, "/alternatename:" #name "=hr_no_" #name)) extern type name
#define HR_DETAIL_VALUE_IF_THERE(name) name
#else
#define HR_DETAIL_OPTIONAL(type, name) extern __attribute__((weak)) type name
#define HR_DETAIL_VALUE_IF_THERE(name) (&name != NULL ? name : NULL)
#endif

#endif
