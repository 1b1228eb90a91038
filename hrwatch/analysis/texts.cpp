#include "analysis/texts.h"

#include <algorithm>
#include <cctype>

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

void texts_in(std::string_view bytes, std::unordered_set<std::string>& texts) {
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\0', begin), bytes.size());
    if (const std::string_view text = bytes.substr(begin, end - begin); may_be_name(text))
      texts.emplace(text);
    begin = end + 1;
  }
}

}  // namespace hrwatch::analysis
