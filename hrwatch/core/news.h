// What the user is told: one struct per event of the contract (DESIGN 3.2). Knows no screen:
// `report` renders it as a line, as JSON or as a span of the trace.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/event.h"
#include "core/time.h"
#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::core {

struct Watching {
  std::vector<std::string> targets;
  std::string build_dir;
  std::size_t files = 0;
};

struct AppJoined {
  int pid = 0;
  std::string program;
  std::vector<std::string> modules;
};

struct AppLeft {
  int pid = 0;
};

struct Change {
  std::vector<std::string> files;
  std::vector<std::string> reasons;  // why the plan is what it is
};

struct BuildBegan {
  std::vector<std::string> targets;
};

struct BuildAdvanced {
  int done = 0;
  int total = 0;
};

struct BuildText {
  std::string text;  // compiler output, unchanged
};

struct BuildBroke {
  std::vector<hr::wire::Diagnostic> diagnostics;
};

struct BuildDone {
  Time took{};
};

struct BuildDropped {};  // a newer save made it stale

struct Stages {
  Time settle{}, build{}, analyse{}, publish{}, load{}, wait{}, commit{};
};

struct Reloaded {
  int pid = 0;
  std::string module;
  std::uint32_t generation = 0;
  Time total{};  // from the file event of the last save to the commit
  Stages stages;
  Time began{};  // of the save, for the trace
  std::vector<std::string> remarks;
};

struct RefusedReload {
  int pid = 0;
  std::string module;
  hr::wire::Failure failure;
};

struct UnchangedModule {
  std::string module;
};

// A program crashed, inside hr_guard() or to its end.
struct CrashedApp {
  int pid = 0;
  hr::wire::Crashed crash;  // without its stack
  std::vector<Frame> frames;
};

// Older code runs again.
struct RolledBack {
  int pid = 0;
  std::string module;
  std::uint32_t generation = 0;  // that runs now
  std::uint32_t withdrawn = 0;
  bool after_crash = false;
};

// A program whose threads were seen in old code has none there any more.
struct OldCodeLeft {
  int pid = 0;
};

struct RelaunchedApp {
  int pid = 0;
  std::string reason;
};

struct ErrorNews {
  hr::wire::Failure failure;
};

struct Note {
  std::string text;  // for people only; JSON leaves it out
};

using News =
    std::variant<Watching, AppJoined, AppLeft, Change, BuildBegan, BuildAdvanced, BuildText,
                 BuildBroke, BuildDone, BuildDropped, Reloaded, RefusedReload, UnchangedModule,
                 RelaunchedApp, CrashedApp, RolledBack, OldCodeLeft, ErrorNews, Note>;

}  // namespace hrwatch::core
