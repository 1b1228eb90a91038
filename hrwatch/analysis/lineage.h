// The generations one host has of one module, and what the next build means for it: the verdict,
// and the rewiring that carries it out. Pure: descriptions in, decisions out.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/description.h"
#include "wire/rewiring.h"

namespace hrwatch::analysis {

// Answers from the object files what the linked library can't tell: which variable an address near
// a boundary belongs to (ELF relocations of the .o; needs -fdata-sections).
class ObjectReferences {
 public:
  virtual ~ObjectReferences() = default;

  // The name of the variable that the operand `offset` bytes into `function` refers to, and the
  // distance from its start; nothing when no object file says so exactly.
  struct Target {
    std::string variable;
    std::int64_t offset = 0;
  };

  // `addend` is the operand's (CodeReference::addend).
  virtual std::optional<Target> target(const Function& function, std::uint64_t offset,
                                       std::int32_t addend) = 0;

  // The same for the pointer `offset` bytes into the initial image of `variable`.
  virtual std::optional<Target> data_target(const Variable& variable, std::uint64_t offset) {
    static_cast<void>(variable), static_cast<void>(offset);
    return std::nullopt;
  }
};

// A variable that the next build shares: what a debugger has to be told of its copy.
struct DebugAddress {
  std::uint64_t operand = 0;     // file offset of the 8 bytes in the next build's debug info
  Address address = 0;           // what they say: the build's own storage, which nobody uses
  std::uint32_t generation = 0;  // where the living storage is
  Address home = 0;
};

// The build goes in: with these writes, and these remarks for the user (what stays old, and why).
struct Accepted {
  hr::wire::Rewiring rewiring;
  std::vector<std::string> remarks;
  std::vector<DebugAddress> debug_addresses;
};

// The build is byte for byte what the host already runs.
struct Unchanged {};

// The build can't be proven to fit what lives in the host: every reason, the gravest first.
struct Refused {
  std::vector<hr::wire::Failure> reasons;
};

using Verdict = std::variant<Accepted, Unchanged, Refused>;

class RunningHost;  // running_host.h

class Lineage {
 public:
  struct State;  // lineage_state.h: for the rules of the verdict alone

  // Starts with what the host loaded itself. `description` may have problems: then every verdict is
  // a refusal that names them.
  explicit Lineage(std::shared_ptr<const Description> generation_0);
  ~Lineage();
  Lineage(Lineage&&) noexcept;
  Lineage& operator=(Lineage&&) noexcept;
  Lineage(const Lineage&);
  Lineage& operator=(const Lineage&);

  // What `next` as generation `number` would mean. Changes nothing. `host` (null: it can't be
  // asked, and every changed layout is refused) is asked when layouts changed. Cost: linear in
  // references and symbols of `next`; milliseconds for 30 units.
  Verdict judge(const Description& next, std::uint32_t number, ObjectReferences& objects,
                RunningHost* host = nullptr) const;

  // The host committed `next` as `number` (or had, before this tool started): what later
  // generations are compared with and shared with. `host` as for judge(), while the generation
  // before is its newest.
  void adopt(std::shared_ptr<const Description> next, std::uint32_t number,
             ObjectReferences& objects, RunningHost* host = nullptr);

  // The host took generation `number`, the newest that still ran, back: the next build is compared
  // with what runs now, and brings all of it that `number` had brought.
  void withdraw(std::uint32_t number);

  // Generation and entry of every body that calls reach.
  std::set<std::pair<std::uint32_t, Address>> running_functions() const;

  const std::string& newest_build_id() const;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace hrwatch::analysis
