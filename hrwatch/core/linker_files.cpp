#include "core/linker_files.h"

#include <algorithm>

namespace hrwatch::core {
namespace {

constexpr std::string_view aside_suffix = ".old";

struct Name {
  std::string_view stem;
  std::string_view extension;  // with its dot
};

Name parts(std::string_view file) {
  const std::size_t dot = file.rfind('.');
  if (dot == std::string_view::npos || dot == 0) {
    return {file, {}};
  }
  return {file.substr(0, dot), file.substr(dot)};
}

std::string numbered(std::string_view file, unsigned number, std::string_view suffix) {
  const Name name = parts(file);
  return std::string(name.stem) + "." + std::to_string(number) + std::string(name.extension) +
         std::string(suffix);
}

std::string first_free(std::string_view file, std::string_view suffix,
                       const std::vector<std::string>& taken) {
  for (unsigned number = 1;; ++number) {
    std::string name = numbered(file, number, suffix);
    if (std::find(taken.begin(), taken.end(), name) == taken.end()) {
      return name;
    }
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

WayOut way_out(Probe probe, bool rename_refused, bool other_name_possible) {
  if (probe == Probe::free || probe == Probe::absent) {
    return WayOut::nothing;
  }
  if (probe == Probe::held && !rename_refused) {
    return WayOut::rename_aside;
  }
  return other_name_possible ? WayOut::write_elsewhere : WayOut::give_up;
}

std::string aside_name(std::string_view file, const std::vector<std::string>& taken) {
  return first_free(file, aside_suffix, taken);
}

std::string other_name(std::string_view file, const std::vector<std::string>& taken) {
  return first_free(file, {}, taken);
}

bool is_leftover(std::string_view name, std::string_view file) {
  const Name wanted = parts(file);
  if (name.ends_with(aside_suffix)) {
    name.remove_suffix(aside_suffix.size());
  }
  if (!name.starts_with(wanted.stem) || !name.ends_with(wanted.extension) ||
      name.size() <= wanted.stem.size() + 1 + wanted.extension.size() ||
      name[wanted.stem.size()] != '.') {
    return false;
  }
  name.remove_prefix(wanted.stem.size() + 1);
  name.remove_suffix(wanted.extension.size());
  return is_number(name);
}

bool blames_held_file(std::string_view build_output) {
  for (const std::string_view sign :
       {"LNK1201", "LNK1104", "failed to write PDB", "failed to write output",
        "failed to write the output file"}) {
    if (build_output.find(sign) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

hr::wire::Failure cannot_make_way(const std::string& path, const std::vector<std::string>& holders,
                                  const std::string& reason) {
  std::string who;
  for (const std::string& holder : holders) {
    who += (who.empty() ? "" : ", ") + holder;
  }
  const std::string program = who.empty() ? "another program" : who;
  return {"the linker can't write " + path,
          program + " has it open and lets nobody rename it (" + reason + ")",
          "close the file in " + program +
              (who.empty() ? " (a debugger, an indexer, a virus scanner)" : "") +
              ", then save again"};
}

}  // namespace hrwatch::core
