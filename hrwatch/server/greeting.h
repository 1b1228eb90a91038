// Whether a program that says hello may join. Pure: messages and secrets in, a sentence out; knows
// no connection.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::server {

// The reason why this program is turned away, nothing when it is welcome. Meant for both sides: the
// program is named in it.
std::optional<hr::wire::Failure> refuse(const hr::wire::Hello& hello, std::string_view token);

// Compares in a time that depends on the lengths alone.
bool same_secret(std::string_view one, std::string_view other);

}  // namespace hrwatch::server
