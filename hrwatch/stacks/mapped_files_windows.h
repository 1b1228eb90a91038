// What dbghelp knows of a program. It serves one thread at a time: whoever calls it holds
// `one_at_a_time`.
#pragma once

#include <windows.h>
#include <dbghelp.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "stacks/process_image.h"

namespace hrwatch::stacks {

extern std::mutex one_at_a_time;

// A module of the program.
struct MappedModule {
  std::string path;  // as the program loaded it
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct ProcessImage::Mapped {
  HANDLE process = nullptr;  // null: nothing is known
  std::vector<GenerationFile> generations;
  std::vector<MappedModule> modules;

  // Null: no module is there.
  const MappedModule* module_at(std::uint64_t address) const;
  // Null: it is no file of a generation.
  const GenerationFile* generation_of(const std::string& path) const;
};

// The calls of a thread of `process`, innermost first, that `context` is the state of; of callers
// an address inside the call. `reads_memory` null: of the process.
std::vector<std::uint64_t> walk(HANDLE process, HANDLE thread, CONTEXT context,
                                PREAD_PROCESS_MEMORY_ROUTINE64 reads_memory, std::size_t most);

}  // namespace hrwatch::stacks
