#include "analysis/describe.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "colon_list.h"
#include "support/catch.h"

using namespace hrwatch::analysis;

namespace {

const std::string sources = HR_SOURCES;

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(HR_FIXTURES) / (name + ".so");
}

Description described(const std::string& name) {
  auto result = describe(fixture(name));
  INFO(name);
  REQUIRE(result.ok());
  return *result.value();
}

// The one item of that name (and unit, the end of a path).
template <class Item>
const Item& find(const std::vector<Item>& items, const std::string& name,
                 const std::string& unit = "") {
  const Item* found = nullptr;
  for (const Item& item : items) {
    const bool there = item.unit.size() >= unit.size() &&
                       item.unit.compare(item.unit.size() - unit.size(), unit.size(), unit) == 0;
    if (item.name != name || !there)
      continue;
    INFO("more than one " << name);
    REQUIRE(found == nullptr);
    found = &item;
  }
  INFO(name << " in " << unit);
  REQUIRE(found != nullptr);
  return *found;
}

// The variable at `target`, else the one that ends there.
const Variable* variable_at(const Description& description, Address target) {
  const Variable* ends = nullptr;
  for (const Variable& variable : description.variables) {
    if (target - variable.address < variable.size)
      return &variable;
    if (target == variable.address + variable.size)
      ends = &variable;
  }
  return ends;
}

// Names of the variables that a function's code refers to.
std::set<std::string> referred(const Description& description, const std::string& function) {
  std::set<std::string> names;
  for (const CodeReference& reference : description.code_references)
    if (description.functions[reference.function].name == function)
      if (const Variable* variable = variable_at(description, reference.target))
        names.insert(variable->name);
  return names;
}

bool is_gcc(const std::string& module) {
  return module.rfind("gcc", 0) == 0;
}

// The C static of `function` in plain.c: its name is the compiler's own affair.
const Variable& static_of(const Description& description, const std::string& line) {
  for (const Variable& variable : description.variables)
    if (variable.declared == sources + "/plain.c:" + line)
      return variable;
  FAIL("no static at line " << line);
  return description.variables.front();
}

bool has_problem(const Description& description, const std::string& part) {
  return std::any_of(description.problems.begin(), description.problems.end(),
                     [&part](const hr::wire::Failure& problem) {
                       return problem.what.find(part) != std::string::npos;
                     });
}

}  // namespace

TEST_CASE("a module of several units is fit, by both compilers and all linkers") {
  REQUIRE(words(HR_MODULES).size() >= 2);
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const Description description = described(module + "_1");
    for (const auto& problem : description.problems)
      CHECK(problem.what == "");
    CHECK(description.build_id == read_build_id(fixture(module + "_1")).value());
    CHECK(description.memory_size > 0);
    CHECK(description.segments.size() >= 2);

    for (const char* name : {"_Z4playi", "_Z13other_counterv", "c_first", "_Z10make_adderi"}) {
      const Function& function = find(description.functions, name);
      INFO(name);
      CHECK(function.nop >= function.address);
      CHECK(function.nop % 2 == 0);
      CHECK(function.exported);
      CHECK_FALSE(function.clone);
      CHECK(function.binding == Binding::global);
    }
    const Function& step = find(description.functions, "_ZL10local_stepi", "game.cpp");
    CHECK(step.nop != 0);
    CHECK_FALSE(step.exported);
    CHECK(step.binding == Binding::local);
    CHECK(step.unit == sources + "/game.cpp");
    CHECK(step.prototype == "int (int)");
    CHECK(step.key != find(description.functions, "_ZL10local_stepi", "other.cpp").key);
    CHECK(std::any_of(description.functions.begin(), description.functions.end(),
                      [](const Function& f) { return f.clone && f.name.find("_GLOBAL__") == 0; }));
  }
}

TEST_CASE("variables have their place, identity, type and initial image") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const Description description = described(module + "_1");
    const Variable& score = find(description.variables, "score");
    CHECK(score.exported);
    CHECK(score.got != 0);
    CHECK(score.size == 4);
    CHECK_FALSE(score.zero);
    CHECK_FALSE(score.dynamic);
    CHECK(score.type == "int");
    CHECK(score.type_hash != 0);
    CHECK(score.declared == sources + "/game.cpp:26");
    CHECK(score.image_hash != 0);

    std::set<Key> counters;
    for (const char* unit : {"game.cpp", "other.cpp"})
      counters.insert(find(description.variables, "_ZL7counter", unit).key);
    counters.insert(find(description.variables, "counter", "plain.c").key);
    counters.insert(find(description.variables, "_ZZL10local_stepiE5calls", "game.cpp").key);
    counters.insert(find(description.variables, "_ZZL10local_stepiE5calls", "other.cpp").key);
    counters.insert(static_of(description, "16").key);
    counters.insert(static_of(description, "21").key);
    CHECK(counters.size() == 7);

    const Variable& built = find(description.variables, "_ZL5built");
    CHECK(built.zero);
    CHECK(built.image_hash == 0);
    CHECK(built.dynamic);
    CHECK(find(description.variables, "_ZL8computed").dynamic);
    CHECK(find(description.variables, "_Z5titleB5cxx11").dynamic);
    CHECK(find(description.variables, "_ZN12_GLOBAL__N_112hidden_levelE").binding ==
          Binding::local);
    CHECK(find(description.variables, "shared_total").binding ==
          (is_gcc(module) ? Binding::unique : Binding::weak));

    for (const Variable& variable : description.variables)
      CHECK(variable.name != "__dso_handle");
    CHECK(
        std::is_sorted(description.variables.begin(), description.variables.end(),
                       [](const Variable& a, const Variable& b) { return a.address < b.address; }));
  }
}

