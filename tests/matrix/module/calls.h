// Calls between host and module: through the PLT, through stored pointers, and back into the host.
#pragma once

using Operation = int (*)(int);

struct Button {
  const char* label;
  Operation pressed;
};

// Exported mutable and const tables of function pointers; the host compares their words.
extern Button buttons[2];
extern const Operation operations[3];

int scale(int x);
int scale_twice(int x);  // calls scale inside the module
Operation hidden_operation();
bool is_hidden_operation(Operation operation);
int buttons_pointing_at(Operation operation);  // as the module's code compares them
Operation chosen_operation();                  // `static Operation chosen = &hidden;`
Operation table_entry(int index);              // from a static const table of static functions
int ask_host(int x);
int retired(int x);             // gone from version 5 on: old pointers keep the old body
Operation retired_operation();  // null when it does not exist
int variadic_sum(int count, ...);
double weighted(double a, float b, long c, const char* text);  // many register classes

struct Big {
  long words[6];
};

Big big_value(int seed);  // returned in memory (psABI 3.2.3)

// Defined by the host: the module calls back.
int host_answer(int x);
extern int host_counter;
