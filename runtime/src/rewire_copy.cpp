#include "src/entries.h"
#include "src/homes.h"
#include "src/rewire.h"

namespace hr::runtime {
namespace {

// Small writes into the new copy, kept until all of them are known to be good.
class CopyWrites {
 public:
  explicit CopyWrites(const LoadedImage& image) : image_(image) {}

  void add(wire::Address at, std::uint64_t value, std::size_t size) {
    writes_.push_back({image_.at(at), value, nullptr, size});
  }

  void add(wire::Address at, const std::vector<std::byte>& bytes) {
    writes_.push_back({image_.at(at), 0, bytes.data(), bytes.size()});
  }

  wire::Result<wire::Done> perform() const {
    auto map = MemoryMap::read();
    if (!map)
      return map.failure();
    WritablePages pages;
    for (const Write& write : writes_)
      pages.want(write.at, write.size);
    if (auto opened = pages.open(map.value()); !opened)
      return opened.failure();
    for (const Write& write : writes_)
      raw_copy(write.at,
               write.bytes != nullptr ? write.bytes : static_cast<const void*>(&write.value),
               write.size);
    return wire::Done{};
  }

 private:
  struct Write {
    Pointer at = 0;
    std::uint64_t value = 0;
    const std::byte* bytes = nullptr;
    std::size_t size = 0;
  };

  const LoadedImage& image_;
  OwnVector<Write> writes_;
};

wire::Failure misfit(const ModulePlan& plan, const char* why) {
  return {"the rewiring does not fit module " + plan.module->name(), why,
          "save again; if that does not help, restart the program"};
}

wire::Failure too_far(const ModulePlan& plan) {
  return {"generation " + std::to_string(plan.generation->number) + " of " + plan.module->name() +
              " is too far from the live data",
          "it was mapped more than 2 GB away: address space near the module is used up",
          "restart the program"};
}

wire::Result<wire::Done> add_code(const wire::Rewiring& rewiring, const Addresses& homes,
                                  const ModulePlan& plan, CopyWrites& writes) {
  const LoadedImage& image = plan.generation->image;
  for (const wire::CodePatch& patch : rewiring.code) {
    if (!image.holds_code(patch.at, 4))
      return misfit(plan, "it patches code outside the new generation");
    const auto distance =
        static_cast<std::int64_t>(homes[patch.home] - image.at(patch.at)) + patch.addend;
    if (distance != static_cast<std::int32_t>(distance))
      return too_far(plan);
    writes.add(patch.at, static_cast<std::uint32_t>(static_cast<std::int32_t>(distance)), 4);
  }
  return wire::Done{};
}

wire::Result<wire::Done> add_lead_backs(const wire::Rewiring& rewiring, const ModulePlan& plan,
                                        CopyWrites& writes) {
  const LoadedImage& image = plan.generation->image;
  for (const wire::LeadBack& lead : rewiring.lead_backs) {
    const LeadBackCode code = lead_back_code(lead);
    const LoadedImage* older = image_of(*plan.module, *plan.generation, lead.generation);
    if (older == nullptr || older == &image || !image.holds_code(code.area, code.area_size) ||
        !image.holds_code(lead.nop, 2) || !older->holds_code(lead.body, 1))
      return misfit(plan, "it leads to code that is not there");
    const auto distance =
        static_cast<std::int64_t>(older->at(lead.body) - image.at(code.behind_jump));
    if (distance != static_cast<std::int32_t>(distance))
      return too_far(plan);
    const auto operand = static_cast<std::uint32_t>(static_cast<std::int32_t>(distance));
    writes.add(code.area, code.jump | std::uint64_t{operand} << 8, 5);
    writes.add(lead.nop, code.short_jump, 2);
  }
  return wire::Done{};
}

wire::Result<wire::Done> add_data(const wire::Rewiring& rewiring, const Addresses& homes,
                                  const ModulePlan& plan, CopyWrites& writes) {
  const LoadedImage& image = plan.generation->image;
  for (const wire::DataPatch& patch : rewiring.data) {
    if (!image.holds(patch.at, 8))
      return misfit(plan, "it patches data outside the new generation");
    if (raw_load<std::uint64_t>(image.at(patch.at)) == image.at(patch.expected))
      writes.add(patch.at, homes[patch.home] + static_cast<std::uint64_t>(patch.addend), 8);
  }
  for (const wire::TlsPatch& patch : rewiring.tls) {
    const LoadedImage* owner = image_of(*plan.module, *plan.generation, patch.owner);
    if (!image.holds(patch.at, tls_word_bytes) || owner == nullptr || !owner->tls_module)
      return misfit(plan, "it shares thread_local variables that are not there");
    writes.add(patch.at, *owner->tls_module, tls_word_bytes);
  }
  return wire::Done{};
}

}  // namespace

wire::Result<wire::Done> rewire_copy(const wire::Rewiring& rewiring, const Addresses& homes,
                                     const ModulePlan& plan) {
  CopyWrites writes(plan.generation->image);
  if (auto added = add_code(rewiring, homes, plan, writes); !added)
    return added;
  if (auto added = add_lead_backs(rewiring, plan, writes); !added)
    return added;
  if (auto added = add_data(rewiring, homes, plan, writes); !added)
    return added;
  for (const wire::BytePatch& patch : rewiring.bytes) {
    if (!plan.generation->image.holds_code(patch.at, patch.bytes.size()))
      return misfit(plan, "it replaces code outside the new generation");
    writes.add(patch.at, patch.bytes);
  }
  return writes.perform();
}

}  // namespace hr::runtime
