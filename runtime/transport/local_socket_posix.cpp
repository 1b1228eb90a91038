#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "transport/endpoint.h"
#include "transport/local_socket.h"
#include "transport/peer.h"

namespace hr::transport {
namespace {

std::string system_message(int error) {
  return std::generic_category().message(error);
}

// Names the open file behind a descriptor: device and inode, which sockfs gives out once each.
unsigned long long identity_of(int descriptor) {
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0)
    return 0;
  return (static_cast<unsigned long long>(status.st_dev) << 40) ^
         static_cast<unsigned long long>(status.st_ino);
}

std::optional<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.size() >= sizeof(address.sun_path))
    return std::nullopt;
  std::copy(text.begin(), text.end(), address.sun_path);
  return address;
}

wire::Failure cannot_listen(const std::filesystem::path& path, int error) {
  return {"cannot listen at " + path.string(), system_message(error),
          "make the folder writable for this user, or choose another build folder"};
}

// `folder`/name when it fits a socket address, else a name in a new private folder, given back too.
wire::Result<std::pair<std::filesystem::path, std::filesystem::path>> choose_place(
    const std::filesystem::path& folder) {
  std::filesystem::path near = folder / ("hrwatch." + std::to_string(::getpid()) + ".sock");
  if (address_of(near))
    return std::pair{near, std::filesystem::path{}};
  const char* wanted = std::getenv("XDG_RUNTIME_DIR");
  for (const std::string& base :
       {std::string(wanted != nullptr ? wanted : ""), std::string("/tmp")}) {
    std::string made = base + "/hrwatch-XXXXXX";
    if (base.empty() || made.size() + 16 >= sizeof(sockaddr_un::sun_path) ||
        ::mkdtemp(made.data()) == nullptr)
      continue;
    return std::pair{std::filesystem::path(made) / "socket", std::filesystem::path(made)};
  }
  return wire::Failure{"no place for hrwatch's socket",
                       "the build folder's path is too long for one, and /tmp takes no folder: " +
                           system_message(errno),
                       "make /tmp writable, or use a build folder with a shorter path"};
}

class Socket : public Endpoint {
 public:
  // Takes over a non-blocking socket.
  explicit Socket(int descriptor) : descriptor_(descriptor), identity_(identity_of(descriptor)) {}

  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // A program that closed all its descriptors may have opened its own under our number.
  ~Socket() override {
    if (still_ours())
      ::close(descriptor_);
  }

  std::intptr_t wait_handle() const override { return descriptor_; }

  void wait(bool also_writable, std::chrono::milliseconds at_most) const override {
    pollfd waiting = {descriptor_, static_cast<short>(POLLIN | (also_writable ? POLLOUT : 0)), 0};
    ::poll(&waiting, 1, static_cast<int>(at_most.count()));
  }

  Flow write(std::span<const std::byte> bytes, std::size_t& taken) override;
  Flow read(std::vector<std::byte>& into, std::size_t limit) override;

  bool peer_is_same_user() const override {
    const std::optional<Peer> peer = peer_of(descriptor_);
    return peer && peer->user == ::geteuid();
  }

  int peer_process() const override {
    const std::optional<Peer> peer = peer_of(descriptor_);
    return peer ? peer->process : 0;
  }

 private:
  bool still_ours() const { return descriptor_ >= 0 && identity_of(descriptor_) == identity_; }

  int descriptor_;
  unsigned long long identity_;  // of the socket: a host may close and reuse the number
};

Flow Socket::write(std::span<const std::byte> bytes, std::size_t& taken) {
  if (!still_ours())
    return Flow::closed;
  while (taken < bytes.size()) {
    const ssize_t sent = ::send(descriptor_, bytes.data() + taken, bytes.size() - taken,
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK ? Flow::open : Flow::closed;
    taken += static_cast<std::size_t>(sent);
  }
  return Flow::open;
}

Flow Socket::read(std::vector<std::byte>& into, std::size_t limit) {
  if (!still_ours())
    return Flow::closed;
  constexpr std::size_t step = 64 * 1024;
  for (std::size_t total = 0; total < limit;) {
    const std::size_t before = into.size();
    into.resize(before + step);
    ssize_t got = 0;
    do
      got = ::recv(descriptor_, into.data() + before, step, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    const int error = errno;
    into.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0)
      return Flow::closed;
    if (got < 0)
      return error == EAGAIN || error == EWOULDBLOCK ? Flow::open : Flow::closed;
    total += static_cast<std::size_t>(got);
  }
  return Flow::open;
}

// A listening socket with its file.
class Door : public Entrance {
 public:
  Door(std::filesystem::path path, std::filesystem::path own_folder)
      : path_(std::move(path)), own_folder_(std::move(own_folder)) {}

  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  ~Door() override {
    if (descriptor_ >= 0)
      ::close(descriptor_);
    ::unlink(path_.c_str());
    if (!own_folder_.empty())
      ::rmdir(own_folder_.c_str());
  }

  // False with errno set.
  bool open() {
    const sockaddr_un address = *address_of(path_);
    ::unlink(path_.c_str());  // what a process of this number left behind
    descriptor_ = open_local_socket();
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    return descriptor_ >= 0 && ::bind(descriptor_, generic, sizeof(address)) == 0 &&
           ::chmod(path_.c_str(), 0600) == 0 && ::listen(descriptor_, 64) == 0;
  }

  std::intptr_t wait_handle() const override { return descriptor_; }

  std::unique_ptr<Endpoint> accept() override {
    for (;;) {
      const int descriptor = accept_local(descriptor_);
      if (descriptor >= 0)
        return std::make_unique<Socket>(descriptor);
      if (errno != EINTR && errno != ECONNABORTED)
        return nullptr;
    }
  }

 private:
  int descriptor_ = -1;
  std::filesystem::path path_;
  std::filesystem::path own_folder_;  // made for it, empty if none
};

}  // namespace

wire::Result<Listener> Listener::listen(const std::filesystem::path& folder) {
  auto place = choose_place(folder);
  if (!place)
    return place.failure();
  auto door = std::make_unique<Door>(place.value().first, place.value().second);
  if (!door->open())
    return cannot_listen(place.value().first, errno);
  Listener listener;
  listener.path_ = place.value().first;
  listener.entrance_ = std::move(door);
  return listener;
}

wire::Result<Stream> connect(const std::filesystem::path& path) {
  const std::optional<sockaddr_un> address = address_of(path);
  if (!address)
    return wire::Failure{"cannot connect to " + path.string(), "the path is too long for a socket",
                         "start hrwatch again"};
  const int descriptor = open_local_socket();
  if (descriptor < 0)
    return wire::Failure{"cannot make a socket", system_message(errno),
                         "raise the limit of open files (ulimit -n)"};
  Stream stream(std::make_unique<Socket>(descriptor));
  const auto* generic = reinterpret_cast<const sockaddr*>(&*address);
  if (::connect(descriptor, generic, sizeof(*address)) != 0)
    return wire::Failure{"cannot connect to " + path.string(), system_message(errno),
                         "start hrwatch for this build folder"};
  if (!stream.peer_is_same_user())
    return wire::Failure{"will not talk to " + path.string(), "another user listens there",
                         "run hrwatch as the user who runs the program"};
  return stream;
}

}  // namespace hr::transport
