// A hot module of this process: the library that the program loaded, the generations that came
// after, and the address space for more. Knows no tool and no socket.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "hr/module.h"
#include "src/address_space.h"
#include "src/code_map.h"
#include "src/generation.h"
#include "wire/messages.h"

namespace hr::runtime {

class Module {
 public:
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // Takes a library that is being loaded: normalises its entries, reserves address space near it.
  // What keeps it from being reloaded is a `problem()`, no failure. Thread: the one that loads it,
  // before any other runs its code. nullptr when `info.anchor` is in no library.
  static std::shared_ptr<Module> adopt(const hr_module_info& info);

  const std::string& name() const { return name_; }

  const std::string& build_dir() const { return build_dir_; }

  const std::optional<wire::Failure>& problem() const { return problem_; }

  const LoadedImage& generation_0() const { return generations_.front()->image; }

  AddressSpace& space() { return space_; }

  // What the tool wants to know. Thread: any.
  wire::ModuleState state() const;

  // Number of the generation whose code runs: the newest one that was not taken back. Thread: any.
  std::uint32_t running() const { return code_->running.load(std::memory_order_acquire); }

  // How often a generation was taken back. Thread: any.
  std::uint32_t withdrawals() const;

  // Number of the newest generation that is loaded. Thread: any.
  std::uint32_t newest() const { return newest_.load(std::memory_order_acquire); }

  // Generation `number` if it is live. Thread: any; it stays valid as long as the module.
  const Generation* find(std::uint32_t number) const;
  // True when `address` lies in one of its generations.
  bool contains(Pointer address) const;
  std::vector<LoadedImage> images() const;

  // Adds what has just gone live. Does not allocate after `make_room()`.
  void make_room();
  void add(std::unique_ptr<Generation> generation);

  // What runs now runs no more, and what it took the place of does.
  wire::Withdrawal take_back();

  // For signal handlers; it outlives the module.
  const HotCode& code() const { return *code_; }

  // The program has unloaded the library: nothing of it may be touched any more.
  bool gone() const { return gone_.load(std::memory_order_acquire); }

  void leave() {
    gone_.store(true, std::memory_order_release);
    code_->gone.store(true, std::memory_order_release);
  }

 private:
  Module() = default;
  void prepare_entries(const hr_module_info& info);
  void open_image();

  std::string name_;
  std::string build_dir_;
  int descriptor_ = -1;  // generation 0's file, for the tool to read
  std::optional<wire::Failure> problem_;
  AddressSpace space_;
  mutable std::mutex generations_mutex_;
  std::vector<std::unique_ptr<Generation>> generations_;  // oldest first; never shrinks
  std::vector<wire::Withdrawal> withdrawn_;
  HotCode* code_ = nullptr;  // never freed
  std::atomic<std::uint32_t> newest_{0};
  std::atomic<bool> gone_{false};
};

// Held while memory of modules is read or written, and while one takes its leave. Whoever holds it
// must not call the dynamic linker or the user's code: both may wait for whoever wants it.
std::mutex& module_memory();

}  // namespace hr::runtime
