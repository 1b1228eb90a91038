#include <fmt/format.h>

#include "app/build_folder.h"
#include "app/doctor.h"
#include "cli/verbs.h"
#include "core/session.h"

namespace hrwatch::cli {

int doctor_verb(const CommandLine& line) {
  bool fit = true;
  for (const auto& check : app::judge_facts(app::read_facts(line.build_dir, line.targets))) {
    const char* mark = check.ok ? "ok" : check.needed ? "missing" : "hint";
    fmt::print("{:<8} {:<18} {}\n", mark, check.subject, check.found);
    if (!check.ok) {
      fmt::print("{:<8} {:<18} fix: {}\n", "", "", check.fix);
    }
    fit = fit && (check.ok || !check.needed);
  }
  return static_cast<int>(fit ? core::ExitCode::done : core::ExitCode::environment);
}

}  // namespace hrwatch::cli
