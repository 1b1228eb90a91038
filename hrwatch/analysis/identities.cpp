#include "analysis/identities.h"

#include <xxhash.h>

#include <algorithm>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "analysis/return_type.h"

namespace hrwatch::analysis {
namespace {

Key mix(Key key, std::string_view text) {
  return XXH3_64bits_withSeed(text.data(), text.size(), key);
}

Key mix(Key key, std::uint64_t number) {
  return XXH3_64bits_withSeed(&number, sizeof number, key);
}

bool is_mangled(std::string_view name) {
  return name.starts_with("_Z");
}

const DebugInfo::FunctionFact* fact_at(const DebugInfo& debug, Address address) {
  const auto at = std::lower_bound(
      debug.functions.begin(), debug.functions.end(), address,
      [](const DebugInfo::FunctionFact& fact, Address a) { return fact.low_pc < a; });
  return at != debug.functions.end() && at->low_pc == address ? &*at : nullptr;
}

const DebugInfo::VariableFact* fact_at(const DebugInfo& debug, bool thread_local_,
                                       Address address) {
  const auto at = std::lower_bound(
      debug.variables.begin(), debug.variables.end(), std::pair(thread_local_, address),
      [](const DebugInfo::VariableFact& fact, const std::pair<bool, Address>& place) {
        return std::pair(fact.thread_local_, fact.address) < place;
      });
  const bool found =
      at != debug.variables.end() && at->address == address && at->thread_local_ == thread_local_;
  return found ? &*at : nullptr;
}

// The scope without lexical blocks: they are counted, so that a new block would rename what
// follows.
std::string without_blocks(std::string_view scope) {
  std::string out;
  for (std::size_t at = 0; at < scope.size();) {
    const std::size_t open = scope.find("::{", at);
    std::size_t close = open == std::string_view::npos ? open : open + 3;
    while (close < scope.size() && scope[close] >= '0' && scope[close] <= '9')
      ++close;
    const bool block = close < scope.size() && close > open + 3 && scope[close] == '}';
    const std::size_t end = block ? open : std::min(scope.size(), std::max(close, at + 1));
    out += scope.substr(at, end - at);
    at = block ? close + 1 : end;
  }
  return out;
}

// The number that C compilers append to statics of one name; 0 = none.
std::uint64_t number_of(const Symbol& symbol) {
  const std::size_t length = without_number(symbol).size();
  std::uint64_t number = 0;
  for (std::size_t i = length + 1; i < symbol.name.size(); ++i)
    number = number * 10 + static_cast<std::uint64_t>(symbol.name[i] - '0');
  return number;
}

// The translation unit of each local symbol, by the STT_FILE group it stands in.
class Units {
 public:
  Units(const Symbols& symbols, const DebugInfo& debug) : units_(symbols.files.size()) {
    for (const Symbol& function : symbols.functions)
      if (const auto* fact = undecided(function) ? fact_at(debug, function.address) : nullptr)
        units_[function.file] = fact->unit;
    for (const Symbol& variable : symbols.variables)
      if (const auto* fact =
              undecided(variable) ? fact_at(debug, false, variable.address) : nullptr)
        units_[variable.file] = fact->unit;
    std::map<std::string_view, int> seen;
    for (std::size_t i = 1; i < units_.size(); ++i) {
      const int ordinal = seen[symbols.files[i]]++;
      if (units_[i].empty())
        units_[i] = std::string(symbols.files[i]) + "#" + std::to_string(ordinal);
    }
  }

  // "" for symbols that need none.
  const std::string& of(const Symbol& symbol) const {
    return symbol.binding == Binding::local ? units_[symbol.file] : units_.front();
  }

 private:
  bool undecided(const Symbol& symbol) const {
    return symbol.binding == Binding::local && symbol.file != 0 && units_[symbol.file].empty();
  }

  std::vector<std::string> units_;
};

// Gives local things that nothing else tells apart their ordinal in the order of the source, as far
// as it shows: the compiler's number, then the address.
template <class Item>
void number_twins(std::vector<Item>& items, const std::vector<Symbol>& symbols) {
  std::unordered_map<Key, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i].binding_is_local())
      groups[items[i].key()].push_back(i);
  for (auto& [key, group] : groups) {
    if (group.size() < 2)
      continue;
    std::sort(group.begin(), group.end(), [&symbols](std::size_t a, std::size_t b) {
      return std::pair(number_of(symbols[a]), symbols[a].address) <
             std::pair(number_of(symbols[b]), symbols[b].address);
    });
    for (std::size_t ordinal = 1; ordinal < group.size(); ++ordinal)
      items[group[ordinal]].key() = mix(key, ordinal);
  }
}

struct KeyedFunction {
  Function* function;

  bool binding_is_local() const { return function->binding == Binding::local; }

  Key& key() const { return function->key; }
};

struct KeyedVariable {
  Variable* variable;

  bool binding_is_local() const { return variable->binding == Binding::local; }

  Key& key() const { return variable->key; }
};

struct KeyedConstant {
  const Symbol* symbol;
  Constant* constant;

