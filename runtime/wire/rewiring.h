// The rewiring: everything the runtime must write to turn one published copy of a module into the
// next generation of a host. The tool computes it from the descriptions of the host's generations;
// the runtime adds load addresses and obeys. Knows no ELF, no operating system and no address of a
// running process: every place is a pair (generation, link-time address in that library).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wire/result.h"

namespace hr::wire {

// A link-time address inside one library: add the library's load bias to get a pointer.
using Address = std::uint64_t;

// Where the one living copy of a function, variable or type_info is. Generation 0 may have been
// bound elsewhere by the dynamic linker (COPY relocation, interposition, canonical PLT entry). The
// runtime resolves a home in this order: `got` != 0 -> the pointer stored at that word of
// `generation`; `name` not empty -> dlsym(RTLD_DEFAULT, name) if it is found; else `address`.
struct Home {
  std::uint32_t generation = 0;
  Address address = 0;
  Address got = 0;
  std::string name;
};

// A 4-byte PC-relative operand: *(int32*)at = home + addend - at (as R_X86_64_PC32, psABI 4.4.1).
struct CodePatch {
  Address at = 0;
  std::int64_t addend = 0;
  std::uint32_t home = 0;
};

// An 8-byte pointer in data: *(uint64*)at = home + addend. Applied only where the word still points
// to `expected` (an address of the new generation): otherwise the dynamic linker bound it
// elsewhere.
struct DataPatch {
  Address at = 0;
  Address expected = 0;
  std::int64_t addend = 0;
  std::uint32_t home = 0;
};

// A DTPMOD64 word that takes the TLS module id of generation `owner`.
struct TlsPatch {
  Address at = 0;
  std::uint32_t owner = 0;
};

// A function of the new generation whose body is proven to be the one that runs already: whoever
// comes to it goes on to that one. Its six bytes before `entry` become `jmp body`, its 2-byte NOP
// at `nop` a short jump to them, before anything runs there.
struct LeadBack {
  Address entry = 0;
  Address nop = 0;
  Address body = 0;              // in `generation`
  std::uint32_t generation = 0;  // an older one
};

// Bytes of the new generation's code to replace (statements of an initialiser to jump over).
struct BytePatch {
  Address at = 0;
  std::vector<std::byte> bytes;
};

// An initial image to copy over living storage at commit: an edited initialiser or constant table.
struct ImageWrite {
  std::uint32_t home = 0;
  Address source = 0;
  std::uint64_t size = 0;
  std::string name;
};

// A function entry of an older generation that must forward through its slot from now on: its six
// bytes before `entry` become `jmp *slot(%rip)`, its 2-byte NOP at `nop` a short jump to them.
struct Supersede {
  std::uint32_t generation = 0;
  Address entry = 0;
  Address nop = 0;
  std::uint32_t slot = 0;
};

// The function body of the new generation that a slot leads to from the commit on.
struct SlotValue {
  std::uint32_t slot = 0;
  Address body = 0;
};

// A static initialiser to call at commit, because it builds a variable no older generation has.
struct Initialiser {
  Address function = 0;
  std::string variable;
};

// One member that objects of the old layout and of the new one have in common.
struct MemberMove {
  enum class How : std::uint8_t {
    typed,            // by the type tables: the members that stand at `from` and `to` say how
    bytes,            // the same bytes mean the same: copied, as far as both sizes go
    pointer,          // 8 bytes that may point to an object which moves
    boolean,          // a number of which only 0 and 1 exist
    signed_number,    // the four kinds of numbers: converted where the value fits the new size
    unsigned_number,  // (for these `how` says what it is now, `was` what it was)
    floating,
  };

  std::uint64_t from = 0, to = 0;            // byte offsets in the old and the new object
  std::uint64_t from_size = 0, to_size = 0;  // bytes
  How how = How::typed;
  How was = How::typed;
  std::string name;
};

// A member that the old layout has: what a program's own migration asks for by name.
struct OldMember {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::string name;
  std::string type;
};

// How objects of one class become objects of the new build's layout. A class that changed and has
// no entry can't be migrated.
struct TypeMigration {
  std::string type;            // readable name
  Address table = 0;           // hr_type of the new build; 0 = a class that has none
  std::uint64_t old_size = 0;  // bytes of an object
  std::uint64_t new_size = 0;
  std::vector<MemberMove> members;     // by `to`
  std::vector<OldMember> old_members;  // by offset, all of them
  std::vector<std::string> defaulted;  // names for the report: new, or impossible to convert
  std::vector<std::string> dropped;
};

// A virtual table whose shape changed: words of registered live objects that point to `old` (an
// address point, Itanium C++ ABI 2.5.2) point to `now` of the new build from the commit on.
struct VtableMove {
  std::uint32_t old = 0;  // a home
  Address now = 0;
  std::string type;  // readable name of the class
};

// A variable that leaves the storage it lived in for that of the new build, which takes more or is
// laid out otherwise: its elements go over one by one (a plain variable is one element). Only where
// nothing in the program's memory points into the old storage.
struct VariableMove {
  std::uint32_t home = 0;                        // where it lives
  std::uint64_t old_size = 0;                    // bytes there
  Address to = 0;                                // its storage in the new build
  std::uint64_t new_size = 0;                    // bytes there
  std::uint64_t count = 0;                       // elements that go over, from the first on
  std::uint64_t old_stride = 0, new_stride = 0;  // bytes of an element
  std::vector<MemberMove> members;               // of an element; empty = the same bytes
  std::vector<std::uint32_t> words;  // homes of words by which code that runs no more knows it
  std::string name;                  // "table (game.cpp:5)"
  std::string report;                // what has become of it, for the user
};

// What stands where, for the message when a pointer is in the way of a move.
struct VariablePlace {
  std::uint32_t home = 0;
  std::uint64_t size = 0;  // bytes
  std::string name;        // "" = copies of variables that live elsewhere: nobody reads them
};

struct Rewiring {
  std::uint64_t memory_size = 0;  // bytes of address space the published copy occupies
  std::vector<Home> homes;
  std::vector<CodePatch> code;
  std::vector<DataPatch> data;
  std::vector<TlsPatch> tls;
  std::vector<LeadBack> lead_backs;
  std::vector<BytePatch> bytes;
  std::vector<ImageWrite> images;
  std::vector<Supersede> supersede;
  std::vector<SlotValue> slots;
  std::vector<Initialiser> initialisers;
  // Every type table (object of type hr_type, hr/state.h) of the new build, changed or not: the
  // data symbols named `_ZN2hr6detail7type_ofI...` (C++) and `hr_type_of_...` (C). Their words are
  // never re-pointed, and older copies of them never overwritten: a table leads to the functions of
  // its own build, which is what moves objects from the old layout to the new one.
  std::vector<Address> tables;
  std::vector<TypeMigration> migrations;
  std::vector<VtableMove> vtables;
  std::vector<VariableMove> moves;
  std::vector<VariablePlace> places;  // empty without moves
};

// Serialises a rewiring (little endian, length-prefixed lists). Never fails.
std::vector<std::byte> encode(const Rewiring& rewiring);

// Total: any bytes give a rewiring whose indices are in range (every `home` < homes.size()), or a
// Failure; never undefined behaviour, never an allocation larger than a small multiple of the
// input.
Result<Rewiring> decode_rewiring(std::span<const std::byte> bytes);

}  // namespace hr::wire
