#include <windows.h>

#include <filesystem>

#include "src/loaded_image.h"
#include "src/pe_facts.h"

namespace hr::runtime {
namespace {

template <class T>
const T* at(Pointer base, std::uint64_t offset) {
  return reinterpret_cast<const T*>(base + offset);
}

std::string path_of(HMODULE module) {
  std::wstring path(32768, L'\0');
  path.resize(GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size())));
  return std::filesystem::path(path).generic_string();
}

}  // namespace

const std::size_t tls_word_bytes = sizeof(std::uint32_t);

std::optional<LoadedImage> find_image(const void* inside) {
  HMODULE module = nullptr;
  if (GetModuleHandleExW(
          GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
          static_cast<const wchar_t*>(inside), &module) == 0)
    return std::nullopt;
  const auto base = reinterpret_cast<Pointer>(module);
  const auto& headers = *at<IMAGE_NT_HEADERS64>(
      base, static_cast<std::uint64_t>(at<IMAGE_DOS_HEADER>(base, 0)->e_lfanew));
  LoadedImage image;
  image.bias = image.begin = image.dynamic = base;
  image.end = base + headers.OptionalHeader.SizeOfImage;
  image.path = path_of(module);
  const std::span mapped(reinterpret_cast<const std::byte*>(base),
                         headers.OptionalHeader.SizeOfImage);
  if (auto facts = read_pe_facts(mapped, PeLayout::memory)) {
    image.build_id = facts.value().library.build_id;
    if (facts.value().tls_index != 0) {
      image.tls_word = base + facts.value().tls_index;
      image.tls_module = raw_load<std::uint32_t>(image.tls_word);
    }
  }
  const IMAGE_SECTION_HEADER* sections = IMAGE_FIRST_SECTION(&headers);
  for (unsigned i = 0; i < headers.FileHeader.NumberOfSections; ++i) {
    const Pointer begin = base + sections[i].VirtualAddress;
    image.segments.push_back({begin, begin + sections[i].Misc.VirtualSize,
                              (sections[i].Characteristics & IMAGE_SCN_MEM_WRITE) != 0,
                              (sections[i].Characteristics & IMAGE_SCN_MEM_EXECUTE) != 0});
  }
  return image;
}

}  // namespace hr::runtime
