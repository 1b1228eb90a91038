#include "app/doctor.h"

#include <algorithm>

#include "support/catch.h"

namespace hrwatch::tests {

using app::Check;
using app::Facts;

namespace {

Facts healthy() {
  Facts facts;
  facts.ninja_version = "1.11.1";
  facts.cmake_version = "3.25.1";
  facts.compilers = {"g++"};
  facts.linkers = {"ld.lld"};
  facts.inotify_watches = 65536;
  facts.inotify_instances = 128;
  facts.build_dir = "/p/build";
  facts.generator = "Ninja";
  facts.build_type = "Debug";
  facts.writable = true;
  facts.modules = {"game"};
  facts.targets = {"game"};
  return facts;
}

// The subjects of all checks that are not ok.
std::vector<std::string> complaints(const Facts& facts) {
  std::vector<std::string> subjects;
  for (const Check& check : app::judge_facts(facts)) {
    if (!check.ok) {
      subjects.push_back(check.subject);
      INFO(check.subject);
      CHECK_FALSE(check.fix.empty());
      CHECK_FALSE(check.found.empty());
    }
  }
  return subjects;
}

const Check& about(const std::vector<Check>& checks, const std::string& subject) {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const Check& check) { return check.subject == subject; });
  REQUIRE(found != checks.end());
  return *found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a version is compared number by number") {
  CHECK(app::at_least("1.11.1", 1, 11));
  CHECK(app::at_least("1.11", 1, 11));
  CHECK(app::at_least("3.25.1-rc2", 3, 23));
  CHECK(app::at_least("4.0", 3, 23));
  CHECK_FALSE(app::at_least("1.9", 1, 11));
  CHECK_FALSE(app::at_least("0.99", 1, 0));
  CHECK_FALSE(app::at_least("", 1, 0));
  CHECK_FALSE(app::at_least("2", 1, 0));
  CHECK_FALSE(app::at_least("ninja", 1, 0));
}

TEST_CASE("a healthy machine gives no complaint") {
  CHECK(complaints(healthy()).empty());
}

TEST_CASE("each thing that is missing is named, with the way to mend it") {
  Facts facts = healthy();
  SECTION("ninja") {
    facts.ninja_version = "1.10.2";
    CHECK(complaints(facts) == Names{"ninja"});
    facts.ninja_version = "";
    CHECK(about(app::judge_facts(facts), "ninja").found == "not on the PATH");
  }
  SECTION("cmake") {
    facts.cmake_version = "3.22.4";
    CHECK(complaints(facts) == Names{"cmake"});
  }
  SECTION("compiler") {
    facts.compilers.clear();
    CHECK(complaints(facts) == Names{"compiler"});
  }
  SECTION("linker: a hint only") {
    facts.linkers.clear();
    CHECK(complaints(facts) == Names{"fast linker"});
    CHECK_FALSE(about(app::judge_facts(facts), "fast linker").needed);
  }
  SECTION("inotify: a hint only") {
    facts.inotify_watches = 100;
    facts.inotify_instances = 2;
    CHECK(complaints(facts) == Names{"inotify watches", "inotify instances"});
    CHECK_FALSE(about(app::judge_facts(facts), "inotify watches").needed);
  }
  SECTION("generator") {
    facts.generator = "Unix Makefiles";
    CHECK(complaints(facts) == Names{"generator"});
  }
  SECTION("build type") {
    facts.build_type = "Release";
    CHECK(complaints(facts) == Names{"build type"});
    facts.build_type = "";
    CHECK(complaints(facts) == Names{"build type"});
    facts.multi_config = true;
    CHECK(complaints(facts).empty());
  }
  SECTION("no right to write") {
    facts.writable = false;
    CHECK(complaints(facts) == Names{"writable"});
  }
  SECTION("no hot module, so the target is none either") {
    facts.modules.clear();
    CHECK(complaints(facts) == Names{"hot modules", "target game"});
  }
}

TEST_CASE("without a build folder nothing is said of what would be in it") {
  Facts facts = healthy();
  facts.no_build_dir = hr::wire::Failure{"no build in /p", "it has no CMakeCache.txt", "cmake -B"};
  facts.targets.clear();
  CHECK(complaints(facts) == Names{"build folder"});
  CHECK(about(app::judge_facts(facts), "build folder").fix == "cmake -B");
}

TEST_CASE("what a machine calls what is missing is what is said") {
  Facts facts = healthy();
  facts.linkers.clear();
  facts.install.linker_subject = "linker";
  facts.install.linker_needed = true;
  facts.install.linker = "fetch one";
  CHECK(complaints(facts) == Names{"linker"});
  CHECK(about(app::judge_facts(facts), "linker").needed);
  CHECK(about(app::judge_facts(facts), "linker").fix == "fetch one");
}

}  // namespace hrwatch::tests
