#include "app/workbench.h"

#include <uv.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "analysis/describe.h"
#include "app/crash_reader.h"
#include "app/fold.h"
#include "app/module_in_host.h"
#include "app/names_file.h"
#include "app/old_code.h"
#include "app/old_descriptions.h"
#include "publish/publish.h"

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;
using hr::wire::Failure;

core::Time now() {
  return core::Time{static_cast<std::int64_t>(uv_hrtime())};
}

// The objects of a module, unless one is newer than the library: then a build has failed since, and
// they would answer for code that the library does not have.
std::unique_ptr<analysis::ObjectReferences> objects_of(const WatchedModule& module) {
  std::error_code error;
  const auto linked = fs::last_write_time(module.artifact, error);
  const bool stale = std::any_of(module.objects.begin(), module.objects.end(), [&](const auto& o) {
    const auto compiled = fs::last_write_time(o, error);
    return error || compiled > linked;
  });
  return analysis::open_objects(stale ? std::vector<fs::path>{} : module.objects);
}

// What tells one build of a program or library from another; "" when it is not there.
std::string file_id(const fs::path& file) {
  if (const auto id = analysis::read_build_id(file); id.ok()) {
    return id.value();
  }
  std::error_code error;
  const auto written = fs::last_write_time(file, error).time_since_epoch().count();
  return error ? std::string{} : std::to_string(written);
}

// The same of several together; "" when one is missing.
std::string program_id(const std::vector<fs::path>& files) {
  std::string all;
  for (const fs::path& file : files) {
    const std::string id = file_id(file);
    if (id.empty()) {
      return id;
    }
    all += id + " ";
  }
  return all;
}

}  // namespace

// One host's judging on its way: first the verdicts, then the copies they need.
struct Workbench::Judgement {
  struct Piece {
    std::string module;
    WatchedModule facts;
    Description next;
    std::shared_ptr<Copy> copy;
    std::shared_ptr<analysis::ObjectReferences> objects;
    std::shared_ptr<ModuleInHost> running;
    core::ModuleVerdict verdict;
    std::vector<std::byte> rewiring;
    std::uint32_t withdrawals = 0;
    std::vector<analysis::DebugAddress> debug_addresses;
  };

  core::RoundId round = 0;
  core::HostId host = 0;
  std::vector<Piece> pieces;
  core::Time analysed{};
};

Workbench::Workbench(uv_loop_t* loop, const fs::path& build_dir,
                     std::function<void(core::Event)> sink)
    : folder_(build_dir / ".hrwatch"),
      sink_(std::move(sink)),
      workers_(loop),
      copies_(workers_, folder_ / "gen"),
      store_(std::make_shared<DescriptionStore>(folder_ / "desc")) {}

hr::wire::Result<hr::wire::Done> Workbench::open() {
  for (const auto& folder : {folder_, folder_ / "gen", folder_ / "desc", folder_ / "carry"}) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) {
      fs::permissions(folder, fs::perms::owner_all, error);
    }
    if (error) {
      return Failure{"the folder " + folder.string() + " can't be used", error.message(),
                     "make it writable for you alone: chmod -R u+rwX,go= " + folder_.string()};
    }
  }
  publish::remove_leftovers(folder_ / "gen");
  return hr::wire::Done{};
}

void Workbench::set_modules(std::vector<WatchedModule> modules,
                            std::shared_ptr<const core::ProjectModel> model) {
  model_ = std::move(model);
  std::map<std::string, Module> known = std::exchange(modules_, {});
  for (auto& module : modules) {
    Module& entry = modules_[module.name];
    if (const auto old = known.find(module.name); old != known.end()) {
      entry = std::move(old->second);
    }
    entry.facts = std::move(module);
  }
}

void Workbench::read_ahead() {
  if (reading_ahead_ > 0) {
    read_again_ = true;
    return;
  }
  for (const auto& [name, module] : modules_) {
    ++reading_ahead_;
    workers_.run(
        [store = store_, library = LibraryFile{module.facts.artifact, module.facts.objects}] {
          store->read_ahead(library);
        },
        [this] {
          if (--reading_ahead_ == 0 && std::exchange(read_again_, false)) {
            read_ahead();
          }
        });
  }
}

void Workbench::linked(const fs::path& file) {
  for (auto& [name, module] : modules_) {
    if (module.facts.artifact != file || !is_loaded(name)) {
      continue;
    }
    auto promise = std::make_shared<std::promise<std::shared_ptr<const EarlyDone>>>();
    module.early = promise->get_future().share();
    workers_.run(
        [promise, store = store_, name = name, folder = folder_ / "gen",
         library = LibraryFile{module.facts.artifact, module.facts.objects}] {
          promise->set_value(work_early(library, name, folder, *store));
        },
        [] {});
  }
}

