#include "server/server.h"

#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "server/greeting.h"
#include "server/host_connection.h"
#include "server/session_file.h"
#include "server/stream_watch.h"
#include "transport/local_socket.h"

namespace hrwatch::server {
namespace {

using core::HostId;
using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;
using hr::wire::ToolMessage;

struct Host {
  HostConnection connection;
  StreamWatch* watch = nullptr;
  std::string program;  // "" until it has said hello
  int pid = 0;
  std::uint64_t since_ms = 0;

  bool command = false;  // no program: a verb that waits for its answer

  bool joined() const { return pid != 0; }

  bool stranger() const { return !joined() && !command; }
};

Failure takes_nothing(const Host& host, std::size_t unsent) {
  const std::string process = std::to_string(host.pid);
  return {host.program + " (process " + process + ") was dropped",
          "it has not read " + std::to_string(unsent >> 20U) +
              " MB of messages; it is stopped or stuck",
          "let it go on (kill -CONT " + process + "): it joins again by itself"};
}

Failure talks_nonsense(const Host& host, const Failure& cause) {
  const std::string who =
      host.joined() ? host.program + " (process " + std::to_string(host.pid) + ")" : "a program";
  return {who + " was dropped", cause.what + ": " + cause.why,
          "build it again, so that it gets this hrwatch's runtime"};
}

}  // namespace

class Server::Impl {
 public:
  Impl(uv_loop_t* loop, std::string build_dir, std::function<void(core::Event)> sink,
       ServerLimits limits)
      : loop_(loop), build_dir_(std::move(build_dir)), sink_(std::move(sink)), limits_(limits) {
    uv_timer_init(loop_, chores_);
    chores_->data = this;
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    close();
    *alive_ = false;
    uv_close(reinterpret_cast<uv_handle_t*>(chores_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
  }

  Result<Done> open();
  void close();
  void send(HostId id, const std::vector<std::byte>& frame);
  void send_to_all(const std::vector<std::byte>& frame);
  void answer(HostId id, const hr::wire::Answered& answer);
  std::size_t host_count() const;

 private:
  void on_visitors();
  void admit(hr::transport::Stream stream);
  void on_ready(HostId id);
  bool take_messages(HostId id);
  bool take(HostId id, hr::wire::HostMessage message);
  void greet(HostId id, hr::wire::Hello hello);
  void ask(HostId id, hr::wire::Command command);
  void drop(HostId id, std::optional<core::Event> reason = std::nullopt);
  void drop_soon(HostId id, core::Event reason);
  void do_chores();
  void plan_chores();

  uv_loop_t* loop_;
  std::string build_dir_;
  std::function<void(core::Event)> sink_;
  ServerLimits limits_;
  uv_timer_t* chores_ = new uv_timer_t;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::optional<Session> session_;
  hr::transport::Listener listener_;
  StreamWatch* visitors_ = nullptr;
  std::map<HostId, Host> hosts_;
  std::map<HostId, core::Event> doomed_;  // to be dropped from the loop, and why
  HostId last_id_ = 0;
};

Result<Done> Server::Impl::open() {
  const auto folder = prepare_session_folder(build_dir_);
  if (!folder) {
    return folder.failure();
  }
  if (!session_) {
    auto session = make_session();
    if (!session) {
      return session.failure();
    }
    session_ = std::move(session).value();
  }
  if (visitors_ != nullptr) {
    std::exchange(visitors_, nullptr)->close();
    listener_.close();
  }
  remove_stale_sockets(build_dir_);
  auto listener = hr::transport::Listener::listen(folder.value());
  if (!listener) {
    return listener.failure();
  }
  listener_ = std::move(listener).value();
  session_->socket = listener_.path().string();
  visitors_ = StreamWatch::open(loop_, listener_.wait_handle(), [this] { on_visitors(); });
  if (visitors_ == nullptr) {
    return Failure{"cannot listen for programs", "the event loop refused the socket",
                   "raise the limit of open files (ulimit -n)"};
  }
  visitors_->wait(false);
  return write_session(build_dir_, *session_);
}

void Server::Impl::close() {
  if (session_) {
    remove_session(build_dir_, *session_);
    session_.reset();
  }
  if (visitors_ != nullptr) {
    std::exchange(visitors_, nullptr)->close();
  }
  listener_.close();
  for (auto& [id, host] : hosts_) {
    host.watch->close();
  }
  hosts_.clear();
  doomed_.clear();
  uv_timer_stop(chores_);
}

std::size_t Server::Impl::host_count() const {
  std::size_t count = 0;
  for (const auto& [id, host] : hosts_) {
    count += host.joined() ? 1 : 0;
  }
  return count;
}

void Server::Impl::on_visitors() {
  while (std::optional<hr::transport::Stream> stream = listener_.accept()) {
    admit(std::move(*stream));
  }
  visitors_->wait(false);
  plan_chores();
}

void Server::Impl::admit(hr::transport::Stream stream) {
  // Those who wait longest without a word make room.
  std::vector<HostId> strangers;
  for (const auto& [id, host] : hosts_) {
    if (host.stranger()) {
      strangers.push_back(id);
    }
  }
  if (strangers.size() >= limits_.strangers) {
    drop(strangers.front());
  }
  const HostId id = ++last_id_;
  Host host{HostConnection(std::move(stream)), nullptr, {}, 0, uv_now(loop_)};
  host.watch =
      StreamWatch::open(loop_, host.connection.wait_handle(), [this, id] { on_ready(id); });
  if (host.watch != nullptr) {
    host.watch->wait(false);
    hosts_.emplace(id, std::move(host));
  }
}

void Server::Impl::on_ready(HostId id) {
  const auto place = hosts_.find(id);
  if (place == hosts_.end() || doomed_.contains(id)) {
    return;
  }
  Host& host = place->second;
  const auto received =
      host.connection.receive(host.joined() ? limits_.unread_bytes : limits_.stranger_bytes);
  if (!received) {
    drop(id, core::Trouble{talks_nonsense(host, received.failure())});
    return;
  }
  // What was said before the end is heard.
  const bool open = received.value() && host.connection.flush();
  if (!take_messages(id)) {
    return;
  }
  if (!open) {
    drop(id);
  } else {
    host.watch->wait(host.connection.unsent() > 0);
  }
}

// False when the host, or the server, is gone afterwards.
bool Server::Impl::take_messages(HostId id) {
  const std::shared_ptr<bool> alive = alive_;
  for (;;) {
    const auto place = hosts_.find(id);
    if (place == hosts_.end()) {
      return false;
    }
    auto message = place->second.connection.take();
    if (!message) {
      drop(id, core::Trouble{talks_nonsense(place->second, message.failure())});
      return false;
    }
    if (!message.value()) {
      return true;
    }
    if (!take(id, std::move(*message.value())) || !*alive) {
      return false;
    }
  }
}

bool Server::Impl::take(HostId id, hr::wire::HostMessage message) {
  Host& host = hosts_.at(id);
  if (auto* hello = std::get_if<hr::wire::Hello>(&message)) {
    if (host.joined()) {
      drop(id, core::Trouble{talks_nonsense(host, {"it said hello twice", "once is enough", ""})});
      return false;
    }
    greet(id, std::move(*hello));
    return true;
  }
  if (auto* command = std::get_if<hr::wire::Command>(&message);
      command != nullptr && host.stranger()) {
    ask(id, std::move(*command));
    return true;
  }
  if (!host.joined()) {
    drop(id, core::HostRejected{
                 talks_nonsense(host, {"it spoke before it said hello", "it may be anybody", ""})});
    return false;
  }
  if (auto* change = std::get_if<hr::wire::ModulesChanged>(&message)) {
    sink_(core::HostChanged{id, std::move(*change)});
  } else if (auto* committed = std::get_if<hr::wire::Committed>(&message)) {
    sink_(core::HostCommitted{id, std::move(*committed)});
  } else if (auto* refused = std::get_if<hr::wire::RefusedByHost>(&message)) {
    sink_(core::HostRefused{id, std::move(*refused)});
  } else if (auto* withdrawn = std::get_if<hr::wire::Withdrawn>(&message)) {
    sink_(core::HostWithdrew{id, std::move(*withdrawn)});
  } else if (auto* done = std::get_if<hr::wire::RequestDone>(&message)) {
    sink_(core::HostAnswered{id, std::move(*done)});
  } else if (auto* crashed = std::get_if<hr::wire::Crashed>(&message)) {
    sink_(core::HostCrashed{id, std::move(*crashed)});
  }
  return true;
}

void Server::Impl::greet(HostId id, hr::wire::Hello hello) {
  Host& host = hosts_.at(id);
  // The kernel knows the peer's number as it is here (not in the peer's container), and can't be
  // lied to.
  if (const int pid = host.connection.peer_process(); pid != 0) {
    hello.pid = pid;
  }
  if (std::optional<Failure> failure = refuse(hello, session_->token)) {
    host.connection.send(hr::wire::encode(ToolMessage(hr::wire::Rejected{*failure})));
    drop(id, core::HostRejected{std::move(*failure)});
    return;
  }
  host.pid = hello.pid != 0 ? hello.pid : -1;
  host.program = hello.program;
  hello.token.clear();
  host.connection.send(hr::wire::encode(
      ToolMessage(hr::wire::Welcome{hr::wire::protocol_version, session_->answer})));
  sink_(core::HostJoined{id, std::move(hello)});
}

// Shows the session's token as a program does.
void Server::Impl::ask(HostId id, hr::wire::Command command) {
  hr::wire::Hello hello;
  hello.protocol = command.protocol;
  hello.token = std::move(command.token);
  hello.program = "hrwatch " + command.verb;
  hello.pid = hosts_.at(id).connection.peer_process();
  if (std::optional<Failure> failure = refuse(hello, session_->token)) {
    constexpr int environment = 3;
    hosts_.at(id).connection.send(
        hr::wire::encode(ToolMessage(hr::wire::Answered{environment, {}, *failure})));
    drop(id, core::HostRejected{std::move(*failure)});
    return;
  }
  hosts_.at(id).command = true;
  sink_(core::CommandAsked{id, std::move(command.verb), std::move(command.argument)});
}

void Server::Impl::answer(HostId id, const hr::wire::Answered& answer) {
  const auto place = hosts_.find(id);
  if (place != hosts_.end() && place->second.command) {
    place->second.connection.send(hr::wire::encode(ToolMessage(answer)));
    place->second.watch->wait(place->second.connection.unsent() > 0);
  }
}

void Server::Impl::send(HostId id, const std::vector<std::byte>& frame) {
  const auto place = hosts_.find(id);
  if (place == hosts_.end() || !place->second.joined() || doomed_.contains(id)) {
    return;
  }
  Host& host = place->second;
  if (!host.connection.send(frame)) {
    drop_soon(id, core::HostLeft{id});
  } else if (host.connection.unsent() > limits_.unsent_bytes) {
    drop_soon(id, core::Trouble{takes_nothing(host, host.connection.unsent())});
  } else {
    host.watch->wait(host.connection.unsent() > 0);
  }
}

void Server::Impl::send_to_all(const std::vector<std::byte>& frame) {
  for (const auto& [id, host] : hosts_) {
    send(id, frame);
  }
}

// Ends one connection and tells: `reason` first, and that the host has left, if it had joined.
void Server::Impl::drop(HostId id, std::optional<core::Event> reason) {
  const auto place = hosts_.find(id);
  if (place == hosts_.end()) {
    return;
  }
  const bool joined = place->second.joined();
  place->second.watch->close();
  hosts_.erase(place);
  doomed_.erase(id);
  const std::shared_ptr<bool> alive = alive_;
  const auto sink = sink_;
  if (reason && !std::holds_alternative<core::HostLeft>(*reason)) {
    sink(std::move(*reason));
  }
  if (joined && *alive) {
    sink(core::HostLeft{id});
  }
}

void Server::Impl::drop_soon(HostId id, core::Event reason) {
  doomed_.emplace(id, std::move(reason));
  plan_chores();
}

void Server::Impl::plan_chores() {
  std::optional<std::uint64_t> due;
  for (const auto& [id, host] : hosts_) {
    if (host.stranger()) {
      const std::uint64_t end = host.since_ms + limits_.greeting_ms;
      const std::uint64_t wait = end > uv_now(loop_) ? end - uv_now(loop_) : 0;
      due = due ? std::min(*due, wait) : wait;
    }
  }
  if (!doomed_.empty()) {
    due = 0;
  }
  if (due) {
    uv_timer_start(
        chores_, [](uv_timer_t* timer) { static_cast<Impl*>(timer->data)->do_chores(); }, *due, 0);
  }
}

void Server::Impl::do_chores() {
  const std::shared_ptr<bool> alive = alive_;
  std::vector<std::pair<HostId, std::optional<core::Event>>> leaving;
  for (const auto& [id, host] : hosts_) {
    if (const auto doom = doomed_.find(id); doom != doomed_.end()) {
      leaving.emplace_back(id, doom->second);
    } else if (host.stranger() && uv_now(loop_) >= host.since_ms + limits_.greeting_ms) {
      leaving.emplace_back(id, std::nullopt);
    }
  }
  for (auto& [id, reason] : leaving) {
    drop(id, std::move(reason));
    if (!*alive) {
      return;
    }
  }
  plan_chores();
}

Server::Server(uv_loop_t* loop, std::string build_dir, std::function<void(core::Event)> sink,
               ServerLimits limits)
    : impl_(std::make_unique<Impl>(loop, std::move(build_dir), std::move(sink), limits)) {}

Server::~Server() = default;

Result<Done> Server::open() {
  return impl_->open();
}

void Server::close() {
  impl_->close();
}

void Server::send(HostId host, const ToolMessage& message) {
  impl_->send(host, hr::wire::encode(message));
}

void Server::send_to_all(const ToolMessage& message) {
  impl_->send_to_all(hr::wire::encode(message));
}

void Server::answer(core::CommandId command, const hr::wire::Answered& answer) {
  impl_->answer(command, answer);
}

std::size_t Server::host_count() const {
  return impl_->host_count();
}

}  // namespace hrwatch::server
