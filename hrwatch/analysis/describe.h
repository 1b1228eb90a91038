// From a built library to its description: ELF, machine code and debug info, read with elfutils and
// Zydis. Knows no host and no earlier generation.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "analysis/description.h"
#include "analysis/lineage.h"
#include "wire/result.h"

namespace hrwatch::analysis {

class BodyMemory;
class ClosureMemory;
class UnitCache;

// What describe() keeps from build to build. Thread safe.
class Memory {
 public:
  Memory();
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  UnitCache& units() { return *units_; }

  ClosureMemory& closures() { return *closures_; }

  BodyMemory& bodies() { return *bodies_; }

 private:
  std::unique_ptr<UnitCache> units_;
  std::unique_ptr<ClosureMemory> closures_;
  std::unique_ptr<BodyMemory> bodies_;
};

// Reads `library`. A library that can't be a generation still gets a description, with `problems`;
// a Failure means that the file could not be read as one (missing, half-written, not x86-64 ELF).
// `objects`, in the order of the link, tell which functions are the same as in another build; empty
// where they may not be those of this build. `memory` makes the next build of the same library
// cheaper.
// Errors: Failure. Thread: any. Cost: tens of ms for 30 units with debug info; of those that
// `memory` knows, a tenth.
hr::wire::Result<std::shared_ptr<const Description>> describe(
    const std::filesystem::path& library, const std::vector<std::filesystem::path>& objects,
    Memory& memory);
hr::wire::Result<std::shared_ptr<const Description>> describe(const std::filesystem::path& library);
// The same from `copy`, which has the bytes of `library` and the time at which it was written:
// where somebody may write to the library itself.
hr::wire::Result<std::shared_ptr<const Description>> describe(
    const std::filesystem::path& library, const std::filesystem::path& copy,
    const std::vector<std::filesystem::path>& objects, Memory& memory);

// Reads the objects that changed since the last build of `library` was described, so that
// describe() of the next one need not: while compilers and linker still run. An object that is
// half-written is read again later. Thread: any; describe() of the same library waits. Cost: a look
// at every object; as describe() for those that changed.
void read_ahead(const std::filesystem::path& library,
                const std::vector<std::filesystem::path>& objects, Memory& memory);

// The build-id of `library` alone (lower-case hex). Cost: well under a millisecond.
hr::wire::Result<std::string> read_build_id(const std::filesystem::path& library);

// Whether `file`, a program or library, takes the function `name` from another. False when it can't
// be read. Cost: as read_build_id(), and a look at each dynamic symbol.
bool imports(const std::filesystem::path& file, std::string_view name);

// Looks references up in these object files; each is read at most once, and only when asked for.
std::unique_ptr<ObjectReferences> open_objects(std::vector<std::filesystem::path> objects);

// The description as a file (<build>/.hrwatch/desc/<build-id>), written atomically.
hr::wire::Result<hr::wire::Done> save(const Description&, const std::filesystem::path& folder);
hr::wire::Result<std::shared_ptr<const Description>> load(const std::string& build_id,
                                                          const std::filesystem::path& folder);

}  // namespace hrwatch::analysis
