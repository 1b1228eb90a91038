#include <fmt/format.h>

#include "core/crash_words.h"
#include "report/render.h"

namespace hrwatch::report {
namespace {

struct Painter {
  const Style& style;

  std::string paint(std::string_view code, std::string_view text) const {
    return style.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }

  std::string good(std::string_view text) const { return paint("32", text); }

  std::string bad(std::string_view text) const { return paint("1;31", text); }

  std::string odd(std::string_view text) const { return paint("33", text); }

  std::string dim(std::string_view text) const { return paint("2", text); }

  std::string line(std::string_view text) const {
    return fmt::format("{} {}\n", dim("hrwatch:"), text);
  }

  std::string file(const std::string& path) const {
    const bool inside = !style.base.empty() && path.starts_with(style.base + "/");
    return inside ? path.substr(style.base.size() + 1) : path;
  }

  std::string operator()(const core::Watching& news) const;
  std::string operator()(const core::AppJoined& news) const;
  std::string operator()(const core::AppLeft& news) const;
  std::string operator()(const core::Change& news) const;

  std::string operator()(const core::BuildBegan&) const { return {}; }

  std::string operator()(const core::BuildAdvanced&) const { return {}; }

  std::string operator()(const core::BuildText& news) const { return news.text; }

  std::string operator()(const core::BuildBroke& news) const;

  std::string operator()(const core::BuildDone&) const { return {}; }

  std::string operator()(const core::BuildDropped&) const;
  std::string operator()(const core::Reloaded& news) const;
  std::string operator()(const core::RefusedReload& news) const;
  std::string operator()(const core::UnchangedModule& news) const;
  std::string operator()(const core::RelaunchedApp& news) const;
  std::string operator()(const core::CrashedApp& news) const;
  std::string operator()(const core::RolledBack& news) const;
  std::string operator()(const core::OldCodeLeft& news) const;
  std::string operator()(const core::ErrorNews& news) const;

