// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cutting_proxy.hpp"

#include <array>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace glmap::testing {

namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

bool write_all(int to, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t wrote = ::send(to, data, size, MSG_NOSIGNAL);
    if (wrote <= 0) return false;
    data += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& server) : server_(server) {
  const auto address = address_of(folder_.file(server.substr(server.rfind('/') + 1)));
  listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listening_, 64) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  acceptor_ = std::jthread([this](std::stop_token stop) { accept_all(std::move(stop)); });
}

CuttingProxy::~CuttingProxy() {
  acceptor_.request_stop();
  acceptor_.join();
  connections_.clear();
  ::close(listening_);
}

void CuttingProxy::cut_after(Way way, std::size_t bytes) {
  left_[static_cast<std::size_t>(way)] = static_cast<std::int64_t>(bytes);
}

void CuttingProxy::accept_all(std::stop_token stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listening_, POLLIN, 0};
    if (::poll(&waiting, 1, 50) <= 0) continue;
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(server_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
      continue;
    }
    connections_.emplace_back(
        [this, client, server](std::stop_token ending) { pass(client, server, std::move(ending)); });
  }
}

void CuttingProxy::pass(int client, int server, std::stop_token stop) {
  bool open = true;
  while (open && !stop.stop_requested()) {
    std::array<pollfd, 2> waiting = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), 50) <= 0) continue;
    if (waiting[0].revents != 0) open = pass_piece(client, server, Way::to_server);
    if (open && waiting[1].revents != 0) open = pass_piece(server, client, Way::to_client);
  }
  ::close(client);
  ::close(server);
}

bool CuttingProxy::pass_piece(int from, int to, Way way) {
  const auto place = static_cast<std::size_t>(way);
  std::array<char, 16'384> buffer;
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  const std::int64_t left = left_[place];
  if (left >= 0 && left <= got) {
    left_[place] = -1;
    ++cuts_;
    write_all(to, buffer.data(), static_cast<std::size_t>(left));
    return false;
  }
  if (left >= 0) left_[place] = left - got;
  passed_[place] += static_cast<std::size_t>(got);
  return write_all(to, buffer.data(), static_cast<std::size_t>(got));
}

}  // namespace glmap::testing
