// The local socket as a named pipe. Every operation is overlapped; one event stands for "there is
// something to do", as poll() has it.
#include <algorithm>
#include <array>
#include <utility>

#include "transport/endpoint.h"
#include "transport/local_socket.h"
#include "transport/pipe_windows.h"

namespace hr::transport {
namespace {

constexpr DWORD chunk = 64 * 1024;

// One operation under way on a pipe; its memory must outlive it.
struct Operation {
  OVERLAPPED overlapped = {};
  bool under_way = false;

  void begin(HANDLE event) {
    overlapped = {};
    overlapped.hEvent = event;
    under_way = true;
  }

  bool is_done() const { return under_way && HasOverlappedIoCompleted(&overlapped); }

  // The result of one that is done. False: it failed.
  bool take(HANDLE pipe, DWORD& bytes) {
    under_way = false;
    return GetOverlappedResult(pipe, &overlapped, &bytes, FALSE) != 0;
  }

  void cancel(HANDLE pipe) {
    DWORD bytes = 0;
    if (std::exchange(under_way, false)) {
      CancelIoEx(pipe, &overlapped);
      GetOverlappedResult(pipe, &overlapped, &bytes, TRUE);
    }
  }
};

class Pipe : public Endpoint {
 public:
  Pipe(OwnHandle pipe, bool is_server)
      : pipe_(std::move(pipe)),
        event_(CreateEventW(nullptr, TRUE, FALSE, nullptr)),
        is_server_(is_server) {
    begin_read();
    settle();
  }

  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  ~Pipe() override {
    reading_.cancel(pipe_.get());
    writing_.cancel(pipe_.get());
  }

  std::intptr_t wait_handle() const override {
    return reinterpret_cast<std::intptr_t>(event_.get());
  }

  void wait(bool, std::chrono::milliseconds at_most) const override {
    WaitForSingleObject(event_.get(), static_cast<DWORD>(at_most.count()));
  }

  Flow write(std::span<const std::byte> bytes, std::size_t& taken) override;
  Flow read(std::vector<std::byte>& into, std::size_t limit) override;

  bool peer_is_same_user() const override {
    const int process = peer_process();
    return process != 0 && runs_as_same_user(static_cast<DWORD>(process));
  }

  int peer_process() const override {
    ULONG process = 0;
    const BOOL known = is_server_ ? GetNamedPipeClientProcessId(pipe_.get(), &process)
                                  : GetNamedPipeServerProcessId(pipe_.get(), &process);
    return known != 0 ? static_cast<int>(process) : 0;
  }

 private:
  void begin_read() {
    reading_.begin(event_.get());
    if (ReadFile(pipe_.get(), incoming_.data(), chunk, nullptr, &reading_.overlapped) == 0 &&
        GetLastError() != ERROR_IO_PENDING) {
      reading_.under_way = false;
      broken_ = true;
    }
  }

  // Starting an operation resets the event, ending one sets it: what has ended by now must not be
  // forgotten, and what is of no interest must not keep it set.
  void settle() {
    ResetEvent(event_.get());
    if (broken_ || reading_.is_done() || (writing_.is_done() && more_to_write_))
      SetEvent(event_.get());
  }

  OwnHandle pipe_;
  OwnHandle event_;
  bool is_server_;
  bool broken_ = false;
  bool more_to_write_ = false;
  Operation reading_;
  Operation writing_;
  std::array<std::byte, chunk> incoming_ = {};
  std::array<std::byte, chunk> outgoing_ = {};
};

Flow Pipe::write(std::span<const std::byte> bytes, std::size_t& taken) {
  while (taken < bytes.size() && !broken_) {
    DWORD written = 0;
    if (writing_.under_way && !writing_.is_done())
      break;
    if (writing_.under_way && !writing_.take(pipe_.get(), written)) {
      broken_ = true;
      break;
    }
    const auto size = static_cast<DWORD>(std::min<std::size_t>(bytes.size() - taken, chunk));
    std::copy_n(bytes.data() + taken, size, outgoing_.data());
    writing_.begin(event_.get());
    if (WriteFile(pipe_.get(), outgoing_.data(), size, nullptr, &writing_.overlapped) == 0 &&
        GetLastError() != ERROR_IO_PENDING) {
      writing_.under_way = false;
      broken_ = true;
      break;
    }
    taken += size;
  }
  more_to_write_ = taken < bytes.size();
  settle();
  return broken_ ? Flow::closed : Flow::open;
}

Flow Pipe::read(std::vector<std::byte>& into, std::size_t limit) {
  std::size_t total = 0;
  while (total < limit && reading_.is_done()) {
    DWORD got = 0;
    if (!reading_.take(pipe_.get(), got)) {
      broken_ = true;
      break;
    }
    into.insert(into.end(), incoming_.begin(), incoming_.begin() + got);
    total += got;
    begin_read();
  }
  settle();
  return broken_ && !reading_.under_way ? Flow::closed : Flow::open;
}

// The pipe's instances that wait for clients: as many as may come before one is served.
class PipeEntrance : public Entrance {
 public:
  PipeEntrance(std::string name, OwnHandle claim)
      : name_(std::move(name)),
        claim_(std::move(claim)),
        event_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}

