// hrwatch, the tool. Arguments are UTF-8, as all text in it, whatever the system's code page is.
#include <windows.h>
#include <shellapi.h>

#include <string>
#include <vector>

#include "cli/cli.h"

namespace {

std::string utf8(const wchar_t* text) {
  const int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  std::string bytes(size > 0 ? static_cast<std::size_t>(size) : 1, '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes.data(), size, nullptr, nullptr);
  bytes.pop_back();  // the zero
  return bytes;
}

}  // namespace

int main() {
  int count = 0;
  wchar_t** const words = CommandLineToArgvW(GetCommandLineW(), &count);
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    texts.push_back(utf8(words[i]));
  }
  LocalFree(words);
  std::vector<char*> arguments;
  for (std::string& text : texts) {
    arguments.push_back(text.data());
  }
  return hrwatch::cli::run(count, arguments.data());
}
