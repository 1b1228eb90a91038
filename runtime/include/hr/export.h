/* How the functions of the runtime are marked as exported. Knows nothing else. */
#ifndef HR_EXPORT_H
#define HR_EXPORT_H

#if defined(_WIN32) && defined(HR_BUILDING_RUNTIME)
#define HR_API __declspec(dllexport)
#elif defined(_WIN32)
#define HR_API __declspec(dllimport)
#else
#define HR_API __attribute__((visibility("default")))
#endif

#endif
