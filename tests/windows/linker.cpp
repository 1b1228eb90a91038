// Stands in for link.exe where it matters here: opens its .pdb as Microsoft's linker does, and says
// what that says when it is refused. Usage: linker FILE.pdb | linker --wait BEGUN HELD: makes the
// file BEGUN and waits for the file HELD.
#include <windows.h>

#include <cstdio>
#include <string_view>

int main(int count, char** arguments) {
  if (count < 2)
    return 2;
  if (count == 4 && arguments[1] == std::string_view("--wait")) {
    CloseHandle(CreateFileA(arguments[2], GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
    for (int i = 0; i < 10000 && GetFileAttributesA(arguments[3]) == INVALID_FILE_ATTRIBUTES; ++i)
      Sleep(1);
    return 0;
  }
  const HANDLE pdb = CreateFileA(arguments[1], GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                 OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (pdb == INVALID_HANDLE_VALUE) {
    std::printf("LINK : fatal error LNK1201: error writing to program database '%s'; error %lu\n",
                arguments[1], GetLastError());
    return 1201;
  }
  DWORD written = 0;
  WriteFile(pdb, "new", 3, &written, nullptr);
  SetEndOfFile(pdb);
  CloseHandle(pdb);
  return 0;
}