TEST_CASE("thread-locals have offsets and images of their own") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const Description description = described(module + "_1");
    CHECK(description.thread_locals.size() == 2);
    CHECK(description.tls_size >= 8);
    CHECK_FALSE(description.tls_modules.empty());
    const Variable& set = find(description.thread_locals, "per_thread");
    const Variable& zero = find(description.thread_locals, "_ZL15per_thread_zero");
    CHECK(set.address < description.tls_size);
    CHECK(set.image_hash != 0);
    CHECK(set.type == "int");
    CHECK(zero.zero);
    CHECK(zero.image_hash == 0);
    CHECK(zero.address != set.address);
  }
}

TEST_CASE("code refers to variables, and to functions whose address it takes") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const Description description = described(module + "_1");
    const auto sum = referred(description, "_Z11sum_numbersv");
    CHECK(sum.count("_ZL7numbers") == 1);
    CHECK(sum.count("_ZL14behind_numbers") == 1);
    CHECK(referred(description, "c_first").count("counter") == 1);
    CHECK(referred(description, "c_first").size() == 2);
    CHECK(referred(description, "_Z5clampi").empty());

    const Address step = find(description.functions, "_ZL10local_stepi", "game.cpp").address;
    const auto taken =
        std::find_if(description.code_references.begin(), description.code_references.end(),
                     [step](const CodeReference& reference) { return reference.target == step; });
    REQUIRE(taken != description.code_references.end());
    CHECK(taken->address_taken);
    CHECK(taken->addend == -4);
    CHECK(description.functions[taken->function].name == "_Z11chosen_stepv");
    CHECK(
        std::is_sorted(description.code_references.begin(), description.code_references.end(),
                       [](const CodeReference& a, const CodeReference& b) { return a.at < b.at; }));
  }
}

TEST_CASE("data refers to variables and functions, but virtual tables don't") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const Description description = described(module + "_1");
    const Variable& steps = find(description.variables, "_ZL5steps");
    const Variable& pointer = find(description.variables, "_ZL13level_pointer");
    const auto target_of = [&description](Address word) -> Address {
      for (const DataReference& reference : description.data_references)
        if (reference.at == word)
          return reference.target;
      return 0;
    };
    CHECK(target_of(steps.address) ==
          find(description.functions, "_ZL10local_stepi", "game.cpp").address);
    CHECK(target_of(steps.address + 8) == find(description.functions, "_Z5clampi").address);
    CHECK(target_of(pointer.address) ==
          find(description.variables, "_ZN12_GLOBAL__N_112hidden_levelE").address);
    CHECK(target_of(find(description.variables, "score").got) ==
          find(description.variables, "score").address);
    // A string literal is new in every build.
    CHECK(target_of(find(description.variables, "_ZL5names").address) == 0);

    const Constant& table = find(description.constants, "_ZTVN12_GLOBAL__N_16SquareE");
    CHECK(table.kind == ConstantKind::vtable);
    const std::vector<std::string> slots = {"",
                                            "_ZTIN12_GLOBAL__N_16SquareE",
                                            "_ZN12_GLOBAL__N_16SquareD",
                                            "_ZN12_GLOBAL__N_16SquareD",
                                            "_ZNK12_GLOBAL__N_16Square4areaEv",
                                            "_ZNK12_GLOBAL__N_16Square7cornersEv"};
    REQUIRE(table.slots.size() == slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i)
      CHECK(table.slots[i].rfind(slots[i], 0) == 0);
    for (std::size_t i = 2; i < slots.size(); ++i)
      CHECK(target_of(table.address + 8 * i) == 0);
    CHECK(target_of(table.address + 8) ==
          find(description.constants, "_ZTIN12_GLOBAL__N_16SquareE").address);
  }
}

