/* The C side of the module. */
#ifndef PLAIN_H
#define PLAIN_H

#ifdef __cplusplus
extern "C" {
#endif

struct plain_vtable {
  int (*update)(int);
  const char* (*label)(void);
};

extern const struct plain_vtable plain_functions;
extern int plain_exported;
extern int plain_common[4]; /* no initialiser: .bss or COMMON */

int plain_version(void);
int plain_count_first(void);  /* `static int count` */
int plain_count_second(void); /* another `static int count`; version 3 moves it in front */
int plain_table(int index);
int plain_update(int x);
int plain_call(int (*callback)(void*, int), void* user, int x);
int plain_is_update(int (*update)(int));
int plain_goto(int state); /* computed goto: addresses of labels in a static table */
double plain_union(int pick);

#ifdef __cplusplus
}
#endif
#endif