void Workbench::analyse(core::RoundId round, const std::vector<fs::path>& program) {
  struct Analysis {
    core::Analysed result;
    std::size_t open = 0;
  };

  auto analysis = std::make_shared<Analysis>();
  analysis->result.round = round;
  analysis->open = modules_.size() + 1;
  const auto one_done = [this, analysis] {
    if (--analysis->open == 0) {
      sink_(analysis->result);
      save_when_idle();
    }
  };
  for (auto& [name, module] : modules_) {
    auto described = std::make_shared<DescriptionStore::Described>(Failure{});
    const EarlyWork early = std::exchange(module.early, {});
    workers_.run(
        [described, store = store_, facts = module.facts, newest = module.newest, early] {
          const auto id = analysis::read_build_id(facts.artifact);
          if (!id.ok()) {
            *described = id.failure();
          } else if (newest && newest->build_id == id.value()) {
            *described = newest;
          } else {
            const auto done = done_for(facts.artifact, early);
            *described = store->get(id.value(), {{facts.artifact, facts.objects}},
                                    done ? &done->described : nullptr);
          }
        },
        [this, analysis, described, one_done, name = name] {
          const auto found = modules_.find(name);
          if (!described->ok()) {
            analysis->result.modules.push_back({name, "", described->failure()});
          } else if (found != modules_.end()) {
            Module& built = found->second;
            const bool fresh = built.newest && built.newest != described->value();
            built.newest = described->value();
            analysis->result.modules.push_back({name, built.newest->build_id, std::nullopt});
            if (fresh && is_loaded(name)) {
              publish(built, newest_generation(name));
            }
          }
          one_done();
        });
    if (is_loaded(name)) {
      copies_.begin(name, module.facts.artifact, module.newest, early);
    } else {
      copies_.skip(name);
    }
  }
  auto id = std::make_shared<std::string>();
  workers_.run([id, program] { *id = program_id(program); },
               [analysis, id, one_done] {
                 analysis->result.program_id = *id;
                 one_done();
               });
}

bool Workbench::is_loaded(const std::string& module) const {
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const auto& host) { return host.second.generations.contains(module); });
}

std::uint32_t Workbench::newest_generation(const std::string& module) const {
  std::uint32_t newest = 0;
  for (const auto& [host, bench] : hosts_) {
    if (const auto has = bench.generations.find(module); has != bench.generations.end()) {
      newest = std::max(newest, has->second);
    }
  }
  return newest;
}

std::shared_ptr<Copy> Workbench::publish(const Module& module, std::uint32_t newest_known) {
  Distances distances;
  for (const auto& [host, bench] : hosts_) {
    if (const auto known = bench.distances.find(module.facts.name);
        known != bench.distances.end()) {
      distances = known->second;
      break;
    }
  }
  return copies_.publish(module.facts.name, module.facts.artifact, module.newest, newest_known,
                         distances);
}

void Workbench::fold(core::HostId host, int pid,
                     const std::vector<hr::wire::ModuleState>& modules) {
  auto& bench =
      hosts_.try_emplace(host, Bench{pid, Strand(workers_), {}, {}, {}, {}, {}, {}}).first->second;
  if (!bench.lineages) {
    bench.lineages = std::make_shared<Lineages>();
  }
  auto request = std::make_shared<FoldRequest>();
  request->pid = pid;
  request->copies = folder_ / "gen";
  bench.generations.clear();
  for (const auto& module : modules) {
    const auto known = modules_.find(module.name);
    if (known == modules_.end() || module.generations.empty()) {
      continue;  // not ours to reload
    }
    request->modules.push_back(module);
    request->artifacts[module.name] = {known->second.facts.artifact, known->second.facts.objects};
    bench.generations[module.name] = module.generations.back().number;
    copies_.seen(module.name, module.generations.back().number);
    bench.distances[module.name] = Distances(module);
    bench.modules[module.name] = module;
    bench.withdrawals[module.name] = static_cast<std::uint32_t>(module.withdrawn.size());
  }
  auto failure = std::make_shared<std::optional<Failure>>();
  bench.strand.run(
      [request, failure, store = store_, lineages = bench.lineages] {
        auto folded = app::fold(*request, *store);
        lineages->next.clear();
        if (folded.ok()) {
          lineages->now = std::move(folded.value());
        } else {
          lineages->now.clear();
          *failure = folded.failure();
        }
      },
      [this, host, failure] {
        sink_(core::HostFolded{host, *failure});
        save_when_idle();
      });
}