  PipeEntrance(const PipeEntrance&) = delete;
  PipeEntrance& operator=(const PipeEntrance&) = delete;

  ~PipeEntrance() override {
    for (Waiting& one : waiting_)
      one.connecting.cancel(one.pipe.get());
  }

  // False with GetLastError() set.
  bool open() {
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (!wait_with(waiting_[i], i == 0))
        return false;
    }
    settle();
    return true;
  }

  std::intptr_t wait_handle() const override {
    return reinterpret_cast<std::intptr_t>(event_.get());
  }

  std::unique_ptr<Endpoint> accept() override {
    std::unique_ptr<Endpoint> endpoint;
    for (Waiting& one : waiting_) {
      if (one.pipe && !one.connected && !one.connecting.is_done())
        continue;
      DWORD bytes = 0;
      const bool came = one.pipe && (one.connected || one.connecting.take(one.pipe.get(), bytes));
      OwnHandle pipe = std::move(one.pipe);
      one.pipe = OwnHandle();
      wait_with(one, false);  // tried again at the next accept() when it can't be had
      if (came) {
        endpoint = std::make_unique<Pipe>(std::move(pipe), true);
        break;
      }
    }
    settle();
    return endpoint;
  }

 private:
  struct Waiting {
    OwnHandle pipe;
    Operation connecting;
    bool connected = false;  // at once: there is no operation
  };

  bool wait_with(Waiting& one, bool first) {
    one.connected = false;
    one.connecting.under_way = false;
    one.pipe = make_pipe_instance(name_, first);
    if (!one.pipe)
      return false;
    one.connecting.begin(event_.get());
    if (ConnectNamedPipe(one.pipe.get(), &one.connecting.overlapped) != 0 ||
        GetLastError() == ERROR_IO_PENDING)
      return true;
    // A client was faster, and may have left again.
    one.connecting.under_way = false;
    one.connected = GetLastError() == ERROR_PIPE_CONNECTED || GetLastError() == ERROR_NO_DATA;
    return one.connected;
  }

  // Starting to wait resets the event.
  void settle() {
    ResetEvent(event_.get());
    for (const Waiting& one : waiting_) {
      if (one.connected || one.connecting.is_done())
        SetEvent(event_.get());
    }
  }

  std::string name_;
  OwnHandle claim_;
  OwnHandle event_;
  std::array<Waiting, 16> waiting_;
};

// The pipe's end for a client; waits a little when all instances are taken for a moment.
OwnHandle open_pipe(const std::wstring& name) {
  constexpr int attempts = 20;
  constexpr DWORD moment_ms = 50;
  for (int i = 0; i < attempts; ++i) {
    // The server may know who we are, and not act in our name.
    OwnHandle pipe(CreateFileW(
        name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
        FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
    if (pipe || GetLastError() != ERROR_PIPE_BUSY)
      return pipe;
    WaitNamedPipeW(name.c_str(), moment_ms);
  }
  SetLastError(ERROR_PIPE_BUSY);
  return OwnHandle();
}

}  // namespace

wire::Result<std::unique_ptr<Entrance>> open_pipe_entrance(const std::string& name) {
  OwnHandle claim = claim_pipe_name(name);
  if (!claim)
    return wire::Failure{"cannot listen at " + name, "another process has that name already",
                         "start hrwatch again: it takes a new name"};
  auto entrance = std::make_unique<PipeEntrance>(name, std::move(claim));
  if (!entrance->open())
    return wire::Failure{"cannot listen at " + name, system_sentence(GetLastError()),
                         "start hrwatch again: it takes a new name"};
  return std::unique_ptr<Entrance>(std::move(entrance));
}

wire::Result<Listener> Listener::listen(const std::filesystem::path&) {
  const std::string name = new_pipe_name();
  auto entrance = open_pipe_entrance(name);
  if (!entrance)
    return entrance.failure();
  Listener listener;
  listener.path_ = name;
  listener.entrance_ = std::move(entrance).value();
  return listener;
}

wire::Result<Stream> connect(const std::filesystem::path& path) {
  OwnHandle pipe = open_pipe(path.wstring());
  if (!pipe)
    return wire::Failure{"cannot connect to " + path.string(), system_sentence(GetLastError()),
                         "start hrwatch for this build folder"};
  Stream stream(std::make_unique<Pipe>(std::move(pipe), false));
  if (!stream.peer_is_same_user())
    return wire::Failure{"will not talk to " + path.string(), "another user listens there",
                         "run hrwatch as the user who runs the program"};
  return stream;
}

}  // namespace hr::transport
