// What can be known of the next build of a library while its link still runs.
#include "analysis/describe.h"
#include "analysis/object_units.h"
#include "analysis/unit_cache.h"
#include "analysis/unit_classes.h"

namespace hrwatch::analysis {
namespace {

// The units that the next link will have, in its order; empty when one of them is not known.
class NextUnits {
 public:
  NextUnits(const std::filesystem::path& library, UnitCache& cache)
      : cache_(cache), known_(*cache.units(library)) {}

  // Whether all units of `object` are known now. Those of which half is in a .dwo file never are.
  bool add(const std::filesystem::path& object) {
    const ObjectContent content = cache_.content(object);
    if (content.hash == 0)
      return false;
    std::vector<std::shared_ptr<const UnitFacts>> read;
    for (std::uint32_t i = 0; i < content.unit_sizes.size(); ++i) {
      auto known = known_.find({content.hash, i});
      if (known == known_.end()) {
        if (read.empty())
          read = read_object_units(object, content.hash);
        if (read.size() != content.unit_sizes.size() || read[i] == nullptr)
          return false;
        known = known_.emplace(UnitKey{content.hash, i}, read[i]).first;
        fresh_ = true;
      }
      units_.push_back(known->second);
    }
    return true;
  }

  bool fresh() const { return fresh_; }

  UnitCache::Units take_known() { return std::move(known_); }

  UnitClasses::Units take_units() { return std::move(units_); }

 private:
  UnitCache& cache_;
  UnitCache::Units known_;
  UnitClasses::Units units_;
  bool fresh_ = false;
};

}  // namespace

void read_ahead(const std::filesystem::path& library,
                const std::vector<std::filesystem::path>& objects, Memory& memory) {
  UnitCache& cache = memory.units();
  const auto reading = cache.reading(library);
  const std::lock_guard lock(*reading);
  if (cache.units(library)->empty())
    return;  // the first build is read whole, by two threads
  NextUnits next(library, cache);
  bool whole = true;
  for (const auto& object : objects)
    whole = next.add(object) && whole;
  if (!next.fresh())
    return;
  cache.keep(library, next.take_known());
  if (whole)
    cache.keep(library, std::make_shared<const UnitClasses>(next.take_units()));
}

}  // namespace hrwatch::analysis
