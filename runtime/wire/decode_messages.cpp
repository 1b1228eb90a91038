#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "wire/little_endian.h"
#include "wire/messages.h"

// Frames -> messages; total, as whoever sends is hostile until understood. The fields are written
// in encode_messages.cpp.
namespace hr::wire {
namespace {

using Json = nlohmann::json;

// What a header may cost before anything is believed: the parsed form takes a small multiple of it.
constexpr std::size_t max_header_bytes = std::size_t{16} << 20;
constexpr int max_header_depth = 16;

Failure malformed(const std::string& why) {
  return {"a message could not be read", why,
          "use the hrwatch and libhr.so of one release; if they are, report this"};
}

// The fields of one JSON object. The first one that is missing or of another type or range is kept
// as the complaint; from then on the rest reads as empty.
class Fields {
 public:
  Fields(const Json& object, std::string& complaint) : object_(object), complaint_(complaint) {
    if (!object_.is_object()) {
      complain("an object was expected");
    }
  }

  void get(const char* name, std::string& value) {
    const Json* field = find(name);
    if (field == nullptr) {
      return;
    }
    if (const auto* text = field->get_ptr<const std::string*>()) {
      value = *text;
    } else {
      complain(name);
    }
  }

  void get(const char* name, bool& value) {
    const Json* field = find(name);
    if (field == nullptr) {
      return;
    }
    if (const auto* flag = field->get_ptr<const bool*>()) {
      value = *flag;
    } else {
      complain(name);
    }
  }

  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  void get(const char* name, T& value) {
    const Json* field = find(name);
    if (field == nullptr) {
      return;
    }
    if (const auto* positive = field->get_ptr<const std::uint64_t*>();
        positive != nullptr && std::in_range<T>(*positive)) {
      value = static_cast<T>(*positive);
    } else if (const auto* any = field->get_ptr<const std::int64_t*>();
               any != nullptr && std::in_range<T>(*any)) {
      value = static_cast<T>(*any);
    } else {
      complain(name);
    }
  }

  // Lists and objects: `read(Fields&, T&)` or the get() above says how an element is read.
  template <class T>
  void get(const char* name, std::vector<T>& list);

  void get(const char* name, Withdrawal& withdrawal);

  void get(const char* name, Failure& failure) {
    if (const Json* field = find(name)) {
      Fields inner(*field, complaint_);
      inner.get("what", failure.what);
      inner.get("why", failure.why);
      inner.get("fix", failure.fix);
    }
  }

  void get_if_present(const char* name, std::optional<Failure>& failure) {
    if (good() && object_.contains(name)) {
      get(name, failure.emplace());
    }
  }

  // What the other side has only since a later release: `value` stays as it is without.
  template <class T>
  void get_if_present(const char* name, T& value) {
    if (good() && object_.contains(name)) {
      get(name, value);
    }
  }

  bool good() const { return complaint_.empty(); }

  void complain(const char* about) { complaint_ = about; }

 private:
  const Json* find(const char* name) {
    if (!good()) {
      return nullptr;
    }
    const auto found = object_.find(name);
    if (found == object_.end()) {
      complain(name);
      return nullptr;
    }
    return &*found;
  }

  const Json& object_;
  std::string& complaint_;
};

void read(Fields& in, GenerationId& generation) {
  in.get("number", generation.number);
  in.get("build_id", generation.build_id);
  in.get("distance", generation.distance);
}

void read(Fields& in, Withdrawal& withdrawal) {
  in.get("generation", withdrawal.generation);
  in.get("during", withdrawal.during);
}

void read(Fields& in, WithdrawnModule& module) {
  in.get("module", module.module);
  in.get("withdrawal", module.withdrawal);
  in.get("running", module.running);
}

void read(Fields& in, ModuleState& module) {
  in.get("name", module.name);
  in.get("path", module.path);
  in.get("image_descriptor", module.image_descriptor);
  in.get("first_place", module.first_place);
  in.get("place_size", module.place_size);
  in.get("place_count", module.place_count);
  in.get("generations", module.generations);
  in.get_if_present("problem", module.problem);
  in.get_if_present("withdrawn", module.withdrawn);
  in.get_if_present("base", module.base);
}

void read(Fields& in, ModuleCommit& commit) {
  in.get("module", commit.module);
  in.get("generation", commit.generation);
}

void read(Fields& in, Diagnostic& diagnostic) {
  in.get("file", diagnostic.file);
  in.get("line", diagnostic.line);
  in.get("column", diagnostic.column);
  in.get("severity", diagnostic.severity);
  in.get("message", diagnostic.message);
}

// A module of a reload, with how much of the payload is its rewiring.
struct AnnouncedModule {
  ModuleReload reload;
  std::uint64_t rewiring_bytes = 0;
};

void read(Fields& in, AnnouncedModule& announced) {
  in.get("module", announced.reload.module);
  in.get("generation", announced.reload.generation);
  in.get("build_id", announced.reload.build_id);
  in.get("path", announced.reload.path);
  in.get("rewiring_bytes", announced.rewiring_bytes);
  in.get_if_present("withdrawals", announced.reload.withdrawals);
}

template <class T>
void Fields::get(const char* name, std::vector<T>& list) {
  const Json* field = find(name);
  if (field == nullptr) {
    return;
  }
  if (!field->is_array()) {
    complain(name);
    return;
  }
  for (const Json& element : *field) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (const auto* text = element.get_ptr<const std::string*>()) {
        list.push_back(*text);
      } else {
        complain(name);
      }
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      if (const auto* number = element.get_ptr<const std::uint64_t*>()) {
        list.push_back(*number);
      } else {
        complain(name);
      }
    } else {
      Fields inner(element, complaint_);
      read(inner, list.emplace_back());
    }
    if (!good()) {
      return;
    }
  }
}

