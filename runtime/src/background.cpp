#include "src/background.h"

#include <algorithm>
#include <memory>

#include "src/background_wait.h"
#include "src/connection.h"
#include "src/crash_desk.h"
#include "src/crash_signals.h"
#include "src/guard.h"
#include "src/host.h"
#include "src/last_words.h"
#include "src/process.h"

namespace hr::runtime {
namespace {

constexpr int look_again_ms = 1000;

wire::Failure no_such_module(const std::string& name) {
  return {"no module " + name + " is loaded", "the program has unloaded it, or never loaded it",
          "load it again in the program"};
}

class Background {
 public:
  void run() {
    while (!Host::get().is_off()) {
      if (!wait_.works() || !Host::get().wake_works())
        reopen();
      update_connections();
      tell_outgoing();  // also of before there was a way to wake this thread
      wait();
      if (Host::get().is_off())
        break;
      for (const std::string& folder : wait_.changed())
        look_at(folder);
      receive();
      tell_outgoing();
      expect_last_words(someone_listens() ? wait_.wake_number() : -1);
      drop_what_is_gone();
    }
    give_up();
  }

 private:
  using Link = BackgroundWait::Link;

  // At the start, and after the program has closed descriptors that it did not open.
  void reopen() {
    const std::uint64_t now = now_us();
    if (reopened_at_us_ != 0 && now - reopened_at_us_ < look_again_ms * 1000u)
      rest(look_again_ms * 1000u);
    reopened_at_us_ = now_us();
    Host::get().set_wake(wait_.reopen());
    for (const Link& link : links_)
      link->leave();
    links_.clear();
    changed_ = true;
  }

  // One connection a build folder; tells the tools when the modules have changed.
  void update_connections() {
    const bool in_host = Host::get().take_changed();
    if (!std::exchange(changed_, false) && !in_host)
      return;
    const auto modules = Host::get().modules();
    const auto has_modules = [&](const std::string& build_dir) {
      return std::any_of(modules.begin(), modules.end(),
                         [&](const auto& module) { return module->build_dir() == build_dir; });
    };
    std::erase_if(links_, [&](const Link& link) { return !has_modules(link->build_dir()); });
    for (const Link& link : links_)
      link->send(wire::ModulesChanged{Host::get().polls(), states(link->build_dir())});
    for (const auto& module : modules) {
      if (link_of(module->build_dir()) != nullptr)
        continue;
      links_.push_back(std::make_unique<Connection>(module->build_dir()));
      wait_.watch(links_.back()->folder());
      join(*links_.back());
    }
  }

  Connection* link_of(const std::string& build_dir) {
    for (const Link& link : links_) {
      if (link->build_dir() == build_dir)
        return link.get();
    }
    return nullptr;
  }

  std::vector<wire::ModuleState> states(const std::string& build_dir) {
    std::vector<wire::ModuleState> result;
    for (const auto& module : Host::get().modules()) {
      if (module->build_dir() == build_dir)
        result.push_back(module->state());
    }
    return result;
  }

  void join(Connection& link) {
    wire::Hello hello;
    hello.pid = process_id();
    hello.program = program_path();
    hello.polls = Host::get().polls();
    hello.modules = states(link.build_dir());
    link.join(std::move(hello));
  }

  bool every_folder_is_watched() const {
    return std::all_of(links_.begin(), links_.end(),
                       [&](const Link& link) { return wait_.watches(link->folder()); });
  }

  void wait() {
    const bool happened = wait_.wait(links_, every_folder_is_watched() ? -1 : look_again_ms);
    Host::get().drain_wake();
    if (const CrashRecord* record = last_words(); record != nullptr && !std::exchange(dying_, true))
      pass_on_last_words(*record);
    if (!happened)
      look_for_folders();
  }

  void look_for_folders() {
    for (const Link& link : links_) {
      if (wait_.watches(link->folder()))
        continue;
      wait_.watch(link->folder());
      if (!link->is_open())
        join(*link);
    }
  }

