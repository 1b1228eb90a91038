#include "core/plan.h"

#include <algorithm>

#include "core/session_fixture.h"
#include "support/catch.h"

namespace {

using namespace hrwatch::core;
using hrwatch::tests::small_project;
using Names = std::vector<std::string>;

Wanted wanted(const Names& names) {
  return resolve(*small_project(), names).value();
}

TEST_CASE("plan: a module's source builds the module") {
  const auto plan = make_plan(*small_project(), wanted({"game"}), {"/p/game.cpp"}, false);
  CHECK(plan.action == Action::build_modules);
  CHECK(plan.targets == Names{"game"});
  CHECK(plan.reasons.size() == 1);
}

TEST_CASE("plan: a header of module and host builds both and means a relaunch") {
  const auto plan = make_plan(*small_project(), wanted({"app"}), {"/p/game.h"}, false);
  CHECK(plan.action == Action::relaunch);
  CHECK(plan.targets == Names{"app", "game"});
}

TEST_CASE("plan: the host's own source is nobody's when only the module is wanted") {
  const auto plan = make_plan(*small_project(), wanted({"game"}), {"/p/main.cpp"}, false);
  CHECK(plan.action == Action::nothing);
  CHECK(plan.reasons.at(0).find("in no target") != std::string::npos);
}

TEST_CASE("plan: the strongest action wins") {
  const auto plan = make_plan(*small_project(), wanted({"app"}),
                              {"/p/game.cpp", "/p/CMakeLists.txt", "/p/main.cpp"}, false);
  CHECK(plan.action == Action::relaunch);
}

TEST_CASE("plan: a source nobody knows is left to ninja") {
  const auto plan = make_plan(*small_project(), wanted({"game"}), {"/p/new.cpp"}, false);
  CHECK(plan.targets == Names{"game"});
}

TEST_CASE("plan: a library under module and host reaches both") {
  auto model = *small_project();
  model.targets.push_back({"engine", TargetKind::static_library, false, "", "", {}, {}, {}});
  model.targets[0].dependencies = {"engine"};
  model.targets[1].dependencies = {"game", "engine"};
  model.owners["/p/engine.cpp"] = {3};
  const auto plan = make_plan(model, resolve(model, {"app"}).value(), {"/p/engine.cpp"}, false);
  CHECK(plan.targets == Names{"app", "game"});
}

TEST_CASE("plan: what a built file was made from") {
  auto model = *small_project();
  CHECK_FALSE(may_be_made_from(model, "/p/build/app", "/p/game.cpp"));
  CHECK(may_be_made_from(model, "/p/build/app", "/p/game.h"));
  CHECK(may_be_made_from(model, "/p/build/app", "/p/main.cpp"));
  CHECK(may_be_made_from(model, "/p/build/libgame.so", "/p/game.cpp"));
  // A static library that it links.
  model.targets.push_back({"engine", TargetKind::static_library, false, "", "", {}, {}, {}});
  model.targets[1].dependencies = {"game", "engine"};
  model.owners["/p/engine.h"] = {0, 3};
  CHECK(may_be_made_from(model, "/p/build/app", "/p/engine.h"));
  // In doubt it may: what is not of this project, and a file that nobody is known to include.
  CHECK(may_be_made_from(model, "/opt/plugin.so", "/p/game.cpp"));
  CHECK(may_be_made_from(model, "", "/p/game.cpp"));
  CHECK(may_be_made_from(model, "/p/build/app", "/p/unknown.h"));
  CHECK(may_be_made_from(model, "/p/build/app", ""));
}

// engine (shared) is linked into the module, base (shared) into engine, plugin (shared) into
// nobody.
ProjectModel with_shared_libraries() {
  auto model = *small_project();
  model.targets.push_back({"engine", TargetKind::shared, false, "", "", {}, {"base"}, {"base"}});
  model.targets.push_back({"base", TargetKind::shared, false, "", "", {}, {}, {}});
  model.targets.push_back({"plugin", TargetKind::shared, false, "", "", {}, {}, {}});
  model.targets[0].dependencies = {"base", "engine", "plugin"};
  model.targets[0].linked = {"engine"};
  model.targets[1].dependencies = {"base", "engine", "game", "plugin"};
  model.targets[1].linked = {"game"};
  model.owners["/p/engine.cpp"] = {3};
  model.owners["/p/base.cpp"] = {4};
  model.owners["/p/plugin.cpp"] = {5};
  return model;
}

TEST_CASE("plan: a shared library of the module stays loaded until the program starts again") {
  const auto model = with_shared_libraries();
  const auto wanted = resolve(model, {"game"}).value();
  auto parts = program_parts(model, wanted);
  std::sort(parts.begin(), parts.end());
  CHECK(parts == Names{"app", "base", "engine"});
  for (const char* path : {"/p/engine.cpp", "/p/base.cpp"}) {
    const auto plan = make_plan(model, wanted, {path}, false);
    CHECK(plan.action == Action::relaunch);
    CHECK(plan.targets == Names{"game"});
    CHECK(plan.reasons.at(0).find("which is in the host") != std::string::npos);
  }
  CHECK(make_plan(model, wanted, {"/p/plugin.cpp"}, false).action == Action::build_modules);
  CHECK(make_plan(model, wanted, {"/p/game.cpp"}, false).action == Action::build_modules);
}

TEST_CASE("plan: which paths matter") {
  const auto model = small_project();
  CHECK(is_relevant(*model, "/p/game.cpp"));
  CHECK(is_relevant(*model, "/p/CMakeLists.txt"));
  CHECK(is_relevant(*model, "/p/new.hpp"));
  CHECK_FALSE(is_relevant(*model, "/p/README.md"));
  CHECK_FALSE(is_relevant(*model, "/p/game.cpp~"));
  CHECK_FALSE(is_relevant(*model, "/p/.#game.cpp"));
  CHECK_FALSE(is_relevant(*model, "/p/4913"));
  CHECK_FALSE(is_relevant(*model, "/p/build/generated.h"));
}

TEST_CASE("plan: an executable means the hot modules it links; a plugin host means all") {
  CHECK(wanted({"app"}).modules.size() == 1);
  CHECK(wanted({"app"}).run == "app");
  CHECK(wanted({"other"}).modules.size() == 1);
  CHECK(wanted({}).modules.size() == 1);
}

TEST_CASE("plan: a project without a hot module says how to get one") {
  const auto found = resolve(ProjectModel{}, {});
  CHECK(found.failure().fix.find("add_hot_module") != std::string::npos);
}

TEST_CASE("plan: the nearest name is offered only when it is near") {
  CHECK(nearest("gaem", {"game", "app"}) == "game");
  CHECK(nearest("renderer", {"game", "app"}).empty());
}

}  // namespace
