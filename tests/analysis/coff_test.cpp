// What a library that clang and lld made for Windows is described as.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "analysis/coff_facts.h"
#include "analysis/coff_object.h"
#include "analysis/describe.h"
#include "analysis/pdb_file.h"
#include "support/catch.h"
#include "support/sandbox.h"

using namespace hrwatch::analysis;
namespace fs = std::filesystem;

namespace {

const fs::path folder = HR_TEST_COFF;

std::shared_ptr<const Description> described(const std::string& name) {
  const auto description = describe(folder / name / "game.dll");
  INFO((description.ok() ? std::string()
                         : description.failure().what + ": " + description.failure().why));
  REQUIRE(description.ok());
  return description.value();
}

template <class Thing>
std::vector<const Thing*> all(const std::vector<Thing>& list, const std::string& name) {
  std::vector<const Thing*> found;
  for (const Thing& thing : list)
    if (thing.name == name)
      found.push_back(&thing);
  return found;
}

template <class Thing>
const Thing& only(const std::vector<Thing>& list, const std::string& name) {
  const auto found = all(list, name);
  INFO(name);
  REQUIRE(found.size() == 1);
  return *found.front();
}

// (copy_file() of mingw's library overwrites nothing, whatever it is told.)
void put(const fs::path& from, const fs::path& to) {
  fs::remove(to);
  fs::copy_file(from, to);
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("Functions of a Windows library, static ones too, have entries, sizes and prototypes") {
  const auto build = described("edit_0");
  CHECK(build->problems.empty());
  const Function& step = only(build->functions, "game_step");
  CHECK(step.nop == step.address);
  CHECK(step.binding == Binding::global);
  CHECK(step.prototype == "int (int)");
  CHECK(step.size > 60);
  const auto firsts = all(build->functions, "_ZN3appL5firstEi");
  REQUIRE(firsts.size() == 2);
  CHECK(firsts[0]->key != firsts[1]->key);
  CHECK(firsts[0]->unit.find("game.cpp") != std::string::npos);
  CHECK(firsts[1]->unit.find("other.cpp") != std::string::npos);
  CHECK(firsts[0]->origin != firsts[1]->origin);
  CHECK(only(build->functions, "_Z12shared_countv").binding == Binding::weak);
  const Function& closure = only(build->functions, "_ZZ9game_stepENK3$_0clEi");
  CHECK(closure.closure_group.find("game_step") == 0);
  CHECK(closure.body_hash != 0);
}

TEST_CASE("Variables of a Windows library have their types, whatever their linkage") {
  const auto build = described("edit_0");
  const Variable& boss = only(build->variables, "_ZN3app4bossE");
  CHECK(boss.type == "app::Enemy");
  CHECK(boss.dynamic);
  CHECK(boss.size == build->types.at("app::Enemy").size);
  const auto counters = all(build->variables, "_ZN3appL7counterE");
  REQUIRE(counters.size() == 2);
  CHECK(counters[0]->key != counters[1]->key);
  CHECK(counters[0]->type == "int");
  CHECK(counters[0]->image_hash != counters[1]->image_hash);
  CHECK(only(build->variables, "table").type == "Pair [3]");
  CHECK(only(build->variables, "table").size == 24);
  CHECK(only(build->variables, "stored").type == "int (*)(int)");
  CHECK(only(build->variables, "_ZZN3appL6secondEiE5calls").size == 4);
  CHECK(only(build->variables, "_ZN3appL7historyE").zero);
  CHECK(only(build->variables, "_ZN3appL7historyE").type ==
        "std::vector<int, std::allocator<int> >");
  CHECK(only(build->constants, "constants").size == 16);
  const Constant& vtable = only(build->constants, "_ZTVN3app5EnemyE");
  CHECK(vtable.kind == ConstantKind::vtable);
  CHECK(std::find(vtable.slots.begin(), vtable.slots.end(), "_ZN3app5Enemy3hitEi") !=
        vtable.slots.end());
}

TEST_CASE("Classes of a Windows library are known to the member") {
  const auto build = described("edit_0");
  const TypeLayout& enemy = build->types.at("app::Enemy");
  CHECK(enemy.kind == "struct");
  CHECK(enemy.polymorphic);
  CHECK(enemy.declared.find("game.cpp:") != std::string::npos);
  const auto member = [&](const std::string& name) {
    const auto found = std::find_if(enemy.members.begin(), enemy.members.end(),
                                    [&](const Member& one) { return one.name == name; });
    REQUIRE(found != enemy.members.end());
    return *found;
  };
  CHECK(member("hp").offset == 8);
  CHECK(member("kind").type == "app::Kind");
  CHECK(member("team").bit_size == 3);
  CHECK(member("team").bit_offset == 1);
  CHECK(member("next").type == "app::Enemy *");
  CHECK(build->types.at("app::Kind").kind == "enum");
  CHECK(build->types.at("app::Enemy").hash != described("edit_2")->types.at("app::Enemy").hash);
  CHECK(build->types.at("app::Enemy").hash == described("edit_1")->types.at("app::Enemy").hash);
}

TEST_CASE("References of a Windows library name their variables") {
  for (const std::string name : {"edit_0", "optimised"}) {
    INFO(name);
    const auto build = described(name);
    const auto index =
        static_cast<std::uint32_t>(&only(build->variables, "table") - build->variables.data());
    const auto by_name =
        std::find_if(build->code_references.begin(), build->code_references.end(),
                     [&](const CodeReference& one) { return one.variable == index; });
    REQUIRE(by_name != build->code_references.end());
    CHECK(by_name->target == build->variables[index].address + 8);
    const Variable& stored = only(build->variables, "stored");
    const auto word =
        std::find_if(build->data_references.begin(), build->data_references.end(),
                     [&](const DataReference& one) { return one.at == stored.address; });
    REQUIRE(word != build->data_references.end());
    CHECK(word->target == all(build->functions, "_ZN3appL5firstEi").front()->address);
  }
}

TEST_CASE("Static initialisers of a Windows library are known with the words that call them") {
  const auto build = described("edit_3");
  const auto found =
      std::find_if(build->initialisers.begin(), build->initialisers.end(),
                   [](const Initialiser& one) { return one.name == "_GLOBAL__sub_I_game.cpp"; });
  REQUIRE(found != build->initialisers.end());
  CHECK(found->word != 0);
  CHECK(found->statements.size() == 3);
  const auto fresh = static_cast<std::uint32_t>(&only(build->variables, "_ZN3appL5freshE") -
                                                build->variables.data());
  CHECK(std::count_if(found->statements.begin(), found->statements.end(), [&](const auto& one) {
          return std::find(one.variables.begin(), one.variables.end(), fresh) !=
                 one.variables.end();
        }) == 1);
}

TEST_CASE("A Windows library without entries is described, and unfit") {
  const auto build = described("bare");
  REQUIRE(build->problems.size() == 1);
  CHECK(build->problems.front().what == "the module's functions have no patchable entries");
  CHECK(build->problems.front().fix.find("add_hot_module()") != std::string::npos);
}

TEST_CASE("Objects of another build are not taken for those of the library") {
  const hrwatch::tests::Sandbox files("coff");
  const fs::path copy = files.path("game.dll");
  // The .pdb names the objects in their own folder: there the edited one takes its place.
  const fs::path object = folder / "edit_6" / "game.obj", aside = files.path("game.obj");
  fs::copy_file(folder / "edit_6" / "game.dll", copy);
  fs::copy_file(folder / "edit_6" / "game.pdb", files.path("game.pdb"));
  fs::copy_file(object, aside);
  put(folder / "edit_0" / "game.obj", object);
  const auto wrong = describe(copy);
  put(aside, object);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.failure().what == "object file game.obj and the library are not of one build");
  CHECK(describe(copy).ok());
}

TEST_CASE("A .pdb of another build is not taken for the library's") {
  const hrwatch::tests::Sandbox files("coff");
  fs::copy_file(folder / "edit_0" / "game.dll", files.path("game.dll"));
  fs::copy_file(folder / "edit_2" / "game.pdb", files.path("game.pdb"));
  const auto wrong = describe(files.path("game.dll"));
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.failure().why == "its .pdb is of another build");
  put(folder / "edit_0" / "game.pdb", files.path("game.pdb"));
  CHECK(describe(files.path("game.dll")).ok());
}

TEST_CASE("Damaged object files and .pdb files are answered, never read outside of") {
  for (const char* name : {"game.obj", "game.pdb"}) {
    const std::string whole = bytes_of(folder / "edit_0" / name);
    REQUIRE(whole.size() > 1000);
    for (std::size_t cut = 0; cut < whole.size(); cut += 1 + whole.size() / 200) {
      const std::string part = whole.substr(0, cut);
      static_cast<void>(read_coff_object(std::as_bytes(std::span(part))).ok());
      static_cast<void>(read_pdb(std::as_bytes(std::span(part))).ok());
    }
    std::uint32_t random = 12345;
    for (int round = 0; round < 200; ++round) {
      std::string damaged = whole.substr(0, std::min<std::size_t>(whole.size(), 1U << 18U));
      for (int change = 0; change < 20; ++change) {
        random = random * 1664525 + 1013904223;
        damaged[(random >> 8U) % damaged.size()] = static_cast<char>(random);
      }
      const auto object = read_coff_object(std::as_bytes(std::span(damaged)));
      if (object.ok())
        static_cast<void>(read_coff_facts(object.value()).unit);
      static_cast<void>(read_pdb(std::as_bytes(std::span(damaged))).ok());
    }
  }
}