  void look_at(const std::string& folder) {
    for (const Link& link : links_) {
      if (link->folder() == folder && (!link->is_open() || link->waits_in_vain()))
        join(*link);
    }
  }

  void receive() {
    for (const Link& link : links_) {
      if (!link->is_open())
        continue;
      link->flush();
      for (wire::ToolMessage& message : link->receive())
        std::visit([&](auto& m) { handle(*link, m); }, message);
      if (link->is_open())
        continue;
      // What was not begun is not wanted any more; the next tool may be there already.
      give_back(Host::get().outbox().cancel(link->build_dir()));
      crashes_.tool_left(link->build_dir());
      if (dying_)
        last_words_heard();
      join(*link);
    }
  }

  // Before that, a crash is nobody's business but the program's.
  void handle(Connection& link, const wire::Welcome&) {
    catch_crashes();
    allow_tracing(link.peer_process());
    if (link.has_missed())
      link.send(wire::ModulesChanged{Host::get().polls(), states(link.build_dir())});
  }

  void handle(Connection&, const wire::Rejected& rejected) { tell_refused("", rejected.failure); }

  void handle(Connection& link, const wire::RollBack& wanted) {
    Host::get().bring(GoingBack{wanted.request, link.build_dir(), wanted.module});
  }

  void handle(Connection& link, const wire::Save& wanted) {
    Host::get().bring(Saving{wanted.request, link.build_dir()});
  }

  void handle(Connection& link, const wire::Abandon& wanted) {
    constexpr std::uint64_t long_us = 1'000'000;
    wire::RequestDone answer{wanted.request, 0, std::nullopt};
    std::uint32_t busy = 0;
    answer.count = abandon_frames(long_us, &busy);
    if (answer.count == 0)
      answer.failure =
          busy == 0
              ? wire::Failure{"there is no frame to abandon",
                              "no frame inside hr_guard() has been running for a second",
                              "run the loop in question inside hr_guard(), or restart the program"}
              : wire::Failure{"the frame can't be abandoned now",
                              "it was outside of module code all the time: locks that everybody "
                              "needs would stay taken",
                              "try again, or restart the program"};
    link.send(answer);
  }

  void handle(Connection&, const wire::CrashExplained& explained) {
    crashes_.take(explained);
    if (dying_)
      last_words_heard();
  }

  void handle(Connection&, const wire::Answered&) {}

  void handle(Connection&, const wire::BuildStarted&) { tell(HR_EVENT_BUILD_STARTED); }

  void handle(Connection&, const wire::BuildFinished&) { tell(HR_EVENT_BUILD_FINISHED); }

  void handle(Connection&, const wire::RefusedByTool& refused) {
    tell_refused(refused.module, refused.failure);
  }

  void handle(Connection&, wire::BuildFailed& failed) {
    Event event;
    event.kind = HR_EVENT_BUILD_FAILED;
    event.diagnostics = std::move(failed.diagnostics);
    Host::get().bring(std::move(event));
  }

  void handle(Connection& link, const wire::Reload& reload) {
    const std::uint64_t begun = now_us();
    if (auto older = Host::get().outbox().cancel(link.build_dir())) {
      older->failure = wire::Failure{"a newer build took its place",
                                     "the program did not call hr_poll() in between",
                                     "nothing to do: the newer one follows"};
      answer(*older);
      give_back(older);
    }
    std::string culprit = reload.modules.empty() ? "" : reload.modules.front().module;
    auto targets = find_targets(link, reload, culprit);
    auto prepared = targets ? prepare(targets.value(), &culprit)
                            : wire::Result<std::unique_ptr<Prepared>>(targets.failure());
    if (!prepared) {
      link.send(wire::RefusedByHost{reload.reload_id, culprit, prepared.failure()});
      tell_refused(culprit, prepared.failure());
      return;
    }
    auto flight = std::make_shared<ReloadInFlight>();
    flight->id = reload.reload_id;
    flight->build_dir = link.build_dir();
    flight->prepared = std::move(prepared).value();
    for (const wire::ModuleReload& module : reload.modules)
      flight->modules.push_back({module.module, module.generation});
    flight->ready_at_us = now_us();
    flight->load_us = flight->ready_at_us - begun;
    Host::get().bring(std::move(flight));
    tell_outgoing();
  }

