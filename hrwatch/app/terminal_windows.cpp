#include <windows.h>
#include <fcntl.h>
#include <io.h>
#include <uv.h>

#include <csignal>
#include <cstdio>

#include "app/terminal.h"

namespace hrwatch::app {
namespace {

HANDLE stream(int descriptor) {
  return GetStdHandle(descriptor == 0   ? STD_INPUT_HANDLE
                      : descriptor == 1 ? STD_OUTPUT_HANDLE
                                        : STD_ERROR_HANDLE);
}

}  // namespace

bool is_terminal(int descriptor) {
  DWORD mode = 0;
  return GetConsoleMode(stream(descriptor), &mode) != 0;
}

int terminal_columns() {
  CONSOLE_SCREEN_BUFFER_INFO info = {};
  return GetConsoleScreenBufferInfo(stream(1), &info) != 0
             ? info.srWindow.Right - info.srWindow.Left + 1
             : 0;
}

// Ctrl-C, Ctrl-Break, the console's end; libuv tells of them under these names. Nothing else asks:
// it ends us.
std::vector<int> stopping_signals() {
  return {SIGINT, SIGBREAK, SIGHUP};
}

// Only a console sends signals, and it tells all that are attached to it.
bool terminal_signals_children() {
  return true;
}

// There is no such signal.
void ignore_broken_pipes() {}

void prepare_terminal() {
  SetConsoleOutputCP(CP_UTF8);
  for (const int descriptor : {1, 2}) {
    DWORD mode = 0;
    if (GetConsoleMode(stream(descriptor), &mode) != 0) {
      SetConsoleMode(stream(descriptor), mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
  }
  // What is said is said as it is: no carriage returns that nobody wrote.
  _setmode(_fileno(stdout), _O_BINARY);
  _setmode(_fileno(stderr), _O_BINARY);
}

}  // namespace hrwatch::app
