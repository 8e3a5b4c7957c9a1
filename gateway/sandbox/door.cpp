// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/door.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

namespace glmap::gateway::sandbox {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

class BeastDoor final : public Door {
 public:
  BeastDoor(std::uint16_t port, Handler handle) : handle_(std::move(handle)), acceptor_(context_) {
    const Tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    acceptor_.open(where.protocol());
    acceptor_.set_option(Tcp::acceptor::reuse_address(true));
    acceptor_.bind(where);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
    accept_next();
    thread_ = std::thread([this] { context_.run(); });
  }

  ~BeastDoor() override {
    context_.stop();
    thread_.join();
    std::unique_lock lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    stopped_.wait(lock, [this] { return open_.empty(); });
  }

  BeastDoor(const BeastDoor&) = delete;
  BeastDoor& operator=(const BeastDoor&) = delete;

  std::uint16_t port() const override { return port_; }
  std::uint64_t connections() const override { return connections_; }
  std::uint64_t requests() const override { return requests_; }

 private:
  void accept_next() {
    acceptor_.async_accept([this](beast::error_code failed, Tcp::socket socket) {
      if (failed) return;
      ++connections_;
      {
        const std::lock_guard lock(mutex_);
        open_.insert(socket.native_handle());
      }
      std::thread([this, moved = std::move(socket)]() mutable { serve(std::move(moved)); }).detach();
      accept_next();
    });
  }

  void serve(Tcp::socket socket) {
    const int fd = socket.native_handle();
    try {
      beast::flat_buffer buffer;
      while (serve_one(socket, buffer)) {
      }
    } catch (const std::exception&) {
      // The other side went away; there is nobody left to tell.
    }
    const std::lock_guard lock(mutex_);
    open_.erase(fd);
    beast::error_code ignored;
    socket.close(ignored);
    stopped_.notify_all();
  }

  /// False when the connection is finished.
  bool serve_one(Tcp::socket& socket, beast::flat_buffer& buffer) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{64} << 20);
    beast::error_code failed;
    http::read(socket, buffer, parser, failed);
    if (failed) return false;
    ++requests_;
    const auto& request = parser.get();
    auto field = [&](const char* name) {
      const auto value = request[name];
      return std::string(value.data(), value.size());
    };
    DoorRequest asked{std::string(request.method_string()),
                      std::string(request.target()),
                      request.body(),
                      field("Content-Type"),
                      field("Authorization"),
                      field("Idempotency-Key")};
    for (const auto& each : request) {
      std::string name(each.name_string());
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      asked.fields.emplace_back(std::move(name), std::string(each.value()));
    }
    const DoorReply reply = handle_(asked);
    if (reply.delay_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(reply.delay_ms));
    return answer(socket, reply);
  }

  static bool answer(Tcp::socket& socket, const DoorReply& reply) {
    http::response<http::string_body> response;
    response.version(11);
    response.result(static_cast<unsigned>(reply.status));
    response.set(http::field::content_type, reply.content_type);
    for (const auto& [name, value] : reply.fields) response.set(name, value);
    response.body() = reply.body;
    response.keep_alive(reply.keep_alive);
    response.prepare_payload();
    std::ostringstream text;
    text << response;
    std::string bytes = text.str();
    if (reply.drop_after_bytes) {
      bytes.resize(std::min(*reply.drop_after_bytes, bytes.size()));
      asio::write(socket, asio::buffer(bytes));
      // Linger zero: the close is a reset, as when a machine dies.
      socket.set_option(asio::socket_base::linger(true, 0));
      return false;
    }
    if (reply.drip_ms > 0) {
      for (const char& byte : bytes) {
        asio::write(socket, asio::buffer(&byte, 1));
        std::this_thread::sleep_for(std::chrono::milliseconds(reply.drip_ms));
      }
      return false;
    }
    asio::write(socket, asio::buffer(bytes));
    return reply.keep_alive;
  }

  Handler handle_;
  asio::io_context context_;
  Tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> connections_ = 0, requests_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  std::set<int> open_;
};

}  // namespace

Result<std::unique_ptr<Door>> Door::open(std::uint16_t port, Handler handle) {
  try {
    return std::make_unique<BeastDoor>(port, std::move(handle));
  } catch (const std::exception& failed) {
    return fail(ErrorCode::BadConfiguration,
                "the sandbox cannot listen on port " + std::to_string(port) + ": " + failed.what());
  }
}

}  // namespace glmap::gateway::sandbox
