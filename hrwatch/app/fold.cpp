#include "app/fold.h"

#include "analysis/describe.h"

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
  if (generation.number == 0) {
    // The file may have been rebuilt or removed since: the host keeps it open.
    libraries.push_back(
        {"/proc/" + std::to_string(request.pid) + "/fd/" + std::to_string(module.image_descriptor),
         {}});
    libraries.push_back({module.path, {}});
  } else {
    libraries.push_back(
        {request.copies / (module.name + "." + std::to_string(generation.number) + ".so"), {}});
  }
  return libraries;
}

}  // namespace

hr::wire::Result<std::map<std::string, analysis::Lineage>> fold(const FoldRequest& request,
                                                                DescriptionStore& store) {
  std::map<std::string, analysis::Lineage> lineages;
  const auto no_objects = analysis::open_objects({});
  for (const auto& module : request.modules) {
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
        found->second.adopt(std::move(described.value()), generation.number, *no_objects);
      }
    }
  }
  return lineages;
}

}  // namespace hrwatch::app
