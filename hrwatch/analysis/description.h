// The description: what one built module contains, as far as a reload cares. Written once per
// build-id, compared pairwise. Plain data: knows no ELF, no DWARF and no file; only `describe.h`
// knows where it comes from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wire/result.h"

namespace hrwatch::analysis {

using Address = std::uint64_t;  // link-time address in the library
using Key = std::uint64_t;      // identity across generations (XXH3 of what names the thing)

enum class Binding : std::uint8_t { local, global, weak, unique };

// A function with a body in the library.
struct Function {
  std::string name;  // symbol name, mangled; functions that share an address stand side by side
  std::string unit;  // source path of its translation unit (DWARF), for local symbols
  Key key = 0;       // name [+ unit] [+ prototype for C names] [+ closure layout]
  Address address = 0;
  std::uint64_t size = 0;
  Address nop = 0;  // its 2-byte NOP when it has a patchable entry (scheme 8,6), else 0
  Binding binding = Binding::local;
  bool exported = false;  // default visibility in .dynsym
  bool clone = false;     // .isra/.constprop/.part/.cold: its ABI may differ, never forwarded
  bool ifunc = false;
  Address got = 0;              // word of .got that holds its canonical address, 0 if none
  std::uint64_t body_hash = 0;  // code with references replaced by what they name; 0 = unknown
  std::uint64_t origin = 0;     // content of the object file that its code is from; 0 = unknown
  std::string prototype;        // readable, from DWARF; "" = unknown
  std::uint64_t returns = 0;    // hash of the type that `prototype` begins with; 0 = not taken yet
  std::string closure_group;    // enclosing function (+ unit) of the closure it belongs to, or ""
  std::uint32_t closure_number = 0;  // which closure of the group
};

// A variable in writable memory or (in `thread_locals`) in the TLS image.
struct Variable {
  std::string name;
  std::string unit;
  Key key = 0;          // name for global symbols; unit + scope + name + ordinal for local ones
  Address address = 0;  // TLS: offset in the TLS image
  std::uint64_t size = 0;
  Binding binding = Binding::local;
  bool exported = false;
  bool zero = false;     // lives in .bss: no initial image
  bool dynamic = false;  // a static initialiser touches it: never overwrite by an edited image
  Address got = 0;
  std::uint64_t image_hash = 0;  // initial bytes, pointers replaced by what they name; 0 = all zero
  std::uint64_t debug_operand = 0;  // file offset of its address in the debug info; 0 = unknown
  std::string type;                 // readable type name from DWARF, "" = unknown
  std::string underlying;           // without typedefs, where that is another name
  std::uint64_t type_hash = 0;      // recursive layout; 0 = unknown
  std::string declared;             // "file:line", "" = unknown
};

enum class ConstantKind : std::uint8_t { plain, type_info, type_name, vtable };

// A named object in read-only memory (after relocation).
struct Constant {
  std::string name;
  std::string unit;
  Key key = 0;
  Address address = 0;
  std::uint64_t size = 0;
  ConstantKind kind = ConstantKind::plain;
  bool exported = false;
  Address got = 0;
  std::uint64_t image_hash = 0;
  std::vector<std::string> slots;  // vtables: what each word names ("" for a plain number)
};

// Of a reference whose variable only its address tells.
inline constexpr std::uint32_t unnamed_variable = ~std::uint32_t{0};

// A 4-byte RIP-relative operand in the code.
struct CodeReference {
  Address at = 0;           // of the operand
  Address target = 0;       // the address it names in this library
  std::int32_t addend = 0;  // operand = target + addend - at: minus the bytes from operand to end
  std::uint32_t function = 0;  // index into functions
  bool address_taken = false;  // lea: the address itself is used; else the memory there
  std::uint32_t variable = unnamed_variable;  // index into variables, where a relocation names it
};

enum class DataReferenceKind : std::uint8_t { relative, absolute, got };

// An 8-byte word that the dynamic linker fills with an address of this library.
struct DataReference {
  Address at = 0;
  Address target = 0;  // symbol + addend, in this library
  DataReferenceKind kind = DataReferenceKind::relative;
  std::uint32_t variable = unnamed_variable;  // as in CodeReference
};

// A static initialiser that .init_array (PE: a list of constructors) calls for one translation
// unit, or one step of it.
struct Initialiser {
  Address function = 0;
  std::string name;
  std::vector<std::uint32_t> variables;  // indices into `variables`: what it builds or touches

