// From DWARF to type uses, a unit after the other.
#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "analysis/allocations.h"
#include "analysis/class_layouts.h"
#include "analysis/debug_entries.h"
#include "analysis/elf_symbols.h"
#include "analysis/open_dwarf.h"
#include "analysis/type_uses.h"
#include "analysis/unit_types.h"
#include "analysis/unit_walk.h"

namespace hrwatch::analysis {
namespace {

using Index = TypeUses::Index;

// What has a name, values and a size of its own.
bool is_named(int tag) {
  return is_class(tag) || tag == DW_TAG_enumeration_type;
}

bool is_indirection(int tag) {
  return tag == DW_TAG_pointer_type || tag == DW_TAG_reference_type ||
         tag == DW_TAG_rvalue_reference_type;
}

void add(std::vector<Index>& list, Index index) {
  if (index != TypeUses::none && std::find(list.begin(), list.end(), index) == list.end())
    list.push_back(index);
}

// A type without its qualifiers, arrays and pointers.
struct Stripped {
  Index holds = TypeUses::none;  // none: a number, a function
  bool through_pointer = false;
  bool only_pointer = true;  // one pointer or reference at the most, no array
};

class Reader {
 public:
  explicit Reader(TypeUses& uses) : uses_(uses) {
    uses_.classes.push_back({"void", {}, {}, false, 0, {}, false});
  }

  void read(const Dwarf_Die& unit, bool overloads) {
    unit_ = unit;
    entries_.read(unit);
    UnitTypes types(entries_, ignored_, overloads);
    types_ = &types;
    indices_.clear();
    const auto count = static_cast<std::uint32_t>(entries_.all().size());
    for (std::uint32_t i = 1; i < count; ++i) {
      const DebugEntry entry = entries_[i];
      if (is_named(entry.tag) && !entry.declaration)
        class_of(i);
      else if (entry.tag == DW_TAG_variable)
        read_variable(entry);
      else if (entry.tag == DW_TAG_subprogram && entry.located.kind == Located::Kind::code &&
               !entry.located.discarded())
        read_function(i);
    }
    ignored_.take();
  }

 private:
  TypeUses& uses_;
  Dwarf_Die unit_{};
  DebugEntries entries_;
  ClassGatherer ignored_;
  UnitTypes* types_ = nullptr;
  std::unordered_map<std::uint32_t, Index> indices_;  // by entry of this unit
  std::unordered_map<std::string, Index> names_;      // of all units
  std::unordered_map<std::string, bool> complete_;    // whose members are known

  Dwarf_Die die_at(std::uint32_t offset) const {
    Dwarf_Die unit = unit_, die{};
    const Dwarf_Off base = dwarf_dieoffset(&unit) - dwarf_cuoffset(&unit);
    dwarf_offdie(dwarf_cu_getdwarf(unit.cu), base + offset, &die);
    return die;
  }

  // The offset in the unit of what DW_AT_type refers to; 0 = void.
  static std::uint32_t type_of(Dwarf_Die* die) {
    Dwarf_Attribute attribute;
    Dwarf_Die type;
    if (dwarf_attr_integrate(die, DW_AT_type, &attribute) == nullptr ||
        dwarf_formref_die(&attribute, &type) == nullptr || type.cu != die->cu)
      return 0;
    return static_cast<std::uint32_t>(dwarf_cuoffset(&type));
  }

  Stripped strip(std::uint32_t offset) {
    Stripped result;
    int indirections = 0;
    for (int depth = 0; depth < 64; ++depth) {
      const std::uint32_t index = offset == 0 ? 0 : entries_.find(offset);
      if (index == 0) {  // pointers to void
        result.holds = result.through_pointer ? 0 : TypeUses::none;
        break;
      }
      const DebugEntry entry = entries_[index];
      if (is_named(entry.tag)) {
        result.holds = class_of(index);
        break;
      }
      if (entry.tag == DW_TAG_base_type || entry.tag == DW_TAG_subroutine_type ||
          entry.tag == DW_TAG_unspecified_type)
        break;
      result.through_pointer |= is_indirection(entry.tag);
      indirections += is_indirection(entry.tag) ? 1 : 0;
      result.only_pointer &= entry.tag != DW_TAG_array_type && indirections <= 1;
      offset = entry.type;
    }
    result.only_pointer &= result.through_pointer;
    return result;
  }

  Index class_of(std::uint32_t entry) {
    if (const auto known = indices_.find(entry); known != indices_.end())
      return known->second;
    const std::string name = types_->name(entries_[entry].offset);
    const auto [place, added] = names_.try_emplace(name, static_cast<Index>(uses_.classes.size()));
    const Index index = place->second;
    indices_.emplace(entry, index);
    if (added)
      uses_.classes.push_back({name, {}, {}, false, 0, {}, false});
    if (!entries_[entry].declaration && !std::exchange(complete_[name], true))
      read_class(entry, index);
    return index;
  }

  void read_class(std::uint32_t entry, Index index) {
    uses_.classes[index].size = entries_[entry].size;
    if (entries_[entry].has_virtual_table)
      uses_.classes[index].polymorphic = true;
    Dwarf_Die die = die_at(entries_[entry].offset), child;
    if (dwarf_child(&die, &child) != 0)
      return;
    read_parts(child, index);
  }

