#include "lineage/module.h"

using namespace made;
using hr::wire::Rewiring;

namespace {

// Three generations of f and g: generation 1 has another f (its file changed), the same g.
struct Files {
  Files() {
    for (Module* module : {&first, &second, &third}) {
      module->function("f", 0x1000).origin = 1;
      module->function("g", 0x1040).origin = 7;
      module->constant("table", 0x2000, 16).image_hash = 1;
    }
    second.raw().functions[0].origin = 2;
    second.raw().constants[0].image_hash = 2;
    third.raw().functions[0].origin = 2;  // saved again as it was
    third.raw().constants[0].image_hash = 2;
  }

  Module first{"a"}, second{"b"}, third{"c"};
  Objects objects;
};

bool sends(const Rewiring& rewiring, Address body) {
  return std::any_of(rewiring.slots.begin(), rewiring.slots.end(),
                     [&](const auto& value) { return value.body == body; });
}

}  // namespace

TEST_CASE("what a withdrawn generation had brought is sent again, and only that") {
  Files files;
  Lineage lineage(files.first.description());
  lineage.adopt(files.second.description(), 1, files.objects);
  const Rewiring before =
      accepted(lineage.judge(*files.third.description(), 2, files.objects)).rewiring;
  CHECK_FALSE(sends(before, 0x1000));  // the same as what runs
  lineage.withdraw(1);
  const Rewiring after =
      accepted(lineage.judge(*files.third.description(), 2, files.objects)).rewiring;
  CHECK(sends(after, 0x1000));
  CHECK_FALSE(sends(after, 0x1040));
  REQUIRE(after.supersede.size() == 1);
  CHECK(after.supersede[0].generation == 1);  // whose entry leads on to generation 0's body
  CHECK(after.images.size() == 2);            // both copies of the table have the old content
  CHECK(before.images.empty());
}

TEST_CASE("a withdrawn build goes in again, byte for byte") {
  Files files;
  Lineage lineage(files.first.description());
  lineage.adopt(files.second.description(), 1, files.objects);
  CHECK(std::holds_alternative<Unchanged>(
      lineage.judge(*files.second.description(), 2, files.objects)));
  lineage.withdraw(1);
  CHECK(sends(accepted(lineage.judge(*files.second.description(), 2, files.objects)).rewiring,
              0x1000));
  lineage.adopt(files.second.description(), 2, files.objects);
  CHECK(std::holds_alternative<Unchanged>(
      lineage.judge(*files.second.description(), 3, files.objects)));
}

TEST_CASE("the bodies that run are known, generation by generation") {
  Files files;
  Lineage lineage(files.first.description());
  using Places = std::set<std::pair<std::uint32_t, Address>>;
  CHECK(lineage.running_functions() == Places{{0, 0x1000}, {0, 0x1040}});
  lineage.adopt(files.second.description(), 1, files.objects);
  CHECK(lineage.running_functions() == Places{{1, 0x1000}, {0, 0x1040}});
  lineage.withdraw(1);
  CHECK(lineage.running_functions() == Places{{0, 0x1000}, {0, 0x1040}});
  lineage.adopt(files.third.description(), 2, files.objects);
  CHECK(lineage.running_functions() == Places{{2, 0x1000}, {0, 0x1040}});
  lineage.withdraw(2);
  lineage.withdraw(7);  // never heard of
  CHECK(lineage.running_functions() == Places{{0, 0x1000}, {0, 0x1040}});
}
