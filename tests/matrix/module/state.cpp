#include "state.h"

#include <array>
#include <memory>

#if VERSION >= 2 && VERSION <= 4
static int inserted_static = 41;
int inserted_global = 42;
static std::array<long, 9> inserted_array = {1, 2, 3};
#endif

int exported_counter = 10;
std::vector<std::string> log_lines = {"boot"};
std::string title = "a first title that is long enough to live on the heap";
int Holder::static_member = 3;
static int same_name = 1;

namespace {

int unnamed = 5;
std::unique_ptr<int> owned = std::make_unique<int>(1);

}  // namespace

int count_up() {
#if VERSION >= 2 && VERSION <= 4
  inserted_static += inserted_global + static_cast<int>(inserted_array[0]);
#endif
  ++exported_counter;
  ++Holder::static_member;
  ++*owned;
  log_lines.push_back("line of version " + std::to_string(VERSION));
  return VERSION * 10000 + Holder::static_member * 100 + *owned;
}

int& Holder::member() {
  return static_member;
}

int* counter_address() {
  return &exported_counter;
}

int same_named_static() {
  return ++same_name;
}

int unnamed_namespace_variable() {
  return ++unnamed;
}

int inline_places() {
  return ++shared_inline_counter() + 1000 * ++inline_variable;
}

int template_place() {
  return Numbered<int>::next() + 1000 * Numbered<long>::next();
}

int local_statics() {
#if VERSION >= 4
  static int earlier = 50;
  ++earlier;
#endif
  static int plain = 0;
  static std::string guarded = "abc";
  guarded += 'x';
  return ++plain + 1000 * static_cast<int>(guarded.size());
}

int same_named_locals() {
  int sum = 0;
  {
    static int value = 10;
    sum += ++value;
  }
  for (int i = 0; i < 1; ++i) {
    static long value = 20;
    sum += static_cast<int>(++value) * 1000;
  }
  return sum;
}

std::map<std::string, int>& registry() {
  static std::map<std::string, int> entries = {{"first", 1}};
  entries["calls"] += 1;
  return entries;
}

std::string describe() {
  return title + '/' + std::to_string(log_lines.size());
}

namespace {

struct Fields {
  unsigned small : 3, wide : 13;
  unsigned char bytes[5];
  double value;
};

Fields flags = {1, 2, {1, 2, 3, 4, 5}, 0.5};

}  // namespace

int fields() {
  flags.wide = (flags.wide + 1) & 0x1FFF;
  flags.bytes[4] = static_cast<unsigned char>(flags.bytes[4] + 1);
  flags.value += 1;
  return static_cast<int>(flags.small) + static_cast<int>(flags.wide) * 10 + flags.bytes[4] * 1000 +
         static_cast<int>(flags.value) * 100000;
}

static char text_buffer[13] = "abcdefghijkl";
static short odd_numbers[3] = {1, 3, 5};

int unaligned_sum() {
  text_buffer[11] = static_cast<char>(text_buffer[11] + 1);
  odd_numbers[2] = static_cast<short>(odd_numbers[2] + 2);
  return text_buffer[11] * 100 + odd_numbers[2];
}

const void* interior_pointer() {
  return &text_buffer[7];
}

static int pointed_at = 5;
static int* pointer = &pointed_at;
static int* pointer_inside = &pointed_at;

int pointer_to_static() {
  ++*pointer;
  pointer_inside = pointer;
  return pointer_inside == &pointed_at ? pointed_at : -1;
}
