// The stack of a crash, from its registers and the bytes that the program sent. Knows no session.
#pragma once

#include <vector>

#include "core/event.h"
#include "stacks/process_image.h"
#include "wire/messages.h"

namespace hrwatch::stacks {

// The calls, innermost first, up to hr_guard() or main(); what the unwinding of an exception adds
// is left out. As far as the bytes reach; at least the crash's own place. Cost: milliseconds, more
// where much debug information has to be read. Thread: any.
std::vector<core::Frame> read_crash(const ProcessImage& image, int pid,
                                    const hr::wire::Crashed& crash);

}  // namespace hrwatch::stacks