  std::string operator()(const core::Note& news) const { return line(news.text); }
};

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string Painter::operator()(const core::Watching& news) const {
  return line(fmt::format("watching {} in {} ({} files)", joined(news.targets), news.build_dir,
                          news.files));
}

std::string Painter::operator()(const core::AppJoined& news) const {
  return line(fmt::format("{} joined (pid {}): {}",
                          news.program.empty() ? "a program" : file(news.program), news.pid,
                          joined(news.modules)));
}

std::string Painter::operator()(const core::AppLeft& news) const {
  return line(fmt::format("pid {} left", news.pid));
}

std::string Painter::operator()(const core::Change& news) const {
  constexpr std::size_t shown = 3;
  std::string text;
  for (std::size_t i = 0; i < news.files.size() && i < shown; ++i) {
    text += (i == 0 ? "" : ", ") + file(news.files[i]);
  }
  if (news.files.size() > shown) {
    text += fmt::format(" and {} more", news.files.size() - shown);
  }
  return line(text.empty() ? "something changed" : text + " changed");
}

std::string Painter::operator()(const core::BuildBroke& news) const {
  std::size_t errors = 0;
  for (const auto& diagnostic : news.diagnostics) {
    errors += diagnostic.severity == "error" ? 1 : 0;
  }
  const auto count =
      errors == 0 ? "" : fmt::format(" ({} error{})", errors, errors == 1 ? "" : "s");
  return line(bad("build failed" + count) + "; the programs run on with the code they have");
}

std::string Painter::operator()(const core::BuildDropped&) const {
  return line(dim("saved again: that build is dropped"));
}

std::string Painter::operator()(const core::Reloaded& news) const {
  const auto& s = news.stages;
  const auto wait =
      s.wait > core::Time{} ? fmt::format(", wait {:.1f}", core::to_ms(s.wait)) : std::string{};
  std::string text =
      line(good(fmt::format("reloaded {} in {:.0f} ms", news.module, core::to_ms(news.total))) +
           dim(fmt::format(
               "  generation {}, pid {}  (settle {:.1f}, build {:.1f}, analyse {:.1f}, publish "
               "{:.1f}, load {:.1f}{}, commit {:.3f})",
               news.generation, news.pid, core::to_ms(s.settle), core::to_ms(s.build),
               core::to_ms(s.analyse), core::to_ms(s.publish), core::to_ms(s.load), wait,
               core::to_ms(s.commit))));
  for (const auto& remark : news.remarks) {
    text += fmt::format("    {}\n", remark);
  }
  return text;
}

std::string Painter::operator()(const core::RefusedReload& news) const {
  return line(odd(fmt::format("refused {}", news.module)) +
              fmt::format(" (pid {} runs on as it was): {}", news.pid, news.failure.what)) +
         fmt::format("    why: {}\n    fix: {}\n", news.failure.why, news.failure.fix);
}

std::string Painter::operator()(const core::UnchangedModule& news) const {
  return line(fmt::format("unchanged {}: the build came out the same", news.module));
}

std::string Painter::operator()(const core::RelaunchedApp& news) const {
  return line(good("relaunched") + fmt::format(" (pid {}): {}", news.pid, file(news.reason)));
}

std::string Painter::operator()(const core::CrashedApp& news) const {
  constexpr std::size_t shown = 16;
  const auto& crash = news.crash;
  std::string text =
      line(bad(fmt::format("crashed {}: {}", crash.module.empty() ? "the program" : crash.module,
                           core::cause_of(crash))) +
           dim(fmt::format("  generation {}, pid {}, thread {}", crash.generation, news.pid,
                           crash.thread)));
  const core::Frame* place = core::place_of(news.frames);
  for (std::size_t i = 0; i < news.frames.size() && i < shown; ++i) {
    const auto& frame = news.frames[i];
    const std::string where = !frame.file.empty()
                                  ? fmt::format("{}:{}", file(frame.file), frame.line)
                                  : frame.library.substr(frame.library.rfind('/') + 1);
    std::string told = fmt::format("{} {}{}{}", i == 0 ? "in" : "by",
                                   frame.function.empty() ? "?" : frame.function,
                                   where.empty() ? "" : "  ", where);
    text += "    " + (&frame == place ? odd(told) : told) + "\n";
  }
  if (news.frames.size() > shown) {
    text += fmt::format("    and {} more\n", news.frames.size() - shown);
  }
  return text + fmt::format("    {}\n", core::outcome_of(crash));
}

std::string Painter::operator()(const core::RolledBack& news) const {
  return line(odd(fmt::format("rolled back {}", news.module)) +
              fmt::format(" (pid {}): generation {} runs again", news.pid, news.generation) +
              dim(fmt::format("  {} was taken back", news.withdrawn)));
}

std::string Painter::operator()(const core::OldCodeLeft& news) const {
  return line(fmt::format("pid {}: the old code is left, all threads run the new", news.pid));
}

std::string Painter::operator()(const core::ErrorNews& news) const {
  return render_failure(news.failure, style);
}

}  // namespace

std::string render_text(const core::News& news, const Style& style) {
  return std::visit(Painter{style}, news);
}

std::string render_failure(const hr::wire::Failure& failure, const Style& style) {
  const Painter painter{style};
  return fmt::format("hrwatch: {} {}\n    why: {}\n    fix: {}\n", painter.bad("error:"),
                     failure.what, failure.why, failure.fix);
}

std::string status_line(const core::BuildAdvanced& progress, const std::string& targets,
                        const Style& style) {
  return cut(fmt::format("[{}/{}] building {}", progress.done, progress.total, targets),
             style.width);
}

std::string cut(std::string_view text, int width) {
  if (width <= 0) {
    return std::string(text);
  }
  int columns = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins && columns == width) {
      break;
    }
    columns += begins ? 1 : 0;
    ++end;
  }
  return std::string(text.substr(0, end));
}

}  // namespace hrwatch::report
