// What Windows' libraries say of themselves, so far: which build they are.
#include <span>
#include <unordered_set>

#include "analysis/body_memory.h"
#include "analysis/closures.h"
#include "analysis/describe.h"
#include "analysis/texts.h"
#include "analysis/type_uses.h"
#include "analysis/whole_file.h"
#include "core/pe_image.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;
using hr::wire::Result;

Failure not_yet(const std::filesystem::path& library) {
  return {library.string() + " is not described on Windows yet",
          "its .pdb and its machine code are not read",
          "restart the program to run what was built"};
}

// Nothing is asked of object files: where a library leaves a question open, the verdict refuses.
class NoObjects final : public ObjectReferences {
 public:
  std::optional<Target> target(const Function&, std::uint64_t, std::int32_t) override {
    return std::nullopt;
  }

  std::optional<Target> data_target(const Variable&, std::uint64_t) override {
    return std::nullopt;
  }
};

}  // namespace

// Nothing is kept of units.
class UnitCache {};

Memory::Memory()
    : units_(std::make_unique<UnitCache>()),
      closures_(std::make_unique<ClosureMemory>()),
      bodies_(std::make_unique<BodyMemory>()) {}

Memory::~Memory() = default;

Result<std::shared_ptr<const Description>> describe(const std::filesystem::path& library) {
  Memory none;
  return describe(library, {}, none);
}

Result<std::shared_ptr<const Description>> describe(const std::filesystem::path& library,
                                                    const std::vector<std::filesystem::path>&,
                                                    Memory&) {
  const auto build = read_build_id(library);
  if (!build.ok()) {
    return build.failure();
  }
  return not_yet(library);
}

void read_ahead(const std::filesystem::path&, const std::vector<std::filesystem::path>&, Memory&) {}

Result<std::string> read_build_id(const std::filesystem::path& library) {
  const std::vector<char> bytes = whole_file(library);
  if (bytes.empty()) {
    return Failure{"can't read " + library.string(), "there is no such file, or it is empty",
                   "build it again"};
  }
  auto image = core::read_pe_image(std::as_bytes(std::span(bytes)));
  if (!image.ok()) {
    return Failure{"can't read " + library.string(), image.failure().why, image.failure().fix};
  }
  return image.value().build_id();
}

// The names of imports are among a file's texts.
bool imports(const std::filesystem::path& file, std::string_view name) {
  std::unordered_set<std::string> texts;
  read_texts(file, texts);
  return texts.contains(std::string(name));
}

std::unique_ptr<ObjectReferences> open_objects(std::vector<std::filesystem::path>) {
  return std::make_unique<NoObjects>();
}

Result<TypeUses> find_type_uses(const std::filesystem::path& library) {
  return not_yet(library);
}

}  // namespace hrwatch::analysis
