// The hot module: edit and save while the program runs.
#include "@MODULE@.h"

#include <cstdio>
#include <string>
#include <vector>

namespace {

int steps = 0;                     // variables stay,
std::vector<std::string> history;  // and what is on the heap

}  // namespace

void step() {
  history.push_back("step " + std::to_string(++steps));
  std::printf("%s: hello\n", history.back().c_str());  // change this line and save
  std::fflush(stdout);
}