void Workbench::judge(core::RoundId round, core::HostId host,
                      const std::vector<std::string>& modules) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) {
    return;  // it left; the session knows or will know
  }
  auto judgement = std::make_shared<Judgement>();
  judgement->round = round;
  judgement->host = host;
  for (const auto& name : modules) {
    const auto module = modules_.find(name);
    if (module != modules_.end() && module->second.newest) {
      auto copy = publish(module->second, found->second.generations[name]);
      judgement->pieces.push_back(
          {name,
           module->second.facts,
           module->second.newest,
           std::move(copy),
           nullptr,
           std::make_shared<ModuleInHost>(found->second.pid, found->second.modules[name],
                                          found->second.generations[name], folder_ / "gen", model_,
                                          store_),
           {},
           {},
           found->second.withdrawals[name],
           {}});
    }
  }
  found->second.strand.run(
      [judgement, lineages = found->second.lineages] {
        for (auto& piece : judgement->pieces) {
          auto& verdict = piece.verdict;
          verdict.module = piece.module;
          verdict.build_id = piece.next->build_id;
          verdict.generation = piece.copy->generation;
          piece.objects = objects_of(piece.facts);
          const auto lineage = lineages->now.find(piece.module);
          if (lineage == lineages->now.end()) {
            verdict.kind = core::VerdictKind::refused;
            verdict.reasons.push_back({"the program's own build of " + piece.module + " is unknown",
                                       "it could not be described", "start the program again"});
            continue;
          }
          auto decided = lineage->second.judge(*piece.next, verdict.generation, *piece.objects,
                                               piece.running.get());
          if (auto* accepted = std::get_if<analysis::Accepted>(&decided)) {
            verdict.remarks = std::move(accepted->remarks);
            piece.rewiring = hr::wire::encode(accepted->rewiring);
            piece.debug_addresses = std::move(accepted->debug_addresses);
          } else if (auto* refused = std::get_if<analysis::Refused>(&decided)) {
            verdict.kind = core::VerdictKind::refused;
            verdict.reasons = std::move(refused->reasons);
          } else {
            verdict.kind = core::VerdictKind::unchanged;
          }
        }
      },
      [this, judgement] {
        judgement->analysed = now();
        judged(judgement);
      });
}

void Workbench::judged(const std::shared_ptr<Judgement>& judgement) {
  for (const auto& piece : judgement->pieces) {
    if (piece.verdict.kind == core::VerdictKind::accepted && !piece.copy->done) {
      piece.copy->waiting.push_back([this, judgement] { judged(judgement); });
      return;
    }
  }
  const auto host = hosts_.find(judgement->host);
  if (host == hosts_.end()) {
    return;
  }
  core::Judged event{judgement->round, judgement->host, {}, judgement->analysed};
  host->second.reload.clear();
  for (auto& piece : judgement->pieces) {
    if (piece.verdict.kind == core::VerdictKind::accepted && piece.copy->failure) {
      // No verdict on the build, and nothing to send: all modules of a save or none.
      host->second.reload.clear();
      sink_(core::Trouble{*piece.copy->failure});
      sink_(core::Judged{judgement->round, judgement->host, {}, judgement->analysed});
      return;
    }
    if (piece.verdict.kind == core::VerdictKind::accepted) {
      set_debug_words(*piece.copy, host->second, piece.module, piece.debug_addresses);
      host->second.reload.push_back({piece.module, piece.verdict.generation, piece.verdict.build_id,
                                     piece.copy->path.string(), std::move(piece.rewiring),
                                     piece.withdrawals});
    }
    event.modules.push_back(piece.verdict);
  }
  sink_(std::move(event));
  // Meanwhile, what the next build will be compared with once this one is live. The object files
  // are read now: the next build replaces them.
  host->second.strand.run(
      [judgement, lineages = host->second.lineages] {
        lineages->next.clear();
        for (auto& piece : judgement->pieces) {
          const auto lineage = lineages->now.find(piece.module);
          if (piece.verdict.kind == core::VerdictKind::accepted && lineage != lineages->now.end()) {
            auto next = lineage->second;
            next.adopt(piece.next, piece.verdict.generation, *piece.objects, piece.running.get());
            lineages->next.emplace(piece.module, std::move(next));
          }
        }
      },
      [this] { save_when_idle(); });
}

