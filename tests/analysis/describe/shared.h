// What both C++ units of the module have: an inline function (its list of entries hangs on it in g++),
// a class with virtual functions, an inline variable.
#pragma once

#include <functional>
#include <string>

inline int clamp(int value) { return value < 0 ? 0 : value; }

inline int shared_total = 3;

struct Shape {
  virtual ~Shape() = default;
  virtual int area() const { return 1; }
  virtual int corners() const = 0;
};

std::function<int(int)> make_adder(int step);
int other_counter();
extern "C" int c_first(int);
extern "C" int c_second(int);
