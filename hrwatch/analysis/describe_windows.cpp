// Descriptions of Windows' libraries: from the file, its .pdb and the object files that this names.
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "analysis/body_memory.h"
#include "analysis/closures.h"
#include "analysis/coff_description.h"
#include "analysis/coff_unit.h"
#include "analysis/describe.h"
#include "analysis/texts.h"
#include "analysis/type_uses.h"
#include "analysis/whole_file.h"

namespace hrwatch::analysis {

using hr::wire::Failure;
using hr::wire::Result;

class UnitCache : public CoffUnits {};

Memory::Memory()
    : units_(std::make_unique<UnitCache>()),
      closures_(std::make_unique<ClosureMemory>()),
      bodies_(std::make_unique<BodyMemory>()) {}

Memory::~Memory() = default;

Result<std::shared_ptr<const Description>> describe(const std::filesystem::path& library) {
  Memory none;
  return describe(library, {}, none);
}

Result<std::shared_ptr<const Description>> describe(
    const std::filesystem::path& library, const std::vector<std::filesystem::path>& objects,
    Memory& memory) {
  return describe(library, library, objects, memory);
}

// The library itself says where its .pdb is, and that where its objects are.
Result<std::shared_ptr<const Description>> describe(const std::filesystem::path&,
                                                    const std::filesystem::path& library,
                                                    const std::vector<std::filesystem::path>&,
                                                    Memory& memory) {
  const auto image = LinkedImage::open(library, memory.units());
  if (!image.ok())
    return image.failure();
  return describe_image(image.value(), memory.closures());
}

void read_ahead(const std::filesystem::path&, const std::vector<std::filesystem::path>& objects,
                Memory& memory) {
  for (const std::filesystem::path& object : objects)
    memory.units().read(object);
}

Result<std::string> read_build_id(const std::filesystem::path& library) {
  const std::vector<char> bytes = whole_file(library);
  if (bytes.empty())
    return Failure{"can't read " + library.string(), "there is no such file, or it is empty",
                   "build it again"};
  auto image = core::read_pe_image(std::as_bytes(std::span(bytes)));
  if (!image.ok())
    return Failure{"can't read " + library.string(), image.failure().why, image.failure().fix};
  return image.value().build_id();
}

// The names of imports are among a file's texts.
bool imports(const std::filesystem::path& file, std::string_view name) {
  std::unordered_set<std::string> texts;
  read_texts(file, texts);
  return texts.contains(std::string(name));
}

namespace {

// Relocations have named every variable already (CodeReference::variable).
class NoQuestions final : public ObjectReferences {
 public:
  std::optional<Target> target(const Function&, std::uint64_t, std::int32_t) override {
    return std::nullopt;
  }
};

}  // namespace

std::unique_ptr<ObjectReferences> open_objects(std::vector<std::filesystem::path>) {
  return std::make_unique<NoQuestions>();
}

Result<TypeUses> find_type_uses(const std::filesystem::path& library) {
  return Failure{"who holds objects of a class is not known on Windows yet",
                 "the code of " + library.string() + " is not searched for it",
                 "restart the program to run what was built"};
}

}  // namespace hrwatch::analysis
