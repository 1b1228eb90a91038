// Arrays: end pointers that coincide with the next variable, constants, edited initialisers.
#pragma once

extern const int limits[3];  // exported: the host reads it too

struct Rule {
  const char* text;
  int (*apply)(int);
};

extern const Rule rules[2];

const int* limits_in_module();
int sum_of_ranged();  // range-for over a static array: g++ -O0 takes the address of its end
int sum_of_ranged_longs();
int sum_of_local_ranged();          // the same for a static of a function
int backwards();                    // starts from the end pointer
int tuning();                       // a static whose initialiser version 2 edits
double tuned_fields();              // a static struct with one edited member
const char* tuned_text();           // a static pointer to another literal from version 2 on
int set_kept(int value);            // a static with an unedited initialiser, changed at run time
int hidden_constant(int index);     // a static const table that grows in version 3
const char* level_name(int level);  // switch over literals, a jump table at -O1
int exported_tuning_value();
extern int exported_tuning;
