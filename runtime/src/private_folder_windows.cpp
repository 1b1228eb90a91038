#include <windows.h>

#include <filesystem>
#include <mutex>
#include <random>
#include <system_error>

#include "src/private_folder.h"

namespace hr::runtime {
namespace {

namespace fs = std::filesystem;

constexpr const char* name_begin = "hrwatch-run-";
constexpr const char* lock_name = "in-use";

struct Made {
  std::mutex mutex;
  std::string folder;
  HANDLE lock = INVALID_HANDLE_VALUE;  // open as long as the process lives, and by it alone
};

// Never destroyed: threads may be loading while the program ends.
Made& made() {
  static Made& only = *new Made;
  return only;
}

// Nobody else can open it meanwhile, and it goes with the process.
HANDLE take_lock(const fs::path& folder) {
  return CreateFileW((folder / lock_name).c_str(), GENERIC_WRITE, 0, nullptr, OPEN_ALWAYS,
                     FILE_FLAG_DELETE_ON_CLOSE, nullptr);
}

// Libraries can't be removed by the process that has them loaded: the next one does it.
void remove_what_is_left(const fs::path& base) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(base, error)) {
    if (!entry.path().filename().string().starts_with(name_begin))
      continue;
    const HANDLE lock = take_lock(entry.path());
    if (lock == INVALID_HANDLE_VALUE)
      continue;
    CloseHandle(lock);
    std::error_code ignored;
    fs::remove_all(entry.path(), ignored);
  }
}

bool make_in(const fs::path& base, Made& into) {
  std::random_device random;
  std::error_code error;
  const fs::path folder =
      base / (name_begin + std::to_string(GetCurrentProcessId()) + "-" + std::to_string(random()));
  if (!fs::create_directory(folder, error))
    return false;
  into.lock = take_lock(folder);
  into.folder = folder.generic_string();
  return into.lock != INVALID_HANDLE_VALUE;
}

}  // namespace

// The temporary folder lies in the user's profile, whose rights it has.
wire::Result<std::string> private_folder(const std::string& last_choice) {
  const std::lock_guard lock(made().mutex);
  if (!made().folder.empty())
    return made().folder;
  std::error_code error;
  const fs::path temporary = fs::temp_directory_path(error);
  if (!error)
    remove_what_is_left(temporary);
  if ((!error && make_in(temporary, made())) || make_in(last_choice, made()))
    return made().folder;
  return wire::Failure{"there is no place for copies of libraries",
                       "neither the temporary folder nor " + last_choice + " can be written to",
                       "set TMP to a folder that this user can write to"};
}

std::string private_folder_if_made() {
  const std::lock_guard lock(made().mutex);
  return made().folder;
}

void leave_private_folder() {}

}  // namespace hr::runtime
