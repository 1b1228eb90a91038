// The published copies of the modules' builds: begun while a build is still described, finished
// when somebody wants to load it. Knows no verdict and no host.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/description.h"
#include "app/distances.h"
#include "app/early_work.h"
#include "app/worker.h"
#include "publish/publish.h"
#include "wire/result.h"

namespace hrwatch::app {

// One published copy, or the reason why there is none.
struct Copy {
  std::string build_id;
  std::uint32_t generation = 0;
  bool done = false;  // `path` or `failure` says how it ended
  std::filesystem::path path;
  std::optional<hr::wire::Failure> failure;
  std::vector<std::function<void()>> waiting;  // called when done
  bool debug_words_set = false;
};

// Loop's thread only.
class Copies {
 public:
  // `folder`: where copies are published. `workers` must outlive this object.
  Copies(Workers& workers, std::filesystem::path folder)
      : workers_(&workers), folder_(std::move(folder)) {}

  // Some program has that generation: copies get greater numbers.
  void seen(const std::string& module, std::uint32_t generation);

  // Copies the artifact of a build that is about to be described, when it is another than `known`
  // and no copy of it was made early.
  void begin(const std::string& module, const std::filesystem::path& artifact,
             std::shared_ptr<const analysis::Description> known, EarlyWork early);

  // No copy of what was built last is wanted.
  void skip(const std::string& module) { modules_[module].draft = {}; }

  // The copy of that build with a generation newer than `newest_known`; made when there is none,
  // for the place that `distances` say (of one host: they are the same in all, as a rule).
  std::shared_ptr<Copy> publish(const std::string& module, const std::filesystem::path& artifact,
                                std::shared_ptr<const analysis::Description> build,
                                std::uint32_t newest_known, const Distances& distances);

 private:
  // Null: there is none, or it could not be made.
  using Draft = std::shared_ptr<publish::Draft>;

  struct Module {
    std::shared_ptr<Copy> copy;
    std::uint32_t last_generation = 0;
    std::shared_future<Draft> draft;  // of the build that is analysed
  };

  Workers* workers_;
  std::filesystem::path folder_;
  std::map<std::string, Module> modules_;
};

}  // namespace hrwatch::app
