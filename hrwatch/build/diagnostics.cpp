#include "build/diagnostics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>

namespace hrwatch::build {
namespace {

using hr::wire::Diagnostic;
using hr::wire::Failure;

// Without ANSI colours and hyperlinks (ECMA-48: ESC [ ... letter, ESC ] ... BEL).
std::string plain(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\x1b') {
      text += line[i];
      continue;
    }
    const bool hyperlink = i + 1 < line.size() && line[i + 1] == ']';
    for (i += 2; i < line.size(); ++i) {
      if (hyperlink ? line[i] == '\a' || line[i] == '\x1b' : line[i] >= '@' && line[i] <= '~') {
        break;
      }
    }
    if (hyperlink && i < line.size() && line[i] == '\x1b') {
      ++i;  // ESC \ ends it
    }
  }
  return text;
}

// "C:/p" and "C:\\p", where paths have drives.
bool has_drive(const std::string& path) {
  return path.size() > 2 && path[1] == ':' && (path[2] == '/' || path[2] == '\\') &&
         ((path[0] | 0x20) >= 'a' && (path[0] | 0x20) <= 'z');
}

std::string absolute(std::string file, const std::string& folder) {
  if (has_drive(file) || has_drive(folder)) {
    std::replace(file.begin(), file.end(), '\\', '/');
  }
  return file.empty() || file.front() == '/' || has_drive(file) ? file : folder + "/" + file;
}

int number(const std::string& text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  const auto end = text.find_last_not_of(" \t\r\n");
  return begin == std::string_view::npos ? "" : std::string(text.substr(begin, end + 1 - begin));
}

struct Reader {
  std::vector<std::string> lines;
  std::string build_dir;
  std::string source_dir;
  std::vector<Diagnostic> found;

  bool compiler(const std::string& line);
  bool driver(const std::string& line);
  bool cmake(std::size_t& index);
  bool linker(std::size_t& index);
  bool ninja(const std::string& line);
};

// file:line:column: severity: message     (g++, clang; the column may be missing)
bool Reader::compiler(const std::string& line) {
  static const std::regex pattern(
      R"(^((?:[A-Za-z]:[\\/])?[^\s:][^:]*):(\d+):(?:(\d+):)? (fatal error|error|warning|note|sorry, unimplemented|internal compiler error): (.*)$)");
  std::smatch match;
  if (!std::regex_match(line, match, pattern)) {
    return false;
  }
  const std::string kind = match[4];
  const bool error = kind != "warning" && kind != "note";
  found.push_back({absolute(match[1], build_dir), number(match[2]), number(match[3]),
                   error ? "error" : kind, match[5]});
  return true;
}

// Before there is a line to name:
// cc1plus: fatal error: /p/gone.cpp: No such file or directory
// clang: error: no such file or directory: '/p/gone.cpp'
// g++: fatal error: Killed signal terminated program cc1plus
bool Reader::driver(const std::string& line) {
  static const std::regex pattern(
      R"(^(?:\S*/)?(?:cc1|cc1plus|(?:\S*-)?(?:gcc|g\+\+|cc|c\+\+)|clang(?:\+\+)?)(?:-[0-9.]+)?: (?:fatal )?error: (.*)$)");
  static const std::regex gnu_missing(R"(^(\S+): No such file or directory$)");
  static const std::regex clang_missing(R"(^no such file or directory: '([^']+)'$)");
  std::smatch match;
  if (!std::regex_match(line, match, pattern)) {
    return false;
  }
  const std::string message = match[1];
  if (message.starts_with("linker command failed")) {
    return true;  // the linker has said why
  }
  const bool missing = std::regex_match(message, match, gnu_missing) ||
                       std::regex_match(message, match, clang_missing);
  found.push_back({missing ? absolute(match[1], build_dir) : "", 0, 0, "error",
                   missing ? "the file is not there" : message});
  return true;
}

// CMake Error at CMakeLists.txt:3 (add_executable):     and the indented text that follows
bool Reader::cmake(std::size_t& index) {
  static const std::regex place(R"(^CMake (Error|Warning)(?: \(dev\))? at ([^:]+):(\d+) .*$)");
  static const std::regex bare(R"(^CMake Error: (.*)$)");
  std::smatch match;
  Diagnostic diagnostic;
  if (std::regex_match(lines[index], match, place)) {
    diagnostic = {absolute(match[2], source_dir), number(match[3]), 0,
                  match[1] == "Error" ? "error" : "warning", ""};
  } else if (std::regex_match(lines[index], match, bare)) {
    diagnostic = {source_dir + "/CMakeLists.txt", 0, 0, "error", match[1]};
    static const std::regex parse(R"(^\s+(/[^:]+):(\d+):?$)");
    if (index + 1 < lines.size() && std::regex_match(lines[index + 1], match, parse)) {
      diagnostic.file = match[1];
      diagnostic.line = number(match[2]);
      ++index;
    }
  } else {
    return false;
  }
  while (index + 1 < lines.size() && (lines[index + 1].empty() || lines[index + 1][0] == ' ')) {
    const auto text = trimmed(lines[++index]);
    if (text.empty() && !diagnostic.message.empty()) {
      break;
    }
    diagnostic.message += (diagnostic.message.empty() || text.empty() ? "" : " ") + text;
  }
  found.push_back(std::move(diagnostic));
  return true;
}

