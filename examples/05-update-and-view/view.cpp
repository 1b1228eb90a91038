// What is seen of it. A hot module.
#include "view.h"

#include <cstdio>
#include <string>

#include "meadow.h"

void view(const State& state) {
  const char* looks = " .o*";  // from dark to bright: change it and save
  std::string row(columns, ' ');
  for (const Firefly& firefly : state.fireflies) {
    const auto column = static_cast<std::size_t>(firefly.place * (columns - 1));
    if (glow(firefly) > 0)
      row[column] = looks[glow(firefly)];
  }
  std::printf("%5d |%s|\n", state.frame, row.c_str());
}
