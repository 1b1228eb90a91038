#include "tables.h"

#include <iterator>

static int ranged[4] = {1, 2, 3, 4};
#if VERSION >= 2 && VERSION <= 4
static int behind_ranged[4] = {10, 20, 30, 40};
#endif
static long ranged_longs[3] = {1, 2, 3};
#if VERSION >= 3
static long behind_longs[2] = {100, 200};
#endif
static int sentinel = 1000;

// The sum of an array's elements, each of which it raises by one; a wrong end adds strangers.
template <class T, int size>
static int raise_all(T (&array)[size]) {
  int sum = 0;
  for (T& element : array)
    sum += static_cast<int>(element++);
  return sum;
}

int sum_of_ranged() {
  int sum = 0;
  for (int& element : ranged)
    sum += element++;
#if VERSION >= 2 && VERSION <= 4
  int count = 0;
  for (const int element : behind_ranged)
    count += element == 0 ? 100 : 1;
  if (count != 4)
    return -1;
#endif
  return sum;
}

int sum_of_ranged_longs() {
  int sum = 0;
  for (long& element : ranged_longs)
    sum += static_cast<int>(element++);
#if VERSION >= 3
  int count = 0;
  for (const long element : behind_longs)
    count += element < 100 ? 100 : 1;
  if (count != 2)
    return -1;
#endif
  return sum;
}

int sum_of_local_ranged() {
  static int local[5] = {1, 1, 1, 1, 1};
  return raise_all(local);
}

int backwards() {
  int sum = 0;
  for (const int* at = std::end(ranged); at != std::begin(ranged);)
    sum = sum * 10 + *--at % 10;
  ++sentinel;
  return sentinel >= 1000 ? sum : -1;
}

#if VERSION >= 2 && VERSION <= 4
const int limits[3] = {10, 20, 31};
#else
const int limits[3] = {10, 20, 30};
#endif

const int* limits_in_module() {
  return limits;
}

static int add_version(int x) {
  return x + VERSION;
}

static int double_it(int x) {
  return 2 * x;
}

#if VERSION == 3
const Rule rules[2] = {{"double", &double_it}, {"add", &add_version}};
#else
const Rule rules[2] = {{"add", &add_version}, {"double", &double_it}};
#endif

#if VERSION == 1
static int tuned = 4;
int exported_tuning = 400;
static const char* tuned_name = "four";
#elif VERSION <= 3
static int tuned = 9;
int exported_tuning = 900;
static const char* tuned_name = "nine";
#else
static int tuned = 16;
int exported_tuning = 1600;
static const char* tuned_name = "sixteen";
#endif

namespace {

struct Tuning {
  int gear;
  double ratio;
  const char* label;
};

}  // namespace

static Tuning tuning_fields = {2, VERSION >= 3 ? 0.75 : 0.5, "tuning"};
static int kept = 5;

int tuning() {
  return tuned;
}

int exported_tuning_value() {
  return exported_tuning;
}

double tuned_fields() {
  return tuning_fields.gear + tuning_fields.ratio + (tuning_fields.label[0] == 't' ? 0 : 100);
}

const char* tuned_text() {
  return tuned_name;
}

int set_kept(int value) {
  const int before = kept;
  kept = value;
  return before;
}

static const int hidden_numbers[] = {2, 3,  5,
#if VERSION >= 3
                                     7, 11,
#endif
                                     13};

int hidden_constant(int index) {
  return hidden_numbers[index] + 100 * static_cast<int>(std::size(hidden_numbers));
}

const char* level_name(int level) {
  switch (level) {
    case 0:
      return "none";
    case 1:
      return VERSION >= 2 ? "one or more" : "one";
    case 2:
      return "two";
    case 3:
      return "three";
    case 4:
      return "four";
    case 5:
      return "five";
    default:
      return "many";
  }
}
