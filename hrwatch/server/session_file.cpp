#include "server/session_file.h"

#include <uv.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "server/session_place.h"

namespace hrwatch::server {
namespace {

using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;

std::string file_of_session(const std::string& build_dir) {
  return session_folder(build_dir) + "/session.json";
}

std::optional<std::string> random_secret() {
  std::array<unsigned char, 32> bytes = {};
  if (uv_random(nullptr, nullptr, bytes.data(), bytes.size(), 0, nullptr) != 0) {
    return std::nullopt;
  }
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace

std::string session_folder(const std::string& build_dir) {
  return build_dir + "/.hrwatch";
}

Result<Session> make_session() {
  const std::optional<std::string> token = random_secret();
  const std::optional<std::string> answer = random_secret();
  if (!token || !answer) {
    return Failure{"cannot make the session's secrets", "the system gives no random bytes",
                   "mount /dev/urandom in this container"};
  }
  Session session;
  session.pid = static_cast<int>(uv_os_getpid());
  session.token = *token;
  session.answer = *answer;
  return session;
}

Session read_session(const std::string& build_dir) {
  Session session;
  std::ifstream file(file_of_session(build_dir), std::ios::binary);
  const auto json =
      nlohmann::json::parse(std::string{std::istreambuf_iterator<char>(file), {}}, nullptr, false);
  if (!json.is_object()) {
    return session;
  }
  const auto text = [&json](const char* key) {
    const auto place = json.find(key);
    return place != json.end() && place->is_string() ? place->get<std::string>() : std::string();
  };
  session.socket = text("socket");
  session.token = text("token");
  session.answer = text("answer");
  return session;
}

Result<Done> write_session(const std::string& build_dir, const Session& session) {
  const nlohmann::json json = {{"protocol", session.protocol},
                               {"pid", session.pid},
                               {"socket", session.socket},
                               {"token", session.token},
                               {"answer", session.answer}};
  return write_session_text(file_of_session(build_dir), json.dump() + "\n");
}

void remove_session(const std::string& build_dir, const Session& session) {
  if (read_session(build_dir).token == session.token) {
    std::error_code ignored;
    std::filesystem::remove(file_of_session(build_dir), ignored);
  }
}

}  // namespace hrwatch::server
