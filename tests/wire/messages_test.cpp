#include "wire/messages.h"

#include <string_view>

#include "support/catch.h"
#include "wire/little_endian.h"
#include "wire/samples.h"

using namespace hr::wire;

namespace {

std::vector<std::byte> frame(std::string_view header, std::string_view payload = "") {
  Writer out;
  out.count(4 + header.size() + payload.size());
  out.text(std::string(header));
  out.raw(std::as_bytes(std::span(payload.data(), payload.size())));
  return out.take();
}

template <class T>
T host_message(const HostMessage& message) {
  const auto decoded = decode_host_message(encode(message));
  REQUIRE(decoded.ok());
  REQUIRE(decoded.value().has_value());
  REQUIRE(std::holds_alternative<T>(*decoded.value()));
  return std::get<T>(*decoded.value());
}

template <class T>
T tool_message(const ToolMessage& message) {
  const auto decoded = decode_tool_message(encode(message));
  REQUIRE(decoded.ok());
  REQUIRE(decoded.value().has_value());
  REQUIRE(std::holds_alternative<T>(*decoded.value()));
  return std::get<T>(*decoded.value());
}

}  // namespace

TEST_CASE("a host's messages come out as they went in") {
  const auto sent = samples::host_messages();
  const auto hello = host_message<Hello>(sent[0]);
  CHECK(hello.protocol == protocol_version);
  CHECK(hello.token == "token");
  CHECK(hello.pid == 42);
  CHECK(hello.program == "/b/app");
  CHECK(hello.polls);
  REQUIRE(hello.modules.size() == 2);
  CHECK(hello.modules[0].name == "game");
  CHECK(hello.modules[0].path == "/b/libgame.so");
  CHECK(hello.modules[0].image_descriptor == 5);
  REQUIRE(hello.modules[0].generations.size() == 2);
  CHECK(hello.modules[0].generations[1].number == 3);
  CHECK(hello.modules[0].generations[1].build_id == "cd34");
  CHECK_FALSE(hello.modules[0].problem.has_value());
  CHECK(hello.modules[0].base == 0x7fffffff0000);
  CHECK(hello.modules[1].image_descriptor == -1);
  CHECK(hello.modules[1].base == 0);
  CHECK(hello.modules[1].problem == samples::failure());
  CHECK(host_message<ModulesChanged>(sent[1]).modules.size() == 2);
  CHECK(host_message<Committed>(sent[2]).reload_id == ~0ULL);
  CHECK(host_message<Committed>(sent[2]).remarks == std::vector<std::string>{"2 Enemy migrated"});
  CHECK(host_message<RefusedByHost>(sent[3]).failure == samples::failure());
  for (const HostMessage& message : sent) {
    CHECK(encode(*decode_host_message(encode(message)).value()) == encode(message));
  }
}

TEST_CASE("a tool's messages come out as they went in") {
  const auto sent = samples::tool_messages();
  const auto reload = tool_message<Reload>(sent[2]);
  REQUIRE(reload.modules.size() == 2);
  CHECK(reload.reload_id == 7);
  CHECK(reload.modules[0].path == "/b/game.3.so");
  CHECK(decode_rewiring(reload.modules[0].rewiring).ok());
  CHECK(reload.modules[1].rewiring == std::vector{std::byte{1}, std::byte{2}});
  CHECK(tool_message<BuildStarted>(sent[3]).targets == std::vector<std::string>{"game", "ai"});
  CHECK(tool_message<BuildFailed>(sent[4]).diagnostics.at(0).column == 14);
  for (const ToolMessage& message : sent) {
    CHECK(encode(*decode_tool_message(encode(message)).value()) == encode(message));
  }
}

TEST_CASE("an unknown message and unknown fields are skipped") {
  const auto unknown = decode_host_message(frame(R"({"type":"weather","sun":1})", "payload"));
  REQUIRE(unknown.ok());
  CHECK_FALSE(unknown.value().has_value());
  const auto newer =
      decode_tool_message(frame(R"({"type":"welcome","protocol":1,"answer":"a","b":{}})"));
  REQUIRE(newer.ok());
  CHECK(newer.value().has_value());
  // A direction's words are unknown in the other one.
  CHECK_FALSE(decode_tool_message(encode(samples::host_messages()[0])).value().has_value());
}

TEST_CASE("a missing or wrong field is named") {
  const char* expected = "\"pid\" is missing or wrong in a message of type \"hello\"";
  const std::string start = R"({"type":"hello","protocol":1,"token":"t")";
  for (const char* rest : {"}", R"(,"pid":"1"})", R"(,"pid":99999999999})", R"(,"pid":1.5})"}) {
    const auto decoded = decode_host_message(frame(start + rest));
    REQUIRE_FALSE(decoded.ok());
    CHECK(decoded.failure().what == "a message could not be read");
    CHECK(decoded.failure().why == expected);
    CHECK_FALSE(decoded.failure().fix.empty());
  }
}

TEST_CASE("bytes that are not UTF-8 do not stop a message") {
  const auto sent = BuildFailed{{{"caf\xe9.cpp", 1, 1, "error", "\xff\xfe"}}};
  CHECK(tool_message<BuildFailed>(sent).diagnostics.at(0).line == 1);
}

TEST_CASE("what is no frame is a failure") {
  const std::string deep(100000, '[');
  CHECK_FALSE(decode_host_message({}).ok());
  CHECK_FALSE(decode_host_message(frame("")).ok());
  CHECK_FALSE(decode_host_message(frame("[1]")).ok());
  CHECK_FALSE(decode_host_message(frame("{}")).ok());
  CHECK_FALSE(decode_host_message(frame(R"({"type":1})")).ok());
  CHECK_FALSE(decode_host_message(frame(R"({"type":"hello")")).ok());
  CHECK_FALSE(decode_host_message(frame(R"({"type":)" + deep)).ok());
}

TEST_CASE("a reload that announces more rewiring than came is refused") {
  const std::string header = R"({"type":"reload","reload_id":1,"modules":[{"module":"m",)"
                             R"("generation":1,"build_id":"a","path":"p","rewiring_bytes":4}]})";
  CHECK_FALSE(decode_tool_message(frame(header, "abc")).ok());
  CHECK(decode_tool_message(frame(header, "abcd")).ok());
}
