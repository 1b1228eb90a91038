#include "app/doctor.h"
#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

using app::Facts;

using Names = std::vector<std::string>;

TEST_CASE("a build folder is read from what CMake left there") {
  const Sandbox sandbox("doctor");
  sandbox.write("CMakeCache.txt",
                "# a comment\nCMAKE_GENERATOR:INTERNAL=Ninja\nCMAKE_BUILD_TYPE:STRING=Debug\n");
  sandbox.write(".hrwatch/modules/sound.json", "{}");
  sandbox.write(".hrwatch/modules/game.json", "{}");
  const Facts facts = app::read_facts(sandbox.path().string(), {"game"});
  CHECK_FALSE(facts.no_build_dir);
  CHECK(facts.generator == "Ninja");
  CHECK(facts.build_type == "Debug");
  CHECK_FALSE(facts.multi_config);
  CHECK(facts.writable);
  CHECK_FALSE(facts.session);
  CHECK(facts.modules == Names{"game", "sound"});
  CHECK(app::at_least(facts.ninja_version, 1, 8));  // this test was built with it
  CHECK(app::at_least(facts.cmake_version, 3, 23));

  const Facts none = app::read_facts(sandbox.path(".hrwatch").string(), {});
  CHECK(none.no_build_dir);
}

}  // namespace hrwatch::tests
