#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

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

}  // namespace

Stream::Stream(int descriptor) : descriptor_(descriptor), identity_(identity_of(descriptor)) {}

Stream::Stream(Stream&& other) noexcept {
  *this = std::move(other);
}

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this == &other)
    return *this;
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  identity_ = std::exchange(other.identity_, 0);
  queue_ = std::move(other.queue_);
  sent_of_first_ = std::exchange(other.sent_of_first_, 0);
  unsent_ = std::exchange(other.unsent_, 0);
  other.queue_.clear();
  return *this;
}

Stream::~Stream() {
  close();
}

bool Stream::still_ours() const {
  return descriptor_ >= 0 && identity_of(descriptor_) == identity_;
}

void Stream::close() {
  // A program that closed all its descriptors may have opened its own under our number.
  if (still_ours())
    ::close(descriptor_);
  descriptor_ = -1;
  queue_.clear();
  sent_of_first_ = 0;
  unsent_ = 0;
}

Flow Stream::send(std::vector<std::byte> frame) {
  if (!is_open())
    return Flow::closed;
  unsent_ += frame.size();
  queue_.push_back(std::move(frame));
  return flush();
}

Flow Stream::flush() {
  if (!still_ours())
    return Flow::closed;
  while (!queue_.empty()) {
    const std::vector<std::byte>& first = queue_.front();
    const ssize_t sent = ::send(descriptor_, first.data() + sent_of_first_,
                                first.size() - sent_of_first_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK ? Flow::open : Flow::closed;
    sent_of_first_ += static_cast<std::size_t>(sent);
    unsent_ -= static_cast<std::size_t>(sent);
    if (sent_of_first_ == first.size()) {
      queue_.erase(queue_.begin());
      sent_of_first_ = 0;
    }
  }
  return Flow::open;
}

Flow Stream::receive(std::vector<std::byte>& into, std::size_t limit) {
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

bool Stream::peer_is_same_user() const {
  const std::optional<Peer> peer = peer_of(descriptor_);
  return peer && peer->user == ::geteuid();
}

int Stream::peer_process() const {
  const std::optional<Peer> peer = peer_of(descriptor_);
  return peer ? peer->process : 0;
}

Listener::Listener(Listener&& other) noexcept {
  *this = std::move(other);
}

Listener& Listener::operator=(Listener&& other) noexcept {
  if (this == &other)
    return *this;
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  path_ = std::exchange(other.path_, {});
  own_folder_ = std::exchange(other.own_folder_, {});
  return *this;
}

Listener::~Listener() {
  close();
}

void Listener::close() {
  if (path_.empty())
    return;
  if (descriptor_ >= 0)
    ::close(std::exchange(descriptor_, -1));
  ::unlink(path_.c_str());
  if (!own_folder_.empty())
    ::rmdir(own_folder_.c_str());
  path_.clear();
}

wire::Result<Listener> Listener::listen(const std::filesystem::path& folder) {
  auto place = choose_place(folder);
  if (!place)
    return place.failure();
  Listener listener;
  std::tie(listener.path_, listener.own_folder_) = place.value();
  const sockaddr_un address = *address_of(listener.path_);
  ::unlink(listener.path_.c_str());  // what a process of this number left behind
  listener.descriptor_ = open_local_socket();
  if (listener.descriptor_ < 0)
    return cannot_listen(listener.path_, errno);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(listener.descriptor_, generic, sizeof(address)) != 0 ||
      ::chmod(listener.path_.c_str(), 0600) != 0 || ::listen(listener.descriptor_, 64) != 0)
    return cannot_listen(listener.path_, errno);
  return listener;
}

std::optional<Stream> Listener::accept() {
  while (descriptor_ >= 0) {
    const int descriptor = accept_local(descriptor_);
    if (descriptor < 0 && (errno == EINTR || errno == ECONNABORTED))
      continue;
    if (descriptor < 0)
      return std::nullopt;
    Stream stream(descriptor);
    if (stream.peer_is_same_user())
      return stream;
  }
  return std::nullopt;
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
  Stream stream(descriptor);
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
