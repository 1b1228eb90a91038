#include "analysis/debug_entries.h"

#include <dwarf.h>

#include <cstring>

namespace hrwatch::analysis {

namespace {

// Values of some attributes are small numbers; anything else means damage and reads as 0.
std::uint64_t number(Dwarf_Attribute* attribute) {
  Dwarf_Word value = 0;
  if (dwarf_formudata(attribute, &value) == 0)
    return value;
  Dwarf_Sword negative = 0;
  return dwarf_formsdata(attribute, &negative) == 0 ? static_cast<std::uint64_t>(negative) : 0;
}

bool flag(Dwarf_Attribute* attribute) {
  bool value = false;
  return dwarf_formflag(attribute, &value) == 0 && value;
}

bool is_block(const Dwarf_Attribute& attribute) {
  switch (attribute.form) {
    case DW_FORM_block:
    case DW_FORM_block1:
    case DW_FORM_block2:
    case DW_FORM_block4:
    case DW_FORM_exprloc:
      return true;
    default:
      return false;
  }
}

// Where in the file the bytes at `where` are, which libdw read; 0 when it copied or unpacked them.
std::uint64_t offset_in_file(const Dwarf_Attribute& attribute, const unsigned char* where) {
  std::size_t size = 0;
  const char* file = elf_rawfile(dwarf_getelf(dwarf_cu_getdwarf(attribute.cu)), &size);
  const auto begin = reinterpret_cast<std::uintptr_t>(file);
  const std::uint64_t offset = reinterpret_cast<std::uintptr_t>(where) - begin;
  return file != nullptr && offset < size && size - offset >= sizeof(std::uint64_t) ? offset : 0;
}

// A location that is one address (DWARF 5, 2.6.1.1), or one offset in the TLS image.
Located place_of(Dwarf_Attribute* location) {
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (dwarf_getlocation(location, &operations, &count) != 0 || count == 0 || count > 2)
    return {};
  const bool tls = count == 2 && (operations[1].atom == DW_OP_form_tls_address ||
                                  operations[1].atom == DW_OP_GNU_push_tls_address);
  if (count == 2 && !tls)
    return {};
  const Located::Kind kind = tls ? Located::Kind::thread_local_ : Located::Kind::memory;
  switch (operations[0].atom) {
    case DW_OP_addr: {
      Dwarf_Block block;
      const bool plain = dwarf_formblock(location, &block) == 0 && block.length == 9;
      return {kind, operations[0].number,
              plain ? offset_in_file(*location, block.data + 1) : std::uint64_t{0}};
    }
    case DW_OP_const4u:
    case DW_OP_const8u:
    case DW_OP_const4s:
    case DW_OP_const8s:
    case DW_OP_constu:
      return {kind, operations[0].number, 0};
    case DW_OP_addrx:
    case DW_OP_constx:
    case DW_OP_GNU_addr_index:
    case DW_OP_GNU_const_index: {
      Dwarf_Attribute indirect;
      Dwarf_Addr address = 0;
      Dwarf_Word constant = 0;
      if (dwarf_getlocation_attr(location, operations, &indirect) != 0)
        return {};
      if (dwarf_formaddr(&indirect, &address) == 0)
        return {kind, address, offset_in_file(indirect, indirect.valp)};
      if (dwarf_formudata(&indirect, &constant) == 0)
        return {kind, constant, 0};
      return {};
    }
    default:
      return {};
  }
}

Located located(Dwarf_Attribute* attribute) {
  if (attribute->code == DW_AT_location)
    return place_of(attribute);
  Dwarf_Addr address = 0;
  return dwarf_formaddr(attribute, &address) == 0 ? Located{Located::Kind::code, address, 0}
                                                  : Located{};
}

}  // namespace

bool is_class(int tag) {
  return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

bool has_overloads(const Dwarf_Die& unit) {
  Dwarf_Die die = unit;
  Dwarf_Attribute attribute;
  Dwarf_Word language = 0;
  dwarf_formudata(dwarf_attr(&die, DW_AT_language, &attribute), &language);
  return language != DW_LANG_C89 && language != DW_LANG_C && language != DW_LANG_C99 &&
         language != DW_LANG_C11;
}

Located locate(const Dwarf_Die& unit, const AttributePlace& place) {
  // The 8 bytes themselves (DWARF 5, 7.5.5), by far the most frequent: libdw looks at the unit anew
  // for each.
  if (place.code == DW_AT_low_pc && place.form == DW_FORM_addr) {
    std::uint64_t address = 0;
    std::memcpy(&address, static_cast<const char*>(unit.addr) + place.offset, sizeof address);
    return {Located::Kind::code, address, 0};
  }
  // libdw reads an attribute by its code, form, place and unit, however it was found (libdw.h).
  Dwarf_Attribute attribute{place.code, place.form,
                            static_cast<unsigned char*>(unit.addr) + place.offset, unit.cu};
  return located(&attribute);
}

struct DebugEntries::Reading {
  DebugEntries* self;
  DebugEntry* entry;
};

void DebugEntries::read(const Dwarf_Die& unit) {
  // The memory stays from unit to unit: fresh pages for each would cost more than the reading.
  for (const DebugEntry& entry : entries_)
    index_of_[entry.offset] = 0;
  entries_.clear();
  unit_ = unit;
  files_ = nullptr;
  file_count_ = 0;
  files_read_ = foreign_ = false;
  add(unit_, 0);
  read_children(unit_, 0);
  entries_[0].end = static_cast<std::uint32_t>(entries_.size());
}

std::uint32_t DebugEntries::find(std::uint32_t offset) {
  if (offset == 0 || offset == foreign_unit)
    return 0;
  if (offset < index_of_.size() && index_of_[offset] != 0)
    return index_of_[offset];
  Dwarf_Die die;
  const Dwarf_Off base = dwarf_dieoffset(&unit_) - dwarf_cuoffset(&unit_);
  if (dwarf_offdie(dwarf_cu_getdwarf(unit_.cu), base + offset, &die) == nullptr)
    return 0;
  const std::uint32_t index = add(die, 0);
  entries_[index].end = index + 1;
  return index;
}

std::string DebugEntries::declared(std::uint32_t index) {
  std::uint32_t line = 0, file = 0;
  bool has_file = false;
  for (int hops = 0; hops < 4; ++hops) {
    const DebugEntry& entry = entries_[index];
    line = line == 0 ? entry.line : line;
    if (!has_file && entry.has_file) {
      file = entry.file;
      has_file = true;
    }
    if (entry.origin == 0 || (line != 0 && has_file) || (index = find(entry.origin)) == 0)
      break;
  }
  if (line == 0 || !has_file)
    return {};
  if (!files_read_) {
    files_read_ = true;
    if (dwarf_getsrcfiles(&unit_, &files_, &file_count_) != 0)
      file_count_ = 0;
  }
  const char* path = file < file_count_ ? dwarf_filesrc(files_, file, nullptr, nullptr) : nullptr;
  return path == nullptr ? std::string() : std::string(path) + ":" + std::to_string(line);
}

std::vector<DebugInfo::LineRow> DebugEntries::rows(const DebugEntry& function) {
  std::vector<DebugInfo::LineRow> result;
  Dwarf_Lines* lines = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrclines(&unit_, &lines, &count) != 0)
    return result;
  for (std::size_t i = 0; i < count; ++i) {
    Dwarf_Line* line = dwarf_onesrcline(lines, i);
    Dwarf_Addr address = 0;
    int number = 0;
    bool end = false;
    dwarf_lineendsequence(line, &end);
    if (end || dwarf_lineaddr(line, &address) != 0 ||
        address - function.located.value >= function.size || dwarf_lineno(line, &number) != 0 ||
        number == 0)
      continue;
    const char* path = dwarf_linesrc(line, nullptr, nullptr);
    if (path != nullptr)
      result.push_back({address, path, static_cast<std::uint32_t>(number)});
  }
  return result;
}

std::uint32_t DebugEntries::reference(Dwarf_Attribute* attribute) {
  Dwarf_Die die;
  if (dwarf_formref_die(attribute, &die) == nullptr || die.cu != unit_.cu) {
    foreign_ = true;
    return foreign_unit;
  }
  return static_cast<std::uint32_t>(dwarf_cuoffset(&die));
}

void DebugEntries::locate(Dwarf_Attribute* attribute, DebugEntry& entry) {
  entry.location = {
      static_cast<std::uint32_t>(attribute->valp - static_cast<const unsigned char*>(unit_.addr)),
      static_cast<std::uint16_t>(attribute->code), static_cast<std::uint16_t>(attribute->form)};
  entry.located = located(attribute);
}

// NOLINTNEXTLINE(readability-function-size): a table
int DebugEntries::attribute(Dwarf_Attribute* attribute, void* reading) {
  DebugEntries& self = *static_cast<Reading*>(reading)->self;
  DebugEntry& entry = *static_cast<Reading*>(reading)->entry;
  Dwarf_Addr address = 0;
  switch (attribute->code) {
    case DW_AT_name:
      entry.name = dwarf_formstring(attribute);
      break;
    case DW_AT_linkage_name:
    case DW_AT_MIPS_linkage_name:
      entry.linkage_name = dwarf_formstring(attribute);
      break;
    case DW_AT_type:
      entry.type = self.reference(attribute);
      break;
    case DW_AT_specification:
    case DW_AT_abstract_origin:
      entry.origin = self.reference(attribute);
      break;
    case DW_AT_declaration:
      entry.declaration = flag(attribute);
      break;
    case DW_AT_external:
      entry.external = flag(attribute);
      break;
    case DW_AT_artificial:
      entry.artificial = flag(attribute);
      break;
    case DW_AT_encoding:
      entry.encoding = static_cast<std::uint8_t>(number(attribute));
      break;
    case DW_AT_byte_size:
    case DW_AT_count:
      entry.sized = true;
      entry.size = number(attribute);
      break;
    case DW_AT_upper_bound:
      if (!is_block(*attribute)) {  // a block: C's variable length arrays, never in memory for long
        entry.sized = true;
        entry.size = number(attribute) + 1;
      }
      break;
    case DW_AT_const_value:
      if (entry.tag == DW_TAG_enumerator && !is_block(*attribute))
        entry.value = number(attribute);
      break;
    case DW_AT_data_member_location:
      entry.computed = is_block(*attribute);
      if (!entry.computed)
        entry.value = number(attribute);
      break;
    case DW_AT_containing_type:
      entry.has_virtual_table = is_class(entry.tag);
      break;
    case DW_AT_bit_size:
      entry.bit_size = static_cast<std::uint32_t>(number(attribute));
      break;
    case DW_AT_data_bit_offset:
      entry.data_bits = true;
      entry.bit_offset = static_cast<std::uint32_t>(number(attribute));
      break;
    case DW_AT_bit_offset:
      entry.bit_offset = static_cast<std::uint32_t>(number(attribute));
      break;
    case DW_AT_decl_file:
      entry.has_file = true;
      entry.file = static_cast<std::uint32_t>(number(attribute));
      break;
    case DW_AT_decl_line:
      entry.line = static_cast<std::uint32_t>(number(attribute));
      break;
    case DW_AT_low_pc:
      if (entry.tag == DW_TAG_subprogram)
        self.locate(attribute, entry);
      break;
    case DW_AT_high_pc:  // an address, or the distance from low_pc (DWARF 4, 2.17.2)
      if (entry.tag == DW_TAG_subprogram && dwarf_formaddr(attribute, &address) == 0)
        entry.size = address - entry.located.value;
      else if (entry.tag == DW_TAG_subprogram)
        entry.size = number(attribute);
      break;
    case DW_AT_location:
      if (entry.tag == DW_TAG_variable)
        self.locate(attribute, entry);
      break;
    default:
      break;
  }
  return DWARF_CB_OK;
}

std::uint32_t DebugEntries::add(Dwarf_Die& die, std::uint32_t parent) {
  const auto index = static_cast<std::uint32_t>(entries_.size());
  DebugEntry entry;
  entry.offset = static_cast<std::uint32_t>(dwarf_cuoffset(&die));
  entry.parent = parent;
  entry.tag = static_cast<std::uint16_t>(dwarf_tag(&die));
  Reading reading{this, &entry};
  dwarf_getattrs(&die, attribute, &reading, 0);
  entries_.push_back(entry);
  if (entry.offset >= index_of_.size())
    index_of_.resize(entry.offset + entry.offset / 2 + 1024);
  index_of_[entry.offset] = index;
  return index;
}

// Only variables with a fixed place, or what such a variable's definition refers back to: locals on
// the stack are most of the variables in a program, and of no interest.
bool DebugEntries::wanted_variable(Dwarf_Die& die) const {
  Dwarf_Attribute location;
  if (dwarf_attr(&die, DW_AT_location, &location) == nullptr)
    return dwarf_hasattr(&die, DW_AT_external) || dwarf_hasattr(&die, DW_AT_declaration) ||
           dwarf_hasattr(&die, DW_AT_specification);
  Dwarf_Block block;
  if (dwarf_formblock(&location, &block) != 0 || block.length == 0)
    return false;  // a location list: moves between registers
  return block.data[0] != DW_OP_fbreg && block.data[0] != DW_OP_call_frame_cfa;
}

// Functions with a body somewhere, and in closures the declaration of the call operator.
bool DebugEntries::wanted_function(Dwarf_Die& die, std::uint32_t parent) const {
  if (!dwarf_hasattr(&die, DW_AT_declaration))
    return true;
  const DebugEntry& owner = entries_[parent];
  if (!is_class(owner.tag) || (owner.name != nullptr && owner.name[0] != '<'))
    return false;
  const char* name = dwarf_diename(&die);
  return name != nullptr && std::strncmp(name, "operator()", 10) == 0;
}

void DebugEntries::read_child(Dwarf_Die& die, std::uint32_t parent) {
  const int tag = dwarf_tag(&die);
  switch (tag) {
    case DW_TAG_lexical_block:
      read_children(die, parent);
      return;
    case DW_TAG_variable:
      if (!wanted_variable(die))
        return;
      break;
    case DW_TAG_subprogram:
      if (!wanted_function(die, parent))
        return;
      break;
    case DW_TAG_base_type:
    case DW_TAG_unspecified_type:
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_ptr_to_member_type:
    case DW_TAG_typedef:
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
    case DW_TAG_array_type:
    case DW_TAG_subrange_type:
    case DW_TAG_subroutine_type:
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
    case DW_TAG_enumeration_type:
    case DW_TAG_enumerator:
    case DW_TAG_member:
    case DW_TAG_inheritance:
    case DW_TAG_formal_parameter:
    case DW_TAG_unspecified_parameters:
    case DW_TAG_namespace:
      break;
    default:
      return;
  }
  const std::uint32_t index = add(die, parent);
  const bool inside = tag != DW_TAG_typedef && tag != DW_TAG_variable && tag != DW_TAG_member &&
                      tag != DW_TAG_formal_parameter && tag != DW_TAG_inheritance;
  if (inside && !entries_[index].declaration)
    read_children(die, index);
  entries_[index].end = static_cast<std::uint32_t>(entries_.size());
}

void DebugEntries::read_children(Dwarf_Die& die, std::uint32_t parent) {
  Dwarf_Die child;
  if (dwarf_child(&die, &child) != 0)
    return;
  do {
    read_child(child, parent);
  } while (dwarf_siblingof(&child, &child) == 0);
}

}  // namespace hrwatch::analysis
