#include "analysis/codeview_types.h"

#include <algorithm>

#include "analysis/codeview_built_ins.h"
#include "analysis/codeview_numbers.h"
#include "analysis/content_hash.h"

namespace hrwatch::analysis {

using codeview::built_in;
using codeview::BuiltIn;
using codeview::is_built_in_pointer;
using codeview::numeric;

namespace {

constexpr std::uint64_t void_identity = 1;
constexpr std::uint64_t being_computed = 2;

}  // namespace

CodeViewTypes::CodeViewTypes(std::span<const std::byte> records) {
  const ByteView view(records);
  constexpr std::uint32_t signature = 4;  // CV_SIGNATURE_C13
  if (view.number<std::uint32_t>(0) != signature)
    return;
  for (std::uint64_t at = 4; view.holds(at, 4);) {
    const std::uint64_t size = view.number<std::uint16_t>(at);
    if (size < 2 || !view.holds(at, size + 2))
      break;
    records_.push_back({view.number<std::uint16_t>(at + 2), view.view(at + 4, size - 2)});
    at += size + 2;
  }
  index_classes();
  index_places();
}

const CodeViewTypes::Record* CodeViewTypes::record(CodeViewIndex type) const {
  return type >= first_index && type - first_index < records_.size() ? &records_[type - first_index]
                                                                     : nullptr;
}

bool CodeViewTypes::is_class(std::uint16_t kind) {
  return kind == codeview::class_ || kind == codeview::structure || kind == codeview::interface_ ||
         kind == codeview::union_;
}

CodeViewTypes::Named CodeViewTypes::named(const Record& record) const {
  Named result;
  std::uint64_t at = 0;
  result.properties = record.data.number<std::uint16_t>(2);
  if (record.kind == codeview::enumeration) {
    result.fields = record.data.number<std::uint32_t>(8);
    at = 12;
  } else {
    result.fields = record.data.number<std::uint32_t>(4);
    at = record.kind == codeview::union_ ? 8 : 16;
    const auto size = numeric(record.data, at);
    result.size = size.value;
    at += size.size;
  }
  result.name = record.data.text(at);
  if ((result.properties & codeview::has_unique_name) != 0)
    result.unique = record.data.text(at + result.name.size() + 1);
  return result;
}

bool CodeViewTypes::is_closure(const Named& named) const {
  const std::size_t last = named.name.rfind("<lambda");
  return last != std::string_view::npos && named.name.find('>', last) == named.name.size() - 1 &&
         (last == 0 || named.name[last - 1] == ':');
}

bool CodeViewTypes::is_unnamed(const Named& named) const {
  return named.unique.empty() &&
         (named.name.empty() || named.name.find("<unnamed-") != std::string_view::npos);
}

void CodeViewTypes::index_classes() {
  for (CodeViewIndex i = 0; i < records_.size(); ++i) {
    if (!is_class(records_[i].kind) && records_[i].kind != codeview::enumeration)
      continue;
    const Named one = named(records_[i]);
    if ((one.properties & codeview::forward_reference) == 0)
      definitions_.emplace(one.unique.empty() ? one.name : one.unique, first_index + i);
  }
}

// Where classes are declared: LF_UDT_SRC_LINE.
void CodeViewTypes::index_places() {
  for (const Record& one : records_) {
    if (one.kind != codeview::source_line)
      continue;
    const Record* file = record(one.data.number<std::uint32_t>(4));
    if (file == nullptr || file->kind != codeview::string_id)
      continue;
    std::string place(file->data.text(4));
    std::replace(place.begin(), place.end(), '\\', '/');
    declared_.emplace(one.data.number<std::uint32_t>(0),
                      place + ":" + std::to_string(one.data.number<std::uint32_t>(8)));
  }
}

CodeViewIndex CodeViewTypes::defined(CodeViewIndex type) const {
  const Record* one = record(type);
  if (one == nullptr || (!is_class(one->kind) && one->kind != codeview::enumeration))
    return type;
  const Named what = named(*one);
  if ((what.properties & codeview::forward_reference) == 0)
    return type;
  const auto known = definitions_.find(what.unique.empty() ? what.name : what.unique);
  return known == definitions_.end() ? type : known->second;
}

bool CodeViewTypes::is_definition(CodeViewIndex type) const {
  const Record* one = record(type);
  return one != nullptr && is_class(one->kind) &&
         (named(*one).properties & codeview::forward_reference) == 0;
}

void CodeViewTypes::name_by_typedef(CodeViewIndex type, std::string_view name) {
  const CodeViewIndex target = defined(type);
  const Record* one = record(target);
  if (one == nullptr || (!is_class(one->kind) && one->kind != codeview::enumeration))
    return;
  if (is_unnamed(named(*one)))
    typedef_names_.emplace(target, name);
}

std::string CodeViewTypes::source() const {
  const Record* info = nullptr;
  for (const Record& one : records_)
    if (one.kind == codeview::build_info)
      info = &one;
  if (info == nullptr || info->data.number<std::uint16_t>(0) < 3)
    return {};
  const auto text = [&](std::uint64_t argument) {
    const Record* string = record(info->data.number<std::uint32_t>(2 + argument * 4));
    std::string result(string != nullptr ? string->data.text(4) : std::string_view());
    std::replace(result.begin(), result.end(), '\\', '/');
    return result;
  };
  std::string folder = text(0), file = text(2);
  const bool absolute = file.starts_with("/") || (file.size() > 1 && file[1] == ':');
  return absolute || folder.empty() ? file : folder + "/" + file;
}

// ---- layout

std::uint64_t CodeViewTypes::size(CodeViewIndex type) {
  if (type < first_index) {
    const BuiltIn* one = built_in(type);
    return is_built_in_pointer(type) || type == 0x103 ? 8 : one != nullptr ? one->size : 0;
  }
  const Record* one = record(defined(type));
  if (one == nullptr)
    return 0;
  switch (one->kind) {
    case codeview::modifier:
    case codeview::bit_field:
      return size(one->data.number<std::uint32_t>(0));
    case codeview::pointer: {
      const std::uint64_t bytes = (one->data.number<std::uint32_t>(4) >> 13) & 0x3F;
      return bytes != 0 ? bytes : 8;
    }
    case codeview::array:
      return numeric(one->data, 8).value;
    case codeview::enumeration:
      return size(one->data.number<std::uint32_t>(4));
    default:
      return is_class(one->kind) ? named(*one).size : 0;
  }
}

std::uint64_t CodeViewTypes::identity(CodeViewIndex type) {
  const CodeViewIndex target = defined(type);
  if (const auto known = identities_.find(target); known != identities_.end())
    return known->second;
  identities_[target] = being_computed;
  const Record* one = record(target);
  std::uint64_t result = 0;
  if (one != nullptr) {
    const Named what = named(*one);
    const std::uint64_t kind = one->kind == codeview::enumeration ? 13 : 11;
    if (!is_unnamed(what))
      result = combine(kind, hash_of(what.unique.empty() ? what.name : what.unique));
    else if (const auto known = typedef_names_.find(target); known != typedef_names_.end())
      result = combine(kind, hash_of(known->second));
    else
      result = combine(kind, kind == 13 ? enumeration(target).shallow : record_of(target).shallow);
  }
  return identities_[target] = result;
}

TypeShape CodeViewTypes::shape(CodeViewIndex type) {
  if (type < first_index)
    return {type == 3 ? void_identity : combine(combine(29, size(type)), hash_of(name(type))), 0};
  if (const auto known = shapes_.find(type); known != shapes_.end())
    return known->second;
  shapes_[type] = {being_computed, 0};
  TypeShape result;
  const Record* one = record(type);
  if (one != nullptr) {
    const auto target = one->data.number<std::uint32_t>(0);
    if (one->kind == codeview::modifier || one->kind == codeview::bit_field) {
      result = shape(target);
    } else if (is_class(one->kind)) {
      result = {combine(31, identity(type)), identity(type)};
    } else if (one->kind == codeview::array) {
      const TypeShape element = shape(target);
      if (element.hash != 0)
        result = {combine(combine(30, numeric(one->data, 8).value), element.hash),
                  element.contained};
    } else {  // enumerations, and pointers: what they point to counts by name only
      result = {combine(combine(29, size(type)), hash_of(name(type))), 0};
    }
  }
  return shapes_[type] = result;
}

template <class Visit>
void CodeViewTypes::for_each_field(CodeViewIndex fields, Visit visit) const {
  for (int lists = 0; lists < 4096; ++lists) {
    const Record* list = record(fields);
    if (list == nullptr || list->kind != codeview::field_list)
      return;
    fields = 0;
    const ByteView& data = list->data;
    for (std::uint64_t at = 0; data.holds(at, 2);) {
      const auto kind = data.number<std::uint16_t>(at);
      if ((kind & 0xF0) == 0xF0 && (kind & 0xFF) >= 0xF0) {  // LF_PAD1..
        ++at;
        continue;
      }
      const ByteView field = data.view(at + 2, data.size() - at - 2);
      std::uint64_t size = 0;  // behind the kind
      const auto with_name = [&](std::uint64_t name_at) {
        size = name_at + field.text(name_at).size() + 1;
      };
      switch (kind) {
        case codeview::base_class:
          size = 6 + numeric(field, 6).size;
          break;
        case codeview::virtual_base:
        case codeview::indirect_virtual_base: {
          const std::uint64_t first = numeric(field, 10).size;
          size = 10 + first + numeric(field, 10 + first).size;
          break;
        }
        case codeview::continuation:
          fields = field.number<std::uint32_t>(2);
          size = 6;
          break;
        case codeview::virtual_table:
          size = 6;
          break;
        case codeview::enumerator:
          with_name(2 + numeric(field, 2).size);
          break;
        case codeview::member:
          with_name(6 + numeric(field, 6).size);
          break;
        case codeview::static_member:
        case codeview::method:
        case codeview::nested_type:
          with_name(6);
          break;
        case codeview::one_method: {
          const std::uint32_t how = (field.number<std::uint16_t>(0) >> 2) & 7;  // CV_methodprop_e
          with_name(how == 4 || how == 6 ? 10 : 6);
          break;
        }
        default:
          return;  // a field of another compiler: what follows can't be told apart
      }
      visit(kind, field);
      at += 2 + size;
    }
    if (fields == 0)
      return;
  }
}

void CodeViewTypes::add_member(std::uint16_t kind, const ByteView& field, ClassRecord& record_) {
  Member member;
  const auto type = field.number<std::uint32_t>(2);
  member.base = kind != codeview::member;
  const auto place =
      numeric(field, kind == codeview::member || kind == codeview::base_class ? 6 : 10);
  member.offset = place.value;
  if (kind == codeview::member)
    member.name = field.text(6 + place.size);
  const Record* what = record(type);
  if (what != nullptr && what->kind == codeview::bit_field) {
    const std::uint64_t bit = member.offset * 8 + what->data.number<std::uint8_t>(5);
    member.bit_size = what->data.number<std::uint8_t>(4);
    member.offset = bit / 8;
    member.bit_offset = static_cast<std::uint32_t>(bit % 8);
  }
  if (member.name.starts_with("_vptr"))
    record_.layout.polymorphic = true;
  member.size = size(type);
  member.type = name(type);
  const TypeShape of = shape(type);
  std::uint64_t& hash = record_.shallow;
  hash = combine(combine(hash, hash_of(member.name)), member.offset);
  hash = combine(combine(hash, member.bit_size), member.bit_offset);
  hash = combine(combine(hash, of.hash), kind == codeview::member       ? 0U
                                         : kind == codeview::base_class ? 1U
                                                                        : 2U);
  record_.layout.members.push_back(std::move(member));
  record_.shapes.push_back(of);
}

ClassRecord CodeViewTypes::record_of(CodeViewIndex type) {
  ClassRecord result;
  const Record* one = record(type);
  const Named what = named(*one);
  result.layout.size = what.size;
  result.layout.kind = is_closure(what)                   ? "closure"
                       : one->kind == codeview::union_    ? "union"
                       : one->kind == codeview::structure ? "struct"
                                                          : "class";
  result.unnamed = is_unnamed(what) && typedef_names_.count(type) == 0;
  result.shallow = combine(combine(37, what.size), one->kind == codeview::union_ ? 1U : 0U);
  if (const auto place = declared_.find(type); place != declared_.end())
    result.layout.declared = place->second;
  for_each_field(what.fields, [&](std::uint16_t kind, const ByteView& field) {
    if (kind == codeview::member || kind == codeview::base_class ||
        kind == codeview::virtual_base || kind == codeview::indirect_virtual_base)
      add_member(kind, field, result);
    else if (kind == codeview::virtual_table)
      result.layout.polymorphic = true;
  });
  return result;
}

// As DWARF's are listed: the enumerators as members, their values as offsets.
ClassRecord CodeViewTypes::enumeration(CodeViewIndex type) {
  ClassRecord result;
  const Named what = named(*record(type));
  result.layout.kind = "enum";
  result.layout.size = size(type);
  result.unnamed = is_unnamed(what) && typedef_names_.count(type) == 0;
  if (const auto place = declared_.find(type); place != declared_.end())
    result.layout.declared = place->second;
  result.shallow = combine(41, result.layout.size);
  for_each_field(what.fields, [&](std::uint16_t kind, const ByteView& field) {
    if (kind != codeview::enumerator)
      return;
    const auto value = numeric(field, 2);
    Member member;
    member.name = field.text(2 + value.size);
    member.offset = value.value;
    result.shallow = combine(combine(result.shallow, hash_of(member.name)), member.offset);
    result.layout.members.push_back(std::move(member));
    result.shapes.push_back({void_identity, 0});
  });
  return result;
}

void CodeViewTypes::collect(ClassGatherer& classes) {
  const auto [first, last] = range();
  for (CodeViewIndex type = first; type < last; ++type) {
    const Record* one = record(type);
    const bool enumerated = one->kind == codeview::enumeration;
    if (!enumerated && !is_class(one->kind))
      continue;
    if ((named(*one).properties & codeview::forward_reference) != 0 || defined(type) != type)
      continue;
    ClassRecord full = enumerated ? enumeration(type) : record_of(type);
    const std::uint64_t key = identity(type);
    if (classes.show(key, full.shallow))
      continue;
    full.name = class_name(type);
    classes.add(key, std::move(full));
  }
}

CodeViewTypes::Parts CodeViewTypes::parts(CodeViewIndex type) {
  Parts result;
  if (type < first_index) {
    result.pointer = is_built_in_pointer(type);
    result.target = type & 0xFF;
    return result;
  }
  const Record* one = record(defined(type));
  if (one == nullptr)
    return result;
  const auto target = one->data.number<std::uint32_t>(0);
  switch (one->kind) {
    case codeview::pointer:
      result.pointer = true;
      result.target = target;
      return result;
    case codeview::array:
      result.array = true;
      result.target = target;
      return result;
    case codeview::modifier:
    case codeview::bit_field:
      result.target = target;
      return result;
    case codeview::function_id:
    case codeview::member_function_id:
      return parts(one->data.number<std::uint32_t>(4));
    case codeview::procedure:
    case codeview::member_function: {
      const bool of_class = one->kind == codeview::member_function;
      result.arguments.push_back(target);
      if (of_class)
        result.arguments.push_back(one->data.number<std::uint32_t>(8));
      const Record* list = record(one->data.number<std::uint32_t>(of_class ? 16 : 8));
      const std::uint32_t count = list != nullptr ? list->data.number<std::uint32_t>(0) : 0;
      for (std::uint64_t i = 0; i < count && list->data.holds(4 + i * 4, 4); ++i)
        result.arguments.push_back(list->data.number<std::uint32_t>(4 + i * 4));
      return result;
    }
    default:
      break;
  }
  result.is_enumeration = one->kind == codeview::enumeration;
  if (!is_class(one->kind))
    return result;
  const Named what = named(*one);
  result.is_class = true;
  const std::size_t scope = what.name.rfind("::");
  const std::string_view own = what.name.substr(scope == std::string_view::npos ? 0 : scope + 2)
                                   .substr(0, what.name.find('<'));
  for_each_field(what.fields, [&](std::uint16_t kind, const ByteView& field) {
    if (kind == codeview::member || kind == codeview::base_class ||
        kind == codeview::virtual_base || kind == codeview::indirect_virtual_base) {
      result.members.push_back(field.number<std::uint32_t>(2));
      if (kind != codeview::member)
        result.bases.push_back(field.number<std::uint32_t>(2));
      if (kind == codeview::member && field.text(6 + numeric(field, 6).size).starts_with("_vptr"))
        result.polymorphic = true;
    } else if (kind == codeview::virtual_table) {
      result.polymorphic = true;
    } else if (kind == codeview::one_method || kind == codeview::method) {
      const std::uint32_t how = (field.number<std::uint16_t>(0) >> 2) & 7;
      const std::string_view method_name =
          field.text(kind == codeview::one_method && (how == 4 || how == 6) ? 10 : 6);
      // Several constructors count as one that copies: in doubt the class is copied by code.
      result.copied_by_code = result.copied_by_code || method_name.starts_with("~") ||
                              method_name == "operator=" || method_name == own;
    }
  });
  return result;
}

}  // namespace hrwatch::analysis
