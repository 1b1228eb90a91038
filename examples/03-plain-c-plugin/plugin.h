/* What the plugin exports and the program binds by name: one type for both, so that the compiler
 * checks the plugin's side, and hr_bind() the program's. */
#ifndef PLUGIN_H
#define PLUGIN_H

typedef int plugin_next_function(int number);
typedef const char* plugin_text_function(int number);

plugin_next_function plugin_next;
plugin_text_function plugin_text;

#endif
