// The objects that version 3 adds, when they don't stand among older ones.
#ifdef LATE_APART
#define LATE_PART 3
#define OBSERVED captured_address()
#include "late_objects.h"
#endif
