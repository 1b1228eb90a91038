// The verbs of the command line. Knows `app`, nothing below it.
#pragma once

namespace hrwatch::cli {

// Does what the command line says. Returns the exit code (DESIGN 3.2). Never throws.
int run(int argument_count, char** arguments);

}  // namespace hrwatch::cli
