#include <windows.h>

#include <filesystem>
#include <system_error>

#include "src/module_file.h"
#include "src/own_file_windows.h"
#include "src/pe_facts.h"

namespace hr::runtime {
namespace {

bool is_build(HANDLE file, const std::string& build_id) {
  const MappedFile mapped(file);
  const auto facts = read_pe_facts(mapped.bytes(), PeLayout::file);
  return facts.ok() && facts.value().library.build_id == build_id;
}

HANDLE handle_of(int number) {
  return reinterpret_cast<HANDLE>(static_cast<std::intptr_t>(number));
}

}  // namespace

// A handle, which the tool may duplicate. Whoever links may move the file aside meanwhile, as it
// may while it is loaded. Of a handle's value 32 bits count.
int open_module_file(const std::string& path, const std::string& build_id) {
  std::filesystem::path native = path;
  const HANDLE file = CreateFileW(native.make_preferred().c_str(), GENERIC_READ,
                                  FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                  FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file == INVALID_HANDLE_VALUE)
    return -1;
  if (is_build(file, build_id))
    return static_cast<int>(reinterpret_cast<std::intptr_t>(file));
  CloseHandle(file);
  return -1;
}

// Nobody closes handles of others here.
void close_module_file(int descriptor, const std::string&) {
  CloseHandle(handle_of(descriptor));
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  return std::filesystem::weakly_canonical(path, error).generic_string();
}

}  // namespace hr::runtime
