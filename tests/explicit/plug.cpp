#include "explicit/plug.h"

#include <fstream>
#include <sstream>

namespace hrwatch::tests {

std::string file(const std::string& path) {
  std::ostringstream text;
  std::ifstream in(path, std::ios::binary);
  text << in.rdbuf();
  return text.str();
}

std::string plug(const std::string& name) {
  return file(std::string(HR_TEST_PLUGS) + "/libplug_" + name + HR_TEST_PLUG_SUFFIX);
}

Plug::Plug(const std::string& purpose) : sandbox_("explicit-" + purpose) {}

void Plug::rename(const std::string& build) const {
  sandbox_.replace(name, plug(build));
}

void Plug::unlink_and_create(const std::string& build) const {
  std::filesystem::remove(path());
  sandbox_.write(name, plug(build));
}

void Plug::truncate(const std::string& build) const {
  sandbox_.write(name, plug(build));
}

}  // namespace hrwatch::tests
