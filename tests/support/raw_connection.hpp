// SPDX-License-Identifier: Apache-2.0
// A bare TCP connection to the loopback interface, to send what no proper HTTP client would.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace glmap::testing {

class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("no connection");
    }
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~RawConnection() { ::close(socket_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Up to and with `end`, or until the other side closes.
  std::string receive_until(std::string_view end) {
    while (!end.empty() ? !received_.contains(end) : true) {
      char bytes[4096];
      const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
      if (count <= 0) return std::exchange(received_, {});
      received_.append(bytes, static_cast<std::size_t>(count));
    }
    const std::size_t size = received_.find(end) + end.size();
    std::string result = received_.substr(0, size);
    received_.erase(0, size);
    return result;
  }
  std::string receive_all() { return receive_until(""); }

 private:
  int socket_;
  std::string received_;
};

}  // namespace glmap::testing
