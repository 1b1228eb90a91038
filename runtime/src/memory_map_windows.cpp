#include <windows.h>

#include <system_error>

#include "src/memory_map.h"
#include "src/page_rights.h"

namespace hr::runtime {
namespace {

bool has(DWORD rights, DWORD any) {
  return (rights & any) != 0;
}

// As x86-64 has it: what can be executed can be read. Pages of a thread's guard can't be touched.
Region region_of(const MEMORY_BASIC_INFORMATION& pages) {
  constexpr DWORD writable =
      PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
  constexpr DWORD executable =
      PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
  Region region;
  region.begin = reinterpret_cast<Pointer>(pages.BaseAddress);
  region.end = region.begin + pages.RegionSize;
  if (has(pages.Protect, PAGE_GUARD | PAGE_NOACCESS))
    return region;
  region.writable = has(pages.Protect, writable);
  region.executable = has(pages.Protect, executable);
  region.readable = region.writable || region.executable || has(pages.Protect, PAGE_READONLY);
  return region;
}

// A writable page of an image is the process's own copy from the first store on, whatever the right
// is called (PAGE_WRITECOPY).
DWORD rights_of(const Region& region, bool writable) {
  if (region.executable)
    return writable ? PAGE_EXECUTE_READWRITE : PAGE_EXECUTE_READ;
  if (writable)
    return PAGE_READWRITE;
  return region.readable ? PAGE_READONLY : PAGE_NOACCESS;
}

bool set_rights(const Region& region, DWORD rights) {
  DWORD before = 0;
  return VirtualProtect(reinterpret_cast<void*>(region.begin), region.end - region.begin, rights,
                        &before) != 0;
}

}  // namespace

// One region for each run of VirtualQuery: VirtualProtect takes no more at once.
wire::Result<MemoryMap> MemoryMap::read() {
  MemoryMap map;
  MEMORY_BASIC_INFORMATION pages = {};
  for (Pointer at = 0; VirtualQuery(reinterpret_cast<void*>(at), &pages, sizeof pages) != 0;) {
    if (pages.State == MEM_COMMIT)
      map.regions_.push_back(region_of(pages));
    const Pointer next = reinterpret_cast<Pointer>(pages.BaseAddress) + pages.RegionSize;
    if (next <= at)
      break;
    at = next;
  }
  if (map.regions_.empty())
    return wire::Failure{"cannot see the program's memory map",
                         "VirtualQuery: error " + std::to_string(GetLastError()),
                         "restart the program"};
  return map;
}

std::optional<wire::Failure> make_writable(const Region& region) {
  if (region.readable && set_rights(region, rights_of(region, true)))
    return std::nullopt;
  const DWORD error = region.readable ? GetLastError() : ERROR_INVALID_ADDRESS;
  return wire::Failure{
      "the system does not let the program's code be rewritten",
      "VirtualProtect: " + std::system_category().message(static_cast<int>(error)) + ", error " +
          std::to_string(error),
      "allow dynamic code for this program (Exploit protection: Arbitrary code "
      "guard off), or restart it after each build"};
}

void give_rights_back(const Region& region) {
  set_rights(region, rights_of(region, region.writable));
  if (region.executable)
    FlushInstructionCache(GetCurrentProcess(), reinterpret_cast<void*>(region.begin),
                          region.end - region.begin);
}

}  // namespace hr::runtime
