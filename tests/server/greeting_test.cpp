#include "server/greeting.h"

#include "support/catch.h"

using hrwatch::server::refuse;
using hrwatch::server::same_secret;

namespace {

hr::wire::Hello hello_of(const std::string& token) {
  hr::wire::Hello hello;
  hello.token = token;
  hello.pid = 42;
  hello.program = "/p/app";
  return hello;
}

}  // namespace

TEST_CASE("refuse lets in who shows the token") {
  CHECK_FALSE(refuse(hello_of("abcd"), "abcd"));
}

TEST_CASE("refuse turns away who does not, by name and with a way out") {
  for (const char* token : {"", "abce", "abc", "abcde", "ABCD"}) {
    INFO(token);
    const auto failure = refuse(hello_of(token), "abcd");
    REQUIRE(failure);
    CHECK(failure->what == "/p/app (process 42) was turned away");
    CHECK_FALSE(failure->why.empty());
    CHECK_FALSE(failure->fix.empty());
    CHECK(failure->why.find("abcd") == std::string::npos);
  }
  CHECK(refuse(hello_of(""), ""));
}

TEST_CASE("refuse says which side is older when the protocols differ") {
  auto older = hello_of("abcd");
  older.protocol = hr::wire::protocol_version - 1;
  REQUIRE(refuse(older, "abcd"));
  CHECK(refuse(older, "abcd")->fix.starts_with("build the program again"));
  auto newer = hello_of("abcd");
  newer.protocol = hr::wire::protocol_version + 1;
  REQUIRE(refuse(newer, "abcd"));
  CHECK(refuse(newer, "abcd")->fix.starts_with("run the hrwatch"));
}

TEST_CASE("same_secret compares all of both") {
  CHECK(same_secret("", ""));
  CHECK(same_secret("abc", "abc"));
  CHECK_FALSE(same_secret("abc", "abd"));
  CHECK_FALSE(same_secret("abc", "ab"));
}
