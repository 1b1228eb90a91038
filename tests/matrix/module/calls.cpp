#include "calls.h"

#include <cstdarg>

#if VERSION >= 2 && VERSION <= 4
static int inserted_before_everything = 7;

static int inserted(int x) {
  return x + inserted_before_everything;
}
#endif

int scale(int x) {
  return x * VERSION;
}

int scale_twice(int x) {
  return scale(scale(x));
}

static int hidden(int x) {
  return x + VERSION;
}

static int other(int x) {
  return x - VERSION;
}

static Operation chosen = &hidden;
static const Operation hidden_table[] = {&other, &hidden, &scale};

Button buttons[2] = {{"scale", &scale}, {"hidden", &hidden}};
const Operation operations[3] = {&hidden, &other, &scale};

Operation hidden_operation() {
#if VERSION >= 2 && VERSION <= 4
  if (inserted(0) == 0)
    return nullptr;
#endif
  return &hidden;
}

bool is_hidden_operation(Operation operation) {
  return operation == &hidden;
}

int buttons_pointing_at(Operation operation) {
  int count = 0;
  for (const Button& button : buttons)
    count += button.pressed == operation;
  return count;
}

Operation chosen_operation() {
  return chosen;
}

Operation table_entry(int index) {
  return hidden_table[index];
}

int ask_host(int x) {
  ++host_counter;
  return host_answer(x) + VERSION;
}

#if VERSION != 5
int retired(int x) {
  return x + 100 * VERSION;
}

Operation retired_operation() {
  return &retired;
}
#else
Operation retired_operation() {
  return nullptr;
}
#endif

int variadic_sum(int count, ...) {
  va_list list;
  va_start(list, count);
  int sum = VERSION;
  for (int i = 0; i < count; ++i)
    sum += va_arg(list, int);
  va_end(list);
  return sum;
}

double weighted(double a, float b, long c, const char* text) {
  return a * VERSION + static_cast<double>(b) + static_cast<double>(c) + text[0];
}

Big big_value(int seed) {
  Big big{};
  for (long& word : big.words)
    word = seed++ * VERSION;
  return big;
}
