#include <aclapi.h>
#include <sddl.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "support/catch.h"
#include "transport/local_socket.h"
#include "transport/pipe_windows.h"

using namespace hr::transport;

namespace {

constexpr DWORD patience_ms = 10000;

bool wait_for(std::intptr_t handle) {
  return WaitForSingleObject(reinterpret_cast<HANDLE>(handle), patience_ms) == WAIT_OBJECT_0;
}

struct Pair {
  Listener listener;
  Stream server;
  Stream client;

  Pair() {
    auto listening = Listener::listen("");
    REQUIRE(listening.ok());
    listener = std::move(listening).value();
    auto connected = connect(listener.path());
    REQUIRE(connected.ok());
    client = std::move(connected).value();
    REQUIRE(wait_for(listener.wait_handle()));
    auto accepted = listener.accept();
    REQUIRE(accepted.has_value());
    server = std::move(*accepted);
  }
};

std::vector<std::byte> bytes_of(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::byte>(i * 7 % 251);
  return bytes;
}

// Moves bytes both ways until `until` holds; what arrives at `to` is appended to `got`.
bool pump(Stream& from, Stream& to, std::vector<std::byte>& got,
          const std::function<bool()>& until) {
  while (!until()) {
    const HANDLE both[] = {reinterpret_cast<HANDLE>(from.wait_handle()),
                           reinterpret_cast<HANDLE>(to.wait_handle())};
    if (WaitForMultipleObjects(2, both, FALSE, patience_ms) == WAIT_TIMEOUT)
      return false;
    std::vector<std::byte> ignored;
    if (from.flush() == Flow::closed || from.receive(ignored) == Flow::closed ||
        to.receive(got) == Flow::closed)
      return false;
  }
  return true;
}

}  // namespace

TEST_CASE("A pipe carries small and large frames in both directions") {
  Pair pair;
  for (const std::size_t size : {std::size_t{1}, std::size_t{5000}, std::size_t{3'000'000}}) {
    const std::vector<std::byte> sent = bytes_of(size);
    for (auto [from, to] : {std::pair{&pair.server, &pair.client}, {&pair.client, &pair.server}}) {
      std::vector<std::byte> got;
      REQUIRE(from->send(sent) == Flow::open);
      CHECK(pump(*from, *to, got, [&] { return got.size() >= size; }));
      CHECK(got == sent);
      CHECK(from->unsent() == 0);
    }
  }
}

TEST_CASE("A peer that reads nothing never blocks the sender") {
  Pair pair;
  REQUIRE(pair.server.send(bytes_of(1'000'000)) == Flow::open);
  CHECK(pair.server.unsent() > 500'000);
  CHECK(WaitForSingleObject(reinterpret_cast<HANDLE>(pair.server.wait_handle()), 0) ==
        WAIT_TIMEOUT);
}

TEST_CASE("The wait handle is quiet while there is nothing to do") {
  Pair pair;
  CHECK(WaitForSingleObject(reinterpret_cast<HANDLE>(pair.client.wait_handle()), 0) ==
        WAIT_TIMEOUT);
  REQUIRE(pair.server.send(bytes_of(10)) == Flow::open);
  CHECK(wait_for(pair.client.wait_handle()));
  std::vector<std::byte> got;
  CHECK(pair.client.receive(got) == Flow::open);
  CHECK(got.size() == 10);
  CHECK(WaitForSingleObject(reinterpret_cast<HANDLE>(pair.client.wait_handle()), 0) ==
        WAIT_TIMEOUT);
  CHECK(WaitForSingleObject(reinterpret_cast<HANDLE>(pair.server.wait_handle()), 0) ==
        WAIT_TIMEOUT);
}

TEST_CASE("What was sent before the end is received, then the end") {
  Pair pair;
  REQUIRE(pair.client.send(bytes_of(100)) == Flow::open);
  pair.client.close();
  std::vector<std::byte> got;
  Flow flow = Flow::open;
  while (flow == Flow::open) {
    REQUIRE(wait_for(pair.server.wait_handle()));
    flow = pair.server.receive(got);
  }
  CHECK(got.size() == 100);
}

TEST_CASE("Both ends know the other's process and that it is the same user's") {
  Pair pair;
  CHECK(pair.server.peer_process() == static_cast<int>(GetCurrentProcessId()));
  CHECK(pair.client.peer_process() == static_cast<int>(GetCurrentProcessId()));
  CHECK(pair.server.peer_is_same_user());
  CHECK(pair.client.peer_is_same_user());
}

TEST_CASE("Several clients connect at once, and each has its own stream") {
  auto listening = Listener::listen("");
  REQUIRE(listening.ok());
  Listener listener = std::move(listening).value();
  std::vector<Stream> servers;
  std::vector<Stream> clients;
  for (int i = 0; i < 8; ++i) {
    auto connected = connect(listener.path());
    REQUIRE(connected.ok());
    clients.push_back(std::move(connected).value());
    REQUIRE(clients.back().send(bytes_of(static_cast<std::size_t>(i) + 1)) == Flow::open);
    REQUIRE(wait_for(listener.wait_handle()));
    while (auto accepted = listener.accept())
      servers.push_back(std::move(*accepted));
  }
  REQUIRE(servers.size() == 8);
  for (std::size_t i = 0; i < servers.size(); ++i) {
    std::vector<std::byte> got;
    REQUIRE(wait_for(servers[i].wait_handle()));
    CHECK(servers[i].receive(got) == Flow::open);
    CHECK(got.size() == i + 1);
  }
}

TEST_CASE("Nobody listens: what, why and a way out") {
  auto connected = connect("\\\\.\\pipe\\hrwatch.nobody");
  REQUIRE_FALSE(connected.ok());
  CHECK(connected.failure().why.find("error 2") != std::string::npos);
  CHECK_FALSE(connected.failure().fix.empty());
}

TEST_CASE("A pipe's name that somebody has is not listened at") {
  const std::string name = new_pipe_name();
  const auto squatter = open_pipe_entrance(name);
  REQUIRE(squatter.ok());
  const auto ours = open_pipe_entrance(name);
  REQUIRE_FALSE(ours.ok());
  CHECK(ours.failure().why.find("another process") != std::string::npos);
}

// Whether Windows enforces it can't be tested under wine: that it was asked for, can.
TEST_CASE("The pipe's security descriptor names this user alone") {
  const OwnHandle pipe = make_pipe_instance(new_pipe_name(), true);
  REQUIRE(pipe);
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR security = nullptr;
  REQUIRE(GetSecurityInfo(pipe.get(), SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr,
                          &list, nullptr, &security) == ERROR_SUCCESS);
  wchar_t* text = nullptr;
  REQUIRE(ConvertSecurityDescriptorToStringSecurityDescriptorW(
              security, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, nullptr) != 0);
  const std::wstring rights = text;
  LocalFree(text);
  LocalFree(security);
  INFO(std::string(rights.begin(), rights.end()));
  CHECK(rights.rfind(L"D:P(A;;", 0) == 0);
  CHECK(std::count(rights.begin(), rights.end(), L'(') == 1);
  CHECK(rights.find(L"S-1-5-21-") != std::wstring::npos);
}

TEST_CASE("A thousand connections leave no handle behind") {
  Pair warm_up;
  DWORD before = 0;
  GetProcessHandleCount(GetCurrentProcess(), &before);
  for (int i = 0; i < 1000; ++i)
    const Pair pair;
  DWORD after = 0;
  GetProcessHandleCount(GetCurrentProcess(), &after);
  CHECK(after <= before + 4);
}
