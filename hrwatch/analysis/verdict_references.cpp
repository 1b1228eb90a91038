// Sharing, the work: every operand and pointer of the next build that names something with an older
// home is re-pointed there. Variables to their living storage, functions and type identities to
// their oldest address, so that comparisons hold.
#include <unordered_map>

#include "analysis/address_index.h"
#include "analysis/boundary.h"
#include "analysis/judgement.h"
#include "analysis/migrations.h"

namespace hrwatch::analysis {
namespace {

// Oldest homes of functions and type identities by their exact address.
class Identities {
 public:
  explicit Identities(const Judgement& judgement)
      : judgement_(judgement),
        functions_(judgement.next.functions),
        constants_(judgement.next.constants) {}

  // Null when `target` is not the start of a function that an older generation has, or when the
  // older one could not be led to this body.
  const hr::wire::Home* function(Address target) const {
    const auto& list = judgement_.next.functions;
    for (std::size_t i = functions_.starting_at(target);
         i < list.size() && list[i].address == target; ++i) {
      const std::uint32_t slot = judgement_.slots[i];
      if (slot >= judgement_.state.functions.size()) {
        continue;
      }
      const KnownFunction& known = judgement_.state.functions[slot];
      const bool same_body = known.body_hash != 0 && known.body_hash == list[i].body_hash;
      if (known.forwards || same_body) {
        return &known.oldest;
      }
    }
    return nullptr;
  }

  const hr::wire::Home* type(Address target) const {
    const auto& list = judgement_.next.constants;
    for (std::size_t i = constants_.starting_at(target);
         i < list.size() && list[i].address == target; ++i) {
      if (list[i].kind != ConstantKind::type_info && list[i].kind != ConstantKind::type_name) {
        continue;
      }
      const auto known = judgement_.state.constants.find(list[i].key);
      if (known != judgement_.state.constants.end() && known->second.kind == list[i].kind &&
          known->second.oldest_size == list[i].size) {
        return &known->second.oldest;
      }
    }
    return nullptr;
  }

  // Virtual tables and type tables lead straight to the code of their own generation.
  bool keeps_to_its_build(Address where) const {
    const std::size_t holder = constants_.covering(where);
    if (holder == no_symbol) {
      return false;
    }
    const Constant& constant = judgement_.next.constants[holder];
    return constant.kind == ConstantKind::vtable || is_type_table(constant.name);
  }

 private:
  const Judgement& judgement_;
  AddressIndex functions_;
  AddressIndex constants_;
};

}  // namespace

void judge_code_references(Judgement& judgement) {
  Boundaries boundaries(judgement);
  const Identities identities(judgement);
  std::vector<hr::wire::CodePatch>& patches = judgement.rewiring.code;
  // Code that refers to something by distance was bound to the library's own at link time
  // (-Bsymbolic, or a hidden alias of an exported variable), whatever the program's global scope
  // has under that name.
  std::unordered_map<const hr::wire::Home*, std::uint32_t> own;
  const auto home_for_code = [&](const hr::wire::Home& home) {
    if (home.got == 0 && home.name.empty()) {
      return judgement.home(home);
    }
    std::vector<hr::wire::Home>& homes = judgement.rewiring.homes;
    const auto [at, fresh] = own.emplace(&home, static_cast<std::uint32_t>(homes.size()));
    if (fresh) {
      homes.push_back({home.generation, home.address, 0, {}});
    }
    return at->second;
  };
  for (const CodeReference& reference : judgement.next.code_references) {
    const std::size_t variable = boundaries.meant_by(reference);
    if (variable != no_symbol) {
      if (const LivingVariable* living = judgement.living[variable]) {
        const auto inside = static_cast<std::int64_t>(reference.target -
                                                      judgement.next.variables[variable].address);
        patches.push_back({reference.at, inside + reference.addend, home_for_code(living->home)});
      }
    } else if (reference.address_taken) {
      const hr::wire::Home* oldest = identities.function(reference.target);
      oldest = oldest != nullptr ? oldest : identities.type(reference.target);
      if (oldest != nullptr) {
        patches.push_back({reference.at, reference.addend, home_for_code(*oldest)});
      }
    }
  }
}

void judge_data_references(Judgement& judgement) {
  Boundaries boundaries(judgement);
  const Identities identities(judgement);
  std::vector<hr::wire::DataPatch>& patches = judgement.rewiring.data;
  for (const DataReference& reference : judgement.next.data_references) {
    const std::size_t variable = boundaries.meant_by(reference);
    if (variable != no_symbol) {
      if (const LivingVariable* living = judgement.living[variable]) {
        const auto inside = static_cast<std::int64_t>(reference.target -
                                                      judgement.next.variables[variable].address);
        patches.push_back({reference.at, reference.target, inside, judgement.home(living->home)});
      }
      continue;
    }
    const hr::wire::Home* oldest = identities.type(reference.target);
    if (oldest == nullptr && !identities.keeps_to_its_build(reference.at)) {
      oldest = identities.function(reference.target);
    }
    if (oldest != nullptr) {
      patches.push_back({reference.at, reference.target, 0, judgement.home(*oldest)});
    }
  }
}

}  // namespace hrwatch::analysis
