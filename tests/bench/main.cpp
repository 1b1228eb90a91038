// hr_bench PREFIX [--quick]: prints a line about the machine and a table. Ends with 0 unless
// something could not be measured; a missed target is a line, no failure.
#include <cstdio>
#include <cstring>

#include "bench.h"

int main(int count, char** arguments) {
  using namespace hrwatch::bench;
  if (count < 2) {
    std::fprintf(stderr, "usage: hr_bench PREFIX [--quick]\n");
    return 2;
  }
  const bool quick = count > 2 && std::strcmp(arguments[2], "--quick") == 0;
  print_machine();
  print_heading();
  bool complete = true;
  const auto add = [&](const std::vector<Row>& rows) {
    complete = complete && !rows.empty();
    print_rows(rows);
  };
  add(measure_reloads(arguments[1], 1, quick ? 5 : 25, quick ? 2 : 10));
  add(measure_reloads(arguments[1], 30, quick ? 3 : 11, 0));
  add(measure_verdict(arguments[1], 30, quick ? 3 : 11));
  add(measure_verdict(arguments[1], quick ? 100 : 300, quick ? 3 : 11));
  add(measure_migration(quick ? 3 : 11));
  add(measure_forwarding(quick ? 5 : 25));
  if (!complete)
    std::fprintf(stderr, "hr_bench: not everything could be measured, see above\n");
  return complete ? 0 : 1;
}
