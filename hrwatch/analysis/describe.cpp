#include "analysis/describe.h"

#include <algorithm>
#include <future>

#include "analysis/body_hashes.h"
#include "analysis/code_references.h"
#include "analysis/data_references.h"
#include "analysis/debug_info.h"
#include "analysis/elf_image.h"
#include "analysis/entries.h"
#include "analysis/identities.h"
#include "analysis/images.h"
#include "analysis/initialisers.h"
#include "analysis/problems.h"
#include "analysis/symbols.h"

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

void describe_images(const ElfImage& image, const Symbols& symbols, Description& description) {
  const Images images(image, symbols);
  for (std::size_t i = 0; i < symbols.variables.size(); ++i)
    description.variables[i].image_hash = images.hash(symbols.variables[i]);
  for (std::size_t i = 0; i < symbols.thread_locals.size(); ++i)
    description.thread_locals[i].image_hash = images.hash_thread_local(symbols.thread_locals[i]);
  for (std::size_t i = 0; i < symbols.constants.size(); ++i) {
    Constant& constant = description.constants[i];
    constant.image_hash = images.hash(symbols.constants[i]);
    if (constant.kind == ConstantKind::vtable)
      constant.slots = images.slots(symbols.constants[i]);
  }
}

void describe_bodies(const ElfImage& image, const Symbols& symbols, const Entries& entries,
                     const MaskedNames& masked, Description& description) {
  const Names names(image, symbols);
  for (std::size_t i = 0; i < symbols.functions.size(); ++i) {
    Function& function = description.functions[i];
    function.nop = entries.nop(function.address);
    if (!function.closure_group.empty())
      function.body_hash = body_hash(symbols.functions[i], image, names, masked);
  }
}

void describe_initialisers(const ElfImage& image, const Symbols& symbols,
                           Description& description) {
  for (InitialiserTouches& found : find_initialisers(image, symbols)) {
    for (std::uint32_t variable : found.initialiser.variables)
      description.variables[variable].dynamic = true;
    description.initialisers.push_back(std::move(found.initialiser));
  }
}

}  // namespace

hr::wire::Result<std::shared_ptr<const Description>> describe(
    const std::filesystem::path& library) {
  auto debug_info = std::async(std::launch::async, [&library] { return read_debug_info(library); });
  auto opened = ElfImage::open(library);
  if (!opened)
    return opened.failure();
  const ElfImage image = std::move(opened).value();
  auto description = std::make_shared<Description>();
  description->build_id = image.build_id();
  describe_segments(image, *description);
  const Symbols symbols = read_symbols(image);
  const Entries entries(image);
  CodeReferences code = find_code_references(image, symbols);
  DataReferences data = find_data_references(image, symbols);

  auto debug = debug_info.get();
  if (!debug)
    return debug.failure();
  MaskedNames masked;
  identify(symbols, debug.value(), *description, masked);
  describe_images(image, symbols, *description);
  describe_bodies(image, symbols, entries, masked, *description);
  describe_initialisers(image, symbols, *description);
  description->code_references = std::move(code.references);
  description->data_references = std::move(data.references);
  description->tls_modules = std::move(data.tls_modules);
  description->types = std::move(debug.value().types);
  description->problems = find_problems(image, symbols, entries);
  add(description->problems, std::move(code.problems));
  add(description->problems, std::move(debug.value().problems));
  return std::shared_ptr<const Description>(std::move(description));
}

}  // namespace hrwatch::analysis
