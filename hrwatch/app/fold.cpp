#include "app/fold.h"

#include "analysis/describe.h"
#include "app/generation_file.h"
#include "app/module_in_host.h"

namespace hrwatch::app {
namespace {

// Where the library of a generation may still be found, the best first. A copy is the last resort:
// it was edited so that its initialisers are not run.
std::vector<LibraryFile> libraries_of(const FoldRequest& request,
                                      const hr::wire::ModuleState& module,
                                      const hr::wire::GenerationId& generation) {
  std::vector<LibraryFile> libraries;
  if (const auto artifact = request.artifacts.find(module.name);
      artifact != request.artifacts.end()) {
    libraries.push_back(artifact->second);
  }
  libraries.push_back(
      {file_of_generation(module, generation.number, request.pid, request.copies), {}});
  if (generation.number == 0) {
    libraries.push_back({module.path, {}});
  }
  return libraries;
}

}  // namespace

hr::wire::Result<std::map<std::string, analysis::Lineage>> fold(const FoldRequest& request,
                                                                DescriptionStore& store) {
  std::map<std::string, analysis::Lineage> lineages;
  const auto no_objects = analysis::open_objects({});
  for (const auto& module : request.modules) {
    std::uint32_t before = 0;
    for (const auto& generation : module.generations) {
      auto described = store.get(generation.build_id, libraries_of(request, module, generation));
      if (!described.ok()) {
        auto failure = described.failure();
        failure.what = "the program with pid " + std::to_string(request.pid) +
                       " can't be reloaded: " + failure.what;
        return failure;
      }
      const auto found = lineages.find(module.name);
      if (found == lineages.end()) {
        lineages.emplace(module.name, analysis::Lineage(std::move(described.value())));
      } else {
        ModuleInHost host(request.pid, module, before, request.copies);
        found->second.adopt(std::move(described.value()), generation.number, *no_objects, &host);
      }
      for (const auto& withdrawal : module.withdrawn) {
        if (withdrawal.during == generation.number) {
          lineages.at(module.name).withdraw(withdrawal.generation);
        }
      }
      before = generation.number;
    }
  }
  return lineages;
}

}  // namespace hrwatch::app
