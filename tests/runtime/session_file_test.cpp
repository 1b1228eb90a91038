#include "src/session_file.h"

#include "support/catch.h"

using hr::runtime::parse_session;

TEST_CASE("A session file is read as written") {
  auto session = parse_session(
      R"({"protocol":1,"pid":42,"socket":"/b/.hrwatch/s","token":"aa","answer":"bb","new":[1]})");
  REQUIRE(session.ok());
  CHECK(session.value().protocol == 1);
  CHECK(session.value().pid == 42);
  CHECK(session.value().socket == "/b/.hrwatch/s");
  CHECK(session.value().token == "aa");
  CHECK(session.value().answer == "bb");
}

TEST_CASE("Any other text is a failure with a way out") {
  const std::string good = R"({"protocol":1,"pid":42,"socket":"/s","token":"aa","answer":"bb"})";
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(parse_session(std::string_view(good).substr(0, size)).ok());
  for (const char* text : {
           "[]",
           "null",
           "\xff\xfe",
           "{}",
           R"({"protocol":"1","pid":42,"socket":"/s","token":"aa","answer":"bb"})",
           R"({"protocol":1e9,"pid":42,"socket":"/s","token":"aa","answer":"bb"})",
           R"({"protocol":99999999999999,"pid":42,"socket":"/s","token":"aa","answer":"bb"})",
           R"({"protocol":-1,"pid":42,"socket":"/s","token":"aa","answer":"bb"})",
           R"({"protocol":1,"pid":42,"socket":"s","token":"aa","answer":"bb"})",
           R"({"protocol":1,"pid":42,"socket":"/s\u0000x","token":"aa","answer":"bb"})",
           R"({"protocol":1,"pid":42,"socket":"/s","token":"","answer":"bb"})",
           R"({"protocol":1,"pid":42,"socket":"/s","token":"aa","answer":{}})",
       }) {
    INFO(text);
    auto session = parse_session(text);
    REQUIRE_FALSE(session.ok());
    CHECK_FALSE(session.failure().fix.empty());
  }
  CHECK_FALSE(parse_session(std::string(100'000, ' ') + good).ok());
  CHECK_FALSE(parse_session(std::string(60'000, '[')).ok());
}
