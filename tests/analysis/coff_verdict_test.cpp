// The verdict on edits of a library that clang and lld made for Windows.
#include <algorithm>
#include <filesystem>
#include <string>
#include <variant>

#include "analysis/describe.h"
#include "analysis/lineage.h"
#include "analysis/running_host.h"
#include "support/catch.h"

using namespace hrwatch::analysis;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const Description> described(int edit) {
  const auto description =
      describe(fs::path(HR_TEST_COFF) / ("edit_" + std::to_string(edit)) / "game.dll");
  REQUIRE(description.ok());
  return description.value();
}

Verdict judged(int edit, RunningHost* host = nullptr) {
  const auto objects = open_objects({});
  return Lineage(described(0)).judge(*described(edit), 1, *objects, host);
}

// A program that only runs generation 0 and calls its functions by import.
class Host final : public RunningHost {
 public:
  hr::wire::Result<std::shared_ptr<const TypeUses>> uses() override { return described(0)->uses; }

  hr::wire::Result<std::shared_ptr<const TypeUses>> uses_of(std::uint32_t) override {
    return uses();
  }

  bool calls(const Function& function) override { return function.name == "game_step"; }

  bool uses_variable(const Variable&) override { return false; }

  hr::wire::Result<std::vector<RunningCode>> staying() override {
    return std::vector<RunningCode>();
  }
};

std::string text_of(const Verdict& verdict) {
  const auto* refused = std::get_if<Refused>(&verdict);
  return refused == nullptr ? std::string()
                            : refused->reasons.front().what + ": " + refused->reasons.front().why;
}

const Accepted& accepted(const Verdict& verdict) {
  INFO(text_of(verdict));
  REQUIRE(std::holds_alternative<Accepted>(verdict));
  return std::get<Accepted>(verdict);
}

Address address_of(const Description& build, const std::string& name) {
  for (const Function& function : build.functions)
    if (function.name == name)
      return function.address;
  return 0;
}

// The body that calls of `name` reach after the reload, in the new build; 0 = they stay.
Address new_body(const hr::wire::Rewiring& rewiring, const std::string& name) {
  const Address before = address_of(*described(0), name);
  for (const auto& entry : rewiring.supersede)
    if (entry.entry == before)
      for (const auto& slot : rewiring.slots)
        if (slot.slot == entry.slot)
          return slot.body;
  return 0;
}

}  // namespace

TEST_CASE("An edited body goes in, and what the other object defines stays") {
  const Verdict verdict = judged(1);
  const auto& rewiring = accepted(verdict).rewiring;
  CHECK(new_body(rewiring, "game_step") == address_of(*described(1), "game_step"));
  CHECK(new_body(rewiring, "other_step") == 0);
  CHECK(rewiring.initialisers.empty());
  CHECK_FALSE(rewiring.code.empty());
}

TEST_CASE("An edit that only leads a call elsewhere is an edit") {
  CHECK(described(0)->build_id != described(6)->build_id);
  const Verdict verdict = judged(6);
  CHECK(new_body(accepted(verdict).rewiring, "game_step") ==
        address_of(*described(6), "game_step"));
}

TEST_CASE("A class that changed is refused to the member") {
  const Verdict verdict = judged(2);
  const std::string text = text_of(verdict);
  INFO(text);
  CHECK(text.find("struct app::Enemy changed layout") == 0);
  CHECK(text.find("armour (float) added at offset 16") != std::string::npos);
}

TEST_CASE("A class that only frames hold is free to change, one that a variable holds is not") {
  Host host;
  accepted(judged(7, &host));
  CHECK(text_of(judged(7)).find("struct Sum changed layout") == 0);
  const std::string text = text_of(judged(2, &host));
  INFO(text);
  CHECK(text.find("struct app::Enemy changed layout") == 0);
  CHECK(text.find("app::boss") != std::string::npos);
}

TEST_CASE("A new variable is built, and no other one again") {
  const Verdict verdict = judged(3);
  const auto& rewiring = accepted(verdict).rewiring;
  REQUIRE(rewiring.initialisers.size() == 1);
  CHECK(rewiring.initialisers.front().variable.find("fresh") != std::string::npos);
  CHECK(rewiring.bytes.size() >= 1);  // the statements of the others are jumped over
}

TEST_CASE("A variable of another type is refused") {
  CHECK(text_of(judged(4)).find("app::counter") != std::string::npos);
}

TEST_CASE("A closure before another leaves old closures their code") {
  const Verdict verdict = judged(5);
  const auto& remarks = accepted(verdict).remarks;
  CHECK(std::any_of(remarks.begin(), remarks.end(), [](const std::string& remark) {
    return remark.find("lambdas in game_step") == 0;
  }));
}
