#include <windows.h>
#include <restartmanager.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include "build/linker_files.h"
#include "core/linker_files.h"
#include "core/pe_image.h"

namespace hrwatch::build {
namespace {

using core::Probe;
using core::WayOut;
using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;
namespace fs = std::filesystem;

// As the PDB library of Microsoft's linker opens it (microsoft-pdb, PDB/msf/istream.h): for reading
// and writing, sharing nothing.
Probe probe(const fs::path& path) {
  const HANDLE file = CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file != INVALID_HANDLE_VALUE) {
    CloseHandle(file);
    return Probe::free;
  }
  switch (GetLastError()) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
      return Probe::absent;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_USER_MAPPED_FILE:
      return Probe::held;
    default:
      return Probe::forbidden;
  }
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

std::string sentence(DWORD error) {
  return std::system_category().message(static_cast<int>(error)) + ", error " +
         std::to_string(error);
}

// The programs that have the file open, as the Restart Manager names them; none where it knows
// nothing (wine 8).
std::vector<std::string> holders_of(const fs::path& path) {
  std::vector<std::string> holders;
  DWORD session = 0;
  std::array<wchar_t, CCH_RM_SESSION_KEY + 1> key = {};
  if (RmStartSession(&session, 0, key.data()) != ERROR_SUCCESS) {
    return holders;
  }
  const wchar_t* file = path.c_str();
  std::array<RM_PROCESS_INFO, 8> processes = {};
  UINT needed = 0;
  UINT count = static_cast<UINT>(processes.size());
  DWORD reasons = RmRebootReasonNone;
  if (RmRegisterResources(session, 1, &file, 0, nullptr, 0, nullptr) == ERROR_SUCCESS) {
    const DWORD result = RmGetList(session, &needed, &count, processes.data(), &reasons);
    for (UINT i = 0; (result == ERROR_SUCCESS || result == ERROR_MORE_DATA) && i < count &&
                     i < processes.size();
         ++i) {
      holders.push_back(fs::path(processes[i].strAppName).string() + " (process " +
                        std::to_string(processes[i].Process.dwProcessId) + ")");
    }
  }
  RmEndSession(session);
  return holders;
}

// Never over another file, and never to another disk.
bool rename_aside(const fs::path& path) {
  const fs::path folder = path.parent_path();
  const std::string aside = core::aside_name(path.filename().string(), names_in(folder));
  return MoveFileExW(path.c_str(), (folder / aside).c_str(), 0) != 0;
}

bool write_name(const LinkerFile& file, const std::string& line) {
  std::ofstream out(fs::path(file.name_file), std::ios::binary | std::ios::trunc);
  out << line << std::flush;
  return out.good();
}

std::optional<Failure> make_way_for(const LinkerFile& file) {
  const fs::path path = file.path;
  const Probe found = probe(path);
  bool refused = false;
  DWORD error = GetLastError();
  // What the last build needed does not hold for this one.
  if (!file.name_file.empty() && !write_name(file, "")) {
    return Failure{"cannot write " + file.name_file, "it names the .pdb of the next link",
                   "make the build folder writable for this user"};
  }
  for (;;) {
    switch (core::way_out(found, refused, !file.name_file.empty())) {
      case WayOut::nothing:
        return std::nullopt;
      case WayOut::rename_aside:
        if (rename_aside(path)) {
          return std::nullopt;
        }
        error = GetLastError();
        refused = true;
        break;
      case WayOut::write_elsewhere: {
        const std::string name =
            core::other_name(path.filename().string(), names_in(path.parent_path()));
        write_name(file, "\"--pdb=" + (path.parent_path() / name).generic_string() + "\"\n");
        return std::nullopt;
      }
      case WayOut::give_up:
        return core::cannot_make_way(file.path, holders_of(path), sentence(error));
    }
  }
}

// By whose names the libraries and programs among the files know their own.
std::set<fs::path> pdbs_known_to(const std::vector<LinkerFile>& files) {
  std::set<fs::path> known;
  for (const LinkerFile& file : files) {
    const fs::path path = file.path;
    if (path.extension() == ".pdb") {
      continue;
    }
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const auto image = core::read_pe_image(std::as_bytes(std::span(bytes)));
    if (image.ok() && image.value().pdb) {
      known.insert(path.parent_path() / fs::path(image.value().pdb->path).filename());
    }
  }
  return known;
}

}  // namespace

Result<Done> make_way(const std::vector<LinkerFile>& files) {
  std::optional<Failure> first;
  for (const LinkerFile& file : files) {
    std::optional<Failure> failure = make_way_for(file);
    if (failure && !first) {
      first = std::move(failure);
    }
  }
  if (first) {
    return *first;
  }
  return Done{};
}

bool holders_stop_linkers() {
  return true;
}

std::size_t put_back(const std::vector<LinkerFile>& files) {
  std::size_t count = 0;
  for (const LinkerFile& file : files) {
    const fs::path path = file.path;
    if (probe(path) != Probe::absent) {
      continue;
    }
    fs::path newest;
    fs::file_time_type written = fs::file_time_type::min();
    for (const std::string& name : names_in(path.parent_path())) {
      std::error_code error;
      const fs::path aside = path.parent_path() / name;
      const bool ours = name.ends_with(".old") && core::is_leftover(name, path.filename().string());
      if (const auto time = ours ? fs::last_write_time(aside, error) : written;
          ours && !error && time > written) {
        newest = aside;
        written = time;
      }
    }
    count += !newest.empty() && MoveFileExW(newest.c_str(), path.c_str(), 0) != 0 ? 1 : 0;
  }
  return count;
}

std::size_t remove_asides(const std::vector<LinkerFile>& files) {
  std::size_t removed = 0;
  std::optional<std::set<fs::path>> known;  // read when it matters: a library may be big
  std::map<fs::path, std::vector<std::string>> folders;
  for (const LinkerFile& file : files) {
    const fs::path path = file.path;
    const auto folder = folders.try_emplace(path.parent_path()).first;
    if (folder->second.empty()) {
      folder->second = names_in(folder->first);
    }
    for (const std::string& name : folder->second) {
      const fs::path leftover = path.parent_path() / name;
      if (!core::is_leftover(name, path.filename().string())) {
        continue;
      }
      // What a library names is not even opened: just then a debugger may want to.
      if (leftover.extension() == ".pdb") {
        known = known ? std::move(known) : pdbs_known_to(files);
        if (known->count(leftover) != 0) {
          continue;
        }
      }
      // Only what nobody has open: a deleted file keeps its name until its last holder goes.
      if (probe(leftover) != Probe::free) {
        continue;
      }
      removed += DeleteFileW(leftover.c_str()) != 0 ? 1 : 0;
    }
  }
  return removed;
}

}  // namespace hrwatch::build
