// What a lineage remembers of a host's generations: where everything lives and what newer builds
// are compared with. Values only: the descriptions of old generations need not stay in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/description.h"
#include "analysis/lineage.h"
#include "analysis/running_host.h"
#include "wire/rewiring.h"

namespace hrwatch::analysis {

// A variable and its one living storage.
struct LivingVariable {
  hr::wire::Home home;
  std::uint64_t size = 0;  // bytes, in the newest build that has it
  std::uint64_t room = 0;  // bytes of the storage
  std::uint64_t type_hash = 0;
  std::uint64_t image_hash = 0;  // of the newest build that has it
  bool dynamic = false;          // in the newest build that has it
  std::string type;
  std::string underlying;
  // Words that the dynamic linker filled with its address, for the code of each generation.
  std::vector<hr::wire::Home> words;
};

// A body that names a variable, and may run as long as nothing took its place.
struct VariableUser {
  std::uint32_t generation = 0;
  Address begin = 0;
  std::uint64_t size = 0;                  // bytes
  std::uint32_t slot = ~std::uint32_t{0};  // no_slot where it can't be superseded
  std::string name;
};

// Storage of a generation that nobody uses: its variables live elsewhere.
struct DeadStorage {
  hr::wire::Home begin;
  std::uint64_t size = 0;  // bytes
};

// A thread-local in the TLS image of the owning generation.
struct LivingThreadLocal {
  std::string name;
  std::string type;
  Key key = 0;
  Address offset = 0;
  std::uint64_t size = 0;
  std::uint64_t type_hash = 0;
  std::uint64_t image_hash = 0;
};

// A constant of the newest build that has it; every generation keeps a copy of its own.
struct KnownConstant {
  ConstantKind kind = ConstantKind::plain;
  std::uint64_t size = 0;
  std::uint64_t image_hash = 0;
  std::vector<std::string> slots;
  hr::wire::Home oldest;
  std::uint64_t oldest_size = 0;
  std::vector<hr::wire::Home> copies;  // of this size, the oldest first; empty for type identities
};

// An entry that still runs its own body: no newer one took its place.
struct LiveEntry {
  std::uint32_t generation = 0;
  Address entry = 0;
  Address nop = 0;  // 0 = there is none
};

// One function for all generations that have it. Its place in `State::functions` is its slot.
struct KnownFunction {
  hr::wire::Home oldest;
  bool forwards = false;  // the oldest entry can be made to lead elsewhere
  std::uint64_t body_hash = 0;
  LiveEntry live;
  std::uint64_t origin = 0;  // of the newest body; see Function::origin
  LiveEntry running;         // the body that calls reach; not `live` after a withdrawal
};

// What one generation took the place of, in case that it is withdrawn.
struct Replaced {
  struct Content {
    Key key = 0;
    std::uint64_t image_hash = 0;
    std::vector<std::string> slots;
  };

  std::vector<std::pair<std::uint32_t, LiveEntry>> functions;  // slot, and what ran there
  std::vector<Content> constants;
};

// The closures of one enclosing function, in the newest build that has any.
struct ClosureGroup {
  std::vector<std::uint64_t> bodies;  // by closure number; 0 = not known
  std::uint32_t epoch = 0;            // the generation since which closures keep their meaning
};

// What names a function across generations: its key, what it returns, and for closures the epoch.
using Identity = std::uint64_t;

// Functions that handle objects of a class whose layout changed: the generation since which they
// mean the new one. Those of before are never forwarded to them.
using Epochs = std::unordered_map<Key, std::uint32_t>;

inline constexpr std::uint32_t no_slot = ~std::uint32_t{0};

struct Lineage::State {
  std::shared_ptr<const Description> newest;
  std::vector<hr::wire::Failure> problems;  // of generation 0
  std::unordered_map<std::string, TypeLayout> types;
  // By name alone: the keys in `types` of a class that several units define ("name @ unit").
  std::unordered_map<std::string, std::vector<std::string>> split_types;
  std::unordered_map<Key, LivingVariable> variables;
  std::unordered_map<Key, std::vector<VariableUser>> users;  // of each variable
  std::vector<DeadStorage> dead;
  std::vector<LivingThreadLocal> thread_locals;  // empty: no generation has any yet
  std::uint64_t tls_size = 0;
  std::uint32_t tls_owner = 0;
  std::unordered_map<Key, KnownConstant> constants;
  std::vector<KnownFunction> functions;     // by slot
  std::vector<std::uint32_t> newest_slots;  // one each of newest->functions; no_slot = none
  std::vector<Identity> newest_identities;  // likewise; 0 = none
  std::unordered_map<Identity, std::uint32_t> slots;  // of each identity
  std::unordered_map<std::string, ClosureGroup> closures;
  Epochs epochs;
  std::uint32_t newest_number = 0;
  bool newest_withdrawn = false;
  std::unordered_map<std::uint32_t, Replaced> replaced;  // by the generation that did it
};

// Where something of generation `number` is. Only generation 0 may have been bound elsewhere: later
// ones are bound to themselves.
template <class Symbol>
hr::wire::Home home_of(const Symbol& symbol, std::uint32_t number) {
  const bool bound_by_loader = number == 0 && symbol.exported;
  return {number, symbol.address, bound_by_loader ? symbol.got : 0,
          bound_by_loader ? symbol.name : std::string()};
}

// `body` runs from its commit on, and what it took the place of no more.
void note_running(Lineage::State& state, std::uint32_t slot, const LiveEntry& body);
// Generation `number` is about to write over a constant.
void note_constant(Lineage::State& state, std::uint32_t number, Key key,
                   const KnownConstant& known);

// Folding a committed generation into the state, a part each. They take whatever the host runs:
// what a judgement would refuse starts afresh.
void adopt_types(Lineage::State& state, const Description& next, std::uint32_t number,
                 RunningHost* host);
void adopt_users(Lineage::State& state, const Description& next, std::uint32_t number);
void adopt_variables(Lineage::State& state, const Description& next, std::uint32_t number);
void adopt_thread_locals(Lineage::State& state, const Description& next, std::uint32_t number);
void adopt_constants(Lineage::State& state, const Description& next, std::uint32_t number);
void adopt_functions(Lineage::State& state, const Description& next, std::uint32_t number);

}  // namespace hrwatch::analysis