TEST_CASE("another build of the same source has the same keys, and only edited images differ") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const Description first = described(module + "_1"), second = described(module + "_2");
    const std::set<std::string> edited = {"high_score", "_ZL5names"};
    for (const Variable& variable : first.variables) {
      const auto same =
          std::find_if(second.variables.begin(), second.variables.end(),
                       [&variable](const Variable& other) { return other.key == variable.key; });
      INFO(variable.name << " " << variable.declared);
      REQUIRE(same != second.variables.end());
      CHECK((same->image_hash != variable.image_hash) == (edited.count(variable.name) == 1));
      CHECK(same->type_hash == variable.type_hash);
      CHECK(same->size == variable.size);
    }
    // C statics keep their identity though the compiler numbers them anew.
    CHECK(static_of(first, "16").key == static_of(second, "16").key);
    CHECK(static_of(first, "21").key == static_of(second, "21").key);
    CHECK(static_of(second, "10").key != static_of(first, "16").key);
    CHECK(static_of(second, "10").key != static_of(first, "21").key);
    const std::string prices =
        is_gcc(module) ? "_ZN12_GLOBAL__N_1L6pricesE" : "_ZN12_GLOBAL__N_16pricesE";
    CHECK(find(first.constants, prices).image_hash != find(second.constants, prices).image_hash);
    CHECK(find(first.constants, "_ZTVN12_GLOBAL__N_16SquareE").image_hash ==
          find(second.constants, "_ZTVN12_GLOBAL__N_16SquareE").image_hash);
    for (const char* name : {"_Z4playi", "c_first", "_ZNK5Shape4areaEv"})
      CHECK(find(first.functions, name).key == find(second.functions, name).key);
  }
}

TEST_CASE("closures are grouped by their function, and a body is known by its number's hash") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const Description first = described(module + "_1"), second = described(module + "_2");
    // Call operators of the closures in make_adder(), in the order of their numbers.
    const auto operators = [](const Description& description) {
      std::vector<const Function*> found;
      for (const Function& function : description.functions)
        if (function.name.rfind("_ZZ10make_adderi", 0) == 0 && !function.clone)
          found.push_back(&function);
      std::sort(found.begin(), found.end(), [](const Function* a, const Function* b) {
        return a->closure_number < b->closure_number;
      });
      return found;
    };
    const auto before = operators(first), after = operators(second);
    REQUIRE(before.size() == 2);
    REQUIRE(after.size() == 3);
    CHECK(before[0]->closure_group == before[1]->closure_group);
    CHECK(before[0]->closure_group == after[0]->closure_group);
    CHECK(before[0]->closure_group.find("make_adder(int)") == 0);
    CHECK(before[0]->closure_number == 0);
    CHECK(before[1]->closure_number == 1);
    CHECK(before[0]->body_hash != before[1]->body_hash);
    // g++ numbers them as they are written, clang as it comes to need them.
    std::set<std::uint64_t> bodies;
    for (const Function* function : after)
      bodies.insert(function->body_hash);
    CHECK(bodies.size() == 3);
    CHECK(bodies.count(before[0]->body_hash) == 1);
    CHECK(bodies.count(before[1]->body_hash) == 1);
    if (is_gcc(module))
      CHECK(before[1]->body_hash == after[2]->body_hash);
    // What embeds a closure belongs to its group too.
    CHECK(std::any_of(first.functions.begin(), first.functions.end(), [&](const Function& f) {
      return f.name.find("_M_invoke") != std::string::npos && f.body_hash != 0 &&
             f.closure_group == before[0]->closure_group;
    }));
    CHECK(find(first.functions, "_Z4playi").closure_group.empty());
  }
}

TEST_CASE("initialisers name the variables of their unit") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const Description description = described(module + "_1");
    const auto found =
        std::find_if(description.initialisers.begin(), description.initialisers.end(),
                     [](const Initialiser& i) { return i.name.find("_GLOBAL__sub_I_") == 0; });
    REQUIRE(found != description.initialisers.end());
    std::set<std::string> names;
    for (std::uint32_t variable : found->variables)
      names.insert(description.variables.at(variable).name);
    CHECK(names.count("_ZL5built") == 1);
    CHECK(names.count("_Z5titleB5cxx11") == 1);
    CHECK(names.count("_ZL8computed") == 1);
    CHECK(names.count("score") == 0);
    CHECK(names.count("_ZL7counter") == 0);
  }
}

TEST_CASE("each reason not to be a generation is found, and says how to mend it") {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"stripped", "is stripped"},        {"no_entries", "no patchable entries"},
      {"no_debug_info", "no debug info"}, {"lto", "link-time optimisation"},
      {"initial_exec", "initial-exec"},   {"tls_descriptors", "TLS descriptors"},
      {"no_build_id", "no build-id"},     {"data_in_code", "function table_in_code"},
      {"text_relocations", "DT_TEXTREL"}, {"packed_relocations", "RELR"},
      {"folded", "_Z10folded_onei"},      {"clang_lto", "at link time"}};
  CHECK(described("fit").problems.empty());
  const std::vector<std::string> built = words(HR_PROBLEMS);
  REQUIRE(built.size() >= 9);
  for (const auto& [name, part] : expected) {
    if (std::find(built.begin(), built.end(), name) == built.end())
      continue;
    INFO(name);
    const Description description = described(name);
    CHECK(has_problem(description, part));
    for (const auto& problem : description.problems) {
      CHECK_FALSE(problem.why.empty());
      CHECK_FALSE(problem.fix.empty());
    }
  }
}