  static wire::Result<std::vector<ReloadTarget>> find_targets(const Connection& link,
                                                              const wire::Reload& reload,
                                                              std::string& culprit) {
    std::vector<ReloadTarget> targets;
    const auto modules = Host::get().modules();
    for (const wire::ModuleReload& wanted : reload.modules) {
      const auto found = std::find_if(modules.begin(), modules.end(), [&](const auto& module) {
        return module->name() == wanted.module && module->build_dir() == link.build_dir();
      });
      if (found == modules.end()) {
        culprit = wanted.module;
        return no_such_module(wanted.module);
      }
      targets.push_back({*found, &wanted});
    }
    if (targets.empty())
      return no_such_module("at all");
    return targets;
  }

  void tell_outgoing() {
    Host::Outgoing outgoing = Host::get().take_outgoing();
    for (const auto& flight : outgoing.finished) {
      answer(*flight);
      give_back(flight);
    }
    for (const Notice& notice : outgoing.notices) {
      if (Connection* link = link_of(notice.build_dir))
        link->send(notice.message);
    }
    for (CrashNotice& crash : outgoing.crashes) {
      Connection* link = link_of(crash.build_dir);
      crashes_.take(std::move(crash), link);
    }
  }

  void answer(const ReloadInFlight& flight) {
    Connection* link = link_of(flight.build_dir);
    if (link == nullptr)
      return;
    if (flight.failure)
      link->send(wire::RefusedByHost{flight.id, flight.modules.front().module, *flight.failure});
    else
      link->send(wire::Committed{flight.id, flight.modules, flight.load_us, flight.wait_us,
                                 flight.commit_us, flight.remarks});
  }

  bool someone_listens() const {
    return std::any_of(links_.begin(), links_.end(),
                       [](const Link& link) { return link->is_joined(); });
  }

  // Everything that is told to the tool goes through here; this comes last.
  void pass_on_last_words(const CrashRecord& record) {
    const CrashNotice notice = notice_of(record, "", wire::CrashOutcome::died);
    bool told = false;
    for (const Link& link : links_) {
      if (!link->is_joined() ||
          (!notice.build_dir.empty() && notice.build_dir != link->build_dir()))
        continue;
      link->send(notice.crash);
      told = true;
    }
    last_words_sent();
    if (!told)
      last_words_heard();
  }

  // Destroys it here, on the thread that may wait for the dynamic linker.
  static void give_back(const std::shared_ptr<ReloadInFlight>& flight) {
    if (flight != nullptr)
      flight->prepared.reset();
  }

  void drop_what_is_gone() {
    auto flight = Host::get().outbox().cancel_gone();
    if (flight == nullptr)
      return;
    flight->failure = no_such_module(flight->modules.front().module);
    answer(*flight);
    give_back(flight);
  }

  static void tell(hr_event_kind kind) {
    Event event;
    event.kind = kind;
    Host::get().bring(std::move(event));
  }

  static void tell_refused(const std::string& module, const wire::Failure& failure) {
    Event event;
    event.kind = HR_EVENT_REFUSED;
    event.module = module;
    event.failure = failure;
    Host::get().bring(std::move(event));
  }

  void give_up() {
    links_.clear();
    Host::get().outbox().clear();
    Host::get().take_outgoing();
    Host::get().set_wake({});
    wait_ = {};
  }

  BackgroundWait wait_;
  CrashDesk crashes_;
  bool dying_ = false;
  std::vector<Link> links_;
  std::uint64_t reopened_at_us_ = 0;
  bool changed_ = false;
};

}  // namespace

void run_background() {
  try {
    Background background;
    background.run();
  } catch (const std::exception&) {
    // Out of memory: the program needs what is left more than we do.
    Host::get().switch_off();
  }
}

}  // namespace hr::runtime
