#include <dlfcn.h>
#include <stdio.h>

int host_value(void) {
  return 41;
}

int main(void) {
  void* plugin = dlopen(PLUGIN, RTLD_NOW | RTLD_GLOBAL);
  if (!plugin) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  printf("entry %d\n", ((int (*)(void))dlsym(plugin, "entry"))());
  return dlclose(plugin);
}
