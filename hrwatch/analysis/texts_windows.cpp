#include <span>
#include <vector>

#include "analysis/texts.h"
#include "analysis/whole_file.h"
#include "core/pe_image.h"

namespace hrwatch::analysis {

void read_texts(const std::filesystem::path& file, std::unordered_set<std::string>& texts) {
  const std::vector<char> bytes = whole_file(file);
  const auto image = core::read_pe_image(std::as_bytes(std::span(bytes)));
  if (!image.ok()) {
    return;
  }
  // Names of imports are with the read-only data, or by themselves.
  for (const core::PeSection& section : image.value().sections) {
    const bool wanted = section.name.starts_with(".rdata") || section.name.starts_with(".idata");
    if (wanted && section.offset <= bytes.size()) {
      texts_in(
          std::string_view(bytes.data(), bytes.size()).substr(section.offset, section.file_size),
          texts);
    }
  }
}

}  // namespace hrwatch::analysis
