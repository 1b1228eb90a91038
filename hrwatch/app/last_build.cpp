#include "app/last_build.h"

#include <fstream>
#include <sstream>
#include <system_error>

#include "report/render.h"

namespace hrwatch::app {
namespace {

template <class... Kinds>
bool is_one_of(const core::News& news) {
  return (std::holds_alternative<Kinds>(news) || ...);
}

}  // namespace

void LastBuild::note(const core::News& news) {
  if (const auto* change = std::get_if<core::Change>(&news)) {
    text_.clear();
    for (const auto& reason : change->reasons) {
      text_ += reason + "\n";
    }
    return;
  }
  if (!is_one_of<core::BuildBroke, core::Reloaded, core::RefusedReload, core::UnchangedModule,
                 core::RelaunchedApp>(news)) {
    return;
  }
  text_ += report::render_text(news, {});
  const std::filesystem::path temporary = file_.string() + ".new";
  {
    std::ofstream out(temporary, std::ios::binary);
    out << text_;
  }
  std::error_code error;
  std::filesystem::rename(temporary, file_, error);
}

std::string LastBuild::read(const std::filesystem::path& build_dir) {
  std::ifstream in(LastBuild(build_dir).file_, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace hrwatch::app
