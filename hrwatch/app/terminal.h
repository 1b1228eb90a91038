// What the operating system says about our terminal. Knows no screen.
#pragma once

#include <vector>

namespace hrwatch::app {

bool is_terminal(int descriptor);

// Columns of the terminal on standard output, 0 when there is none.
int terminal_columns();

// The signals that ask us to end.
std::vector<int> stopping_signals();

// True when our terminal, if it sent us a signal, sent it to our children as well: we are its
// foreground group.
bool terminal_signals_children();

// What we write, UTF-8 and colours, comes out as it is. Call it before anything is written.
void prepare_terminal();

// Writing to a pipe whose reader has gone fails instead of ending us.
void ignore_broken_pipes();

}  // namespace hrwatch::app
