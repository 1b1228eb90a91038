#include "src/session_file.h"

#include <nlohmann/json.hpp>

namespace hr::runtime {
namespace {

wire::Failure garbage(const char* why) {
  return {"the session file can't be understood", why, "start hrwatch again"};
}

std::string text_of(const nlohmann::json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int number_of(const nlohmann::json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_integer())
    return 0;
  const auto number = found->get<std::int64_t>();
  return number > 0 && number <= INT32_MAX ? static_cast<int>(number) : 0;
}

}  // namespace

wire::Result<SessionFile> parse_session(std::string_view text) {
  constexpr std::size_t sane_size = 64 * 1024;
  if (text.size() > sane_size)
    return garbage("it is larger than any real one");
  const auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object())
    return garbage("it is not a JSON object");
  SessionFile session;
  session.protocol = number_of(json, "protocol");
  session.pid = number_of(json, "pid");
  session.socket = text_of(json, "socket");
  session.token = text_of(json, "token");
  session.answer = text_of(json, "answer");
  if (session.protocol == 0 || session.token.empty() || session.answer.empty())
    return garbage("its protocol, token or answer is missing");
  if (!is_session_address(session.socket))
    return garbage("its socket is no absolute path");
  return session;
}

}  // namespace hr::runtime
