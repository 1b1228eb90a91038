#include "analysis/coff_facts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "analysis/byte_view.h"
#include "analysis/codeview_numbers.h"
#include "analysis/content_hash.h"

namespace hrwatch::analysis {
namespace {

constexpr std::uint32_t signature = 4;              // CV_SIGNATURE_C13
constexpr std::uint32_t symbols_subsection = 0xF1;  // DEBUG_S_SYMBOLS

constexpr std::uint16_t is_parameter = 1;  // CV_LVARFLAGS

// Where records of each kind have what they are about: type, the relocated offset, the name.
struct DataRecord {
  static constexpr std::uint64_t type = 0, place = 4, name = 10;
};

struct FunctionRecord {
  static constexpr std::uint64_t code_size = 12, type = 24, place = 28;
};

class SymbolReader {
 public:
  SymbolReader(const CoffObject& object, CodeViewTypes& types, CoffFacts& facts)
      : object_(object), types_(types), facts_(facts) {}

  // Types first get the names that records give them.
  void read_typedefs() {
    for_each_record([this](std::uint16_t kind, const ByteView& data, std::uint64_t) {
      if (kind == codeview::user_type)
        types_.name_by_typedef(data.number<std::uint32_t>(0), data.text(4));
    });
  }

  void read() {
    for_each_record([this](std::uint16_t kind, const ByteView& data, std::uint64_t at) {
      switch (kind) {
        case codeview::local_function:
        case codeview::global_function:
        case codeview::local_function_id:
        case codeview::global_function_id:
          begin_function(data, at);
          break;
        case codeview::local_data:
        case codeview::global_data:
        case codeview::local_thread:
        case codeview::global_thread:
          add_variable(data, at);
          break;
        case codeview::local_variable:
          if (function_ && (data.number<std::uint16_t>(4) & is_parameter) == 0)
            facts_.functions[*function_].locals.push_back(data.number<std::uint32_t>(0));
          break;
        case codeview::register_relative:
          if (function_)
            facts_.functions[*function_].locals.push_back(data.number<std::uint32_t>(4));
          break;
        case codeview::function_end:
          function_.reset();
          break;
        default:
          break;
      }
    });
  }

 private:
  template <class Visit>
  void for_each_record(Visit visit) {
    for (const CoffSection& section : object_.sections) {
      if (section.name != ".debug$S")
        continue;
      section_ = &section;
      function_.reset();
      const ByteView bytes(section.bytes);
      if (bytes.number<std::uint32_t>(0) != signature)
        continue;
      for (std::uint64_t at = 4; bytes.holds(at, 8);) {
        const auto kind = bytes.number<std::uint32_t>(at);
        const std::uint64_t size = bytes.number<std::uint32_t>(at + 4);
        if (!bytes.holds(at + 8, size))
          break;
        if (kind == symbols_subsection)
          for_each_record_in(bytes, at + 8, at + 8 + size, visit);
        at = (at + 8 + size + 3) / 4 * 4;
      }
    }
  }

  template <class Visit>
  static void for_each_record_in(const ByteView& bytes, std::uint64_t at, std::uint64_t end,
                                 Visit visit) {
    while (at + 4 <= end) {
      const std::uint64_t size = bytes.number<std::uint16_t>(at);
      if (size < 2 || at + 2 + size > end)
        return;
      visit(bytes.number<std::uint16_t>(at + 2), bytes.view(at + 4, size - 2), at + 4);
      at += size + 2;
    }
  }

  // The symbol that the 4 bytes at `at` of the section are relocated to.
  std::optional<std::uint32_t> symbol_at(std::uint64_t at) const {
    const auto& list = section_->relocations;
    auto found =
        std::lower_bound(list.begin(), list.end(), at,
                         [](const CoffRelocation& r, std::uint64_t a) { return r.at < a; });
    for (; found != list.end() && found->at == at; ++found)
      if (found->kind == CoffRelocationKind::section_relative)
        return found->symbol;
    return std::nullopt;
  }

  void begin_function(const ByteView& data, std::uint64_t at) {
    function_.reset();
    const auto symbol = symbol_at(at + FunctionRecord::place);
    if (!symbol)
      return;
    CoffFacts::Function function;
    function.symbol = *symbol;
    function.size = data.number<std::uint32_t>(FunctionRecord::code_size);
    function.type_index = data.number<std::uint32_t>(FunctionRecord::type);
    function.prototype = types_.prototype(function.type_index);
    function.prototype_hash = combine(47, hash_of(function.prototype));
    if (const CodeViewIndex closure = types_.closure_of(function.type_index))
      function.closure = types_.shape(closure);
    function_ = facts_.functions.size();
    facts_.functions.push_back(std::move(function));
  }

  void add_variable(const ByteView& data, std::uint64_t at) {
    const auto symbol = symbol_at(at + DataRecord::place);
    if (!symbol)
      return;
    CoffFacts::Variable variable;
    variable.symbol = *symbol;
    variable.type_index = data.number<std::uint32_t>(DataRecord::type);
    variable.name = data.text(DataRecord::name);
    variable.type = types_.name(variable.type_index);
    variable.shape = types_.shape(variable.type_index);
    variable.size = types_.size(variable.type_index);
    if (function_) {
      const CoffSymbol* owner = object_.symbol(facts_.functions[*function_].symbol);
      variable.scope = owner != nullptr ? owner->name : std::string_view();
      // Blocks have no names: the second `count` of a function is its {2}, wherever it stands.
      const int number = ++seen_[{variable.scope, variable.name}];
      if (number > 1)
        variable.scope += "::{" + std::to_string(number) + "}";
    }
    facts_.variables.push_back(std::move(variable));
  }

  const CoffObject& object_;
  CodeViewTypes& types_;
  CoffFacts& facts_;
  const CoffSection* section_ = nullptr;
  std::optional<std::size_t> function_;  // that the records belong to
  std::map<std::pair<std::string, std::string>, int> seen_;
};

}  // namespace

CodeViewTypes coff_types(const CoffObject& object) {
  for (const CoffSection& section : object.sections)
    if (section.name == ".debug$T" && !section.bytes.empty())
      return CodeViewTypes(section.bytes);
  return CodeViewTypes({});
}

CoffFacts read_coff_facts(const CoffObject& object) {
  CoffFacts facts;
  CodeViewTypes types = coff_types(object);
  SymbolReader reader(object, types, facts);
  reader.read_typedefs();
  reader.read();
  facts.unit = types.source();
  ClassGatherer classes;
  types.collect(classes);
  facts.classes = classes.take();
  return facts;
}

}  // namespace hrwatch::analysis
