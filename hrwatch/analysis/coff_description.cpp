#include "analysis/coff_description.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "analysis/byte_view.h"
#include "analysis/coff_images.h"
#include "analysis/coff_references.h"
#include "analysis/coff_symbols.h"
#include "analysis/coff_type_uses.h"
#include "analysis/identities.h"
#include "analysis/symbol_names.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;

constexpr std::uint32_t section_is_code = 0x20000000;      // IMAGE_SCN_MEM_EXECUTE
constexpr std::uint32_t section_is_writable = 0x80000000;  // IMAGE_SCN_MEM_WRITE

void describe_segments(const LinkedImage& image, Description& description) {
  description.memory_size = image.image().image_size;
  for (const core::PeSection& section : image.image().sections)
    description.segments.push_back(
        {section.address,
         Address{section.address} + std::max(section.memory_size, section.file_size),
         (section.flags & section_is_writable) != 0, (section.flags & section_is_code) != 0});
}

// An area of scheme 8,6 as clang leaves it: six bytes that do nothing, and a 2-byte NOP.
bool has_entry(const LinkedImage& image, Address entry) {
  constexpr std::string_view ones = "\x90\x90\x90\x90\x90\x90\x66\x90";
  constexpr std::string_view long_nop("\x66\x0F\x1F\x44\x00\x00\x66\x90", 8);
  const auto bytes = entry >= 6 ? image.bytes_at(entry - 6, 8) : std::span<const std::byte>();
  const std::string_view area(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return entry % 2 == 0 && (area == ones || area == long_nop);
}

void hash_images(const LinkedImage& image, const CoffSymbols& found, Description& description) {
  const CoffImages images(image, found);
  for (std::size_t i = 0; i < found.variables.size(); ++i)
    description.variables[i].image_hash =
        images.hash(found.variables[i], description.variables[i].size);
  for (std::size_t i = 0; i < found.thread_locals.size(); ++i)
    description.thread_locals[i].image_hash =
        images.hash(found.thread_locals[i], description.thread_locals[i].size);
  for (std::size_t i = 0; i < found.constants.size(); ++i) {
    Constant& constant = description.constants[i];
    constant.image_hash = images.hash(found.constants[i], constant.size, true);
    if (constant.kind == ConstantKind::vtable)
      constant.slots = images.slots(found.constants[i], constant.size);
  }
}

// Only functions that belong to closures are compared by their bodies.
void hash_bodies(const LinkedImage& image, const CoffSymbols& found,
                 const std::vector<ClosureFunction>& closures, Description& description) {
  const CoffImages images(image, found);
  std::unordered_map<Address, std::string> masked;
  for (const ClosureFunction& closure : closures)
    masked.emplace(description.functions[closure.index].address, closure.names.masked);
  for (const ClosureFunction& closure : closures) {
    Function& function = description.functions[closure.index];
    function.body_hash = images.body(found.functions[closure.index], function.size, masked);
  }
}

void describe_initialisers(const LinkedImage& image, const CoffSymbols& found,
                           Description& description) {
  description.initialisers = find_coff_initialisers(image, found);
  for (const Initialiser& initialiser : description.initialisers)
    for (const std::uint32_t variable : initialiser.variables)
      description.variables[variable].dynamic = true;
}

// Names that one .pdb has at one place, though no object file defines them there together.
std::string folded(const Description& description) {
  const auto& functions = description.functions;
  for (std::size_t i = 0; i + 1 < functions.size(); ++i)
    if (functions[i].address == functions[i + 1].address &&
        functions[i].origin != functions[i + 1].origin && functions[i].origin != 0 &&
        functions[i + 1].origin != 0)
      return functions[i].name + " and " + functions[i + 1].name;
  return {};
}

// A destructor of C (a list beside that of the initialisers), other than the presenter's.
std::string finaliser(const LinkedImage& image) {
  for (const LinkedUnit& unit : image.units())
    for (const CoffSection& section : unit.unit->object.sections)
      if (section.name.starts_with(".dtors"))
        for (const CoffRelocation& relocation : section.relocations)
          if (const CoffSymbol* function = unit.unit->object.symbol(relocation.symbol);
              function != nullptr && !names_static(function->name, "hr_module_destructed"))
            return std::string(function->name);
  return {};
}

void find_problems(const LinkedImage& image, Description& description) {
  auto& problems = description.problems;
  const auto& functions = description.functions;
  const bool microsoft = std::any_of(functions.begin(), functions.end(),
                                     [](const Function& f) { return f.name.starts_with('?'); });
  if (image.units().empty())
    problems.push_back({"the module has no debug info that says types (CodeView)",
                        "without it objects of an old layout can't be told from those of a new one",
                        "compile it with clang, -g and -gcodeview (add_hot_module does it)"});
  else if (microsoft)
    problems.push_back({"the module is compiled for Microsoft's C++ ABI",
                        "its names and virtual tables are not read yet",
                        "compile it with clang for mingw (x86_64-w64-mingw32), or configure with "
                        "-DHRWATCH_MODE=STATIC"});
  else if (std::none_of(functions.begin(), functions.end(),
                        [](const Function& f) { return f.nop != 0; }))
    problems.push_back({"the module's functions have no patchable entries",
                        "a call of an old function could not be led to its new code",
                        "declare the module with add_hot_module(), or compile all of it with "
                        "-fpatchable-function-entry=8,6 -falign-functions=16"});
  const auto emulated = std::find_if(
      description.variables.begin(), description.variables.end(),
      [](const Variable& variable) { return variable.name.starts_with("__emutls_v."); });
  if (emulated != description.variables.end())
    problems.push_back({"the module's thread-local variables are emulated (" +
                            emulated->name.substr(std::string_view("__emutls_v.").size()) + ")",
                        "each build of it would have values of its own",
                        "compile it with -fno-emulated-tls (add_hot_module does it)"});
  if (const std::string name = finaliser(image); !name.empty())
    problems.push_back({"the module has a function that runs when it is unloaded (" + name + ")",
                        "it would run once for each reload when the program ends",
                        "register it with atexit() in place of __attribute__((destructor))"});
  if (const std::string names = folded(description); !names.empty())
    problems.push_back({"the linker folded functions with equal code (" + names + ")",
                        "one entry can't lead to two new functions",
                        "link the module without -opt:icf (-Wl,--icf=none)"});
}

}  // namespace

std::shared_ptr<const Description> describe_image(const LinkedImage& image, ClosureMemory& memory) {
  auto description = std::make_shared<Description>();
  description->build_id = image.image().build_id();
  describe_segments(image, *description);
  const CoffSymbols found = read_coff_symbols(image);
  identify(found.symbols, found.debug, *description);
  const auto closures = find_closures(found.symbols, memory);
  tell_twins_apart(found.symbols, closures, found.debug, *description);
  for (Function& function : description->functions)
    function.nop = has_entry(image, function.address) ? function.address : 0;
  hash_images(image, found, *description);
  hash_bodies(image, found, closures, *description);
  describe_initialisers(image, found, *description);
  CoffReferences references = find_coff_references(image, found);
  description->code_references = std::move(references.code);
  description->data_references = std::move(references.data);
  if (const auto index = image.public_address("_tls_index");
      index && !description->thread_locals.empty())
    description->tls_modules.push_back(*index);
  for (const Variable& variable : description->thread_locals)
    description->tls_size = std::max(description->tls_size, variable.address + variable.size);
  description->types = found.debug.types;
  description->uses = std::make_shared<const TypeUses>(coff_type_uses(image));
  find_problems(image, *description);
  return description;
}

}  // namespace hrwatch::analysis
