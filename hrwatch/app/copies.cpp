#include "app/copies.h"

#include <algorithm>
#include <utility>

#include "analysis/describe.h"
#include "analysis/symbol_names.h"

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;
using Description = std::shared_ptr<const analysis::Description>;

std::vector<std::uint64_t> entry_nops(const analysis::Description& description) {
  std::vector<std::uint64_t> nops;
  for (const auto& function : description.functions) {
    if (function.nop != 0) {
      nops.push_back(function.nop);
    }
  }
  return nops;
}

// Of static initialisers that the C runtime would call as soon as the copy is loaded, only the
// presenter's is left, which does nothing in a copy.
void silence_initialisers(const analysis::Description& build, publish::Request& request) {
  const auto presenter = std::find_if(
      build.functions.begin(), build.functions.end(), [](const analysis::Function& function) {
        return analysis::names_static(function.name, "hr_module_constructed");
      });
  if (presenter == build.functions.end()) {
    return;
  }
  request.instead = presenter->address;
  for (const auto& initialiser : build.initialisers) {
    if (initialiser.word != 0 && initialiser.function != presenter->address) {
      request.initialiser_words.push_back(initialiser.word);
    }
  }
}

}  // namespace

void Copies::seen(const std::string& module, std::uint32_t generation) {
  std::uint32_t& last = modules_[module].last_generation;
  last = std::max(last, generation);
}

void Copies::begin(const std::string& module, const fs::path& artifact, Description known,
                   EarlyWork early) {
  auto promise = std::make_shared<std::promise<Draft>>();
  modules_[module].draft = promise->get_future().share();
  workers_->run_behind([promise, folder = folder_, artifact, module, known = std::move(known),
                        early = std::move(early)] {
    const auto id = analysis::read_build_id(artifact);
    Draft draft;
    if (id.ok() && !(known && known->build_id == id.value())) {
      if (const auto done = done_for(artifact, early)) {
        draft = done->draft;
      } else if (auto made = publish::Draft::make(artifact, folder, module); made.ok()) {
        draft = std::make_shared<publish::Draft>(std::move(made).value());
      }
    }
    promise->set_value(std::move(draft));
  });
}

std::shared_ptr<Copy> Copies::publish(const std::string& module, const fs::path& artifact,
                                      Description build, std::uint32_t newest_known,
                                      const Distances& distances) {
  Module& known = modules_[module];
  if (known.copy && known.copy->build_id == build->build_id &&
      known.copy->generation > newest_known && !known.copy->failure) {
    return known.copy;
  }
  known.last_generation = std::max(
      {newest_known + 1, known.last_generation + 1, publish::next_generation(folder_, module)});
  auto copy = std::make_shared<Copy>();
  copy->build_id = build->build_id;
  copy->generation = known.last_generation;
  known.copy = copy;
  auto result = std::make_shared<hr::wire::Result<fs::path>>(hr::wire::Failure{});
  workers_->run(
      [result, copy, folder = folder_, module, artifact, build = std::move(build),
       base = distances.place_of(copy->generation), draft = std::exchange(known.draft, {})] {
        publish::Request request{
            artifact, folder, module, copy->generation, copy->build_id, entry_nops(*build),
            base,     {},     {}};
        silence_initialisers(*build, request);
        if (const Draft made = draft.valid() ? draft.get() : nullptr) {
          *result = publish::publish(request, std::move(*made));
        } else {
          *result = publish::publish(request);
        }
      },
      [result, copy] {
        copy->done = true;
        if (result->ok()) {
          copy->path = result->value();
        } else {
          copy->failure = result->failure();
        }
        for (const auto& waiting : std::exchange(copy->waiting, {})) {
          waiting();
        }
      });
  return copy;
}

}  // namespace hrwatch::app
