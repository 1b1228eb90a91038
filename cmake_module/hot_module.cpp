// hot_module.c for projects whose only language is C++.
#include "hot_module.c"