void Fields::get(const char* name, Withdrawal& withdrawal) {
  if (const Json* field = find(name)) {
    Fields inner(*field, complaint_);
    read(inner, withdrawal);
  }
}

using Payload = std::span<const std::byte>;

void read_message(Fields& in, Payload, Hello& message) {
  in.get("protocol", message.protocol);
  in.get("token", message.token);
  in.get("pid", message.pid);
  in.get("program", message.program);
  in.get("polls", message.polls);
  in.get("modules", message.modules);
}

void read_message(Fields& in, Payload, ModulesChanged& message) {
  in.get("polls", message.polls);
  in.get("modules", message.modules);
}

void read_message(Fields& in, Payload, Committed& message) {
  in.get("reload_id", message.reload_id);
  in.get("modules", message.modules);
  in.get("load_us", message.load_us);
  in.get("wait_us", message.wait_us);
  in.get("commit_us", message.commit_us);
  in.get_if_present("remarks", message.remarks);
}

void read_message(Fields& in, Payload, RefusedByHost& message) {
  in.get("reload_id", message.reload_id);
  in.get("module", message.module);
  in.get("failure", message.failure);
}

void read_message(Fields& in, Payload, Withdrawn& message) {
  in.get("request", message.request);
  in.get("modules", message.modules);
}

void read_message(Fields& in, Payload, RequestDone& message) {
  in.get("request", message.request);
  in.get("count", message.count);
  in.get_if_present("failure", message.failure);
}

void read_message(Fields& in, Payload payload, Crashed& message) {
  unsigned outcome = 0;
  in.get("crash", message.crash);
  in.get("thread", message.thread);
  in.get("cause", message.cause);
  in.get("detail", message.detail);
  in.get("address", message.address);
  in.get("module", message.module);
  in.get("generation", message.generation);
  in.get("outcome", outcome);
  in.get("running", message.running);
  in.get("registers", message.registers);
  in.get("stack_address", message.stack_address);
  if (outcome > static_cast<unsigned>(CrashOutcome::goes_on)) {
    in.complain("outcome");
    return;
  }
  message.outcome = static_cast<CrashOutcome>(outcome);
  message.stack.assign(payload.begin(), payload.end());
}

void read_message(Fields& in, Payload, Command& message) {
  in.get("protocol", message.protocol);
  in.get("token", message.token);
  in.get("verb", message.verb);
  in.get("argument", message.argument);
}

void read_message(Fields& in, Payload, Welcome& message) {
  in.get("protocol", message.protocol);
  in.get("answer", message.answer);
}

void read_message(Fields& in, Payload, Rejected& message) {
  in.get("failure", message.failure);
}

void read_message(Fields& in, Payload payload, Reload& message) {
  std::vector<AnnouncedModule> announced;
  in.get("reload_id", message.reload_id);
  in.get("modules", announced);
  for (AnnouncedModule& module : announced) {
    if (module.rewiring_bytes > payload.size()) {
      in.complain("rewiring_bytes");
      return;
    }
    const Payload rewiring = payload.first(module.rewiring_bytes);
    payload = payload.subspan(module.rewiring_bytes);
    module.reload.rewiring.assign(rewiring.begin(), rewiring.end());
    message.modules.push_back(std::move(module.reload));
  }
}

void read_message(Fields& in, Payload, BuildStarted& message) {
  in.get("targets", message.targets);
}

void read_message(Fields& in, Payload, BuildFailed& message) {
  in.get("diagnostics", message.diagnostics);
}

void read_message(Fields&, Payload, BuildFinished&) {}

void read_message(Fields& in, Payload, RefusedByTool& message) {
  in.get("module", message.module);
  in.get("failure", message.failure);
}

void read_message(Fields& in, Payload, RollBack& message) {
  in.get("request", message.request);
  in.get("module", message.module);
}