  void read_parts(Dwarf_Die child, Index index) {
    do {
      const int tag = dwarf_tag(&child);
      if (tag == DW_TAG_GNU_template_parameter_pack) {
        Dwarf_Die inner;
        if (dwarf_child(&child, &inner) == 0)
          read_parts(inner, index);
      } else if (tag == DW_TAG_inheritance) {
        const Index base = strip(type_of(&child)).holds;
        add_part(index, base, true);
        add(uses_.classes[index].parts, base);
      } else if (tag == DW_TAG_subprogram) {
        if (copies(child, index))
          uses_.classes[index].copied_by_code = true;
      } else if ((tag == DW_TAG_member && !dwarf_hasattr(&child, DW_AT_external)) ||
                 tag == DW_TAG_template_type_parameter) {
        const char* name = dwarf_diename(&child);
        if (name != nullptr && std::string_view(name).starts_with("_vptr"))
          uses_.classes[index].polymorphic = true;
        const Stripped type = strip(type_of(&child));
        add_part(index, type.holds, false);
        if (tag == DW_TAG_member && !type.through_pointer)
          add(uses_.classes[index].parts, type.holds);
      }
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  // Whether a member function is a destructor, or copies or moves an object of its class, and does
  // more than copy bytes.
  bool copies(Dwarf_Die function, Index index) {
    const char* name = dwarf_diename(&function);
    Dwarf_Attribute attribute;
    Dwarf_Word defaulted = 0;
    if (dwarf_attr(&function, DW_AT_defaulted, &attribute) != nullptr)
      dwarf_formudata(&attribute, &defaulted);
    if (name == nullptr || defaulted == DW_DEFAULTED_in_class ||
        dwarf_hasattr(&function, DW_AT_artificial))
      return false;
    if (name[0] == '~')
      return true;
    Dwarf_Die parameter;
    if (dwarf_child(&function, &parameter) != 0)
      return false;
    do {
      if (dwarf_tag(&parameter) != DW_TAG_formal_parameter ||
          dwarf_hasattr(&parameter, DW_AT_artificial))
        continue;
      const Stripped type = strip(type_of(&parameter));
      return type.holds == index && type.only_pointer &&
             (is_constructor(name, index) || std::string_view(name) == "operator=");
    } while (dwarf_siblingof(&parameter, &parameter) == 0);
    return false;
  }

  bool is_constructor(std::string_view function, Index index) const {
    std::string_view name = uses_.classes[index].name;
    name = name.substr(0, name.find('<'));
    const std::size_t scope = name.rfind("::");
    name = scope == std::string_view::npos ? name : name.substr(scope + 2);
    return function.substr(0, function.find('<')) == name;
  }

  // Stripping may have added classes: the list is found anew.
  void add_part(Index index, Index part, bool base) {
    TypeUses::Class& owner = uses_.classes[index];
    add(base ? owner.bases : owner.holds, part);
  }

  void read_variable(const DebugEntry& entry) {
    const Located::Kind kind = entry.located.kind;
    if (kind != Located::Kind::memory && kind != Located::Kind::thread_local_)
      return;
    if (entry.located.discarded())
      return;
    Dwarf_Die die = die_at(entry.offset);
    const Stripped type = strip(type_of(&die));
    if (type.holds == TypeUses::none)
      return;
    uses_.variables.push_back({entry.located.value,
                               kind == Located::Kind::thread_local_,
                               {type.holds},
                               type.only_pointer ? type.holds : TypeUses::none,
                               type.through_pointer ? TypeUses::none : type.holds});
  }

  void read_function(std::uint32_t index) {
    TypeUses::Function function;
    function.address = entries_[index].located.value;
    function.size = entries_[index].size;
    add(function.signature, strip(types_->type_of(index)).holds);
    Dwarf_Die die = die_at(entries_[index].offset), child;
    if (dwarf_child(&die, &child) == 0)
      read_scope(child, function, true);
    if (function.signature.empty() && function.values.empty() && function.pointers.empty())
      return;
    const char* linkage = types_->linkage_name_of(index);
    const char* name = linkage != nullptr ? linkage : types_->name_of(index);
    function.name = name == nullptr ? "" : name;
    uses_.functions.push_back(std::move(function));
  }

  void read_scope(Dwarf_Die child, TypeUses::Function& function, bool outermost) {
    do {
      const int tag = dwarf_tag(&child);
      Dwarf_Die inner;
      if (tag == DW_TAG_formal_parameter || tag == DW_TAG_variable) {
        const Stripped type = strip(type_of(&child));
        if (tag == DW_TAG_formal_parameter && outermost)
          add(function.signature, type.holds);
        else
          add(type.through_pointer ? function.pointers : function.values, type.holds);
      } else if ((tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine ||
                  tag == DW_TAG_GNU_formal_parameter_pack) &&
                 dwarf_child(&child, &inner) == 0) {
        read_scope(inner, function, outermost && tag == DW_TAG_GNU_formal_parameter_pack);
      }
    } while (dwarf_siblingof(&child, &child) == 0);
  }
};

}  // namespace

hr::wire::Result<TypeUses> find_type_uses(const std::filesystem::path& library) {
  auto image = ElfImage::open(library);
  if (!image)
    return image.failure();
  const OpenDwarf dwarf(library);
  if (dwarf.handle() == nullptr)
    return hr::wire::Failure{"the debug info of " + library.string() + " can't be read",
                             "it is gone or damaged", "restart the program"};
  TypeUses uses;
  Reader reader(uses);
  for (UnitWalk walk(dwarf.handle()); walk.next();) {
    if (walk.open() && walk.is_whole())
      reader.read(walk.contents(), has_overloads(walk.root()));
  }
  std::sort(uses.functions.begin(), uses.functions.end(),
            [](const TypeUses::Function& a, const TypeUses::Function& b) {
              return a.address < b.address;
            });
  uses.allocations = find_allocations(image.value(), read_symbols(image.value()));
  return uses;
}

}  // namespace hrwatch::analysis
