// Objects with virtual functions, run-time type information and exceptions across generations.
#pragma once

#include <memory>
#include <stdexcept>

struct Named {
  virtual ~Named();
  virtual const char* name() const = 0;
};

struct Sized {
  virtual ~Sized();
  virtual int area() const = 0;
  int scale = 1;
};

// Two polymorphic bases: calls through Sized go through thunks.
struct Shape : Named, Sized {
  const char* name() const override;
  int area() const override;
  int width = 2, height = 3;
};

struct Root {
  virtual ~Root();
  virtual int depth() const;
  int root = 1;
};

struct Left : virtual Root {
  int left = 2;
};

// A virtual base: construction tables and vbase offsets.
struct Diamond : Left {
  int depth() const override;
};

struct Mishap : std::runtime_error {
  using runtime_error::runtime_error;
};

std::unique_ptr<Shape> make_shape();
std::unique_ptr<Root> make_diamond();
Named* make_hidden();  // a class of the module's unnamed namespace
bool is_shape(const Named& named);
bool is_hidden(const Named& named);
Sized* as_sized(Named& named);  // dynamic_cast across the hierarchy
int destroyed_hidden();         // how many objects of the hidden class were destroyed
void throw_mishap(int x);
void throw_hidden();
int catch_hidden(void (*thrower)());     // the version that threw, -1 when not caught
int catch_from_host(void (*thrower)());  // catches std::exception
