// Runs real initialisers again, with statements jumped over: what a reload does with them.
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/describe.h"
#include "support/catch.h"

using namespace hrwatch::analysis;

namespace {

std::vector<std::string> compilers() {
  std::istringstream text(HR_COMPILERS);
  std::vector<std::string> result;
  for (std::string name; std::getline(text, name, ':');)
    result.push_back(name);
  return result;
}

std::shared_ptr<const Description> described(const std::string& fixture) {
  auto result = describe(std::string(HR_FIXTURES) + "/" + fixture + ".so");
  REQUIRE(result.ok());
  return result.value();
}

// The library in this process, with its text writable.
class Loaded {
 public:
  Loaded(const std::string& fixture, const Description& description)
      : handle_(dlopen((std::string(HR_FIXTURES) + "/" + fixture + ".so").c_str(), RTLD_NOW)) {
    REQUIRE(handle_ != nullptr);
    link_map* map = nullptr;
    REQUIRE(dlinfo(handle_, RTLD_DI_LINKMAP, &map) == 0);
    base_ = reinterpret_cast<char*>(map->l_addr);
    for (const Segment& segment : description.segments) {
      if (!segment.executable)
        continue;
      const Address begin = segment.begin & ~Address{4095};
      REQUIRE(mprotect(base_ + begin, segment.end - begin, PROT_READ | PROT_WRITE | PROT_EXEC) ==
              0);
    }
  }

  // Stays loaded: the destructors of its objects are registered with the process.
  int* symbol(const char* name) const { return static_cast<int*>(dlsym(handle_, name)); }

  // As the runtime's jumps: E9 rel32 or EB rel8 (Intel SDM).
  void jump_over(const Initialiser::Statement& statement) {
    const auto distance = static_cast<std::int32_t>(statement.end - statement.begin);
    char* at = base_ + statement.begin;
    saved_.emplace_back(at, std::vector<char>(at, at + std::min(distance, 5)));
    if (distance >= 5) {
      const std::int32_t relative = distance - 5;
      *at = static_cast<char>(0xe9);
      std::memcpy(at + 1, &relative, sizeof relative);
    } else {
      at[0] = static_cast<char>(0xeb);
      at[1] = static_cast<char>(distance - 2);
    }
  }

  void restore() {
    for (auto& [at, bytes] : saved_)
      std::memcpy(at, bytes.data(), bytes.size());
    saved_.clear();
  }

  void run(const Initialiser& initialiser) const {
    reinterpret_cast<void (*)()>(base_ + initialiser.function)();
  }

 private:
  void* handle_;
  char* base_ = nullptr;
  std::vector<std::pair<char*, std::vector<char>>> saved_;
};

const Initialiser& unit_initialiser(const Description& description) {
  const auto found =
      std::find_if(description.initialisers.begin(), description.initialisers.end(),
                   [](const Initialiser& one) { return one.name.find("_GLOBAL__sub_I") == 0; });
  REQUIRE(found != description.initialisers.end());
  return *found;
}

bool builds(const Description& description, const Initialiser::Statement& statement,
            const std::string& name) {
  return std::any_of(statement.builds.begin(), statement.builds.end(), [&](std::uint32_t index) {
    return description.variables[index].name == name;
  });
}

// Jumps over all statements but the one that builds `name`; false when there is none.
bool leave_only(Loaded& library, const Description& description, const Initialiser& initialiser,
                const std::string& name) {
  bool found = false;
  for (const Initialiser::Statement& statement : initialiser.statements) {
    const bool wanted = builds(description, statement, name);
    found |= wanted;
    if (!wanted && !statement.prologue)
      library.jump_over(statement);
  }
  return found;
}

}  // namespace

TEST_CASE("each statement can run alone, and builds its object only") {
  // Not the vector: built twice, it would be destroyed twice.
  const std::vector<std::pair<std::string, std::vector<int>>> objects = {{"_ZL5first", {0}},

                                                                         {"_ZL7several", {1, 2}},
                                                                         {"_ZL9registrar", {3}},
                                                                         {"_ZL8computed", {4}}};
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const auto description = described(compiler + "_O0");
    const Initialiser& initialiser = unit_initialiser(*description);
    Loaded library(compiler + "_O0", *description);
    const int* built = library.symbol("built");
    const std::vector<int> start(built, built + 7);
    CHECK(start == std::vector<int>{1, 1, 1, 1, 1, 1, 1});
    for (const auto& [name, numbers] : objects) {
      INFO(name);
      const std::vector<int> before(built, built + 7);
      REQUIRE(leave_only(library, *description, initialiser, name));
      library.run(initialiser);
      library.restore();
      std::vector<int> expected = before;
      for (const int number : numbers)
        ++expected[static_cast<std::size_t>(number)];
      CHECK(std::vector<int>(built, built + 7) == expected);
    }
  }
}

TEST_CASE("objects that live already are left alone by those that use them") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const auto description = described(compiler + "_O0");
    const Initialiser& initialiser = unit_initialiser(*description);
    for (const Initialiser::Statement& statement : initialiser.statements) {
      if (statement.prologue)
        continue;
      CHECK(statement.builds.size() == 1);
      // The registrar touches the list and `first` too, and builds neither.
      if (builds(*description, statement, "_ZL9registrar"))
        CHECK(statement.variables.size() == 3);
    }
  }
}

TEST_CASE("with all statements jumped over, nothing is built") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const auto description = described(compiler + "_O0");
    const Initialiser& initialiser = unit_initialiser(*description);
    Loaded library(compiler + "_O0", *description);
    const int* built = library.symbol("built");
    const std::vector<int> before(built, built + 7);
    CHECK_FALSE(leave_only(library, *description, initialiser, "no such object"));
    library.run(initialiser);
    library.restore();
    CHECK(std::vector<int>(built, built + 7) == before);
  }
}

TEST_CASE("an exception out of a constructor passes jumped-over statements") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const auto description = described(compiler + "_O0");
    const Initialiser& initialiser = unit_initialiser(*description);
    Loaded library(compiler + "_O0", *description);
    const int* built = library.symbol("built");
    for (const auto& [name, number] : std::vector<std::pair<std::string, int>>{
             {"_ZL5first", 0}, {"_ZL7several", 2}, {"_ZL9registrar", 3}}) {
      INFO(name);
      const std::vector<int> before(built, built + 7);
      REQUIRE(leave_only(library, *description, initialiser, name));
      *library.symbol("throws") = number;
      int caught = -1;
      try {
        library.run(initialiser);
      } catch (int thrown) {
        caught = thrown;
      }
      *library.symbol("throws") = -1;
      library.restore();
      CHECK(caught == number);
      CHECK(built[number] == before[static_cast<std::size_t>(number)]);
      CHECK(built[0] == before[0]);
      CHECK(built[4] == before[4]);
    }
  }
}

TEST_CASE("optimised initialisers are left whole") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const auto description = described(compiler + "_O2");
    for (const Initialiser& initialiser : description->initialisers)
      CHECK(initialiser.statements.empty());
  }
}
