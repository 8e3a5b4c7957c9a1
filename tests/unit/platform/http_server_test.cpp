// SPDX-License-Identifier: Apache-2.0
#include "gateway/platform/http_server.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/support/raw_connection.hpp"

using namespace glmap::gateway::platform;
using glmap::testing::RawConnection;

namespace {

/// Answers with what it saw; "/later" from another thread.
struct Echo {
  std::unique_ptr<HttpServer> server;
  std::vector<std::jthread> later;

  explicit Echo(HttpServerSettings settings = {}) {
    settings.port = 0;
    auto started = start_http_server(
        settings,
        [this](IncomingRequest request, Respond respond) {
          Answer answer{
              200, "text/plain", request.method + " " + request.target + " " + std::to_string(request.body.size()), {}};
          if (request.target != "/later") return respond(std::move(answer));
          later.emplace_back([respond, answer] {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            respond(answer);
          });
        },
        [](int status) { return Answer{status, "text/plain", "refused", {}}; });
    if (!started) FAIL(started.error().to_text());
    server = std::move(*started);
  }
  ~Echo() {
    if (server) server->stop(2000);
    later.clear();
  }
};

}  // namespace

TEST_CASE("two requests on one connection are answered in turn", "[http]") {
  Echo echo;
  RawConnection connection(echo.server->port());
  connection.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  CHECK(connection.receive_until("POST /a 3").starts_with("HTTP/1.1 200"));
  connection.send("GET /b?c=d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(connection.receive_all().ends_with("GET /b?c=d 0"));
}

TEST_CASE("a chunked body arrives whole", "[http]") {
  Echo echo;
  RawConnection connection(echo.server->port());
  connection.send(
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: "
      "close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(connection.receive_all().ends_with("POST /a 5"));
}

TEST_CASE("a length that two readers could read differently is refused, so that no request hides in a body",
          "[http][I8]") {
  for (const char* coding : {"xchunked", "identity", "gzip", "chunked, identity", "gzip, chunked"}) {
    Echo echo;
    RawConnection connection(echo.server->port());
    connection.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + std::string(coding) +
                    "\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string all = connection.receive_all();
    INFO(coding);
    CHECK(all.starts_with("HTTP/1.1 400"));
    CHECK(all.find("/hidden") == std::string::npos);
  }
}

TEST_CASE("what is not HTTP is refused and the connection closed", "[http][I8]") {
  for (const std::string_view request :
       {"nonsense\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", "GET / HTTP/9.9\r\n\r\n"}) {
    Echo echo;
    RawConnection connection(echo.server->port());
    connection.send(request);
    INFO(request);
    CHECK(connection.receive_all().starts_with("HTTP/1.1 400"));
  }
}

TEST_CASE("a body over the limit is refused by its stated length, before it is read", "[http][I10]") {
  Echo echo({.body_bytes_max = 1000});
  RawConnection connection(echo.server->port());
  connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
  CHECK(connection.receive_until("refused").starts_with("HTTP/1.1 413"));
}

TEST_CASE("header fields over the limit are refused", "[http][I10]") {
  Echo echo;
  RawConnection connection(echo.server->port());
  connection.send("GET / HTTP/1.1\r\nHost: x\r\nLong: " + std::string(20'000, 'a') + "\r\n\r\n");
  CHECK(connection.receive_until("refused").starts_with("HTTP/1.1 431"));
}

TEST_CASE("a header or a body that drips in too slowly ends the connection", "[http][I9]") {
  Echo echo({.header_ms_max = 200, .body_ms_max = 200});
  const auto start = std::chrono::steady_clock::now();
  RawConnection header(echo.server->port());
  header.send("GET / HTTP/1.1\r\nHo");
  CHECK(header.receive_all().empty());
  RawConnection body(echo.server->port());
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(body.receive_all().empty());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("an idle connection is closed without a word", "[http][I9]") {
  Echo echo({.idle_ms_max = 200});
  RawConnection connection(echo.server->port());
  connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  connection.receive_until("GET / 0");
  CHECK(connection.receive_all().empty());
}

TEST_CASE("more connections than allowed, all being answered, are told to come back", "[http][I9]") {
  Echo echo({.connections_max = 1});
  RawConnection first(echo.server->port());
  first.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  RawConnection second(echo.server->port());
  second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(second.receive_until("refused").starts_with("HTTP/1.1 503"));
  CHECK(first.receive_until("GET /later 0").starts_with("HTTP/1.1 200"));
}

TEST_CASE("connections that only wait do not keep others out: the one that waits longest is closed", "[http][I9]") {
  Echo echo({.connections_max = 3});
  RawConnection idle(echo.server->port());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  RawConnection slow(echo.server->port());
  slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  RawConnection kept(echo.server->port());
  kept.send("GET /kept HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(kept.receive_until("GET /kept 0").starts_with("HTTP/1.1 200"));
  for (int i = 0; i < 2; ++i) {
    RawConnection honest(echo.server->port());
    honest.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(honest.receive_all().starts_with("HTTP/1.1 200"));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  CHECK(idle.receive_all().empty());  // closed for the first honest one; then there was room
  slow.send("cde");
  CHECK(slow.receive_until("POST / 5").starts_with("HTTP/1.1 200"));
  kept.send("GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(kept.receive_until("GET /again 0").starts_with("HTTP/1.1 200"));
}

TEST_CASE("all bodies together are bounded, by what has arrived and not by what is announced", "[http][I10][I17]") {
  Echo echo({.bodies_bytes_max = 1000});
  const auto post = [](int size) {
    return "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  };
  {
    RawConnection half(echo.server->port());
    half.send(post(900) + std::string(800, 'a'));
    RawConnection announced(echo.server->port());
    announced.send(post(5'000'000));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    RawConnection second(echo.server->port());
    second.send(post(500) + std::string(500, 'b'));
    CHECK(second.receive_all().starts_with("HTTP/1.1 429"));
    RawConnection small(echo.server->port());
    small.send(post(100) + std::string(100, 'c'));
    CHECK(small.receive_all().ends_with("POST / 100"));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  RawConnection third(echo.server->port());
  third.send(post(500) + std::string(500, 'd'));
  CHECK(third.receive_all().ends_with("POST / 500"));
}

TEST_CASE("an answer under way still goes out when the server stops", "[http][M22]") {
  Echo echo;
  RawConnection connection(echo.server->port());
  connection.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  echo.server->stop(5000);
  CHECK(connection.receive_all().ends_with("GET /later 0"));
}

TEST_CASE("a port that is taken is told before anything is served", "[http]") {
  Echo echo;
  const auto second = start_http_server({.port = echo.server->port()}, {}, {});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == glmap::ErrorCode::BadConfiguration);
}

TEST_CASE("thousands of short connections at once, answered from other threads, are all answered", "[http][I9]") {
  // Found by the demo: captures of a co_await temporary were destroyed twice and took the connection's strand along.
  std::atomic<int> answered = 0;
  auto started = start_http_server(
      {.port = 0},
      [](IncomingRequest request, Respond respond) {
        std::jthread([respond, target = request.target] { respond({200, "text/plain", target, {}}); }).detach();
      },
      [](int status) { return Answer{status, "text/plain", "refused", {}}; });
  REQUIRE(started);
  constexpr int kEach = 300;
  {
    std::vector<std::jthread> clients;
    for (int c = 0; c < 4; ++c)
      clients.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          RawConnection connection((*started)->port());
          connection.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
          answered += connection.receive_all().ends_with("/a") ? 1 : 0;
        }
      });
  }
  (*started)->stop(2000);
  CHECK(answered == 4 * kEach);
}
