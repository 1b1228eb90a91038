// From a reload message to a generation that only waits to go live: loads the copies, computes
// every write as a plan, checks all of it. Touches nothing live. Knows no socket and no thread.
//
//   auto module = Module::adopt(info);
//   auto prepared = prepare(module, reload);            // any thread; refused = nothing happened
//   if (prepared) {
//     auto done = commit(*prepared.value());            // commit.h: the instant it goes live
//   }                                                   // destroyed: page rights as before
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hr/state.h"
#include "src/entries.h"
#include "src/memory_map.h"
#include "src/module.h"
#include "src/own_memory.h"
#include "wire/messages.h"

namespace hr::runtime {

// Bytes to copy over a living variable.
struct ImageCopy {
  Pointer to = 0;
  Pointer from = 0;
  std::uint64_t size = 0;
};

struct InitialiserCall {
  Pointer function = 0;
  std::string variable;
};

// A variable that moves, see wire::VariableMove.
struct PlannedMove {
  Pointer from = 0, to = 0;
  Addresses words;
  wire::VariableMove move;
};

struct PlannedPlace {
  Pointer begin = 0;
  std::uint64_t size = 0;
  std::string name;
};

// What one module's commit does, in this order; all addresses are checked.
struct ModulePlan {
  std::shared_ptr<Module> module;
  std::unique_ptr<Generation> generation;
  std::vector<InitialiserCall> initialisers;
  OwnVector<ImageCopy> images;
  std::vector<SlotStore> slots;
  std::vector<Forwarding> forwardings;
  WritablePages live_pages;       // of older generations, open from prepare on
  std::uint32_t withdrawals = 0;  // of the module that the plan takes into account
  std::vector<std::pair<Pointer, Pointer>> vtables;  // address points: old, and what it becomes
  std::vector<const hr_type*> tables;                // of the new generation
  std::vector<std::pair<const hr_type*, wire::TypeMigration>> migrations;
  OwnVector<PlannedMove> moves;
  OwnVector<PlannedPlace> places;
};

// Several modules that go live together. Destroyed before its commit it undoes everything; after
// it, it gives older code its page rights back. Destroy it on a thread that may wait (dlclose).
class Prepared {
 public:
  Prepared() = default;
  ~Prepared();
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  std::vector<ModulePlan> plans;
  bool at_poll = false;  // commit runs where the program said that no code of a module runs
  std::uintptr_t poll_frame = 0;     // there: frame address of the function that the program called
  std::vector<std::string> remarks;  // what the commit did to the program's objects, for the user
};

struct ReloadTarget {
  std::shared_ptr<Module> module;
  const wire::ModuleReload* reload = nullptr;
};

// What keeps a plan that takes `known` withdrawals of `module` into account from going live.
std::optional<wire::Failure> check_withdrawals(const Module& module, std::uint32_t known);

// All of `targets` or none. On failure `refused` (if given) gets the name of the module that was in
// the way. Errors: a file that may not be loaded, the dynamic linker's, a rewiring that does not
// fit, no address space, code that can't be made writable. Thread: one at a time; it may wait for
// the dynamic linker. Cost: milliseconds and up.
wire::Result<std::unique_ptr<Prepared>> prepare(std::span<const ReloadTarget> targets,
                                                std::string* refused = nullptr);
wire::Result<std::unique_ptr<Prepared>> prepare(const std::shared_ptr<Module>& module,
                                                const wire::ModuleReload& reload);

}  // namespace hr::runtime
