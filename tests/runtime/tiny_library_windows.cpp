#include <windows.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <sstream>

#include "publish/pe_edit.h"
#include "src/pe_facts.h"
#include "support/catch.h"
#include "tiny_library.h"

namespace hr::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

fs::path scratch() {
  return fs::path(HR_TEST_TINY_FOLDER) / "scratch";
}

bool is_alive(DWORD process) {
  const HANDLE opened = OpenProcess(SYNCHRONIZE, FALSE, process);
  const bool alive = opened != nullptr && WaitForSingleObject(opened, 0) == WAIT_TIMEOUT;
  if (opened != nullptr)
    CloseHandle(opened);
  return alive;
}

// Of programs that have ended: while they ran, what they had loaded could not be removed.
void remove_what_is_left() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(scratch(), error)) {
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    if (!is_alive(static_cast<DWORD>(std::strtoul(name.c_str(), nullptr, 10))))
      fs::remove_all(entry.path(), ignored);
  }
}

HMODULE loaded(const std::string& path) {
  return GetModuleHandleW(fs::path(path).make_preferred().c_str());
}

// Of the linker's map: address, size, alignment, then a name further right for each symbol.
Symbols read_map(const std::string& path) {
  std::ifstream map(fs::path(path).replace_extension(".map"));
  REQUIRE(map);
  Symbols symbols;
  for (std::string line; std::getline(map, line);) {
    std::istringstream words(line);
    std::uint64_t address = 0;
    std::string size, alignment, name, more;
    if (words >> std::hex >> address >> size >> alignment >> name && !(words >> more))
      symbols.address.emplace(name, address);
  }
  symbols.tls_module = symbols["_tls_index"];
  return symbols;
}

}  // namespace

// Read once: it is long.
Symbols read_symbols(const std::string& path) {
  static std::map<std::string, Symbols> known;
  const auto found = known.find(path);
  return found != known.end() ? found->second : known.emplace(path, read_map(path)).first->second;
}

std::string build_id_of(const std::string& path) {
  const auto facts = runtime::read_pe_facts(bytes_of(path), runtime::PeLayout::file);
  REQUIRE(facts.ok());
  return facts.value().library.build_id;
}

std::string tiny_library(const std::string& version) {
  return std::string(HR_TEST_TINY_FOLDER) + "/tiny_" + version + ".dll";
}

std::string library_name(const std::string& name) {
  return name + ".dll";
}

fs::path new_build_folder() {
  static std::atomic<unsigned> made = 0;
  static const bool cleaned = (remove_what_is_left(), true);
  REQUIRE(cleaned);
  const fs::path folder =
      scratch() / (std::to_string(GetCurrentProcessId()) + "-" + std::to_string(++made));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

bool files_have_modes() {
  return false;
}

std::string nobodys_address() {
  return R"(\\\\.\\pipe\\hrwatch.nobody)";
}

void* open_library(const std::string& path) {
  return LoadLibraryW(fs::path(path).make_preferred().c_str());
}

void* symbol_of(void* library, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library), name));
}

bool is_mapped(const std::string& path) {
  return loaded(path) != nullptr;
}

std::string memory_rights(const std::string& path) {
  std::ostringstream rights;
  const auto* at = reinterpret_cast<const char*>(loaded(path));
  REQUIRE(at != nullptr);
  MEMORY_BASIC_INFORMATION pages = {};
  const void* const whole = at;
  while (VirtualQuery(at, &pages, sizeof pages) != 0 && pages.AllocationBase == whole) {
    // A page that was written to is the process's own from then on: that it may be is the same.
    const bool own = pages.Protect == PAGE_READWRITE || pages.Protect == PAGE_WRITECOPY;
    rights << pages.BaseAddress << ' ' << pages.RegionSize << ' '
           << (own ? DWORD{PAGE_READWRITE} : pages.Protect) << '\n';
    at += pages.RegionSize;
  }
  return rights.str();
}

std::string publish_into(const fs::path& gen, const std::string& library, const std::string& module,
                         std::uint32_t number, std::uint64_t place) {
  std::vector<std::byte> bytes = bytes_of(library);
  const auto moved = hrwatch::publish::rebase(bytes, place);
  INFO((moved ? "" : moved.failure().why));
  REQUIRE(moved.ok());
  const fs::path path = gen / (module + "." + std::to_string(number) + ".dll");
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  REQUIRE(file);
  return path.generic_string();
}

void share_counter(const Symbols& next, std::uint32_t home, wire::Rewiring& rewiring) {
  rewiring.code.push_back({next["tiny_count_operand_end"] - 4, -4, home});
}

}  // namespace hr::test
