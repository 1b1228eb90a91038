#include "tiny_host.h"

#include "src/host.h"
#include "support/catch.h"

namespace hr::test {
namespace {

wire::Home home_at(std::uint32_t generation, std::uint64_t address) {
  wire::Home home;
  home.generation = generation;
  home.address = address;
  return home;
}

}  // namespace

std::uint64_t Symbols::operator[](const std::string& name) const {
  INFO("symbol " << name);
  REQUIRE(address.count(name) == 1);
  return address.at(name);
}

BuildFolder::BuildFolder() : path_(new_build_folder()), name_(path_.generic_string()) {
  std::filesystem::create_directories(gen());
  std::filesystem::permissions(path_ / ".hrwatch", std::filesystem::perms::owner_all);
  std::filesystem::permissions(gen(), std::filesystem::perms::owner_all);
}

BuildFolder::~BuildFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string BuildFolder::publish(const std::string& library, const std::string& module,
                                 std::uint32_t number, std::uint64_t place) const {
  return publish_into(gen(), library, module, number, place);
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
  for (const char* function : tiny_functions()) {
    rewiring.slots.push_back({slot, next[function]});
    // Those before it forward through the slot already.
    const auto& [generation, newest] = *older.rbegin();
    rewiring.supersede.push_back({generation, newest[function], newest[function], slot});
    ++slot;
  }
  rewiring.code.push_back({next["tiny_operand_end"] - 4, -4, home("tiny_hidden")});
  share_counter(next, home("tiny_counter"), rewiring);
  rewiring.data.push_back(
      {next["tiny_table_of_functions"], next["tiny_local_version"], 0, home("tiny_local_version")});
  rewiring.tls.push_back({next.tls_module, older.begin()->first});
  rewiring.images.push_back({home("tiny_constants"), next["tiny_constants"], 16, "tiny_constants"});
  if (number % 2 == 1)
    rewiring.initialisers.push_back({next["tiny_initialise"], "tiny_fresh"});
  return rewiring;
}

TinyHost::TinyHost(bool adopt, const std::string& version) {
  const std::string library = (folder.path() / library_name("tiny")).generic_string();
  std::filesystem::copy_file(tiny_library(version), library);
  handle_ = open_library(library);
  REQUIRE(handle_ != nullptr);
  using Describe = void (*)(hr_module_info*, const char*);
  reinterpret_cast<Describe>(symbol("tiny_describe"))(&info, folder.name().c_str());
  if (adopt) {
    module = runtime::Module::adopt(info);
    REQUIRE(module != nullptr);
  }
  generations_[0] = read_symbols(tiny_library(version));
}

TinyHost::~TinyHost() {
  // Generations stay mapped and refer to generation 0: it stays too.
}

wire::ModuleReload TinyHost::reload(const std::string& version, std::uint32_t number) {
  wire::ModuleReload reload;
  reload.module = "tiny";
  reload.generation = number;
  reload.build_id = build_id_of(tiny_library(version));
  reload.path = folder.publish(tiny_library(version), "tiny", number, place_of(number));
  reload.rewiring = wire::encode(rewiring(version, number));
  return reload;
}

std::uint64_t TinyHost::place_of(std::uint32_t number) const {
  std::shared_ptr<runtime::Module> adopted = module;
  for (const auto& known : runtime::Host::get().modules()) {
    if (adopted == nullptr && known->build_dir() == folder.name())
      adopted = known;
  }
  REQUIRE(adopted != nullptr);
  return place_in(adopted->state(), number);
}

wire::Rewiring TinyHost::rewiring(const std::string& version, std::uint32_t number) const {
  return rewire(generations_, read_symbols(tiny_library(version)), number);
}

void TinyHost::committed(const std::string& version, std::uint32_t number) {
  generations_[number] = read_symbols(tiny_library(version));
}

void* TinyHost::symbol(const char* name) const {
  void* found = symbol_of(handle_, name);
  INFO("symbol " << name);
  REQUIRE(found != nullptr);
  return found;
}

int TinyHost::call(const char* function) const {
  return reinterpret_cast<int (*)()>(symbol(function))();
}

std::uint64_t place_in(const wire::ModuleState& module, std::uint32_t number) {
  return module.base + static_cast<std::uint64_t>(module.first_place) +
         (number - 1) % module.place_count * module.place_size;
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