// GNU ld: "/p/a.cpp:12: undefined reference to `f()'", "/usr/bin/ld: cannot find -lx"
// gold:   "/p/a.cpp:12: error: undefined reference to 'f()'" (seen by compiler())
// lld, mold: "ld.lld: error: undefined symbol: f()" with ">>> referenced by a.cpp:12 (/p/a.cpp:12)"
bool Reader::linker(std::size_t& index) {
  static const std::regex gnu_place(
      R"(^(?:\S*ld(?:\.exe)?: )?((?:[A-Za-z]:[\\/])?[^\s:][^:]*):(\d+): (undefined reference to .*|multiple definition of .*|first defined here)$)");
  static const std::regex gnu_section(
      R"(^(?:\S*ld: )?(?:[^\s:]+:)?([^\s:]*):\(\.[^)]*\): (undefined reference to .*|multiple definition of .*)$)");
  static const std::regex named(
      R"(^(?:\S*/)?(?:ld\.lld|lld-link|lld|mold|ld\.gold|ld|ld\.bfd): (?:(fatal|error|warning): )?(.*)$)");
  static const std::regex referenced(
      R"(^>>> (?:referenced|defined) (?:by|at) (?:.*\()?((?:[A-Za-z]:[\\/])?[^():]+):(\d+)\)?$)");
  const std::string& line = lines[index];
  std::smatch match;
  if (std::regex_match(line, match, gnu_place)) {
    found.push_back({absolute(match[1], build_dir), number(match[2]), 0, "error", match[3]});
    return true;
  }
  if (std::regex_match(line, match, gnu_section)) {
    found.push_back({absolute(match[1], build_dir), 0, 0, "error", match[2]});
    return true;
  }
  if (!std::regex_match(line, match, named)) {
    return false;
  }
  const std::string severity = match[1];
  const std::string message = match[2];
  const bool only_context = message.find(": in function `") != std::string::npos ||
                            message.ends_with("function") || message.empty();
  if (only_context) {
    return true;
  }
  Diagnostic diagnostic{"", 0, 0, severity == "warning" ? "warning" : "error", message};
  while (index + 1 < lines.size() && lines[index + 1].starts_with(">>>")) {
    ++index;
    if (diagnostic.line == 0 && std::regex_match(lines[index], match, referenced)) {
      diagnostic.file = absolute(match[1], build_dir);
      diagnostic.line = number(match[2]);
    }
  }
  found.push_back(std::move(diagnostic));
  return true;
}

// ninja: error: '/p/gone.cpp', needed by 'x.o', missing and no known rule to make it
bool Reader::ninja(const std::string& line) {
  static const std::regex missing(R"(^ninja: error: '([^']+)', needed by '([^']+)', missing .*$)");
  std::smatch match;
  if (!std::regex_match(line, match, missing)) {
    return false;
  }
  found.push_back({absolute(match[1], build_dir), 0, 0, "error",
                   "the file is missing, and " + match[2].str() + " needs it"});
  return true;
}

std::vector<std::string> split(std::string_view output) {
  std::vector<std::string> lines;
  while (!output.empty()) {
    const auto end = std::min(output.find('\n'), output.size());
    auto line = output.substr(0, end);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    // std::regex recurses once a character: a very long line must not reach it.
    lines.push_back(plain(line.substr(0, 2000)));
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  return lines;
}

}  // namespace

std::vector<Diagnostic> parse_diagnostics(std::string_view output, const std::string& build_dir,
                                          const std::string& source_dir, std::size_t limit) {
  Reader reader{split(output), build_dir, source_dir, {}};
  for (std::size_t i = 0; i < reader.lines.size() && reader.found.size() < limit; ++i) {
    const bool known = reader.compiler(reader.lines[i]) || reader.driver(reader.lines[i]) ||
                       reader.cmake(i) || reader.linker(i) || reader.ninja(reader.lines[i]);
    static_cast<void>(known);
  }
  return std::move(reader.found);
}

std::optional<Failure> explain_ninja(std::string_view output, const std::string& build_dir,
                                     const std::string& source_dir) {
  const auto has = [&](std::string_view text) {
    return output.find(text) != std::string_view::npos;
  };
  const auto line_with = [&](std::string_view text) {
    const auto at = output.find(text);
    return trimmed(output.substr(at, output.find('\n', at) - at));
  };
  const std::string configure = "cmake -S " + source_dir + " -B " + build_dir + " -G Ninja";
  if (has("ninja: error: loading '")) {
    return Failure{"ninja can't read the build in " + build_dir,
                   line_with("ninja: error: loading '"), "configure it again: " + configure};
  }
  if (has("ninja: error: unknown target '")) {
    return Failure{"ninja does not know a target that is watched",
                   line_with("ninja: error: unknown target '"),
                   "name another --target, or put it back into CMakeLists.txt"};
  }
  if (has("incompatible with build file")) {
    return Failure{"this ninja is too old for the build in " + build_dir,
                   line_with("ninja: fatal: ninja version"),
                   "install ninja 1.11 or newer (apt install ninja-build, pip install ninja)"};
  }
  if (has("ninja: fatal: ")) {
    return Failure{"ninja gave up", line_with("ninja: fatal: "),
                   "mend what it says, then save again"};
  }
  return std::nullopt;
}

}  // namespace hrwatch::build
