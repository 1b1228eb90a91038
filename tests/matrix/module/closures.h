// Closures that outlive a reload.
#pragma once

#include <functional>
#include <string>

std::function<int(int)> make_scaler(int factor);              // body edited in every version
std::function<std::string()> make_greeting(std::string who);  // a capture with a destructor
int kept_closure(int index, int x);  // version 3 inserts a lambda in front, version 5 takes it out
std::function<int(int)> make_weighted(int factor);  // version 4 captures one more variable
std::function<int(int)> make_bound(int factor);     // std::bind to a static function
int generic_sum();                                  // a generic lambda, instantiated for two types
int (*captureless())(int);                          // a closure converted to a function pointer