  // g++ builds all objects of a unit in one function. Its statements, in order, each with what it
  // touches; empty when they can't be told apart (then the initialiser runs whole or not at all).
  struct Statement {
    Address begin = 0, end = 0;
    std::vector<std::uint32_t> variables;
    // Those of `variables` that it constructs or assigns, the others being read; empty = not known.
    std::vector<std::uint32_t> builds;
    bool prologue = false;  // belongs to no object: always runs
  };

  std::vector<Statement> statements;
  Address word = 0;  // PE: where the list has it; 0 = not known
};

struct Member {
  std::string name;  // "" for a base class without a name of its own: then `type` says which
  std::string type;
  std::string underlying;                      // without typedefs, where that is another name
  std::uint64_t offset = 0;                    // bytes
  std::uint64_t size = 0;                      // bytes
  std::uint32_t bit_size = 0, bit_offset = 0;  // bit-fields, else 0
  std::uint64_t type_hash = 0;
  bool base = false;
};

// The layout of a class, struct, union or closure type. Also an enumeration: its members are the
// enumerators, with their values as offsets.
struct TypeLayout {
  std::string kind;  // "struct", "class", "union", "closure", "enum"
  std::uint64_t size = 0;
  std::uint64_t hash = 0;  // recursive through members and bases, not through pointers
  bool polymorphic = false;
  std::string declared;  // "file:line"
  std::vector<Member> members;
};

// Layouts by name. Copies share them until one is changed: most edits change no class.
class TypeLayouts {
 public:
  using Map = std::map<std::string, TypeLayout>;

  TypeLayouts() : map_(std::make_shared<Map>()) {}

  // `digest` of all names and hashes of the map; 0 = not known.
  explicit TypeLayouts(Map map, std::uint64_t digest = 0)
      : map_(std::make_shared<Map>(std::move(map))), digest_(digest) {}

  // True only when every name has the same layout in both.
  bool surely_equal(const TypeLayouts& other) const {
    return map_ == other.map_ || (digest_ != 0 && digest_ == other.digest_);
  }

  const Map& all() const { return *map_; }

  Map::const_iterator begin() const { return map_->begin(); }

  Map::const_iterator end() const { return map_->end(); }

  Map::const_iterator find(const std::string& name) const { return map_->find(name); }

  const TypeLayout& at(const std::string& name) const { return map_->at(name); }

  std::size_t count(const std::string& name) const { return map_->count(name); }

  std::size_t size() const { return map_->size(); }

  TypeLayout& operator[](const std::string& name) {
    if (map_.use_count() > 1)
      map_ = std::make_shared<Map>(*map_);
    digest_ = 0;
    return (*map_)[name];
  }

 private:
  std::shared_ptr<Map> map_;  // never null
  std::uint64_t digest_ = 0;
};

struct Segment {
  Address begin = 0, end = 0;
  bool writable = false, executable = false;
};

// What a variable or member is, whatever it is called.
template <class Typed>
const std::string& structure(const Typed& typed) {
  return typed.underlying.empty() ? typed.type : typed.underlying;
}

struct TypeUses;  // type_uses.h

struct Description {
  std::string build_id;
  std::uint64_t memory_size = 0;  // lowest to highest mapped address
  // Why this library can't be (or get) a generation: stripped, no patchable entries, LTO, ICF,
  // RELR, initial-exec TLS, TLS descriptors, no debug info, data in code ... Empty = fit.
  std::vector<hr::wire::Failure> problems;
  std::vector<Segment> segments;
  std::vector<Function> functions;      // by address
  std::vector<Variable> variables;      // by address
  std::vector<Variable> thread_locals;  // by offset
  std::uint64_t tls_size = 0;
  std::vector<Constant> constants;  // by address
  std::vector<CodeReference> code_references;
  // Those that name the word by which a variable is reached (Variable::got), not patched.
  std::vector<CodeReference> word_references;
  std::vector<DataReference> data_references;
  std::vector<Address> tls_modules;  // DTPMOD64 words of the library's own TLS
  std::vector<Initialiser> initialisers;
  // Class layouts by qualified name. One name with several layouts (C structs of the same name in
  // two files, anonymous namespaces): one entry a unit, "name @ unit".
  TypeLayouts types;
  // PE: what has to do with which classes; null where it is asked for later (find_type_uses()).
  std::shared_ptr<const TypeUses> uses;
};

}  // namespace hrwatch::analysis
