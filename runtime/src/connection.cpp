#include "src/connection.h"

#include <utility>

namespace hr::runtime {

bool Connection::join(wire::Hello hello) {
  leave();
  missed_ = false;
  auto session = read_session(build_dir_);
  if (!session || session.value().token == refused_)
    return false;
  if (session.value().protocol != wire::protocol_version) {
    refused_ = session.value().token;
    return false;
  }
  auto stream = transport::connect(session.value().socket);
  if (!stream)
    return false;
  stream_ = std::move(stream).value();
  reader_ = {};
  answer_ = session.value().answer;
  token_ = hello.token = session.value().token;
  if (stream_.send(wire::encode(wire::HostMessage(std::move(hello)))) == transport::Flow::closed) {
    leave();
    return false;
  }
  return true;
}

void Connection::leave() {
  stream_.close();
  joined_ = false;
}

bool Connection::waits_in_vain() const {
  if (!is_open() || joined_)
    return false;
  auto session = read_session(build_dir_);
  return session && session.value().token != token_;
}

void Connection::send(const wire::HostMessage& message) {
  if (!is_joined())
    missed_ = true;
  else if (stream_.send(wire::encode(message)) == transport::Flow::closed)
    leave();
}

void Connection::flush() {
  if (is_open() && stream_.flush() == transport::Flow::closed)
    leave();
}

bool Connection::take(const wire::ToolMessage& message) {
  if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
    joined_ = welcome->answer == answer_ && welcome->protocol == wire::protocol_version;
    if (!joined_)
      refused_ = token_;
    return joined_;
  }
  if (std::holds_alternative<wire::Rejected>(message)) {
    refused_ = token_;
    return true;  // worth telling, whoever says so
  }
  return joined_;
}

std::vector<wire::ToolMessage> Connection::receive() {
  std::vector<wire::ToolMessage> messages;
  std::vector<std::byte> bytes;
  const bool closed = !is_open() || stream_.receive(bytes) == transport::Flow::closed;
  reader_.feed(bytes);
  for (;;) {
    auto frame = reader_.next();
    if (frame && !frame.value())
      break;
    auto message = frame ? wire::decode_tool_message(*frame.value())
                         : wire::Result<std::optional<wire::ToolMessage>>(frame.failure());
    if (!message || (message.value() && !take(*message.value()))) {
      leave();
      return messages;
    }
    if (message.value())
      messages.push_back(std::move(*message.value()));
    if (!messages.empty() && std::holds_alternative<wire::Rejected>(messages.back())) {
      leave();
      return messages;
    }
  }
  if (closed)
    leave();
  return messages;
}

}  // namespace hr::runtime
