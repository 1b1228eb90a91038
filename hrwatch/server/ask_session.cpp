#include "server/ask_session.h"

#include <algorithm>

#include "server/session_file.h"
#include "transport/local_socket.h"

namespace hrwatch::server {

using hr::wire::Answered;
using hr::wire::Failure;
using hr::wire::Result;
using Clock = std::chrono::steady_clock;

namespace {

Failure no_session(const std::string& build_dir, const std::string& why) {
  return {"no hrwatch works on " + build_dir, why, "start one: hrwatch --build-dir " + build_dir};
}

// Moves bytes until a frame has come.
Result<Answered> wait_for_answer(hr::transport::Stream& stream, Clock::time_point deadline) {
  hr::wire::FrameReader reader;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) {
      return Failure{"the session did not answer", "it is stopped, or very busy",
                     "try again; hrwatch status shows what it does"};
    }
    stream.wait(std::chrono::milliseconds(std::min<long long>(left, 1000)));
    std::vector<std::byte> bytes;
    const bool open = stream.flush() == hr::transport::Flow::open &&
                      stream.receive(bytes) == hr::transport::Flow::open;
    reader.feed(bytes);
    const auto frame = reader.next();
    if (!frame.ok()) {
      return frame.failure();
    }
    if (frame.value()) {
      const auto message = hr::wire::decode_tool_message(*frame.value());
      if (!message.ok()) {
        return message.failure();
      }
      if (message.value() && std::holds_alternative<Answered>(*message.value())) {
        return std::get<Answered>(*message.value());
      }
    }
    if (!open) {
      return Failure{"the session gave no answer", "it ended, or is of another version",
                     "use the hrwatch that the session was started with"};
    }
  }
}

}  // namespace

Result<Answered> ask_session(const std::string& build_dir, const std::string& verb,
                             const std::string& argument, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  const Session session = read_session(build_dir);
  if (session.token.empty()) {
    return no_session(build_dir, "there is no session file in its .hrwatch folder");
  }
  auto stream = hr::transport::connect(session.socket);
  if (!stream.ok()) {
    return no_session(build_dir, "its session file is there, but nobody listens");
  }
  hr::wire::Command command;
  command.token = session.token;
  command.verb = verb;
  command.argument = argument;
  stream.value().send(hr::wire::encode(hr::wire::HostMessage(std::move(command))));
  return wait_for_answer(stream.value(), deadline);
}

}  // namespace hrwatch::server