  bool binding_is_local() const { return symbol->binding == Binding::local; }

  Key& key() const { return constant->key; }
};

Key key_of(const Symbol& symbol, std::string_view unit, std::string_view scope) {
  const std::string_view name = without_number(symbol);
  Key key = XXH3_64bits(name.data(), name.size());
  if (symbol.binding != Binding::local)
    return key;
  key = mix(key, unit);
  return is_mangled(name) ? key : mix(key, without_blocks(scope));
}

void describe_function(const Symbol& symbol, const Units& units,
                       const DebugInfo::FunctionFact* fact, Function& function) {
  function.name = symbol.name;
  function.unit = units.of(symbol);
  if (fact && symbol.binding == Binding::local)
    function.unit = fact->unit;
  function.key = key_of(symbol, function.unit, fact ? std::string_view(fact->scope) : "");
  if (!is_mangled(symbol.name))
    function.key = mix(function.key, fact ? fact->prototype_hash : 0);
  function.address = symbol.address;
  function.size = symbol.size;
  function.binding = symbol.binding;
  function.exported = symbol.exported;
  function.clone = symbol.clone;
  function.ifunc = symbol.ifunc;
  function.got = symbol.got;
  if (fact) {
    function.prototype = fact->prototype;
    function.returns = hash_of_return_type(fact->prototype);
    function.origin = fact->origin;
  }
}

// Those from `first` to before `last`, in their places.
void describe_functions(const Symbols& symbols, const DebugInfo& debug, const Units& units,
                        std::size_t first, std::size_t last, Description& description) {
  auto fact = debug.functions.begin();  // both lists are by address
  if (first < last)
    fact = std::lower_bound(
        debug.functions.begin(), debug.functions.end(), symbols.functions[first].address,
        [](const DebugInfo::FunctionFact& one, Address a) { return one.low_pc < a; });
  for (std::size_t i = first; i < last; ++i) {
    const Symbol& symbol = symbols.functions[i];
    while (fact != debug.functions.end() && fact->low_pc < symbol.address)
      ++fact;
    const bool found = fact != debug.functions.end() && fact->low_pc == symbol.address;
    describe_function(symbol, units, found ? &*fact : nullptr, description.functions[i]);
  }
}

Variable variable_of(const Symbol& symbol, bool thread_local_, const Units& units,
                     const DebugInfo& debug) {
  Variable variable;
  const auto* fact = fact_at(debug, thread_local_, symbol.address);
  variable.name = symbol.name;
  variable.unit = units.of(symbol);
  if (fact && symbol.binding == Binding::local)
    variable.unit = fact->unit;
  variable.key = key_of(symbol, variable.unit, fact ? std::string_view(fact->scope) : "");
  variable.address = symbol.address;
  variable.size = symbol.size;
  variable.binding = symbol.binding;
  variable.exported = symbol.exported;
  variable.zero = symbol.zero;
  variable.got = symbol.got;
  if (fact) {
    variable.debug_operand = fact->operand;
    variable.type = fact->type;
    variable.underlying = fact->underlying;
    variable.type_hash = fact->type_hash;
    variable.declared = fact->declared;
  }
  return variable;
}

ConstantKind kind_of(std::string_view name) {
  if (name.starts_with("_ZTI"))
    return ConstantKind::type_info;
  if (name.starts_with("_ZTS"))
    return ConstantKind::type_name;
  return name.starts_with("_ZTV") ? ConstantKind::vtable : ConstantKind::plain;
}

Constant constant_of(const Symbol& symbol, const Units& units) {
  Constant constant;
  constant.name = symbol.name;
  constant.unit = units.of(symbol);
  constant.key = key_of(symbol, constant.unit, "");
  constant.address = symbol.address;
  constant.size = symbol.size;
  constant.kind = kind_of(symbol.name);
  constant.exported = symbol.exported;
  constant.got = symbol.got;
  return constant;
}

std::string group_of(const ClosurePlace& place, std::string_view unit) {
  std::string group = place.enclosing.empty() ? "(file scope)" : place.enclosing;
  if (!unit.empty())
    group.append(" @ ").append(unit);
  return group;
}

// "f" of "ns::f<int>(int) const": what symbol names and debug info agree on in writing.
std::string_view plain_name(std::string_view function) {
  int depth = 0;
  std::size_t begin = 0, end = function.size();
  for (std::size_t i = 0; i < function.size(); ++i) {
    const char c = function[i];
    if (depth == 0 && (c == ':' || c == ' '))
      begin = i + 1, end = function.size();
    else if (depth == 0 && (c == '<' || c == '(') && i > begin)
      end = std::min(end, i);
    if (c == '<' || c == '(')
      ++depth;
    else if ((c == '>' || c == ')') && depth > 0)
      --depth;
    if (depth == 0 && c == ')' && end < function.size())
      break;
  }
  return function.substr(begin, end - begin);
}

