#include <windows.h>

#include <atomic>
#include <cstddef>
#include <fstream>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include "core/pe_image.h"
#include "publish/names.h"
#include "publish/pe_edit.h"
#include "publish/publish.h"

namespace hrwatch::publish {

const std::string_view library_suffix = ".dll";

namespace {

using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;
namespace fs = std::filesystem;

std::string sentence(DWORD error) {
  return std::system_category().message(static_cast<int>(error)) + ", error " +
         std::to_string(error);
}

Failure failed(const std::string& module, const fs::path& file, DWORD error) {
  const std::string what = "module " + module + " could not be published";
  if (error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL) {
    return {what, "the disk is full: " + file.string(),
            "free some space and save again; copies of programs that ended go when hrwatch starts"};
  }
  return {what, file.string() + ": " + sentence(error),
          "make the build folder writable for this user, then save again"};
}

Result<std::vector<std::byte>> read_file(const std::string& module, const fs::path& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  std::vector<std::byte> bytes(in ? static_cast<std::size_t>(in.tellg()) : 0);
  in.seekg(0);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in || bytes.empty()) {
    return failed(module, path, GetLastError());
  }
  return bytes;
}

// The .pdb as the record has it: by its path, else beside the library.
fs::path find_pdb(const fs::path& library, const std::string& recorded) {
  std::error_code error;
  fs::path path = recorded;
  if (path.is_absolute() && fs::exists(path, error)) {
    return path;
  }
  path = library.parent_path() / path.filename();
  return fs::exists(path, error) ? path : fs::path();
}

struct PdbCopy {
  fs::path from;
  fs::path to;
};

// Gives the copy a .pdb of its own. Where the slot is too short even for a short name, or the .pdb
// is not there, the copy keeps naming the build's: debuggers then hold that, and the next link
// makes way.
std::optional<PdbCopy> rename_pdb(const Request& request, const core::PeImage& image,
                                  std::span<std::byte> bytes) {
  if (!image.pdb) {
    return std::nullopt;
  }
  const fs::path from = find_pdb(request.library, image.pdb->path);
  const std::string name =
      core::pdb_name_that_fits(request.module, request.generation, image.pdb->room);
  std::error_code error;
  if (from.empty() || name.empty() || fs::exists(request.folder / name, error) ||
      !core::set_pdb_path(bytes, *image.pdb, name)) {
    return std::nullopt;
  }
  return PdbCopy{from, request.folder / name};
}

Result<Done> make_fit(const Request& request, std::span<std::byte> bytes) {
  if (!request.initialiser_words.empty()) {
    auto redirected = redirect_words(bytes, request.initialiser_words, request.instead);
    if (!redirected) {
      return redirected;
    }
  }
  return request.base != 0 ? rebase(bytes, request.base) : Result<Done>(Done{});
}

bool write_file(const fs::path& path, std::span<const std::byte> bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  out.flush();
  return out.good();
}

// A program that has the library loaded, or a debugger its .pdb, holds it.
bool is_held(const fs::path& path) {
  const HANDLE file = CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    return GetLastError() != ERROR_FILE_NOT_FOUND;
  }
  CloseHandle(file);
  return false;
}

}  // namespace

Result<Draft> Draft::make(const fs::path& library, const fs::path& folder,
                          const std::string& module) {
  std::error_code error;
  fs::create_directories(folder, error);
  static std::atomic<unsigned> made = 0;
  const fs::path path = folder / (module + "." + std::to_string(++made) + ".dll.part");
  if (CopyFileW(library.c_str(), path.c_str(), FALSE) == 0) {
    const DWORD code = GetLastError();
    if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND) {
      return Failure{"module " + module + " could not be published",
                     library.string() + " is not there or can't be read",
                     "build it again: run ninja in the build folder"};
    }
    return failed(module, library, code);
  }
  return Draft(path, 0);
}

