#include "windows/debug_lines.h"

#include <windows.h>
#include <dbghelp.h>

namespace hrwatch::tests {

unsigned line_of(const std::filesystem::path& library, unsigned address) {
  const HANDLE us = GetCurrentProcess();
  SymSetOptions(SYMOPT_LOAD_LINES);
  if (SymInitialize(us, nullptr, FALSE) == 0)
    return 0;
  constexpr DWORD64 somewhere = 0x10000000;
  std::filesystem::path path = library;
  const DWORD64 base = SymLoadModuleExW(us, nullptr, path.make_preferred().c_str(), nullptr,
                                        somewhere, 0, nullptr, 0);
  IMAGEHLP_LINE64 line = {};
  line.SizeOfStruct = sizeof line;
  DWORD offset = 0;
  const bool found = base != 0 && SymGetLineFromAddr64(us, base + address, &offset, &line) != 0;
  const unsigned result = found ? line.LineNumber : 0;
  SymCleanup(us);
  return result;
}

}  // namespace hrwatch::tests
