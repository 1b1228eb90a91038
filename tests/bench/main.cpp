// hr_bench PREFIX [--quick] [reloads|verdict|migration|forwarding]: prints a line about the machine
// and a table, of one part when it is named. Ends with 0 unless something could not be measured; a
// missed target is a line, no failure.
#include <cstdio>
#include <cstring>

#include "bench.h"

int main(int count, char** arguments) {
  using namespace hrwatch::bench;
  if (count < 2) {
    std::fprintf(stderr,
                 "usage: hr_bench PREFIX [--quick] [reloads|verdict|migration|forwarding]\n");
    return 2;
  }
  bool quick = false;
  const char* part = nullptr;
  for (int i = 2; i < count; ++i) {
    if (std::strcmp(arguments[i], "--quick") == 0)
      quick = true;
    else
      part = arguments[i];
  }
  const auto wanted = [part](const char* name) {
    return part == nullptr || std::strcmp(part, name) == 0;
  };
  print_machine();
  print_heading();
  bool complete = true;
  const auto add = [&](const std::vector<Row>& rows) {
    complete = complete && !rows.empty();
    print_rows(rows);
  };
  if (wanted("reloads")) {
    add(measure_reloads(arguments[1], 1, quick ? 5 : 25, quick ? 2 : 10));
    add(measure_reloads(arguments[1], 30, quick ? 3 : 11, 0));
  }
  if (wanted("verdict")) {
    add(measure_verdict(arguments[1], 30, quick ? 3 : 11));
    add(measure_verdict(arguments[1], quick ? 100 : 300, quick ? 3 : 11));
  }
  if (wanted("migration"))
    add(measure_migration(quick ? 3 : 11));
  if (wanted("forwarding"))
    add(measure_forwarding(quick ? 5 : 25));
  if (!complete)
    std::fprintf(stderr, "hr_bench: not everything could be measured, see above\n");
  return complete ? 0 : 1;
}
