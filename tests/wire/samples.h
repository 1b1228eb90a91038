// One message of each kind with every field set, and a rewiring with every list filled.
#pragma once

#include <cstddef>
#include <vector>

#include "wire/messages.h"
#include "wire/rewiring.h"

namespace samples {

inline hr::wire::Rewiring rewiring() {
  hr::wire::Rewiring r;
  r.memory_size = 0x123456789abcULL;
  r.homes = {{0, 0x4010, 0x3fd8, "hp"}, {2, 0x4020, 0, ""}};
  r.code = {{0x1234, -4, 1}, {0x1300, -8, 0}};
  r.data = {{0x3e00, 0x1180, 12, 0}};
  r.tls = {{0x3fe0, 1}};
  r.lead_backs = {{0x1500, 0x1504, 0x1240, 1}};
  r.bytes = {{0x1400, {std::byte{0xeb}, std::byte{0x05}}}};
  r.images = {{0, 0x4030, 24, "hp"}};
  r.supersede = {{0, 0x1100, 0x1104, 7}};
  r.slots = {{7, 0x1180}, {8, 0x1200}};
  r.initialisers = {{0x1500, "names"}};
  using How = hr::wire::MemberMove::How;
  r.tables = {0x3c00, 0x3c80};
  r.migrations = {{"Enemy",
                   0x3c00,
                   24,
                   32,
                   {{8, 16, 4, 8, How::floating, How::signed_number, "hp"},
                    {0, 0, 8, 8, How::typed, How::typed, "name"}},
                   {{0, 8, "name", "const char*"}, {8, 4, "hp", "int"}, {12, 4, "mana", "int"}},
                   {"armour"},
                   {"mana"}},
                  {}};
  r.vtables = {{1, 0x3d10, "Enemy"}};
  r.moves = {{0,
              48,
              0x4400,
              96,
              3,
              16,
              24,
              {{0, 8, 4, 8, How::signed_number, How::signed_number, "hp"}},
              {0, 1},
              "scores (game.cpp:3)",
              "scores has room"}};
  r.places = {{1, 8, "hp (game.cpp:3)"}};
  return r;
}

inline hr::wire::Failure failure() {
  return {"what", "why \"quoted\" \n", "fix \xc3\xa9"};
}

inline std::vector<hr::wire::ModuleState> modules() {
  hr::wire::ModuleState fit{"game", "/b/libgame.so", 5, {{0, "ab12"}, {3, "cd34"}}, {}};
  fit.withdrawn = {{3, 3}, {2, 3}};
  fit.base = 0x7fffffff0000;
  hr::wire::ModuleState unfit{"ai", "/b/libai.so", -1, {}, failure()};
  return {fit, unfit};
}

inline std::vector<hr::wire::HostMessage> host_messages() {
  return {hr::wire::Hello{1, "token", 42, "/b/app", true, modules()},
          hr::wire::ModulesChanged{true, modules()},
          hr::wire::Committed{~0ULL, {{"game", 3}}, 1, 2, 3, {"2 Enemy migrated"}},
          hr::wire::RefusedByHost{9, "game", failure()},
          hr::wire::Withdrawn{5, {{"game", {3, 4}, 2}}},
          hr::wire::RequestDone{5, 1, failure()},
          hr::wire::Crashed{1,
                            77,
                            "SIGSEGV",
                            "",
                            0x10,
                            "game",
                            3,
                            hr::wire::CrashOutcome::went_back,
                            2,
                            {1, ~0ULL, 3},
                            0x7fff0000,
                            {std::byte{1}, std::byte{2}}},
          hr::wire::Command{1, "token", "rollback", "game"}};
}

inline std::vector<hr::wire::ToolMessage> tool_messages() {
  hr::wire::Reload reload{7,
                          {{"game", 3, "ab12", "/b/game.3.so", hr::wire::encode(rewiring()), 2}}};
  reload.modules.push_back({"ai", 4, "cd34", "/b/ai.4.so", {std::byte{1}, std::byte{2}}, 0});
  return {hr::wire::Welcome{1, "answer"},
          hr::wire::Rejected{failure()},
          reload,
          hr::wire::BuildStarted{{"game", "ai"}},
          hr::wire::BuildFailed{{{"game.cpp", 3, 14, "error", "expected ';'"}}},
          hr::wire::BuildFinished{},
          hr::wire::RefusedByTool{"game", failure()},
          hr::wire::RollBack{5, "game"},
          hr::wire::Abandon{6},
          hr::wire::Save{8},
          hr::wire::CrashExplained{1, failure()},
          hr::wire::Answered{4, "text", failure()}};
}

}  // namespace samples