// The first host's distances count: they are the same in all, as a rule. What fails here costs a
// debugger's view, never the reload.
void Workbench::set_debug_words(Copy& copy, const Bench& bench, const std::string& module,
                                const std::vector<analysis::DebugAddress>& addresses) {
  const auto distances = bench.distances.find(module);
  if (std::exchange(copy.debug_words_set, true) || distances == bench.distances.end()) {
    return;
  }
  const auto words = debug_words(addresses, copy.generation, distances->second);
  if (!words.empty()) {
    if (auto set = publish::set_words(copy.path, words); !set.ok()) {
      sink_(core::Trouble{set.failure()});
    }
  }
}

hr::wire::Reload Workbench::take_reload(core::RoundId round, core::HostId host) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) {
    return {round, {}};
  }
  for (const auto& module : found->second.reload) {
    found->second.generations[module.module] = module.generation;
  }
  return {round, std::exchange(found->second.reload, {})};
}

void Workbench::adopt(core::HostId host) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) {
    return;
  }
  found->second.strand.run(
      [lineages = found->second.lineages] {
        for (auto& [module, lineage] : std::exchange(lineages->next, {})) {
          lineages->now.insert_or_assign(module, std::move(lineage));
        }
      },
      [this] { save_when_idle(); });
}

void Workbench::write_names(const std::vector<std::string>& builds, const fs::path& program) {
  std::vector<Description> descriptions;
  if (analysis::imports(program, "hr_state")) {
    const auto id = analysis::read_build_id(program);
    const auto known =
        id.ok() ? store_->get(id.value(), {{program, {}}}) : analysis::describe(program);
    if (known.ok()) {
      descriptions.push_back(known.value());
    }
  }
  for (const auto& build : builds) {
    if (auto known = store_->get(build, {}); known.ok()) {
      descriptions.push_back(known.value());
    }
  }
  for (const auto& [name, module] : modules_) {
    if (builds.empty() && module.newest) {
      descriptions.push_back(module.newest);
    }
  }
  write_member_names(carry_folder() / "names.json", descriptions);
}

void Workbench::forget_values() {
  std::error_code ignored;
  fs::remove(carry_folder() / "values.json", ignored);
}

void Workbench::withdraw(core::HostId host, const std::vector<hr::wire::WithdrawnModule>& modules) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) {
    return;
  }
  for (const auto& module : modules) {
    ++found->second.withdrawals[module.module];
  }
  found->second.strand.run(
      [lineages = found->second.lineages, modules] {
        for (const auto& module : modules) {
          if (const auto lineage = lineages->now.find(module.module);
              lineage != lineages->now.end()) {
            lineage->second.withdraw(module.withdrawal.generation);
          }
        }
      },
      [this] { save_when_idle(); });
}

void Workbench::read_threads(core::HostId host, core::CommandId command,
                             const std::vector<hr::wire::ModuleState>& modules,
                             const std::map<std::string, std::uint32_t>& running) {
  auto result = std::make_shared<core::ThreadsRead>(core::ThreadsRead{host, command, {}, {}});
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) {
    workers_.run([] {}, [this, result] { sink_(std::move(*result)); });
    return;
  }
  found->second.strand.run(
      [result, running, pid = found->second.pid, lineages = found->second.lineages,
       files = generation_files(found->second.pid, modules, folder_ / "gen")] {
        std::map<std::string, RunningCode> code;
        for (const auto& [module, lineage] : lineages->now) {
          if (const auto generation = running.find(module); generation != running.end()) {
            code[module] = {generation->second, lineage.running_functions()};
          }
        }
        auto calls = find_old_code(pid, files, code);
        if (calls.ok()) {
          result->old_calls = std::move(calls).value();
        } else {
          result->failure = calls.failure();
        }
      },
      [this, result] { sink_(std::move(*result)); });
}

void Workbench::forget(core::HostId host) {
  hosts_.erase(host);
}

void Workbench::save_when_idle() {
  if (workers_.running() > 0) {
    return;
  }
  std::set<std::string> running;
  for (const auto& [host, bench] : hosts_) {
    for (const auto& [name, module] : bench.modules) {
      for (const auto& generation : module.generations) {
        running.insert(generation.build_id);
      }
    }
  }
  workers_.run(
      [store = store_, folder = folder_, running = std::move(running)] {
        store->save_new();
        remove_old_descriptions(folder / "desc", folder / "gen", running);
      },
      [] {});
}

}  // namespace hrwatch::app
