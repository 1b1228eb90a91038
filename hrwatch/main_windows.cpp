// hrwatch, the tool. Arguments are UTF-8, as all text in it, whatever the system's code page is.
#include <windows.h>
#include <shellapi.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
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

bool is_plain(std::wstring_view text) {
  return std::all_of(text.begin(), text.end(), [](wchar_t letter) { return letter < 128; });
}

// A name that is written one way by CMake and another way by the system would be two files here.
int refuse_name(const wchar_t* text) {
  std::fprintf(stderr,
               "hrwatch: error: %s has letters beyond ASCII\n"
               "    why: on Windows such paths are not supported yet\n"
               "    fix: use a folder whose path has none\n",
               utf8(text).c_str());
  constexpr int environment = 3;
  return environment;
}

}  // namespace

int main() {
  int count = 0;
  wchar_t** const words = CommandLineToArgvW(GetCommandLineW(), &count);
  std::error_code error;
  const std::wstring folder = std::filesystem::current_path(error).wstring();
  if (!is_plain(folder)) {
    return refuse_name(folder.c_str());
  }
  std::vector<std::string> texts;
  bool ours = true;  // else the program's
  for (int i = 0; i < count; ++i) {
    ours = ours && std::wstring_view(words[i]) != L"--";
    if (i > 0 && ours && !is_plain(words[i])) {
      return refuse_name(words[i]);
    }
    texts.push_back(utf8(words[i]));
  }
  LocalFree(words);
  std::vector<char*> arguments;
  for (std::string& text : texts) {
    arguments.push_back(text.data());
  }
  return hrwatch::cli::run(count, arguments.data());
}
