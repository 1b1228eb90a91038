// What verbs of the command line ask of the session: passed to the programs, and answered.
#include <algorithm>
#include <utility>

#include "core/session_steps.h"

namespace hrwatch::core {
namespace {

constexpr Time patience = std::chrono::seconds{8};

void answer(Step& step, CommandId command, int code, std::string text,
            std::optional<hr::wire::Failure> failure = std::nullopt) {
  step.effects.emplace_back(
      Answer{command, hr::wire::Answered{code, std::move(text), std::move(failure)}});
}

void refuse(Step& step, CommandId command, hr::wire::Failure failure) {
  answer(step, command, static_cast<int>(ExitCode::refused), {}, std::move(failure));
}

void finish(Step& step, CommandId id, const PendingCommand& command);

// One program has answered.
void count_down(Step& step, CommandId id) {
  auto& commands = step.state.commands;
  const auto found = commands.find(id);
  if (found != commands.end() && --found->second.open == 0) {
    finish(step, id, found->second);
    commands.erase(found);
  }
}

// All programs have answered, or had their time.
void finish(Step& step, CommandId id, const PendingCommand& command) {
  std::string text;
  for (const auto& line : command.lines) {
    text += line + "\n";
  }
  if (command.failures.empty()) {
    answer(step, id, 0, std::move(text));
  } else {
    answer(step, id, static_cast<int>(ExitCode::refused), std::move(text),
           command.failures.front());
  }
}

void program_done(Step& step, std::uint64_t request, const std::string& line,
                  const std::optional<hr::wire::Failure>& failure) {
  auto& state = step.state;
  const auto asked = state.requests.find(request);
  if (asked == state.requests.end()) {
    return;
  }
  const auto found = state.commands.find(asked->second.command);
  state.requests.erase(asked);
  if (found == state.commands.end()) {
    return;
  }
  PendingCommand& command = found->second;
  if (failure) {
    command.failures.push_back(*failure);
  } else {
    command.lines.push_back(line);
  }
  count_down(step, found->first);
}

std::string line_of(int pid, const OldCall& call) {
  const Frame& frame = call.frame;
  const std::string name = call.thread_name.empty() ? "" : " (" + call.thread_name + ")";
  const std::string place =
      frame.file.empty() ? "" : ", " + frame.file + ":" + std::to_string(frame.line);
  return "pid " + std::to_string(pid) + ": thread " + std::to_string(call.thread) + name +
         " is in " + (frame.function.empty() ? "a function" : frame.function) + " of generation " +
         std::to_string(frame.generation) + " of " + frame.module + place + "; generation " +
         std::to_string(call.running) + " runs";
}

void look_at_threads(Step& step, CommandId id) {
  auto& state = step.state;
  PendingCommand command;
  command.verb = "status";
  command.due = step.now + patience;
  command.open = state.hosts.size();
  if (command.open == 0) {
    answer(step, id, 0, {});
    return;
  }
  for (const auto& [host, known] : state.hosts) {
    step.effects.emplace_back(ReadThreads{host, id});
  }
  state.commands[id] = std::move(command);
  step.effects.emplace_back(SetTimer{TimerId::commands, step.now + patience});
}

hr::wire::Failure nobody_there(const std::string& what) {
  return {what, "no running program has joined this session",
          "start the program; it joins by itself"};
}

bool knows(const Host& host, const std::string& module) {
  return module.empty() || host.modules.contains(module);
}

void ask_programs(Step& step, const CommandAsked& event) {
  auto& state = step.state;
  PendingCommand command;
  command.verb = event.verb;
  command.due = step.now + patience;
  for (const auto& [id, host] : state.hosts) {
    if (!knows(host, event.argument)) {
      continue;
    }
    const std::uint64_t request = ++state.last_request;
    state.requests[request] = {event.command, id};
    ++command.open;
    if (event.verb == "rollback") {
      step.effects.emplace_back(Tell{id, hr::wire::RollBack{request, event.argument}});
    } else {
      step.effects.emplace_back(Tell{id, hr::wire::Abandon{request}});
    }
  }
  if (command.open == 0) {
    refuse(step, event.command,
           state.hosts.empty()
               ? nobody_there(event.verb == "rollback" ? "there is no program to roll back"
                                                       : "there is no frame to abandon")
               : hr::wire::Failure{"no program has a module named " + event.argument,
                                   "that name is not among the hot modules of those that joined",
                                   "see hrwatch status for the names"});
    return;
  }
  state.commands[event.command] = std::move(command);
  step.effects.emplace_back(SetTimer{TimerId::commands, step.now + patience});
}

}  // namespace

void on(Step& step, const CommandAsked& event) {
  if (event.verb == "rollback" || event.verb == "abandon") {
    ask_programs(step, event);
    return;
  }
  if (event.verb == "status") {
    look_at_threads(step, event.command);
    return;
  }
  refuse(step, event.command,
         {"hrwatch " + event.verb + " is not known to the running session",
          "it is of another version than this command",
          "use the hrwatch that the session was started with"});
}

void on(Step& step, const HostAnswered& event) {
  auto& state = step.state;
  if (state.saving != 0 && event.done.request == state.saving) {
    saved(step, event.done);
    return;
  }
  const auto asked = state.requests.find(event.done.request);
  const auto host = state.hosts.find(event.host);
  if (asked == state.requests.end() || asked->second.host != event.host ||
      host == state.hosts.end()) {
    return;
  }
  std::string line = "pid " + std::to_string(host->second.pid) + ":";
  const auto command = state.commands.find(asked->second.command);
  if (command != state.commands.end() && command->second.verb == "abandon") {
    line += " abandoned " + std::to_string(event.done.count) +
            (event.done.count == 1 ? " frame" : " frames");
  } else {
    std::string modules;
    for (const auto& [name, module] : host->second.modules) {
      modules += (modules.empty() ? " " : ", ") + name + " runs generation " +
                 std::to_string(module.generation);
    }
    line += modules;
  }
  program_done(step, event.done.request, line, event.done.failure);
}

void on(Step& step, const ThreadsRead& event) {
  constexpr Time first_look = std::chrono::seconds{1};
  auto& state = step.state;
  const auto host = state.hosts.find(event.host);
  const auto command = state.commands.find(event.command);
  if (host != state.hosts.end() && command != state.commands.end()) {
    auto& lines = command->second.lines;
    const std::string pid = "pid " + std::to_string(host->second.pid) + ": ";
    if (event.failure) {
      lines.push_back(pid + event.failure->what + ": " + event.failure->why + " (" +
                      event.failure->fix + ")");
    } else if (event.old_calls.empty()) {
      lines.push_back(pid + "no thread is in old code");
    }
    for (const auto& call : event.old_calls) {
      lines.push_back(line_of(host->second.pid, call));
    }
  }
  count_down(step, event.command);
  if (host == state.hosts.end() || event.failure) {
    state.in_old_code.erase(event.host);
  } else if (!event.old_calls.empty()) {
    if (state.in_old_code.insert(event.host).second) {
      state.look_again = first_look;
    }
    step.effects.emplace_back(SetTimer{TimerId::old_code, step.now + state.look_again});
  } else if (state.in_old_code.erase(event.host) != 0) {
    step.say(OldCodeLeft{host->second.pid});
  }
}

// Somebody wanted to know: seldomer and seldomer, since the programs stand still for it.
void look_at_old_code(Step& step) {
  constexpr Time seldom = std::chrono::seconds{60};
  auto& state = step.state;
  state.look_again = std::min(seldom, state.look_again * 2);
  for (const HostId host : state.in_old_code) {
    step.effects.emplace_back(ReadThreads{host, 0});
  }
}

void host_left_commands(Step& step, HostId host) {
  step.state.in_old_code.erase(host);
  std::vector<std::uint64_t> lost;
  for (const auto& [request, asked] : step.state.requests) {
    if (asked.host == host) {
      lost.push_back(request);
    }
  }
  for (const std::uint64_t request : lost) {
    program_done(
        step, request, {},
        hr::wire::Failure{"the program has ended", "it left before it answered", "start it again"});
  }
}

void commands_overdue(Step& step) {
  auto& state = step.state;
  for (auto at = state.commands.begin(); at != state.commands.end();) {
    if (at->second.due > step.now) {
      step.effects.emplace_back(SetTimer{TimerId::commands, at->second.due});
      ++at;
      continue;
    }
    at->second.failures.push_back(
        {"a program did not answer",
         "it has not reached its hr_poll() in time, or is stopped in a debugger",
         "let it run; what was asked for happens when it does"});
    finish(step, at->first, at->second);
    std::erase_if(state.requests,
                  [&](const auto& request) { return request.second.command == at->first; });
    at = state.commands.erase(at);
  }
}

}  // namespace hrwatch::core
