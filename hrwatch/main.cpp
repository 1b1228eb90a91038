// hrwatch, the tool.
#include "cli/cli.h"

int main(int argument_count, char** arguments) {
  return hrwatch::cli::run(argument_count, arguments);
}
