// SPDX-License-Identifier: Apache-2.0
#include "gateway/platform/http_server.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace glmap::gateway::platform {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

constexpr std::chrono::milliseconds milliseconds(int count) {
  return std::chrono::milliseconds(count);
}

int status_of(const error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit) return 431;
  return 400;
}

/// True when nobody waits for an answer to the failed read, or when it ran out of time and is closed already.
bool silent(const error_code& error) {
  return error == http::error::end_of_stream || error == beast::error::timeout ||
         error == asio::error::connection_reset || error == asio::error::operation_aborted ||
         error == asio::error::broken_pipe;
}

IncomingRequest plain(Parser& parser, const std::string& peer) {
  IncomingRequest request;
  auto& message = parser.get();
  request.method = message.method_string();
  request.target = message.target();
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& letter : name) {
      if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    request.fields.emplace_back(std::move(name), std::string(field.value()));
  }
  request.body = std::move(message.body());
  request.peer = peer;
  return request;
}

Response wire(Answer answer, unsigned version, bool keep_alive, bool head) {
  Response response(static_cast<http::status>(answer.status), version);
  response.set(http::field::content_type, answer.content_type);
  for (const auto& [name, value] : answer.fields) response.set(name, value);
  response.keep_alive(keep_alive);
  const std::size_t size = answer.body.size();
  if (!head) response.body() = std::move(answer.body);
  response.content_length(size);
  return response;
}

/// Anything but plain `chunked`, or a length beside it, is read differently by proxies: it could hide a second request.
bool ambiguous_length(const Parser& parser) {
  const auto& message = parser.get();
  const auto codings = message.equal_range(http::field::transfer_encoding);
  if (codings.first == codings.second) return false;
  const bool once = std::next(codings.first) == codings.second;
  return !once || !beast::iequals(codings.first->value(), "chunked") || message.count(http::field::content_length) != 0;
}

/// Connections that wait for a request or for the rest of one, in the order in which they began to.
class WaitingConnections {
 public:
  using Stream = std::shared_ptr<beast::tcp_stream>;

  std::uint64_t add(const Stream& stream) {
    const std::lock_guard guard(mutex_);
    waiting_.emplace(++last_, stream);
    return last_;
  }
  void remove(std::uint64_t place) {
    const std::lock_guard guard(mutex_);
    waiting_.erase(place);
  }
  /// Closes the one that has waited longest; false when none waits.
  bool close_longest() {
    Stream stream;
    {
      const std::lock_guard guard(mutex_);
      if (waiting_.empty()) return false;
      stream = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
    }
    asio::post(stream->get_executor(), [stream] { stream->close(); });
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, Stream> waiting_;
  std::uint64_t last_ = 0;
};

/// Of the bytes of all bodies, what one request holds; given back when it ends.
class BodyShare {
 public:
  BodyShare(std::atomic<std::size_t>& held, std::size_t most) : held_(held), most_(most) {}
  ~BodyShare() { release(); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  /// False when there is no room for so many bytes.
  bool grow_to(std::size_t bytes) {
    if (bytes <= mine_) return true;
    const std::size_t more = bytes - mine_;
    mine_ = bytes;
    return (held_ += more) <= most_;
  }
  void release() { held_ -= std::exchange(mine_, 0); }

 private:
  std::atomic<std::size_t>& held_;
  std::size_t most_, mine_ = 0;
};

class BeastServer final : public HttpServer {
 public:
  BeastServer(HttpServerSettings settings, Handler handler, Refusal refusal)
      : settings_(std::move(settings)),
        handler_(std::move(handler)),
        refusal_(std::move(refusal)),
        acceptor_(context_) {}

  ~BeastServer() override { stop(0); }

