// State that lives in the module: every linkage and every place that C++ knows.
#pragma once

#include <map>
#include <string>
#include <vector>

extern int exported_counter;
extern std::vector<std::string> log_lines;
extern std::string title;

// One storage for the host and all generations (STB_GNU_UNIQUE with g++).
inline int& shared_inline_counter() {
  static int counter = 100;
  return counter;
}

inline int inline_variable = 11;

template <class T>
struct Numbered {
  static int next() { return ++number; }

  static int number;
};

template <class T>
int Numbered<T>::number = 7;

struct Holder {
  static int& member();
  static int static_member;
};

int count_up();  // exported and file-static counter; adds a log line
int* counter_address();
int same_named_static();  // file static with the same name in state.cpp, north/unit.cpp,
                          // south/unit.cpp
int north_static();
int south_static();
int unnamed_namespace_variable();
int inline_places();  // inline variable and static of an inline function
int template_place();
int local_statics();                     // plain and guarded statics of a function
int same_named_locals();                 // two statics of one name in different blocks
std::map<std::string, int>& registry();  // a static of a function, returned by reference
std::string describe();
int fields();  // a static struct with bit-fields and an array
int unaligned_sum();
const void* interior_pointer();  // address in the middle of a static array
int pointer_to_static();         // a static pointer that points at another static