// All closures of the functions of one plain name, together.
std::unordered_map<std::string, std::uint64_t> layouts_by_function(const DebugInfo& debug) {
  std::unordered_map<std::string, std::uint64_t> layouts;
  for (const auto& [name, type] : debug.types) {
    if (type.kind != "closure")
      continue;
    const std::size_t closure = name.find("::{lambda");
    if (closure == std::string::npos)
      continue;
    std::uint64_t& layout = layouts[std::string(plain_name({name.data(), closure}))];
    layout = mix(mix(layout, type.hash), type.size);
  }
  return layouts;
}

// Puts functions into the group of the closures they belong to, and the layouts of captures into
// keys.
class ClosureGroups {
 public:
  ClosureGroups(const std::vector<ClosureFunction>& closures, const DebugInfo& debug,
                Description& description)
      : closures_(closures), description_(description) {
    for (const ClosureFunction& closure : closures) {
      const Function& function = description.functions[closure.index];
      const ClosurePlace& place = closure.names.places.front();
      Group& group = groups_[group_of(place, function.unit)];
      std::uint64_t& layout = group[{place.path.size(), place.path}].layout;
      if (const auto* fact = fact_at(debug, function.address); fact && fact->closure_layout)
        layout = fact->closure_layout;
    }
    // Where the optimiser left no call operator nothing says which closure is which: any change of
    // captures in the function counts then.
    std::optional<std::unordered_map<std::string, std::uint64_t>> by_function;
    for (const ClosureFunction& closure : closures) {
      const ClosurePlace& place = closure.names.places.front();
      const std::string& unit = description.functions[closure.index].unit;
      std::uint64_t& layout =
          groups_[group_of(place, unit)][{place.path.size(), place.path}].layout;
      if (layout != 0)
        continue;
      if (!by_function)
        by_function = layouts_by_function(debug);
      const auto known = by_function->find(std::string(plain_name(place.enclosing)));
      if (known != by_function->end())
        layout = known->second;
    }
    // Outer closures first, so that a new inner one moves none of them.
    for (auto& [name, group] : groups_) {
      std::uint32_t rank = 0;
      for (auto& [path, member] : group)
        member.rank = rank++;
    }
  }

  void apply() const {
    for (const ClosureFunction& closure : closures_) {
      Function& function = description_.functions[closure.index];
      const ClosurePlace& place = closure.names.places.front();
      function.closure_group = group_of(place, function.unit);
      function.closure_number =
          groups_.at(function.closure_group).at({place.path.size(), place.path}).rank;
      for (const ClosurePlace& each : closure.names.places)
        add_layouts(each, function);
    }
  }

 private:
  using Path = std::vector<ClosurePlace::Step>;

  struct Member {
    std::uint64_t layout = 0;
    std::uint32_t rank = 0;
  };

  using Group = std::map<std::pair<std::size_t, Path>, Member>;

  void add_layouts(const ClosurePlace& place, Function& function) const {
    const auto group = groups_.find(group_of(place, function.unit));
    Path path;
    for (const ClosurePlace::Step& step : place.path) {
      path.push_back(step);
      if (group == groups_.end())
        return;
      const auto member = group->second.find({path.size(), path});
      if (member != group->second.end() && member->second.layout)
        function.key = mix(function.key, member->second.layout);
    }
  }

  const std::vector<ClosureFunction>& closures_;
  Description& description_;
  std::unordered_map<std::string, Group> groups_;
};

}  // namespace

void identify(const Symbols& symbols, const DebugInfo& debug, Description& description) {
  const std::size_t count = symbols.functions.size();
  description.functions.resize(count);
  const Units units(symbols, debug);
  auto second_half = std::async(std::launch::async, [&] {
    describe_functions(symbols, debug, units, count / 2, count, description);
  });
  describe_functions(symbols, debug, units, 0, count / 2, description);
  for (const Symbol& symbol : symbols.variables)
    description.variables.push_back(variable_of(symbol, false, units, debug));
  for (const Symbol& symbol : symbols.thread_locals)
    description.thread_locals.push_back(variable_of(symbol, true, units, debug));
  for (const Symbol& symbol : symbols.constants)
    description.constants.push_back(constant_of(symbol, units));
  second_half.get();
}

void tell_twins_apart(const Symbols& symbols, const std::vector<ClosureFunction>& closures,
                      const DebugInfo& debug, Description& description) {
  ClosureGroups(closures, debug, description).apply();
  std::vector<KeyedFunction> functions;
  for (Function& function : description.functions)
    functions.push_back({&function});
  number_twins(functions, symbols.functions);
  std::vector<KeyedVariable> variables;
  for (Variable& variable : description.variables)
    variables.push_back({&variable});
  number_twins(variables, symbols.variables);
  std::vector<KeyedVariable> thread_locals;
  for (Variable& variable : description.thread_locals)
    thread_locals.push_back({&variable});
  number_twins(thread_locals, symbols.thread_locals);
  std::vector<KeyedConstant> constants;
  for (std::size_t i = 0; i < symbols.constants.size(); ++i)
    constants.push_back({&symbols.constants[i], &description.constants[i]});
  number_twins(constants, symbols.constants);
}

}  // namespace hrwatch::analysis
