// One module in one running program, as the verdict asks about it. Reads files and the process only
// when asked, and each answer once.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "analysis/running_host.h"
#include "app/description_store.h"
#include "core/project_model.h"
#include "wire/messages.h"

namespace hrwatch::app {

class ModuleInHost : public analysis::RunningHost {
 public:
  using Model = std::shared_ptr<const core::ProjectModel>;

  // `module`: as the host last told it. `newest`: the generation that runs. `model`: what the
  // program may be a part of, or null. `store`: where descriptions are, or null.
  ModuleInHost(int pid, hr::wire::ModuleState module, std::uint32_t newest,
               std::filesystem::path copies, Model model = nullptr,
               std::shared_ptr<DescriptionStore> store = nullptr);

  hr::wire::Result<std::shared_ptr<const analysis::TypeUses>> uses() override;
  hr::wire::Result<std::shared_ptr<const analysis::TypeUses>> uses_of(
      std::uint32_t generation) override;
  bool calls(const analysis::Function& function) override;
  bool callers_know(const analysis::Function& function, const std::string& source) override;
  bool uses_variable(const analysis::Variable& variable) override;
  hr::wire::Result<std::vector<analysis::RunningCode>> staying() override;

 private:
  std::shared_ptr<const analysis::TypeUses> described_uses(const std::filesystem::path& file) const;

  int pid_;
  hr::wire::ModuleState module_;
  std::uint32_t newest_;
  std::filesystem::path copies_;
  std::map<std::uint32_t, std::shared_ptr<const analysis::TypeUses>> uses_;  // by generation
  Model model_;
  std::shared_ptr<DescriptionStore> store_;
  // That the program's other files hold, by file.
  std::optional<std::map<std::string, std::unordered_set<std::string>>> names_;
  std::optional<hr::wire::Result<std::vector<analysis::RunningCode>>> staying_;

  // The generation that a mapped file is; nothing: it is another file.
  std::optional<std::uint32_t> generation_of(const std::string& path) const;
  bool is_named(const std::string& symbol);
  const std::map<std::string, std::unordered_set<std::string>>& names();
  hr::wire::Result<std::vector<analysis::RunningCode>> look() const;
};

}  // namespace hrwatch::app
