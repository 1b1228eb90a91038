#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "publish/publish.h"
#include "src/build_id.h"
#include "support/catch.h"
#include "tiny_library.h"

namespace hr::test {

std::string build_id_of(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(descriptor >= 0);
  auto facts = runtime::read_library_facts(descriptor);
  ::close(descriptor);
  REQUIRE(facts.ok());
  return facts.value().build_id;
}

std::string tiny_library(const std::string& version) {
  return std::string(HR_TEST_TINY_FOLDER) + "/libtiny_" + version + ".so";
}

std::string library_name(const std::string& name) {
  return "lib" + name + ".so";
}

std::filesystem::path new_build_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "hr-runtime-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  return std::filesystem::canonical(name);
}

bool files_have_modes() {
  return true;
}

std::string nobodys_address() {
  return "/nowhere/socket";
}

void* open_library(const std::string& path) {
  return ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
}

void* symbol_of(void* library, const char* name) {
  return ::dlsym(library, name);
}

bool is_mapped(const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  const std::string all{std::istreambuf_iterator<char>(maps), {}};
  return all.find(path) != std::string::npos;
}

std::string memory_rights(const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  std::ostringstream rights;
  for (std::string line; std::getline(maps, line);) {
    if (line.find(path) != std::string::npos)
      rights << line << '\n';
  }
  return rights.str();
}

std::string publish_into(const std::filesystem::path& gen, const std::string& library,
                         const std::string& module, std::uint32_t number, std::uint64_t) {
  hrwatch::publish::Request request;
  request.library = library;
  request.folder = gen;
  request.module = module;
  request.generation = number;
  request.build_id = build_id_of(library);
  const Symbols symbols = read_symbols(library);
  for (const char* function : tiny_functions())
    request.nops.push_back(symbols[function]);
  auto published = hrwatch::publish::publish(request);
  INFO((published ? "" : published.failure().why));
  REQUIRE(published.ok());
  return published.value();
}

void share_counter(const Symbols& next, std::uint32_t home, wire::Rewiring& rewiring) {
  rewiring.data.push_back({next.pointer_to.at("tiny_counter"), next["tiny_counter"], 0, home});
}

}  // namespace hr::test
