#include "support/sandbox.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <random>
#include <sstream>

namespace hrwatch::tests {

Sandbox::Sandbox(const std::string& name) : exceptions_(std::uncaught_exceptions()) {
  namespace fs = std::filesystem;
  std::random_device random;
  fs::path made;
  do
    made = fs::temp_directory_path() / ("hrwatch-" + name + "-" + std::to_string(random()));
  while (!fs::create_directory(made));  // throws when no folder can be made at all
  fs::permissions(made, fs::perms::owner_all);
  folder_ = fs::canonical(made);
}

Sandbox::~Sandbox() {
  const bool failed = std::uncaught_exceptions() > exceptions_;
  if (ejected_ || failed || std::getenv("HR_TEST_KEEP") != nullptr) {
    std::printf("kept for you: %s\n", folder_.string().c_str());
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path Sandbox::path(const std::string& relative) const {
  return relative.empty() ? folder_ : folder_ / relative;
}

void Sandbox::write(const std::string& relative, const std::string& text) const {
  std::filesystem::create_directories(path(relative).parent_path());
  std::ofstream(path(relative), std::ios::binary | std::ios::trunc) << text;
}

void Sandbox::replace(const std::string& relative, const std::string& text) const {
  write(relative + ".new~", text);
  std::filesystem::rename(path(relative + ".new~"), path(relative));
}

std::string Sandbox::read(const std::string& relative) const {
  std::ostringstream text;
  std::ifstream in(path(relative), std::ios::binary);
  text << in.rdbuf();
  return text.str();
}

bool Sandbox::edit(const std::string& relative, const std::string& from,
                   const std::string& to) const {
  std::string text = read(relative);
  const auto at = text.find(from);
  if (at == std::string::npos)
    return false;
  text.replace(at, from.size(), to);
  write(relative, text);
  return true;
}

}  // namespace hrwatch::tests
