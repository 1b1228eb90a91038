/* The explicit mode of static builds: the same calls, on modules that are linked into the program.
 * Included by explicit.h; knows no runtime. target_open_hot_modules() compiles a small source into
 * the program that lists each module's EXPORTS; a program that does not call it has nothing of
 * this. What is bound never changes, so nothing here needs a lock. */
#ifndef HR_EXPLICIT_STATIC_H
#define HR_EXPLICIT_STATIC_H

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hr_static_symbol {
  const char* name;
  hr_function address;
};

struct hr_library {
  const char* name; /* of the module */
  const char* file; /* of its library, without folder, prefix and suffix */
  const struct hr_static_symbol* symbols;
  uint64_t symbol_count;
  struct hr_library* next;
  int refused; /* by the load hook */
  int asking;  /* inside it */
  const char* what;
  const char* fix;
  char about[200]; /* what it is about: the reason */
};

/* The modules of this program; not there when it has none. */
#ifdef HR_LISTS_STATIC_MODULES
extern struct hr_library* hr_static_modules; /* this source has it */
#else
HR_DETAIL_OPTIONAL(struct hr_library*, hr_static_modules);
#endif

static inline void hr_static_fail(hr_library* library, const char* what, const char* about,
                                  const char* fix) {
  uint64_t i = 0;
  library->what = what;
  library->fix = fix;
  for (; about[i] != '\0' && i + 1 < sizeof(library->about); ++i)
    library->about[i] = about[i];
  library->about[i] = '\0';
}

/* "game" of "build/libgame.so": `size` bytes of the result. */
static inline const char* hr_static_name(const char* path, uint64_t* size) {
  const char* name = strrchr(path, '/');
  const char* end = NULL;
  name = name != NULL ? name + 1 : path;
  if (strncmp(name, "lib", 3) == 0 && name[3] != '\0' && name[3] != '.')
    name += 3;
  end = strchr(name, '.');
  *size = end != NULL ? (uint64_t)(end - name) : (uint64_t)strlen(name);
  return name;
}

static inline int hr_static_is(const char* known, const char* name, uint64_t size) {
  return strlen(known) == size && memcmp(known, name, size) == 0;
}

static inline hr_library* hr_static_find(const char* path) {
  static hr_library missing;
  uint64_t size = 0;
  const char* name = hr_static_name(path, &size);
  hr_library* module = HR_DETAIL_VALUE_IF_THERE(hr_static_modules);
  for (; module != NULL; module = module->next) {
    if (hr_static_is(module->name, name, size) || hr_static_is(module->file, name, size))
      return module;
  }
  missing.refused = 1;
  hr_static_fail(&missing,
                 "no module of that name is linked into the program, and this is a static build",
                 path,
                 "to open it while the program runs, link hrwatch::runtime; for a static build, "
                 "target_open_hot_modules(<program> <module>) and add_hot_module(<module> EXPORTS "
                 "...)");
  return &missing;
}

static inline hr_function hr_symbol(const hr_library* library, const char* name) {
  uint64_t i = 0;
  if (library == NULL || name == NULL)
    return NULL;
  for (; i < library->symbol_count; ++i) {
    if (strcmp(library->symbols[i].name, name) == 0)
      return library->symbols[i].address;
  }
  return NULL;
}

static inline hr_library* hr_open_with(const char* path, const hr_hooks* hooks) {
  hr_library* library = path != NULL ? hr_static_find(path) : NULL;
  if (library == NULL || library->symbols == NULL || hooks == NULL)
    return library;
  if (hooks->freeze != NULL)
    hooks->freeze(library, hooks->user);
  /* What this one binds is bound at once: there is nothing older to keep. */
  library->asking = 1;
  library->refused = hooks->load != NULL && hooks->load(library, hooks->user) == 0;
  library->asking = 0;
  if (library->refused)
    hr_static_fail(library, "the module was not taken in", "the program's load hook returned 0",
                   "mend what it checks or starts, and build again");
  if (hooks->thaw != NULL)
    hooks->thaw(library, hooks->user);
  return library;
}

static inline hr_library* hr_open(const char* path) {
  return hr_open_with(path, NULL);
}

static inline int hr_close(hr_library* library) {
  return library != NULL;
}

static inline hr_function hr_static_bind(hr_library* library, const char* name) {
  hr_function found = NULL;
  if (library == NULL || name == NULL || library->refused)
    return NULL;
  found = hr_symbol(library, name);
  if (found == NULL)
    hr_static_fail(library, "the program binds what the module does not export in a static build",
                   name, "name it in add_hot_module(<module> EXPORTS ...)");
  return found;
}

static inline int hr_bind_function(hr_library* library, const char* name, void* pointer) {
  const hr_function found = hr_static_bind(library, name);
  if (found == NULL || pointer == NULL)
    return 0;
  memcpy(pointer, &found, sizeof(found));
  return 1;
}

static inline int hr_bind_bytes(hr_library* library, const char* name, void* table, uint64_t size,
                                uint64_t room) {
  const hr_function found = hr_static_bind(library, name);
  const void* from = NULL;
  if (found == NULL || table == NULL || size > room)
    return 0;
  memcpy(&from, &found, sizeof(from));
  memcpy(table, from, size);
  return 1;
}

static inline int hr_unbind(hr_library* library, const void* bound) {
  return library != NULL && bound != NULL;
}

static inline int hr_watch(hr_library* library) {
  return library != NULL && !library->refused;
}

static inline int hr_reload(hr_library* library) {
  (void)library;
  return 0;
}

static inline int hr_status(const hr_library* library) {
  if (library == NULL)
    return 0;
  return library->what != NULL ? HR_LIBRARY_ERROR : HR_LIBRARY_OK;
}

static inline hr_failure hr_error(const hr_library* library) {
  hr_failure failure = {"", "", ""};
  if (library != NULL && library->what != NULL) {
    failure.what = library->what;
    failure.why = library->about;
    failure.fix = library->fix;
  }
  return failure;
}

static inline int hr_loaded(const hr_library* library) {
  return library != NULL && !library->refused && !library->asking ? 0 : -1;
}

static inline const hr_view* hr_look(const hr_library* library) {
  return hr_loaded(library) >= 0 ? (const hr_view*)(const void*)library : NULL;
}

static inline hr_function hr_view_function(const hr_view* view, const void* pointer) {
  hr_function value = NULL;
  if (view != NULL && pointer != NULL)
    memcpy(&value, pointer, sizeof(value));
  return value;
}

static inline const void* hr_view_table(const hr_view* view, const void* table) {
  return view != NULL ? table : NULL;
}

static inline int hr_unload(hr_library* library, int what) {
  (void)what;
  return library != NULL ? 0 : -1;
}

#ifdef __cplusplus
}
#endif
#endif