  Status start() {
    error_code error;
    const auto address = asio::ip::make_address(settings_.address, error);
    const tcp::endpoint endpoint(address, settings_.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return fail(ErrorCode::BadConfiguration,
                  "glmapd cannot listen on `" + settings_.address + ":" + std::to_string(settings_.port) +
                      "`: " + error.message(),
                  "name a free port of this machine");
    }
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(context_, accept(), asio::detached);
    for (int i = 0; i < settings_.threads; ++i) {
      threads_.emplace_back([this] { context_.run(); });
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void stop(int drain_ms_max) override {
    if (stopping_.exchange(true)) return;
    asio::post(context_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
    {
      // Connections that are answering finish; idle ones are closed by their own watch of `stopping_`.
      std::unique_lock guard(mutex_);
      quiet_.wait_for(guard, milliseconds(drain_ms_max), [this] { return busy_ == 0; });
    }
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  asio::awaitable<void> accept() {
    while (!stopping_) {
      error_code error;
      tcp::socket socket = co_await acceptor_.async_accept(asio::make_strand(context_),
                                                           asio::redirect_error(asio::use_awaitable, error));
      if (stopping_) co_return;
      if (error) {  // out of descriptors: others must close first
        waiting_.close_longest();
        asio::steady_timer pause(context_, milliseconds(20));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      const auto executor = socket.get_executor();
      asio::co_spawn(executor, serve(std::make_shared<beast::tcp_stream>(std::move(socket))), asio::detached);
    }
  }

  asio::awaitable<void> serve(std::shared_ptr<beast::tcp_stream> shared) {
    beast::tcp_stream& stream = *shared;
    const std::size_t open = ++connections_;
    error_code error;
    stream.socket().set_option(tcp::no_delay(true), error);
    const auto remote = stream.socket().remote_endpoint(error);
    const std::string peer = error ? std::string() : remote.address().to_string();
    if (open > settings_.connections_max && !waiting_.close_longest()) {
      Answer full = refusal_(503);
      co_await write(stream, std::move(full), 11, false, false);
    } else {
      beast::flat_buffer buffer;
      bool first = true;
      while (!stopping_) {
        const bool again = co_await serve_one(shared, buffer, peer, first);
        if (!again) break;
        first = false;
      }
    }
    stream.socket().shutdown(tcp::socket::shutdown_send, error);
    stream.close();
    --connections_;
  }

  /// One request and its answer; false when the connection is to be closed.
  asio::awaitable<bool> serve_one(std::shared_ptr<beast::tcp_stream> shared, beast::flat_buffer& buffer,
                                  const std::string& peer, bool first) {
    beast::tcp_stream& stream = *shared;
    BodyShare share(body_bytes_, settings_.bodies_bytes_max);
    Parser parser;
    const std::uint64_t place = waiting_.add(shared);
    const bool read = co_await read_one(stream, buffer, parser, share, first);
    waiting_.remove(place);
    co_return read&& co_await answer(stream, parser, peer);
  }

  /// A whole request; false when there is none, or it was refused.
  asio::awaitable<bool> read_one(beast::tcp_stream& stream, beast::flat_buffer& buffer, Parser& parser,
                                 BodyShare& share, bool first) {
    error_code error;
    if (!first && buffer.size() == 0) {
      stream.expires_after(milliseconds(settings_.idle_ms_max));
      char none = 0;
      // Reads the first byte of the next request under the longer, idle limit.
      const std::size_t count =
          co_await stream.async_read_some(asio::buffer(&none, 1), asio::redirect_error(asio::use_awaitable, error));
      if (error || count == 0) co_return false;
      auto place = buffer.prepare(1);
      *static_cast<char*>(place.data()) = none;
      buffer.commit(1);
    }
    parser.header_limit(static_cast<std::uint32_t>(settings_.header_bytes_max));
    parser.body_limit(settings_.body_bytes_max);
    stream.expires_after(milliseconds(settings_.header_ms_max));
    co_await http::async_read_header(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (!error && ambiguous_length(parser)) {
      co_await refuse(stream, 400);
      co_return false;
    }
    if (!error && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      Response proceed(http::status::continue_, parser.get().version());
      co_await http::async_write(stream, proceed, asio::redirect_error(asio::use_awaitable, error));
    }
    if (!error) {
      stream.expires_after(milliseconds(settings_.body_ms_max));
      while (!error && !parser.is_done()) {
        co_await http::async_read_some(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
        if (share.grow_to(parser.get().body().size())) continue;
        parser.get().body() = std::string();
        share.release();
        co_await refuse(stream, 429);
        co_return false;
      }
    }
    if (error) {
      if (!silent(error)) co_await refuse(stream, status_of(error));
      co_return false;
    }
    co_return true;
  }

  asio::awaitable<bool> answer(beast::tcp_stream& stream, Parser& parser, const std::string& peer) {
    const unsigned version = parser.get().version();
    const bool head = parser.get().method() == http::verb::head;
    const bool keep_alive = parser.get().keep_alive();
    stream.expires_never();  // the handler may take its time
    busy(1);
    IncomingRequest request = plain(parser, peer);
    Answer made = co_await handled(std::move(request));
    const bool written = co_await write(stream, std::move(made), version, keep_alive && !stopping_, head);
    busy(-1);
    co_return written&& keep_alive;
  }

  /// Calls the handler and waits, without a thread, for its answer.
  asio::awaitable<Answer> handled(IncomingRequest request) {
    const auto executor = co_await asio::this_coro::executor;
    // Named, not a temporary of the co_await: g++ 12 destroys captures of such temporaries twice.
    auto start = [this, executor](auto resume, IncomingRequest taken) {
      auto shared = std::make_shared<decltype(resume)>(std::move(resume));
      handler_(std::move(taken), [executor, shared](Answer made) {
        asio::post(executor, [shared, made = std::move(made)]() mutable { (*shared)(std::move(made)); });
      });
    };
    Answer answer = co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Answer)>(
        start, asio::use_awaitable, std::move(request));
    co_return answer;
  }

  asio::awaitable<void> refuse(beast::tcp_stream& stream, int status) {
    Answer refused = refusal_(status);
    co_await write(stream, std::move(refused), 11, false, false);
    // Reads what the sender is still writing, a little: a reset would destroy the answer on its way.
    error_code error;
    stream.socket().shutdown(tcp::socket::shutdown_send, error);
    stream.expires_after(milliseconds(1000));
    std::vector<char> sink(65'536);
    for (int i = 0; i < 512 && !error; ++i) {
      co_await stream.async_read_some(asio::buffer(sink), asio::redirect_error(asio::use_awaitable, error));
    }
  }

  asio::awaitable<bool> write(beast::tcp_stream& stream, Answer made, unsigned version, bool keep_alive, bool head) {
    Response response = wire(std::move(made), version, keep_alive, head);
    http::response_serializer<http::string_body> serializer(response);
    if (head) serializer.split(true);
    stream.expires_after(milliseconds(settings_.write_ms_max));
    error_code error;
    if (head) {
      co_await http::async_write_header(stream, serializer, asio::redirect_error(asio::use_awaitable, error));
    } else {
      co_await http::async_write(stream, serializer, asio::redirect_error(asio::use_awaitable, error));
    }
    co_return !error;
  }

  void busy(int change) {
    const std::lock_guard guard(mutex_);
    busy_ += change;
    if (busy_ == 0) quiet_.notify_all();
  }

  HttpServerSettings settings_;
  Handler handler_;
  Refusal refusal_;
  std::atomic<std::size_t> body_bytes_ = 0;  // outlives the requests that the context still holds at the end
  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> connections_ = 0;
  WaitingConnections waiting_;
  std::mutex mutex_;
  std::condition_variable quiet_;
  int busy_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

const std::string* IncomingRequest::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return &value;
  }
  return nullptr;
}

Result<std::unique_ptr<HttpServer>> start_http_server(const HttpServerSettings& settings, Handler handler,
                                                      Refusal refusal) {
  auto server = std::make_unique<BeastServer>(settings, std::move(handler), std::move(refusal));
  GLMAP_CHECK(server->start());
  return server;
}

}  // namespace glmap::gateway::platform
