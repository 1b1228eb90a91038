// How an error looks before there is a session and its screen.
#pragma once

#include "wire/result.h"

namespace hrwatch::app {

// With `json` an `error` event on standard output, else three lines on standard error.
void show_failure(const hr::wire::Failure& failure, bool json, bool colour);

}  // namespace hrwatch::app
