#include "analysis/texts.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "analysis/elf_image.h"

namespace hrwatch::analysis {
namespace {

bool may_be_name(std::string_view text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
                  c == '.';
         });
}

}  // namespace

void read_texts(const std::filesystem::path& file, std::unordered_set<std::string>& texts) {
  const auto image = ElfImage::open(file);
  if (!image)
    return;
  for (const Section& section : image.value().sections()) {
    if (section.name != ".dynstr" && !section.name.starts_with(".rodata"))
      continue;
    const std::string_view bytes(reinterpret_cast<const char*>(section.bytes.data()),
                                 section.bytes.size());
    for (std::size_t begin = 0; begin < bytes.size();) {
      const std::size_t end = std::min(bytes.find('\0', begin), bytes.size());
      if (const std::string_view text = bytes.substr(begin, end - begin); may_be_name(text))
        texts.emplace(text);
      begin = end + 1;
    }
  }
}

}  // namespace hrwatch::analysis
