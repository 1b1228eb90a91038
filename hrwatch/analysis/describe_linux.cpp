#include <algorithm>
#include <future>

#include "analysis/body_hashes.h"
#include "analysis/body_memory.h"
#include "analysis/code_references.h"
#include "analysis/data_references.h"
#include "analysis/debug_info.h"
#include "analysis/describe.h"
#include "analysis/elf_image.h"
#include "analysis/elf_symbols.h"
#include "analysis/entries.h"
#include "analysis/identities.h"
#include "analysis/images.h"
#include "analysis/initialiser_statements.h"
#include "analysis/initialisers.h"
#include "analysis/problems.h"
#include "analysis/unit_cache.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;

void add(std::vector<Failure>& problems, std::vector<Failure> more) {
  problems.insert(problems.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

void describe_segments(const ElfImage& image, Description& description) {
  Address lowest = ~Address{0}, highest = 0;
  for (const Elf64_Phdr& header : image.segments()) {
    if (header.p_type == PT_TLS)
      description.tls_size = header.p_memsz;
    if (header.p_type != PT_LOAD)
      continue;
    description.segments.push_back({header.p_vaddr, header.p_vaddr + header.p_memsz,
                                    (header.p_flags & PF_W) != 0, (header.p_flags & PF_X) != 0});
    lowest = std::min(lowest, header.p_vaddr);
    highest = std::max(highest, header.p_vaddr + header.p_memsz);
  }
  description.memory_size = highest > lowest ? highest - lowest : 0;
}

// Hashes of all initial images, in the order of the symbols.
struct ImageHashes {
  std::vector<std::uint64_t> variables, thread_locals, constants;
  std::vector<std::vector<std::string>> slots;  // empty lists for all but virtual tables

  ImageHashes(const ElfImage& image, const Symbols& symbols) {
    const Images images(image, symbols);
    for (const Symbol& variable : symbols.variables)
      variables.push_back(images.hash(variable));
    for (const Symbol& variable : symbols.thread_locals)
      thread_locals.push_back(images.hash_thread_local(variable));
    for (const Symbol& constant : symbols.constants) {
      constants.push_back(images.hash_constant(constant));
      slots.push_back(constant.name.starts_with("_ZTV") ? images.slots(constant)
                                                        : std::vector<std::string>());
    }
  }

  void apply(Description& description) {
    for (std::size_t i = 0; i < variables.size(); ++i)
      description.variables[i].image_hash = variables[i];
    for (std::size_t i = 0; i < thread_locals.size(); ++i)
      description.thread_locals[i].image_hash = thread_locals[i];
    for (std::size_t i = 0; i < constants.size(); ++i) {
      description.constants[i].image_hash = constants[i];
      description.constants[i].slots = std::move(slots[i]);
    }
  }
};

// What code, data and symbols of a library say without its debug info, gathered while that is read.
struct Findings {
  Entries entries;
  CodeReferences code;
  DataReferences data;
  std::vector<InitialiserTouches> initialisers;
  std::vector<Failure> problems;
  ImageHashes images;

  Findings(const std::filesystem::path& library, const ElfImage& image, const Symbols& symbols)
      : entries(find_entries(image, symbols.functions)),
        code(find_code_references(image, symbols)),
        data(find_data_references(image, symbols)),
        initialisers(find_initialisers(image, symbols)),
        problems(find_problems(library, image, symbols, entries)),
        images(image, symbols) {}
};

// Hashes the bodies of closures' functions, but those of object files that were seen before.
void hash_bodies(const ElfImage& image, const Symbols& symbols,
                 const std::vector<ClosureFunction>& closures, BodyMemory& memory,
                 Description& description) {
  const auto& functions = symbols.functions;
  const Names names(image, symbols);
  MaskedNames masked;
  for (const ClosureFunction& closure : closures)
    masked.emplace(&functions[closure.index], closure.names.masked);
  for (const ClosureFunction& closure : closures) {
    Function& function = description.functions[closure.index];
    function.body_hash = memory.get(function.origin, function.name, [&] {
      return body_hash(functions[closure.index], image, names, masked);
    });
  }
}

void describe_initialisers(const ElfImage& image, std::vector<InitialiserTouches>& initialisers,
                           const DebugInfo& debug, Description& description) {
  for (InitialiserTouches& found : initialisers) {
    for (std::uint32_t variable : found.initialiser.variables)
      description.variables[variable].dynamic = true;
    found.initialiser.statements =
        split_statements(image, found, description.variables, debug.initialiser_lines);
    description.initialisers.push_back(std::move(found.initialiser));
  }
}

}  // namespace

Memory::Memory()
    : units_(std::make_unique<UnitCache>()),
      closures_(std::make_unique<ClosureMemory>()),
      bodies_(std::make_unique<BodyMemory>()) {}

Memory::~Memory() = default;

hr::wire::Result<std::shared_ptr<const Description>> describe(
    const std::filesystem::path& library) {
  Memory none;
  return describe(library, {}, none);
}

hr::wire::Result<std::shared_ptr<const Description>> describe(
    const std::filesystem::path& library, const std::vector<std::filesystem::path>& objects,
    Memory& memory) {
  return describe(library, library, objects, memory);
}

hr::wire::Result<std::shared_ptr<const Description>> describe(
    const std::filesystem::path& library, const std::filesystem::path& copy,
    const std::vector<std::filesystem::path>& objects, Memory& memory) {
  auto debug_info = std::async(
      std::launch::async, [&] { return read_debug_info(library, copy, objects, memory.units()); });
  auto opened = ElfImage::open(copy);
  if (!opened)
    return opened.failure();
  const ElfImage image = std::move(opened).value();
  auto description = std::make_shared<Description>();
  description->build_id = image.build_id();
  describe_segments(image, *description);
  const Symbols symbols = read_symbols(image);
  auto gathered = std::async(std::launch::async, [&] { return Findings(copy, image, symbols); });
  auto embedded =
      std::async(std::launch::async, [&] { return find_closures(symbols, memory.closures()); });
  auto debug = debug_info.get();
  if (!debug)
    return debug.failure();
  identify(symbols, debug.value(), *description);
  const auto closures = embedded.get();
  tell_twins_apart(symbols, closures, debug.value(), *description);
  hash_bodies(image, symbols, closures, memory.bodies(), *description);

  Findings findings = gathered.get();
  findings.images.apply(*description);
  for (std::size_t i = 0; i < symbols.functions.size(); ++i)
    description->functions[i].nop = findings.entries.nops[i];
  describe_initialisers(image, findings.initialisers, debug.value(), *description);
  description->code_references = std::move(findings.code.references);
  description->word_references = std::move(findings.code.words);
  description->data_references = std::move(findings.data.references);
  description->tls_modules = std::move(findings.data.tls_modules);
  description->types = std::move(debug.value().types);
  description->problems = std::move(findings.problems);
  add(description->problems, std::move(findings.code.problems));
  add(description->problems, std::move(debug.value().problems));
  return std::shared_ptr<const Description>(std::move(description));
}

}  // namespace hrwatch::analysis
