// The last message of a program that dies without a guard: the crashing thread waits, in its signal
// handler, until the runtime's thread has sent it. Knows no message.
#pragma once

#include "src/crash_record.h"

namespace hr::runtime {

// From now on crashes are brought to the runtime's thread, which must be the caller; it is woken by
// a byte into the pipe `number`. Negative: not any more (there is nobody to tell).
void expect_last_words(int number);

// The crash of which the program is dying; nullptr while it lives. The crashing thread waits for at
// most a second for last_words_sent(), and two more for last_words_heard().
const CrashRecord* last_words();
void last_words_sent();
void last_words_heard();

}  // namespace hr::runtime
