#include <windows.h>

#include <filesystem>

#include "src/generation.h"
#include "src/own_file_windows.h"

namespace hr::runtime {
namespace {

namespace fs = std::filesystem;

thread_local int loading_depth = 0;

wire::Failure cannot_load(const std::string& path, DWORD error) {
  std::string fix = "mend what it names, build, and save again";
  if (error == ERROR_MOD_NOT_FOUND || error == ERROR_PROC_NOT_FOUND)
    fix =
        "it needs a library, or a function of one, that the program has not got: put it beside the "
        "program or on the PATH; when it is the program's own, build and restart the program";
  else if (error == ERROR_DLL_INIT_FAILED)
    fix = "its DllMain said no: look there";
  return {"cannot load " + path, system_words(error), std::move(fix)};
}

wire::Failure out_of_reach(const std::string& path) {
  return {
      "cannot load " + path,
      "the system put it more than 2 GB away from the code that runs: another thread took its "
      "place, or address space is randomised by force",
      "save again: the next build has another place; where that does not help, switch mandatory "
      "ASLR off for this program (Exploit protection)"};
}

std::optional<LoadedImage> image_of(HMODULE library) {
  return library != nullptr ? find_image(library) : std::nullopt;
}

// The loader keeps its books on a library by the number that stands there.
void restore_tls(const LoadedImage& image) {
  if (image.tls_word == 0)
    return;
  const auto number = static_cast<std::uint32_t>(*image.tls_module);
  raw_copy(image.tls_word, &number, sizeof number);
}

// False when it stays mapped all the same: something holds on to it, thread_local objects with
// destructors do, for one.
bool unloads(HMODULE library, const LoadedImage& image) {
  restore_tls(image);
  FreeLibrary(library);
  const auto now = find_image(reinterpret_cast<const void*>(image.begin));
  return !now || now->begin != image.begin || now->path != image.path;
}

}  // namespace

bool loading_generation() {
  return loading_depth > 0;
}

LoadingGeneration::LoadingGeneration() {
  ++loading_depth;
}

LoadingGeneration::~LoadingGeneration() {
  --loading_depth;
}

// Its C runtime starts up in its DllMain, as it must; of the module's own initialisers the tool has
// left none in the copy.
wire::Result<std::unique_ptr<Generation>> Generation::load(std::uint32_t number,
                                                           const PublishedFile& file,
                                                           AddressSpace& space) {
  const LoadingGeneration loading;
  const fs::path path = fs::path(file.path).make_preferred();
  if (GetModuleHandleW(path.c_str()) != nullptr)
    return wire::Failure{"cannot load " + file.path, "the program has already loaded it",
                         "save again: the next build is published under another name"};
  auto hole = space.take(number, file.facts.memory_size);
  if (!hole)
    return hole.failure();
  space.open(hole.value());
  // What it needs and the program has is found by its name; nothing is looked for in the working
  // folder.
  const HMODULE library = LoadLibraryExW(
      path.c_str(), nullptr, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR);
  const DWORD error = GetLastError();
  std::optional<LoadedImage> image = image_of(library);
  const bool in_reach = image && space.reaches(image->begin, image->end);
  if (!in_reach || image->build_id != file.facts.build_id) {
    wire::Failure failure =
        !image      ? cannot_load(file.path, error)
        : !in_reach ? out_of_reach(file.path)
                    : wire::Failure{"cannot load " + file.path,
                                    "it was replaced while it was being loaded", "save again"};
    const bool stays = image && !unloads(library, *image);
    const Pointer begin = hole.value().begin;
    space.close_around(hole.value(), stays ? image->begin : begin, stays ? image->end : begin);
    if (!stays)
      space.give_back(hole.value(), begin, begin);
    return failure;
  }
  space.close_around(hole.value(), image->begin, image->end);
  auto generation = std::make_unique<Generation>(number, std::move(*image));
  generation->handle_ = library;
  generation->space_ = &space;
  generation->hole_ = hole.value();
  return generation;
}

Generation::~Generation() {
  if (handle_ == nullptr || kept_)
    return;
  const LoadingGeneration loading;
  if (!unloads(static_cast<HMODULE>(handle_), image))
    return;  // its place is taken for good
  space_->give_back(hole_, image.begin, image.end);
}

}  // namespace hr::runtime