Result<Draft> Draft::make_early(const fs::path& library, const fs::path&,
                                const std::string& module) {
  return Failure{"module " + module + " could not be copied before its build ended",
                 "a linker can't write " + library.string() + " while somebody reads it",
                 "nothing to do: it is copied when the build has ended"};
}

bool Draft::is_still(const fs::path&) const {
  return false;
}

Draft::Draft(Draft&& other) noexcept : path_(std::move(other.path_)), file_(other.file_) {
  other.file_ = -1;
}

Draft::~Draft() {
  if (file_ >= 0) {
    DeleteFileW(path_.c_str());  // published: it has another name by now
  }
}

Result<fs::path> publish(const Request& request) {
  auto draft = Draft::make(request.library, request.folder, request.module);
  if (!draft) {
    return draft.failure();
  }
  return publish(request, std::move(draft).value());
}

Result<fs::path> publish(const Request& request, Draft draft) {
  auto bytes = read_file(request.module, draft.path_);
  if (!bytes) {
    return bytes.failure();
  }
  const auto image = core::read_pe_image(bytes.value());
  if (!image) {
    Failure failure = image.failure();
    failure.why = request.library.string() + ": " + failure.why;
    return failure;
  }
  if (!request.build_id.empty() && image.value().build_id() != request.build_id) {
    return Failure{"module " + request.module + " could not be published",
                   request.library.string() + " was built again meanwhile",
                   "nothing to do: the next complete build is taken up"};
  }
  if (auto fit = make_fit(request, bytes.value()); !fit) {
    return fit.failure();
  }
  const auto pdb = rename_pdb(request, image.value(), bytes.value());
  // A reader may hold it with any sharing: a copy asks for reading only.
  if (pdb && CopyFileW(pdb->from.c_str(), pdb->to.c_str(), TRUE) == 0) {
    return failed(request.module, pdb->from, GetLastError());
  }
  if (!write_file(draft.path_, bytes.value())) {
    return failed(request.module, draft.path_, GetLastError());
  }
  const std::string name = request.module + "." + std::to_string(request.generation) + ".dll";
  fs::path path = request.folder / name;
  // Never over another: a debugger or a program may know the path.
  if (MoveFileExW(draft.path_.c_str(), path.c_str(), 0) == 0) {
    const DWORD error = GetLastError();
    if (pdb) {
      DeleteFileW(pdb->to.c_str());
    }
    if (error != ERROR_ALREADY_EXISTS && error != ERROR_FILE_EXISTS) {
      return failed(request.module, path, error);
    }
    return Failure{name + " could not be published",
                   "that generation is already in " + request.folder.string(),
                   "end the other hrwatch that works on this build folder"};
  }
  return path;
}

Result<std::size_t> set_words(const fs::path& copy, const std::vector<Word>& words) {
  std::fstream file(copy, std::ios::binary | std::ios::in | std::ios::out);
  std::size_t changed = 0;
  for (const Word& word : words) {
    std::uint64_t found = 0;  // little endian, as x86-64 is
    file.seekg(static_cast<std::streamoff>(word.offset));
    file.read(reinterpret_cast<char*>(&found), sizeof found);
    if (file && found == word.expected) {
      file.seekp(static_cast<std::streamoff>(word.offset));
      file.write(reinterpret_cast<const char*>(&word.value), sizeof word.value);
      ++changed;
    }
    if (file.eof()) {
      file.clear();  // behind the end: left alone
    }
  }
  file.close();
  if (!file) {
    return Failure{copy.filename().string() + " could not be completed",
                   copy.string() + ": it can't be opened or written",
                   "make the folder writable, then save again"};
  }
  return changed;
}

std::size_t remove_leftovers(const fs::path& folder) {
  std::size_t removed = 0;
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".dll" || extension == ".pdb" || extension == ".part") {
      files.push_back(entry.path());
    }
  }
  for (const fs::path& file : files) {
    removed += !is_held(file) && DeleteFileW(file.c_str()) != 0 ? 1 : 0;
  }
  return removed;
}

}  // namespace hrwatch::publish
