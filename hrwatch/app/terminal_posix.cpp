#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/terminal.h"

namespace hrwatch::app {

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

int terminal_columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::vector<int> stopping_signals() {
  return {SIGINT, SIGTERM, SIGHUP};
}

bool terminal_signals_children() {
  return ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
}

// Terminals take both.
void prepare_terminal() {}

void ignore_broken_pipes() {
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace hrwatch::app
