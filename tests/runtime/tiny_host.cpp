#include "tiny_host.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "publish/publish.h"
#include "src/build_id.h"
#include "support/catch.h"

namespace hr::test {
namespace {

wire::Home home_at(std::uint32_t generation, std::uint64_t address) {
  wire::Home home;
  home.generation = generation;
  home.address = address;
  return home;
}

// Entries of the functions that the compiler made (tiny_bump is assembly, without one).
const char* const functions[] = {"tiny_count",        "tiny_version",     "tiny_through_plt",
                                 "tiny_pointer",      "tiny_from_table",  "tiny_constant",
                                 "tiny_thread_count", "tiny_fresh_value", "tiny_local_version",
                                 "tiny_first_cell",   "tiny_cells_bytes", "tiny_second_cell"};

}  // namespace

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

BuildFolder::BuildFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "hr-runtime-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = std::filesystem::canonical(name);
  std::filesystem::create_directories(gen());
  std::filesystem::permissions(path_ / ".hrwatch", std::filesystem::perms::owner_all);
  std::filesystem::permissions(gen(), std::filesystem::perms::owner_all);
}

BuildFolder::~BuildFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string BuildFolder::publish(const std::string& library, const std::string& module,
                                 std::uint32_t number) const {
  return publish_into(gen(), library, module, number);
}

std::string publish_into(const std::filesystem::path& gen, const std::string& library,
                         const std::string& module, std::uint32_t number) {
  hrwatch::publish::Request request;
  request.library = library;
  request.folder = gen;
  request.module = module;
  request.generation = number;
  request.build_id = build_id_of(library);
  const Symbols symbols = read_symbols(library);
  for (const char* function : functions)
    request.nops.push_back(symbols[function]);
  auto published = hrwatch::publish::publish(request);
  INFO((published ? "" : published.failure().why));
  REQUIRE(published.ok());
  return published.value();
}

wire::Rewiring rewire(const std::map<std::uint32_t, Symbols>& older, const Symbols& next,
                      std::uint32_t number) {
  wire::Rewiring rewiring;
  const Symbols& oldest = older.begin()->second;
  const auto home = [&](const std::string& name) {
    rewiring.homes.push_back(home_at(older.begin()->first, oldest[name]));
    return static_cast<std::uint32_t>(rewiring.homes.size() - 1);
  };
  std::uint32_t slot = 0;
  for (const char* function : functions) {
    rewiring.slots.push_back({slot, next[function]});
    // Those before it forward through the slot already.
    const auto& [generation, newest] = *older.rbegin();
    rewiring.supersede.push_back({generation, newest[function], newest[function], slot});
    ++slot;
  }
  rewiring.code.push_back({next["tiny_operand_end"] - 4, -4, home("tiny_hidden")});
  rewiring.data.push_back(
      {next.pointer_to.at("tiny_counter"), next["tiny_counter"], 0, home("tiny_counter")});
  rewiring.data.push_back(
      {next["tiny_table_of_functions"], next["tiny_local_version"], 0, home("tiny_local_version")});
  rewiring.tls.push_back({next.tls_module, older.begin()->first});
  rewiring.images.push_back({home("tiny_constants"), next["tiny_constants"], 16, "tiny_constants"});
  if (number % 2 == 1)
    rewiring.initialisers.push_back({next["tiny_initialise"], "tiny_fresh"});
  return rewiring;
}

TinyHost::TinyHost(bool adopt) {
  const std::string library = folder.path() / "libtiny.so";
  std::filesystem::copy_file(tiny_library("1"), library);
  handle_ = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(handle_ != nullptr);
  using Describe = void (*)(hr_module_info*, const char*);
  reinterpret_cast<Describe>(symbol("tiny_describe"))(&info, folder.path().c_str());
  if (adopt) {
    module = runtime::Module::adopt(info);
    REQUIRE(module != nullptr);
  }
  generations_[0] = read_symbols(library);
}

TinyHost::~TinyHost() {
  // Generations stay mapped and refer to generation 0: it stays too.
}

wire::ModuleReload TinyHost::reload(const std::string& version, std::uint32_t number) {
  wire::ModuleReload reload;
  reload.module = "tiny";
  reload.generation = number;
  reload.build_id = build_id_of(tiny_library(version));
  reload.path = folder.publish(tiny_library(version), "tiny", number);
  reload.rewiring = wire::encode(rewiring(version, number));
  return reload;
}

wire::Rewiring TinyHost::rewiring(const std::string& version, std::uint32_t number) const {
  return rewire(generations_, read_symbols(tiny_library(version)), number);
}

void TinyHost::committed(const std::string& version, std::uint32_t number) {
  generations_[number] = read_symbols(tiny_library(version));
}

void* TinyHost::symbol(const char* name) const {
  void* found = ::dlsym(handle_, name);
  INFO("symbol " << name);
  REQUIRE(found != nullptr);
  return found;
}

int TinyHost::call(const char* function) const {
  return reinterpret_cast<int (*)()>(symbol(function))();
}

std::string image_bytes(const runtime::Module& module) {
  std::string bytes;
  for (const runtime::LoadedSegment& segment : module.generation_0().segments) {
    if (segment.executable || segment.writable)
      bytes.append(reinterpret_cast<const char*>(segment.begin), segment.end - segment.begin);
  }
  return bytes;
}

}  // namespace hr::test
