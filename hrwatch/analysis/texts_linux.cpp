#include "analysis/elf_image.h"
#include "analysis/texts.h"

namespace hrwatch::analysis {

void read_texts(const std::filesystem::path& file, std::unordered_set<std::string>& texts) {
  const auto image = ElfImage::open(file);
  if (!image)
    return;
  for (const Section& section : image.value().sections())
    if (section.name == ".dynstr" || section.name.starts_with(".rodata"))
      texts_in({reinterpret_cast<const char*>(section.bytes.data()), section.bytes.size()}, texts);
}

}  // namespace hrwatch::analysis