void read_message(Fields& in, Payload, Abandon& message) {
  in.get("request", message.request);
}

void read_message(Fields& in, Payload, Save& message) {
  in.get("request", message.request);
}

void read_message(Fields& in, Payload, CrashExplained& message) {
  in.get("crash", message.crash);
  in.get("text", message.text);
}

void read_message(Fields& in, Payload, Answered& message) {
  in.get("code", message.code);
  in.get("text", message.text);
  in.get_if_present("failure", message.failure);
}

// Counted before parsing, since a parsed "[[[[..." takes some 60 times its bytes.
bool too_deep(Payload header) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const char c = static_cast<char>(header[i]);
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_header_depth) {
        return true;
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

// NOLINTNEXTLINE(bugprone-exception-escape): moving a Json throws only where it is broken already
struct Frame {
  Json header;
  std::string type;
  Payload payload;
};

Result<Frame> open_frame(std::span<const std::byte> bytes) {
  Reader in(bytes);
  const std::size_t length = in.number<std::uint32_t>();
  if (!in.ok() || length != in.remaining()) {
    return malformed("its length does not match");
  }
  const Payload header = in.raw(in.count(1));
  if (!in.ok() || header.size() > max_header_bytes) {
    return malformed("the length of its header is out of range");
  }
  if (too_deep(header)) {
    return malformed("its header is nested too deeply");
  }
  const char* text = reinterpret_cast<const char*>(header.data());
  Frame frame;
  frame.header = Json::parse(text, text + header.size(), nullptr, /*allow_exceptions=*/false);
  frame.payload = in.raw(in.remaining());
  if (!frame.header.is_object()) {
    return malformed("its header is not a JSON object");
  }
  std::string complaint;
  Fields(frame.header, complaint).get("type", frame.type);
  if (!complaint.empty()) {
    return malformed("its header has no type");
  }
  return frame;
}

// Tries one alternative of `Message`: true when `type` is its name.
template <class Alternative, class Message>
bool take(const Frame& frame, const char* type, std::string& complaint,
          std::optional<Message>& message) {
  if (frame.type != type) {
    return false;
  }
  Alternative alternative;
  Fields in(frame.header, complaint);
  read_message(in, frame.payload, alternative);
  message.emplace(std::move(alternative));
  return true;
}

template <class Message>
Result<std::optional<Message>> checked(const Frame& frame, const std::string& complaint,
                                       std::optional<Message> message) {
  if (!complaint.empty()) {
    return malformed("\"" + complaint + "\" is missing or wrong in a message of type \"" +
                     frame.type + "\"");
  }
  return message;
}

}  // namespace

Result<std::optional<HostMessage>> decode_host_message(std::span<const std::byte> bytes) {
  const Result<Frame> opened = open_frame(bytes);
  if (!opened) {
    return opened.failure();
  }
  const Frame& frame = opened.value();
  std::string complaint;
  std::optional<HostMessage> message;
  // A type that none of them takes is left as nothing: to be skipped.
  (void)(take<Hello>(frame, "hello", complaint, message) ||
         take<ModulesChanged>(frame, "modules_changed", complaint, message) ||
         take<Committed>(frame, "committed", complaint, message) ||
         take<RefusedByHost>(frame, "refused_by_host", complaint, message) ||
         take<Withdrawn>(frame, "withdrawn", complaint, message) ||
         take<RequestDone>(frame, "request_done", complaint, message) ||
         take<Crashed>(frame, "crashed", complaint, message) ||
         take<Command>(frame, "command", complaint, message));
  return checked(frame, complaint, std::move(message));
}

Result<std::optional<ToolMessage>> decode_tool_message(std::span<const std::byte> bytes) {
  const Result<Frame> opened = open_frame(bytes);
  if (!opened) {
    return opened.failure();
  }
  const Frame& frame = opened.value();
  std::string complaint;
  std::optional<ToolMessage> message;
  (void)(take<Welcome>(frame, "welcome", complaint, message) ||
         take<Rejected>(frame, "rejected", complaint, message) ||
         take<Reload>(frame, "reload", complaint, message) ||
         take<BuildStarted>(frame, "build_started", complaint, message) ||
         take<BuildFailed>(frame, "build_failed", complaint, message) ||
         take<BuildFinished>(frame, "build_finished", complaint, message) ||
         take<RefusedByTool>(frame, "refused_by_tool", complaint, message) ||
         take<RollBack>(frame, "roll_back", complaint, message) ||
         take<Abandon>(frame, "abandon", complaint, message) ||
         take<Save>(frame, "save", complaint, message) ||
         take<CrashExplained>(frame, "crash_explained", complaint, message) ||
         take<Answered>(frame, "answered", complaint, message));
  return checked(frame, complaint, std::move(message));
}

}  // namespace hr::wire
