// Static initialisation: registrars must not register again, new objects must be built once.
#pragma once

#include <string>

// Defined by the host; the module's static registrars call them.
void host_register(const char* who);
int host_registrations(const char* who);

int registered_value();       // state of an object that a constructor built
int dynamic_value();          // `static int x = compute();`
int late_vector_size();       // static vector of version 3; -1 before; grows by one a call
int late_object_value();      // static object of version 2 in the file of the registrar; -1 before
const void* late_captured();  // address of an older static, captured by version 4's object
const int* captured_address();
std::string late_text();  // version 4's global string, exported
