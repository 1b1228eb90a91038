#include <windows.h>

#include <atomic>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "src/complete_pe.h"
#include "src/library_copy.h"
#include "src/private_folder.h"

namespace hr::runtime {
namespace {

namespace fs = std::filesystem;

CopyOutcome fail(CopyProblem problem, const std::string& what, std::string why, std::string fix) {
  return {std::nullopt, {problem, {what, std::move(why), std::move(fix)}}};
}

std::string system_reason(DWORD error) {
  return std::system_category().message(static_cast<int>(error));
}

CopyOutcome half_written(const std::string& path, std::string why) {
  return fail(CopyProblem::not_there, path + " is not complete", std::move(why),
              "nothing to do while it is being written; build it again when it stays so");
}

CopyOutcome cannot_open(const std::string& path, DWORD error) {
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND)
    return fail(CopyProblem::not_there, path + " is not there yet", system_reason(error),
                "build it, or correct the path given to hr_open()");
  if (error == ERROR_SHARING_VIOLATION)
    return half_written(path, "a program is writing it");
  return fail(CopyProblem::refused, path + " can't be read", system_reason(error),
              "make it readable for this user");
}

// Sixty-four bits of all bytes: not against malice, only to know a file again.
std::uint64_t content_of(const std::vector<std::byte>& bytes) {
  std::uint64_t value = 0x8422'2325'CBF2'9CE4U;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
    value = std::rotl(value ^ (word * 0x9E3779B97F4A7C15U), 29) * 0xBF58476D1CE4E5B9U;
  }
  return value ^ bytes.size();
}

// True while a program has it open for writing. In this instant a linker could not open it: ask
// only for what is worth it.
bool somebody_writes(const fs::path& path) {
  const HANDLE file = CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE,
                                  nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file == INVALID_HANDLE_VALUE)
    return GetLastError() == ERROR_SHARING_VIOLATION;
  CloseHandle(file);
  return false;
}

// Shares everything: a linker that comes meanwhile must not fail for us.
DWORD read_whole(const fs::path& path, std::vector<std::byte>& bytes) {
  const HANDLE file = CreateFileW(path.c_str(), GENERIC_READ,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                  OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, nullptr);
  if (file == INVALID_HANDLE_VALUE)
    return GetLastError();
  LARGE_INTEGER size = {};
  GetFileSizeEx(file, &size);
  bytes.resize(static_cast<std::size_t>(size.QuadPart));
  std::size_t done = 0;
  DWORD got = 1;
  while (done < bytes.size() && got != 0) {
    const auto wanted = static_cast<DWORD>(std::min<std::size_t>(bytes.size() - done, 1U << 24U));
    if (ReadFile(file, bytes.data() + done, wanted, &got, nullptr) == 0)
      break;
    done += got;
  }
  const DWORD error = done == bytes.size() ? 0 : GetLastError();
  CloseHandle(file);
  return error;
}

// A name that no library of this process ever had: "game.dll" is copied to "game.3.dll".
std::string next_name(const fs::path& path) {
  static std::atomic<unsigned> copies{0};
  const std::string file = path.filename().string();
  return file.substr(0, file.find('.')) + "." + std::to_string(++copies) + ".dll";
}

}  // namespace

LibraryCopy::LibraryCopy(LibraryCopy&& other) noexcept
    : path_(std::exchange(other.path_, {})), content_(other.content_) {}

LibraryCopy::~LibraryCopy() {
  if (!path_.empty())
    DeleteFileW(fs::path(path_).c_str());
}

CopyOutcome copy_library(const std::string& path) {
  std::vector<std::byte> bytes;
  if (const DWORD error = read_whole(path, bytes); error != 0)
    return cannot_open(path, error);
  const PeCheck check = check_pe(bytes);
  if (check.verdict == PeVerdict::half_written)
    return half_written(path, check.why);
  if (check.verdict == PeVerdict::foreign)
    return fail(CopyProblem::refused, path + " can't be loaded", check.why,
                "build it as a shared library for x86-64 Windows");
  static std::atomic<std::uint64_t> last_content{0};
  const std::uint64_t content = content_of(bytes);
  if (last_content.exchange(content) != content && somebody_writes(path)) {
    last_content.store(0);
    return half_written(path, "a program is writing it");
  }
  auto folder = private_folder(fs::path(path).parent_path().generic_string());
  if (!folder)
    return {std::nullopt, {CopyProblem::refused, folder.failure()}};
  const std::string target = folder.value() + "/" + next_name(path);
  LibraryCopy copy(target);
  std::ofstream out(fs::path(target), std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out)
    return fail(CopyProblem::refused, "no copy of " + path + " can be made",
                target + ": " + system_reason(GetLastError()), "make room there, or set TMP");
  copy.holds(content);
  return {std::move(copy), {}};
}

}  // namespace hr::runtime
