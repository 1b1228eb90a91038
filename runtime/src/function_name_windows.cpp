#include <filesystem>

#include "src/function_name.h"
#include "src/loaded_image.h"

namespace hr::runtime {
namespace {

std::string hex(std::uint64_t number) {
  std::string text;
  do
    text.insert(text.begin(), "0123456789abcdef"[number & 15U]);
  while ((number >>= 4U) != 0);
  return text;
}

}  // namespace

// As debuggers take it: names of functions are in the .pdb alone.
std::string function_at(std::uintptr_t address) {
  const auto image = find_image(reinterpret_cast<const void*>(address));
  if (!image)
    return "a function without a known name";
  return std::filesystem::path(image->path).filename().string() + "+0x" +
         hex(address - image->begin);
}

}  // namespace hr::runtime
