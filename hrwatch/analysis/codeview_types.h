// The types of one object file's CodeView (.debug$T; microsoft-pdb, cvinfo.h): what they are
// called, how they lie in memory, which layouts classes have. Names are written as DWARF's are, so
// that rules and messages are the same for both. Knows no symbol and no other object.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/byte_view.h"
#include "analysis/class_layouts.h"

namespace hrwatch::analysis {

// What the compiler names a type by in one object file; below 0x1000 built-in ones.
using CodeViewIndex = std::uint32_t;

class CodeViewTypes {
 public:
  // `records`: the section's bytes, which must outlive this object. Total: damaged records are
  // types without a name or layout.
  explicit CodeViewTypes(std::span<const std::byte> records);

  bool empty() const { return records_.empty(); }

  // "Enemy *", "int [3]", "std::vector<int, std::allocator<int> >".
  const std::string& name(CodeViewIndex type);
  TypeShape shape(CodeViewIndex type);
  std::uint64_t size(CodeViewIndex type);

  // Of a function's type, or of the identifier of one: "int (Enemy *, float)".
  std::string prototype(CodeViewIndex function);
  // The closure whose call operator has this type; 0 where it is no such.
  CodeViewIndex closure_of(CodeViewIndex function);

  // Names that a C source gave to a struct without one (S_UDT).
  void name_by_typedef(CodeViewIndex type, std::string_view name);

  // All classes and enumerations with a definition, into `classes`.
  void collect(ClassGatherer& classes);

  // The compiled source, absolute where the compiler says so (LF_BUILDINFO); "" = not known.
  std::string source() const;

  // ---- for who has to follow types (object_type_uses.h)
  struct Parts {
    CodeViewIndex target = 0;  // of pointers, references, arrays, qualified types
    bool pointer = false, array = false;
    std::vector<CodeViewIndex> members;  // and bases, by value
    std::vector<CodeViewIndex> bases;
    std::vector<CodeViewIndex> arguments;  // of functions, with the result in front
    bool is_class = false, is_enumeration = false;
    bool polymorphic = false, copied_by_code = false;
  };

  Parts parts(CodeViewIndex type);

  // The definition of a class that is only declared under this index; itself when there is none.
  CodeViewIndex defined(CodeViewIndex type) const;

  // Of all records, in order.
  std::pair<CodeViewIndex, CodeViewIndex> range() const {
    return {first_index, first_index + static_cast<CodeViewIndex>(records_.size())};
  }

  bool is_definition(CodeViewIndex type) const;
  std::string class_name(CodeViewIndex type);

 private:
  static constexpr CodeViewIndex first_index = 0x1000;

  struct Record {
    std::uint16_t kind = 0;
    ByteView data;
  };

  // A class, struct, union or enumeration record, decoded.
  struct Named {
    std::uint16_t properties = 0;
    CodeViewIndex fields = 0;
    std::uint64_t size = 0;
    std::string_view name, unique;
  };

  const Record* record(CodeViewIndex type) const;
  static bool is_class(std::uint16_t kind);
  Named named(const Record& record) const;
  bool is_closure(const Named& named) const;
  bool is_unnamed(const Named& named) const;
  void index_classes();
  void index_places();

  std::string compute_name(CodeViewIndex type);
  std::string wrapped_name(CodeViewIndex target, const char* mark);
  std::string parameters(CodeViewIndex arguments);
  CodeViewIndex function_type(CodeViewIndex function) const;

  std::uint64_t identity(CodeViewIndex type);
  ClassRecord record_of(CodeViewIndex type);
  ClassRecord enumeration(CodeViewIndex type);
  template <class Visit>
  void for_each_field(CodeViewIndex fields, Visit visit) const;
  void add_member(std::uint16_t kind, const ByteView& field, ClassRecord& record);

  std::vector<Record> records_;
  std::unordered_map<std::string_view, CodeViewIndex> definitions_;  // by unique or other name
  std::unordered_map<CodeViewIndex, std::string> names_, typedef_names_, declared_;
  std::unordered_map<CodeViewIndex, TypeShape> shapes_;
  std::unordered_map<CodeViewIndex, std::uint64_t> identities_;
};

}  // namespace hrwatch::analysis
