#include "report/render.h"

#include "report/screen.h"
#include "report/trace.h"
#include "support/catch.h"

namespace {

using namespace hrwatch::report;
namespace core = hrwatch::core;
using namespace std::chrono_literals;

core::Reloaded reloaded() {
  core::Reloaded news;
  news.pid = 7;
  news.module = "game";
  news.generation = 3;
  news.total = 120ms;
  news.stages = {5ms, 100ms, 8ms, 1ms, 5ms, 0ms, 1ms};
  return news;
}

TEST_CASE("json: a reload as the contract has it") {
  CHECK(render_json(reloaded(), 1500ms) ==
        R"({"event":"reloaded","pid":7,"module":"game","generation":3,"total_ms":120.0,)"
        R"("stages_ms":{"settle":5.0,"build":100.0,"analyse":8.0,"publish":1.0,"load":5.0,)"
        R"("wait":0.0,"commit":1.0},"time_ms":1500.0})"
        "\n");
}

TEST_CASE("json: a failed build carries its diagnostics") {
  const auto line = render_json(core::BuildBroke{{{"/p/a.cpp", 3, 4, "error", "no"}}}, 0ms);
  CHECK(line == R"({"event":"build_failed","diagnostics":[{"file":"/p/a.cpp","line":3,"column":4,)"
                R"("severity":"error","message":"no"}],"time_ms":0.0})"
                "\n");
}

TEST_CASE("json: bytes that are not UTF-8 don't break the line") {
  const auto line = render_json(core::ErrorNews{{"\xff", "why", "fix"}}, 0ms);
  CHECK(line.find("\"what\":\"\xEF\xBF\xBD\"") != std::string::npos);
}

TEST_CASE("json screen: nothing but JSON on standard output") {
  std::string out;
  std::string err;
  const auto screen = make_json_screen({[&](std::string_view text) { out += text; },
                                        [&](std::string_view text) {
                                          err += text;
                                        }},
                                       0ms);
  screen->show(core::BuildText{"a.cpp:1: error: x\n"}, 1ms);
  screen->show(core::Note{"for people"}, 1ms);
  CHECK(out.empty());
  CHECK(err == "a.cpp:1: error: x\n");
}

core::CrashedApp crashed() {
  core::CrashedApp news;
  news.pid = 7;
  news.crash.cause = "SIGSEGV";
  news.crash.address = 8;
  news.crash.thread = 9;
  news.crash.module = "game";
  news.crash.generation = 2;
  news.crash.running = 1;
  news.crash.outcome = hr::wire::CrashOutcome::went_back;
  core::Frame inner;
  inner.function = "memcpy";
  inner.library = "/lib/libc.so.6";
  core::Frame place;
  place.function = "update(float)";
  place.file = "/p/src/game.cpp";
  place.line = 42;
  place.module = "game";
  place.generation = 2;
  place.library = "/p/build/.hrwatch/gen/game.2.so";
  news.frames = {inner, place};
  return news;
}

TEST_CASE("text: a crash says what, where, and what follows") {
  CHECK(render_text(crashed(), {false, 0, "/p"}) ==
        "hrwatch: crashed game: SIGSEGV (address 0x8)  generation 2, pid 7, thread 9\n"
        "    in memcpy  libc.so.6\n"
        "    by update(float)  src/game.cpp:42\n"
        "    its frame was abandoned; generation 1 of game runs again\n");
  CHECK(render_text(core::RolledBack{7, "game", 1, 2, false}, {}) ==
        "hrwatch: rolled back game (pid 7): generation 1 runs again  2 was taken back\n");
}

TEST_CASE("json: a crash is where the module's code is") {
  const auto line = render_json(crashed(), 0ms);
  CHECK(line.find(R"-({"event":"crashed","pid":7,"signal":"SIGSEGV","function":"update(float)",)-"
                  R"("file":"/p/src/game.cpp","line":42,)") == 0);
  CHECK(line.find(R"("outcome":"rolled_back","running":1,"frames":[{"function":"memcpy")") !=
        std::string::npos);
  CHECK(render_json(core::RolledBack{7, "game", 1, 2, false}, 0ms) ==
        R"({"event":"rolled_back","pid":7,"module":"game","generation":1,"withdrawn":2,)"
        R"("after_crash":false,"time_ms":0.0})"
        "\n");
}

TEST_CASE("text: compiler output is not touched") {
  CHECK(render_text(core::BuildText{"\x1b[31merror\xff\n"}, {}) == "\x1b[31merror\xff\n");
}

TEST_CASE("text: a refusal names reason and fix") {
  const auto text =
      render_text(core::RefusedReload{7, "game", {"struct E: hp added", "w", "f"}}, {});
  CHECK(text.find("struct E: hp added") != std::string::npos);
  CHECK(text.find("    fix: f\n") != std::string::npos);
}

TEST_CASE("text: colours only when wanted") {
  CHECK(render_text(reloaded(), {true, 0}).find("\x1b[") != std::string::npos);
  CHECK(render_text(reloaded(), {false, 0}).find('\x1b') == std::string::npos);
}

TEST_CASE("status line: cut to the width, never inside a character") {
  CHECK(status_line({3, 17}, "game", {false, 0}) == "[3/17] building game");
  CHECK(cut("äöü", 2) == "äö");
  CHECK(cut("ab", 5) == "ab");
}

TEST_CASE("tty screen: the status line gives way to other lines") {
  std::string out;
  const auto screen = make_tty_screen({[&](std::string_view text) { out += text; },
                                       [](std::string_view) {
                                       }},
                                      {});
  screen->show(core::BuildBegan{{"game"}}, 0ms);
  screen->show(core::BuildText{"warning\n"}, 0ms);
  CHECK(out == "\r\x1b[Kbuilding game\r\x1b[Kwarning\n\r\x1b[Kbuilding game");
  out.clear();
  screen->show(core::BuildDone{1ms}, 0ms);
  CHECK(out == "\r\x1b[K");
}

TEST_CASE("trace: spans follow each other and the file can be read") {
  Trace trace(0ms);
  auto text = trace.add(reloaded(), 120ms);
  text += trace.end();
  CHECK(text.starts_with("[\n{\"name\":\"reload 3\""));
  CHECK(text.ends_with("}\n]\n"));
  CHECK(text.find(R"("name":"build","cat":"hrwatch","ph":"X","ts":5000.0,"dur":100000.0)") !=
        std::string::npos);
}

}  // namespace
