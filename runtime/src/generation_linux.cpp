#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <cstdlib>
#include <string_view>

#include "src/generation.h"
#include "src/memory_map.h"

namespace hr::runtime {
namespace {

thread_local int loading_depth = 0;

// A function's name as its source has it (Itanium C++ ABI), `symbol` itself when it is no such.
std::string source_name(const std::string& symbol) {
  int status = 0;
  char* name = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  std::string result = name != nullptr ? name : symbol;
  std::free(name);
  return result;
}

wire::Failure cannot_load(const std::string& path) {
  const char* told = ::dlerror();
  const std::string reason = told != nullptr ? told : "the dynamic linker gives no reason";
  constexpr std::string_view undefined = "undefined symbol: ";
  const auto at = reason.find(undefined);
  if (at == std::string::npos)
    return {"cannot load " + path, reason, "mend what it names, build, and save again"};
  const std::string rest = reason.substr(at + undefined.size());
  const std::string symbol = rest.substr(0, rest.find_first_of(", "));
  return {source_name(symbol) + " is used, and defined nowhere",
          "neither the module nor the program has the symbol " + symbol,
          "define it in the module; when it belongs to the program, build and restart the program"};
}

// A copy must not run finalisers: those of generation 0 run once for all, and sanitizers end the
// program when a library leaves that never came. The dynamic linker reads DT_FINI_ARRAYSZ from the
// mapped section when it unloads (ELF gABI, "Initialization and Termination Functions").
wire::Result<wire::Done> silence_finalisers(const LoadedImage& image) {
  if (image.dynamic == 0)
    return wire::Done{};
  auto map = MemoryMap::read();
  if (!map)
    return map.failure();
  for (Pointer at = image.dynamic;; at += sizeof(Elf64_Dyn)) {
    const auto entry = raw_load<Elf64_Dyn>(at);
    if (entry.d_tag == DT_NULL)
      return wire::Done{};
    if (entry.d_tag != DT_FINI_ARRAYSZ || entry.d_un.d_val == 0)
      continue;
    WritablePages pages;
    pages.want(at, sizeof(Elf64_Dyn));
    if (auto opened = pages.open(map.value()); !opened)
      return opened.failure();
    store_word(at + offsetof(Elf64_Dyn, d_un), 0);
  }
}

const void* base_of(void* handle) {
  const link_map* map = nullptr;
  return ::dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 ? map->l_ld : nullptr;
}

// Closes a library; false when it stays mapped all the same. A program that ends keeps every
// library until their finalisers have run (glibc, _dl_fini), whoever closes them meanwhile.
bool unloads(void* handle) {
  const void* inside = base_of(handle);
  ::dlclose(handle);
  return inside == nullptr || !find_image(inside);
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

wire::Result<std::unique_ptr<Generation>> Generation::load(std::uint32_t number,
                                                           const PublishedFile& file,
                                                           AddressSpace& space) {
  const LoadingGeneration loading;
  if (void* known = ::dlopen(file.path.c_str(), RTLD_LAZY | RTLD_NOLOAD); known != nullptr) {
    ::dlclose(known);
    return wire::Failure{"cannot load " + file.path, "the program has already loaded it",
                         "save again: the next build is published under another name"};
  }
  auto hole = space.take(number, hole_size_for(file.facts.memory_size, file.facts.alignment));
  if (!hole)
    return hole.failure();
  space.open(hole.value());
  void* handle = ::dlopen(file.path.c_str(), RTLD_NOW | RTLD_LOCAL);
  const void* inside = handle != nullptr ? base_of(handle) : nullptr;
  std::optional<LoadedImage> image = inside != nullptr ? find_image(inside) : std::nullopt;
  if (!image || image->build_id != file.facts.build_id) {
    wire::Failure failure =
        handle == nullptr
            ? cannot_load(file.path)
            : wire::Failure{"cannot load " + file.path, "it was replaced while it was being loaded",
                            "save again"};
    const bool stays = handle != nullptr && !unloads(handle);
    const Pointer begin = hole.value().begin;
    space.close_around(hole.value(), stays && image ? image->begin : begin,
                       stays && image ? image->end : begin);
    if (!stays)
      space.give_back(hole.value(), begin, begin);
    return failure;
  }
  space.close_around(hole.value(), image->begin, image->end);
  auto generation = std::make_unique<Generation>(number, std::move(*image));
  generation->handle_ = handle;
  generation->space_ = &space;
  generation->hole_ = hole.value();
  if (auto silenced = silence_finalisers(generation->image); !silenced)
    return silenced.failure();
  return generation;
}

Generation::~Generation() {
  if (handle_ == nullptr || kept_)
    return;
  const LoadingGeneration loading;
  if (!unloads(handle_))
    return;  // its place is taken for good
  space_->give_back(hole_, image.begin, image.end);
}

}  // namespace hr::runtime
