// A build folder of its own with the tiny module in it, loaded as generation 0, and reloads of
// later versions with the rewiring that the tool would compute.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "src/module.h"
#include "symbols.h"
#include "tiny_library.h"
#include "wire/messages.h"
#include "wire/rewiring.h"

namespace hr::test {

// A temporary build folder; removed at the end.
class BuildFolder {
 public:
  BuildFolder();
  ~BuildFolder();
  BuildFolder(const BuildFolder&) = delete;
  BuildFolder& operator=(const BuildFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path gen() const { return path_ / ".hrwatch" / "gen"; }

  // As a module says it.
  const std::string& name() const { return name_; }

  // As publish_into() does it.
  std::string publish(const std::string& library, const std::string& module, std::uint32_t number,
                      std::uint64_t place) const;

 private:
  std::filesystem::path path_;
  std::string name_;
};

// What makes `next` (as generation `number`) supersede the versions in `older`: forwarding of every
// tiny_ function, sharing of counters, function addresses and thread_locals.
wire::Rewiring rewire(const std::map<std::uint32_t, Symbols>& older, const Symbols& next,
                      std::uint32_t number);

// Generation 0, loaded with dlopen from a copy in the build folder, and adopted.
class TinyHost {
 public:
  // With `adopt` false the module is only loaded: `info` is what it says of itself.
  explicit TinyHost(bool adopt = true, const std::string& version = "1");
  ~TinyHost();

  // The reload of version `version` as generation `number`, published and rewired.
  wire::ModuleReload reload(const std::string& version, std::uint32_t number);
  wire::Rewiring rewiring(const std::string& version, std::uint32_t number) const;
  // Tell it what was committed, so that later rewirings supersede that too.
  void committed(const std::string& version, std::uint32_t number);

  // Where the host has the place of generation `number`.
  std::uint64_t place_of(std::uint32_t number) const;

  int call(const char* function) const;
  // Generation 0's symbol; fails the test when there is none.
  void* symbol(const char* name) const;

  BuildFolder folder;
  hr_module_info info = {};
  std::shared_ptr<runtime::Module> module;

 private:
  void* handle_ = nullptr;
  std::map<std::uint32_t, Symbols> generations_;
};

// Where a host that says this of itself has the place of generation `number`.
std::uint64_t place_in(const wire::ModuleState& module, std::uint32_t number);

// Everything that may be executed or written in generation 0, byte for byte.
std::string image_bytes(const runtime::Module& module);

}  // namespace hr::test
