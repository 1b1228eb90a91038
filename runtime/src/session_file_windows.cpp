#include <filesystem>
#include <string>

#include "src/own_file_windows.h"
#include "src/session_file.h"

namespace hr::runtime {

// Never \\server\pipe\...: only this machine's.
bool is_session_address(std::string_view text) {
  return text.starts_with("\\\\.\\pipe\\") &&
         text.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

// Who may read it beside its owner is up to the folder, which the tool closes to others.
wire::Result<SessionFile> read_session(const std::string& build_dir) {
  const std::string path = build_dir + "/.hrwatch/session.json";
  const OwnHandle file = open_to_read(path);
  if (!file)
    return wire::Failure{"no hrwatch is running for " + build_dir,
                         path + ": " + system_words(GetLastError()), "start hrwatch"};
  if (!is_plain_file(file.get()) || !only_ours(file.get()))
    return wire::Failure{"will not use " + path, "it is not a file that only this user can write",
                         "start hrwatch as the user who runs the program"};
  constexpr DWORD most_bytes = 64 * 1024;
  std::string text(most_bytes, '\0');
  DWORD got = 0;
  if (ReadFile(file.get(), text.data(), most_bytes, &got, nullptr) == 0)
    got = 0;
  text.resize(got);
  return parse_session(text);
}

}  // namespace hr::runtime
