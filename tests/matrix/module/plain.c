#include "plain.h"

#if VERSION >= 2 && VERSION <= 4
static int inserted_first = 3;
#endif
static int file_static = 9;
int plain_exported = 20;
int plain_common[4];

int plain_version(void) {
#if VERSION >= 2 && VERSION <= 4
  return VERSION + (inserted_first - 3);
#else
  return VERSION;
#endif
}

#if VERSION >= 3
int plain_count_second(void) {
  static int count = 2000;
  return ++count;
}
#endif

int plain_count_first(void) {
  static int count = 1000;
  return ++count;
}

#if VERSION < 3
int plain_count_second(void) {
  static int count = 2000;
  return ++count;
}
#endif

static int update(int x) {
  return x * 3 + VERSION;
}

static const char* label(void) {
  return VERSION >= 3 ? "new label" : "old label";
}

const struct plain_vtable plain_functions = {update, label};

static const int primes[5] = {2, 3, 5, 7, VERSION >= 2 ? 13 : 11};

int plain_table(int index) {
  ++plain_common[index & 3];
  return primes[index];
}

int plain_update(int x) {
  ++plain_exported;
  ++file_static;
  return update(x) + 1000 * file_static;
}

int plain_call(int (*callback)(void*, int), void* user, int x) {
  return callback(user, x) + VERSION;
}

int plain_is_update(int (*function)(int)) {
  return function == update;
}

int plain_goto(int state) {
  static const void* const labels[3] = {&&first, &&second, &&third};
  goto* labels[state];
first:
  return 100 + VERSION;
second:
  return 200 + VERSION;
third:
  return 300 + VERSION;
}

double plain_union(int pick) {
  static union {
    int number;
    double real;
  } value;

  if (pick)
    value.real = VERSION + 0.5;
  return value.real;
}
