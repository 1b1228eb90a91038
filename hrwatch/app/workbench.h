// Where builds become reloads: describes what was built, publishes copies, judges them for each
// host, and keeps each host's lineages. All reading and computing happens on worker threads. Knows
// no socket and decides nothing: it answers what the session asks.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/lineage.h"
#include "app/copies.h"
#include "app/description_store.h"
#include "app/distances.h"
#include "app/early_work.h"
#include "app/worker.h"
#include "core/event.h"
#include "core/project_model.h"
#include "wire/messages.h"

namespace hrwatch::app {

// What the session wants reloaded.
struct WatchedModule {
  std::string name;
  std::filesystem::path artifact;
  std::vector<std::filesystem::path> objects;
};

// Loop's thread only. `sink` gets Analysed, HostFolded and Judged, never from within a call.
class Workbench {
 public:
  Workbench(uv_loop_t* loop, const std::filesystem::path& build_dir,
            std::function<void(core::Event)> sink);

  // Makes the folders, removes what no process maps any more. Errors: they can't be made.
  hr::wire::Result<hr::wire::Done> open();

  // `model`: what they are part of.
  void set_modules(std::vector<WatchedModule> modules,
                   std::shared_ptr<const core::ProjectModel> model);

  // Reads what compilers have written since the last build was described, while the next goes on.
  void read_ahead();

  // A linker has put a finished file in its place: what it is a module's library for is begun now.
  void linked(const std::filesystem::path& file);

  // Describes; publishes at once when a host is there to load it. `program`: the files that it has
  // loaded until it is started again, whose build-ids are wanted as well.
  void analyse(core::RoundId round, const std::vector<std::filesystem::path>& program);

  // Learns (again) which generations a host has.
  void fold(core::HostId host, int pid, const std::vector<hr::wire::ModuleState>& modules);
  void judge(core::RoundId round, core::HostId host, const std::vector<std::string>& modules);
  void forget(core::HostId host);

  // Finds out which threads of a host are in old code. `running`: generation by module. The sink
  // gets ThreadsRead.
  void read_threads(core::HostId host, core::CommandId command,
                    const std::vector<hr::wire::ModuleState>& modules,
                    const std::map<std::string, std::uint32_t>& running);

  // What was accepted for `host`, to be sent once.
  hr::wire::Reload take_reload(core::RoundId round, core::HostId host);

  // The host committed what was last sent to it.
  void adopt(core::HostId host);

  // Writes what programs need to save their state by name, or to take it back: the members of
  // classes, as these builds have them; of the newest ones without `builds`. `program`: its
  // executable, which may have states of its own.
  void write_names(const std::vector<std::string>& builds, const std::filesystem::path& program);
  // Whether a program starts with what another left.
  void forget_values();

  std::filesystem::path carry_folder() const { return folder_ / "carry"; }

  // The host took generations back.
  void withdraw(core::HostId host, const std::vector<hr::wire::WithdrawnModule>& modules);

 private:
  using Description = std::shared_ptr<const analysis::Description>;

  struct Module {
    WatchedModule facts;
    Description newest;  // of the last good build
    EarlyWork early;     // of the build that goes on
  };

  struct Lineages {
    std::map<std::string, analysis::Lineage> now;
    std::map<std::string, analysis::Lineage> next;  // when what was sent is committed
  };

  struct Bench {
    int pid = 0;
    Strand strand;
    std::shared_ptr<Lineages> lineages =
        std::make_shared<Lineages>();                  // touched on the strand only
    std::map<std::string, std::uint32_t> generations;  // newest, by module
    std::map<std::string, Distances> distances;        // by module
    std::map<std::string, hr::wire::ModuleState> modules;
    std::map<std::string, std::uint32_t> withdrawals;  // by module: how many the lineage knows
    std::vector<hr::wire::ModuleReload> reload;
  };

  struct Judgement;

  // A copy of the module's newest build that is newer than generation `newest_known`.
  std::shared_ptr<Copy> publish(const Module& module, std::uint32_t newest_known);
  // Some host has the module.
  bool is_loaded(const std::string& module) const;
  std::uint32_t newest_generation(const std::string& module) const;
  void judged(const std::shared_ptr<Judgement>& judgement);
  void set_debug_words(Copy& copy, const Bench& bench, const std::string& module,
                       const std::vector<analysis::DebugAddress>& addresses);
  void save_when_idle();

  std::filesystem::path folder_;
  std::function<void(core::Event)> sink_;
  Workers workers_;
  Copies copies_;
  std::shared_ptr<DescriptionStore> store_;
  std::map<std::string, Module> modules_;
  std::shared_ptr<const core::ProjectModel> model_;
  std::map<core::HostId, Bench> hosts_;
  std::size_t reading_ahead_ = 0;  // modules
  bool read_again_ = false;
};

}  // namespace hrwatch::app
