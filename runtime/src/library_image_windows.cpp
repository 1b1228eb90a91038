#include <windows.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "src/generation.h"
#include "src/library_image.h"
#include "src/library_needs.h"

namespace hr::runtime {
namespace {

namespace fs = std::filesystem;

wire::Failure cannot_load(const std::string& path, DWORD error) {
  std::string why =
      std::system_category().message(static_cast<int>(error)) + ", error " + std::to_string(error);
  std::string fix = "mend what it names, and build it again";
  if (error == ERROR_MOD_NOT_FOUND || error == ERROR_PROC_NOT_FOUND)
    fix = "put the library that it needs beside it or on the PATH: dumpbin /dependents " + path;
  else if (error == ERROR_DLL_INIT_FAILED)
    fix = "its DllMain or a static initialiser failed: look there";
  return {path + " can't be loaded", std::move(why), std::move(fix)};
}

std::optional<LoadedImage> image_of(void* handle) {
  return handle != nullptr ? find_image(handle) : std::nullopt;
}

}  // namespace

// Libraries beside the one that `path` names are found, though the copy lies elsewhere.
LibraryNeeds::LibraryNeeds(const std::string&, const std::string& path) {
  void* cookie = AddDllDirectory(fs::path(path).parent_path().make_preferred().c_str());
  if (cookie != nullptr)
    handles_.push_back(cookie);
}

LibraryNeeds::~LibraryNeeds() {
  for (void* cookie : handles_)
    RemoveDllDirectory(cookie);
}

LibraryImage::LibraryImage(LibraryCopy copy, std::string path, void* handle, LoadedImage image)
    : copy_(std::move(copy)),
      path_(std::move(path)),
      loaded_(copy_.path().empty() ? path_ : copy_.path()),
      content_(copy_.content()),
      handle_(handle),
      image_(std::move(image)) {
  copy_.keep();
}

wire::Result<std::unique_ptr<LibraryImage>> LibraryImage::load(LibraryCopy copy,
                                                               const std::string& path) {
  const LoadingGeneration loading;
  const LibraryNeeds needs(copy.path(), path);
  void* handle =
      LoadLibraryExW(fs::path(copy.path()).make_preferred().c_str(), nullptr,
                     LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR);
  const DWORD error = GetLastError();
  std::optional<LoadedImage> image = image_of(handle);
  if (!image)
    return cannot_load(path, error);
  return std::unique_ptr<LibraryImage>(
      new LibraryImage(std::move(copy), path, handle, std::move(*image)));
}

wire::Result<std::unique_ptr<LibraryImage>> LibraryImage::load_itself(const std::string& path) {
  const LoadingGeneration loading;
  void* handle = LoadLibraryW(fs::path(path).make_preferred().c_str());
  const DWORD error = GetLastError();
  std::optional<LoadedImage> image = image_of(handle);
  if (!image)
    return cannot_load(path, error);
  return std::unique_ptr<LibraryImage>(
      new LibraryImage(LibraryCopy(""), path, handle, std::move(*image)));
}

// How large an object is, the table of exports does not say: at most as large as what is left of
// its section.
std::optional<Symbol> LibraryImage::find(const std::string& name) const {
  if (handle_ == nullptr)
    return std::nullopt;
  const auto found = reinterpret_cast<Pointer>(
      reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(handle_), name.c_str())));
  if (found == 0)
    return std::nullopt;
  Symbol symbol{found, 0, image_.holds_code(found - image_.bias, 1)};
  for (const LoadedSegment& segment : image_.segments) {
    if (found >= segment.begin && found < segment.end)
      symbol.size = segment.end - found;
  }
  return symbol;
}

bool LibraryImage::still_mapped() const {
  const auto now = find_image(reinterpret_cast<const void*>(image_.begin));
  return now && now->begin == image_.begin && now->path == image_.path;
}

std::optional<wire::Failure> LibraryImage::close() {
  const LoadingGeneration loading;
  if (still_mapped()) {
    const wire::Failure why = why_it_stays(image_, path_);
    if (handle_ != nullptr)
      FreeLibrary(static_cast<HMODULE>(std::exchange(handle_, nullptr)));
    if (still_mapped())
      return why;
  }
  if (loaded_ != path_)
    DeleteFileW(fs::path(loaded_).c_str());
  return std::nullopt;
}

// Windows says nothing about it; these are the ways in which it happens.
wire::Failure why_it_stays(const LoadedImage&, const std::string& path) {
  return {path + " can't be unloaded",
          "another library needs it, it has pinned itself, or a thread that is alive holds "
          "thread_local objects of it whose destructors are to run",
          "end the threads that ran it, then unload again"};
}

}  // namespace hr::runtime
