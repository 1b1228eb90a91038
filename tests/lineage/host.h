// A running program made by hand.
#pragma once

#include "analysis/running_host.h"
#include "lineage/module.h"

namespace made {

// A program of which every answer can be set.
class Host : public RunningHost {
 public:
  TypeUses types;
  std::vector<std::string> called;
  std::vector<std::string> sources;  // that those who call were made from, too
  std::vector<RunningCode> code;
  std::optional<hr::wire::Failure> blind;

  Host() { types.classes.push_back({"void", {}, {}, false, 0, {}, false}); }

  TypeUses::Index add(const std::string& name, std::vector<TypeUses::Index> holds = {},
                      std::uint64_t size = 0) {
    types.classes.push_back({name, std::move(holds), {}, false, size, {}, false});
    return static_cast<TypeUses::Index>(types.classes.size() - 1);
  }

  hr::wire::Result<std::shared_ptr<const TypeUses>> uses() override {
    return std::make_shared<const TypeUses>(types);
  }

  hr::wire::Result<std::shared_ptr<const TypeUses>> uses_of(std::uint32_t generation) override {
    if (generation == 3)
      return hr::wire::Failure{"gone", "", ""};
    return uses();
  }

  bool calls(const Function& function) override {
    return std::find(called.begin(), called.end(), function.name) != called.end();
  }

  bool callers_know(const Function&, const std::string& source) override {
    return std::find(sources.begin(), sources.end(), source) != sources.end();
  }

  bool uses_variable(const Variable& variable) override {
    return std::find(called.begin(), called.end(), variable.name) != called.end();
  }

  hr::wire::Result<std::vector<RunningCode>> staying() override {
    if (blind)
      return *blind;
    return code;
  }
};

}  // namespace made
