#include "lineage/module.h"

using namespace made;

namespace {

// A module whose function f() has lambdas with these bodies.
Module with_lambdas(const std::string& id, std::vector<std::uint64_t> bodies) {
  Module module(id);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    Function& one =
        module.function("_ZZ1fvENKUlvE" + std::to_string(i) + "_clEv", 0x1000 + 0x40 * i);
    one.closure_group = "_Z1fv @ /src/game.cpp";
    one.closure_number = static_cast<std::uint32_t>(i);
    one.body_hash = bodies[i];
  }
  return module;
}

std::size_t forwarded(const Accepted& verdict) {
  return verdict.rewiring.supersede.size();
}

const std::string remark =
    "lambdas in f() were added, removed or reordered: closures made before keep their old code";

}  // namespace

TEST_CASE("an edited lambda is forwarded, and one added behind changes nothing") {
  const Module before = with_lambdas("old", {10, 20});
  CHECK(forwarded(accepted(judge(before, with_lambdas("new", {11, 20})))) == 2);
  CHECK(forwarded(accepted(judge(before, with_lambdas("new", {10, 20, 30})))) == 2);
}

TEST_CASE("lambdas whose numbers may have shifted keep their old code") {
  const Module before = with_lambdas("old", {10, 20});
  for (const auto& bodies : std::vector<std::vector<std::uint64_t>>{
           {5, 10, 20}, {20, 10}, {20}, {10}, {11, 20, 30}, {0, 20}}) {
    const Accepted verdict = accepted(judge(before, with_lambdas("new", bodies)));
    CHECK(forwarded(verdict) == 0);
    CHECK(verdict.remarks == std::vector<std::string>{remark});
  }
}

TEST_CASE("after a shift the new lambdas are forwarded among themselves, the old ones never") {
  Objects objects;
  Lineage lineage(with_lambdas("a", {10, 20}).description());
  const Module shifted = with_lambdas("b", {5, 10, 20});
  const auto epoch = accepted(lineage.judge(*shifted.description(), 1, objects)).rewiring;
  lineage.adopt(shifted.description(), 1, objects);
  const Module edited = with_lambdas("c", {5, 11, 20});
  const Accepted verdict = accepted(lineage.judge(*edited.description(), 2, objects));
  REQUIRE(forwarded(verdict) == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(verdict.rewiring.supersede[i].generation == 1);
    CHECK(verdict.rewiring.slots[i].slot == epoch.slots[i].slot);
    CHECK(verdict.rewiring.slots[i].slot >= 2);
  }
  CHECK(verdict.remarks.empty());
}

TEST_CASE("a lambda with other captures is another lambda") {
  const Module before = with_lambdas("old", {10});
  Module after = with_lambdas("new", {11});
  after.raw().functions[0].key = key_of("another layout");
  const Accepted verdict = accepted(judge(before, after));
  CHECK(forwarded(verdict) == 0);
  CHECK(verdict.remarks ==
        std::vector<std::string>{
            "lambdas in f() changed places or captures: closures made before keep their old code"});
}
