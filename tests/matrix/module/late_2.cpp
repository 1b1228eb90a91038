// The objects that version 2 adds, when they don't stand among older ones.
#ifdef LATE_APART
#define LATE_PART 2
#define OBSERVED captured_address()
#include "late_objects.h"
#endif
