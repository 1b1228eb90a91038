// `hrwatch make-way` by itself: the same call, for builds that are tested where the tool is not
// built. Usage: make_way make-way [--response-file FILE] OUTPUT...
#include <cstdio>
#include <string>
#include <vector>

#include "build/link_step.h"

int main(int count, char** words) {
  std::vector<std::string> outputs;
  std::string response_file;
  for (int i = 2; i < count; ++i) {
    if (words[i] == std::string("--response-file") && i + 1 < count)
      response_file = words[++i];
    else
      outputs.emplace_back(words[i]);
  }
  if (count < 3 || words[1] != std::string("make-way") || outputs.empty())
    return 2;
  const auto made = hrwatch::build::make_way_for_link(outputs, response_file);
  if (made.ok())
    return 0;
  const auto& failure = made.failure();
  std::fprintf(stderr, "error: %s\n    why: %s\n    fix: %s\n", failure.what.c_str(),
               failure.why.c_str(), failure.fix.c_str());
  return 1;
}
