// The module whose description the tests look at. VERSION 2 is the same with edits.
#include "shared.h"

#include <algorithm>
#include <vector>

#ifndef VERSION
#define VERSION 1
#endif

namespace {

#if VERSION >= 2
int inserted_first = 99;
#endif
int hidden_level = 7;
const int prices[] = {10, 20, VERSION == 1 ? 30 : 31};

struct Square : Shape {
  int area() const override { return 4; }
  int corners() const override { return 4; }
};

}  // namespace

int score = 1;
int high_score = VERSION == 1 ? 100 : 200;
static int counter;
static int numbers[5] = {1, 2, 3, 4, 5};
static int behind_numbers[4] = {6, 7, 8, 9};
static const char* names[] = {"orc", VERSION == 1 ? "elf" : "dwarf"};
static int* level_pointer = &hidden_level;
thread_local int per_thread = 5;
static thread_local int per_thread_zero;
static std::vector<int> built{1, 2, 3};
std::string title = "hello";
static int computed = clamp(4);

static int local_step(int by) {
  static int calls = 2;
  static std::string log;
  log += 'x';
  return calls += by;
}

using Step = int (*)(int);
static Step steps[] = {local_step, clamp};

Step chosen_step() { return local_step; }

int sum_numbers() {
  int sum = 0;
  for (int number : numbers)
    sum += number;
  return sum + behind_numbers[0];
}

std::function<int(int)> make_adder(int step) {
#if VERSION >= 2
  auto inserted = [step](int x) { return x - step; };
  counter += inserted(0);
#endif
  auto first = [step](int x) { return x + step; };
  auto second = [step](int x) { return x * step + counter; };
  return step > 0 ? std::function<int(int)>(first) : std::function<int(int)>(second);
}

int play(int n) {
  Square square;
  Shape& shape = square;
  per_thread += n;
  per_thread_zero = n;
  ++counter;
  score = hidden_level + *level_pointer;
  std::sort(built.begin(), built.end(), [](int a, int b) { return a > b; });
  return shape.area() + shape.corners() + steps[n % 2](n) + prices[n % 3] + names[0][0] +
         static_cast<int>(title.size()) + computed + make_adder(n)(n) + shared_total +
         other_counter() + c_first(n) + c_second(n) + high_score;
}
