#include "server/greeting.h"

namespace hrwatch::server {

using hr::wire::Failure;
using hr::wire::protocol_version;

bool same_secret(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) {
    return false;
  }
  unsigned difference = 0;
  for (std::size_t at = 0; at < one.size(); ++at) {
    difference |= static_cast<unsigned char>(one[at]) ^ static_cast<unsigned char>(other[at]);
  }
  return difference == 0;
}

std::optional<Failure> refuse(const hr::wire::Hello& hello, std::string_view token) {
  const std::string program = hello.program + " (process " + std::to_string(hello.pid) + ")";
  if (hello.protocol != protocol_version) {
    return Failure{program + " was turned away",
                   "it speaks protocol " + std::to_string(hello.protocol) +
                       ", this hrwatch protocol " + std::to_string(protocol_version),
                   hello.protocol < protocol_version
                       ? "build the program again, so that it gets this hrwatch's runtime"
                       : "run the hrwatch that the program was built with"};
  }
  if (token.empty() || !same_secret(hello.token, token)) {
    return Failure{program + " was turned away",
                   "it does not show this session's token: it has not read this session's file",
                   "start the program again, as the user who runs hrwatch"};
  }
  return std::nullopt;
}

}  // namespace hrwatch::server
