#include <nlohmann/json.hpp>
#include <utility>

#include "wire/little_endian.h"
#include "wire/messages.h"

// Messages -> frames. What stands in a header's fields is read in decode_messages.cpp.
namespace hr::wire {
namespace {

using Json = nlohmann::json;

// One header_of() a message, the fields in the order of messages.h.

Json json_of(const Failure& failure) {
  return {{"what", failure.what}, {"why", failure.why}, {"fix", failure.fix}};
}

Json json_of(const GenerationId& generation) {
  return {{"number", generation.number},
          {"build_id", generation.build_id},
          {"distance", generation.distance}};
}

Json json_of(const ModuleCommit& commit) {
  return {{"module", commit.module}, {"generation", commit.generation}};
}

Json json_of(const Diagnostic& diagnostic) {
  return {{"file", diagnostic.file},
          {"line", diagnostic.line},
          {"column", diagnostic.column},
          {"severity", diagnostic.severity},
          {"message", diagnostic.message}};
}

Json json_of(const ModuleReload& reload) {
  return {{"module", reload.module},
          {"generation", reload.generation},
          {"build_id", reload.build_id},
          {"path", reload.path},
          {"rewiring_bytes", reload.rewiring.size()},
          {"withdrawals", reload.withdrawals}};
}

Json json_of(const Withdrawal& withdrawal) {
  return {{"generation", withdrawal.generation}, {"during", withdrawal.during}};
}

Json json_of(const WithdrawnModule& module) {
  return {{"module", module.module},
          {"withdrawal", json_of(module.withdrawal)},
          {"running", module.running}};
}

Json json_of(const ModuleState& module);

template <class T>
Json json_list(const std::vector<T>& list) {
  Json array = Json::array();
  for (const T& element : list) {
    array.push_back(json_of(element));
  }
  return array;
}

Json json_of(const ModuleState& module) {
  Json json = {{"name", module.name},
               {"path", module.path},
               {"image_descriptor", module.image_descriptor},
               {"first_place", module.first_place},
               {"place_size", module.place_size},
               {"place_count", module.place_count},
               {"generations", json_list(module.generations)},
               {"withdrawn", json_list(module.withdrawn)},
               {"base", module.base}};
  if (module.problem) {
    json["problem"] = json_of(*module.problem);
  }
  return json;
}

Json header_of(const Hello& message) {
  return {{"type", "hello"},
          {"protocol", message.protocol},
          {"token", message.token},
          {"pid", message.pid},
          {"program", message.program},
          {"polls", message.polls},
          {"modules", json_list(message.modules)}};
}

Json header_of(const ModulesChanged& message) {
  return {{"type", "modules_changed"},
          {"polls", message.polls},
          {"modules", json_list(message.modules)}};
}

Json header_of(const Committed& message) {
  return {{"type", "committed"},
          {"reload_id", message.reload_id},
          {"load_us", message.load_us},
          {"wait_us", message.wait_us},
          {"commit_us", message.commit_us},
          {"remarks", message.remarks},
          {"modules", json_list(message.modules)}};
}

Json header_of(const RefusedByHost& message) {
  return {{"type", "refused_by_host"},
          {"reload_id", message.reload_id},
          {"module", message.module},
          {"failure", json_of(message.failure)}};
}

Json header_of(const Withdrawn& message) {
  return {
      {"type", "withdrawn"}, {"request", message.request}, {"modules", json_list(message.modules)}};
}

Json header_of(const RequestDone& message) {
  Json json = {{"type", "request_done"}, {"request", message.request}, {"count", message.count}};
  if (message.failure) {
    json["failure"] = json_of(*message.failure);
  }
  return json;
}

Json header_of(const Crashed& message) {
  return {{"type", "crashed"},
          {"crash", message.crash},
          {"thread", message.thread},
          {"cause", message.cause},
          {"detail", message.detail},
          {"address", message.address},
          {"module", message.module},
          {"generation", message.generation},
          {"outcome", static_cast<unsigned>(message.outcome)},
          {"running", message.running},
          {"registers", message.registers},
          {"stack_address", message.stack_address}};
}

Json header_of(const Command& message) {
  return {{"type", "command"},
          {"protocol", message.protocol},
          {"token", message.token},
          {"verb", message.verb},
          {"argument", message.argument}};
}

Json header_of(const Welcome& message) {
  return {{"type", "welcome"}, {"protocol", message.protocol}, {"answer", message.answer}};
}

Json header_of(const Rejected& message) {
  return {{"type", "rejected"}, {"failure", json_of(message.failure)}};
}

Json header_of(const Reload& message) {
  return {{"type", "reload"},
          {"reload_id", message.reload_id},
          {"modules", json_list(message.modules)}};
}

Json header_of(const BuildStarted& message) {
  return {{"type", "build_started"}, {"targets", message.targets}};
}

Json header_of(const BuildFailed& message) {
  return {{"type", "build_failed"}, {"diagnostics", json_list(message.diagnostics)}};
}

Json header_of(const BuildFinished&) {
  return {{"type", "build_finished"}};
}

Json header_of(const RefusedByTool& message) {
  return {{"type", "refused_by_tool"},
          {"module", message.module},
          {"failure", json_of(message.failure)}};
}

Json header_of(const RollBack& message) {
  return {{"type", "roll_back"}, {"request", message.request}, {"module", message.module}};
}

Json header_of(const Abandon& message) {
  return {{"type", "abandon"}, {"request", message.request}};
}

Json header_of(const Save& message) {
  return {{"type", "save"}, {"request", message.request}};
}

Json header_of(const CrashExplained& message) {
  return {{"type", "crash_explained"}, {"crash", message.crash}, {"text", json_of(message.text)}};
}

Json header_of(const Answered& message) {
  Json json = {{"type", "answered"}, {"code", message.code}, {"text", message.text}};
  if (message.failure) {
    json["failure"] = json_of(*message.failure);
  }
  return json;
}

// The binary part of a message. Only a reload and a crash have one.
template <class T>
void append_payload(std::vector<std::byte>&, const T&) {}

void append_payload(std::vector<std::byte>& payload, const Crashed& message) {
  payload = message.stack;
}

void append_payload(std::vector<std::byte>& payload, const Reload& message) {
  for (const ModuleReload& module : message.modules) {
    payload.insert(payload.end(), module.rewiring.begin(), module.rewiring.end());
  }
}

template <class Message>
std::vector<std::byte> frame_of(const Message& message) {
  return std::visit(
      [](const auto& alternative) {
        // `replace`: a path or a compiler's words need not be UTF-8, and dump() must not throw.
        const std::string header =
            header_of(alternative).dump(-1, ' ', false, Json::error_handler_t::replace);
        std::vector<std::byte> payload;
        append_payload(payload, alternative);
        Writer out;
        out.count(sizeof(std::uint32_t) + header.size() + payload.size());
        out.text(header);
        out.raw(payload);
        return out.take();
      },
      message);
}

}  // namespace

std::vector<std::byte> encode(const HostMessage& message) {
  return frame_of(message);
}

std::vector<std::byte> encode(const ToolMessage& message) {
  return frame_of(message);
}

}  // namespace hr::wire
