#include <windows.h>

#include <filesystem>

#include "src/loaded_image.h"

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

std::string hex(std::uint64_t number, int digits) {
  std::string text(static_cast<std::size_t>(digits), '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4U)
    *digit = "0123456789ABCDEF"[number & 15U];
  return text;
}

// The identity of its .pdb, else time stamp and size: as the tool reads it off the file.
std::string build_of(Pointer base, const IMAGE_NT_HEADERS64& headers) {
  struct CodeView {
    std::uint32_t signature;
    GUID guid;
    std::uint32_t age;
  };

  const IMAGE_DATA_DIRECTORY& debug =
      headers.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_DEBUG];
  const auto* entries = at<IMAGE_DEBUG_DIRECTORY>(base, debug.VirtualAddress);
  for (std::size_t i = 0; i < debug.Size / sizeof(IMAGE_DEBUG_DIRECTORY); ++i) {
    if (entries[i].Type != IMAGE_DEBUG_TYPE_CODEVIEW || entries[i].AddressOfRawData == 0)
      continue;
    const auto& record = *at<CodeView>(base, entries[i].AddressOfRawData);
    if (record.signature != 0x53445352)  // "RSDS"
      continue;
    std::string text =
        hex(record.guid.Data1, 8) + hex(record.guid.Data2, 4) + hex(record.guid.Data3, 4);
    for (const unsigned char byte : record.guid.Data4)
      text += hex(byte, 2);
    return text + hex(record.age, 8);
  }
  return hex(headers.FileHeader.TimeDateStamp, 8) + hex(headers.OptionalHeader.SizeOfImage, 8);
}

}  // namespace

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
  image.build_id = build_of(base, headers);
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
