// SPDX-License-Identifier: Apache-2.0
// Whom the HTTP client believes. The server is `openssl s_server` with certificates made here.
#include <cstdlib>
#include <iostream>
#include <vector>

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/platform/http_client.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway::platform;

namespace {

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  auto* address = reinterpret_cast<sockaddr*>(&where);
  REQUIRE(::bind(fd, address, size) == 0);
  REQUIRE(::getsockname(fd, address, &size) == 0);
  ::close(fd);
  return ntohs(where.sin_port);
}

/// A key and a self-signed certificate for `name`; valid from now on for so many days (negative: until then).
void make_certificate(const testing::TemporaryFolder& folder, const std::string& file, const std::string& name,
                      int days) {
  const std::string base = folder.file(file);
  // `req -x509` refuses negative days, so that an expired one is made by `x509 -days` from a request.
  const std::string command =
      "cd " + folder.file("") + " && openssl req -newkey rsa:2048 -nodes -keyout " + base + ".key -out " + base +
      ".csr -subj /CN=test >/dev/null 2>&1 && printf 'subjectAltName=" + name +
      "\nbasicConstraints=critical,CA:TRUE\n' > " + base + ".ext && openssl x509 -req -in " + base + ".csr -signkey " +
      base + ".key -days " + std::to_string(days) + " -extfile " + base + ".ext -out " + base + ".pem >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
}

struct TlsServer {
  pid_t pid = 0;
  int port = free_port();

  /// `asks`: the authority of client certificates, one of which it insists on; empty: it asks for none.
  TlsServer(const testing::TemporaryFolder& folder, const std::string& file, const char* version,
            const std::string& asks = "") {
    const std::string where = std::to_string(port);
    const std::string certificate = folder.file(file) + ".pem";
    const std::string key = folder.file(file) + ".key";
    pid = ::fork();
    if (pid == 0) {
      ::freopen("/dev/null", "r", stdin) == nullptr ? ::_exit(126) : void();
      ::freopen("/dev/null", "w", stdout) == nullptr ? ::_exit(126) : void();
      ::freopen("/dev/null", "w", stderr) == nullptr ? ::_exit(126) : void();
      // Level 0 so that the server itself is willing to speak the old versions.
      std::vector<const char*> words = {
          "openssl",   "s_server", "-accept", where.c_str(),         "-cert", certificate.c_str(), "-key",
          key.c_str(), "-www",     "-cipher", "DEFAULT:@SECLEVEL=0", version};
      if (!asks.empty()) words.insert(words.end(), {"-Verify", "1", "-verify_return_error", "-CAfile", asks.c_str()});
      words.push_back(nullptr);
      ::execvp("openssl", const_cast<char* const*>(words.data()));
      ::_exit(127);
    }
  }
  ~TlsServer() {
    ::kill(pid, SIGTERM);
    ::waitpid(pid, nullptr, 0);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  HttpOutcome ask(const std::string& authorities) const { return ask(HttpClientSettings{authorities, {}}); }
  HttpOutcome ask(const HttpClientSettings& settings) const {
    auto client = make_http_client(settings);
    REQUIRE(client.has_value());
    HttpRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(port) + "/";
    request.total_ms_max = 10'000;
    // The server needs a moment to listen.
    for (int i = 0; i < 100; ++i) {
      HttpOutcome outcome = (*client)->send(request);
      const auto* not_sent = std::get_if<HttpNotSent>(&outcome);
      if (not_sent == nullptr || not_sent->reason.find("onnect to") == std::string::npos) return outcome;
      ::usleep(50'000);
    }
    return HttpNotSent{"the server never listened"};
  }
};

std::string refused(const HttpOutcome& outcome) {
  const auto* not_sent = std::get_if<HttpNotSent>(&outcome);
  return not_sent == nullptr ? "" : not_sent->reason;
}

}  // namespace

TEST_CASE("a server is believed only with a valid certificate for its name from a known authority",
          "[http_client][E16]") {
  if (std::system("command -v openssl >/dev/null") != 0) {
    std::cerr << "\n*** SKIPPED: the openssl program is not installed, so TLS is not tried ***\n\n";
    return;
  }
  const testing::TemporaryFolder folder;
  make_certificate(folder, "good", "IP:127.0.0.1", 2);
  make_certificate(folder, "other", "DNS:other.example", 2);
  make_certificate(folder, "expired", "IP:127.0.0.1", -1);
  {
    const TlsServer server(folder, "good", "-tls1_2");
    CHECK(std::holds_alternative<HttpAnswered>(server.ask(folder.file("good.pem"))));
    CHECK(refused(server.ask("")).find("certificate") != std::string::npos);  // unknown authority
    CHECK(refused(server.ask(folder.file("other.pem"))).find("certificate") != std::string::npos);
  }
  {
    const TlsServer server(folder, "other", "-tls1_2");
    CHECK(refused(server.ask(folder.file("other.pem"))).find("127.0.0.1") != std::string::npos);
  }
  {
    const TlsServer server(folder, "expired", "-tls1_2");
    CHECK(refused(server.ask(folder.file("expired.pem"))).find("expired") != std::string::npos);
  }
  {
    const TlsServer server(folder, "good", "-tls1_1");  // a downgrade
    const std::string why = refused(server.ask(folder.file("good.pem")));
    INFO(why);
    CHECK_FALSE(why.empty());
    CHECK(why != "the server never listened");
  }
}

TEST_CASE("a server that insists on a client certificate gets the one of the settings, and believes no other",
          "[http_client]") {
  if (std::system("command -v openssl >/dev/null") != 0) {
    std::cerr << "\n*** SKIPPED: the openssl program is not installed, so TLS is not tried ***\n\n";
    return;
  }
  const testing::TemporaryFolder folder;
  for (const char* name : {"server", "us", "stranger"}) make_certificate(folder, name, "IP:127.0.0.1", 2);
  const auto shown = [&](const std::string& certificate, const std::string& key) {
    return HttpClientSettings{folder.file("server.pem"), {}, folder.file(certificate), folder.file(key)};
  };
  const TlsServer server(folder, "server", "-tls1_2", folder.file("us.pem"));
  CHECK(std::holds_alternative<HttpAnswered>(server.ask(shown("us.pem", "us.key"))));
  CHECK_FALSE(std::holds_alternative<HttpAnswered>(server.ask(shown("stranger.pem", "stranger.key"))));
  CHECK_FALSE(std::holds_alternative<HttpAnswered>(server.ask(folder.file("server.pem"))));

  const auto fault = [&](const std::string& certificate, const std::string& key) {
    const auto made = make_http_client(shown(certificate, key));
    REQUIRE(!made.has_value());
    CHECK(made.error().code == ErrorCode::BadConfiguration);
    return made.error().message;
  };
  CHECK(fault("us.pem", "stranger.key").find("does not belong to the certificate") != std::string::npos);
  CHECK(fault("us.key", "us.key").find("holds no certificate in PEM") != std::string::npos);
  CHECK(fault("us.pem", "us.pem").find("holds no private key in PEM") != std::string::npos);
  CHECK(fault("us.pem", "none.key").find("cannot be read") != std::string::npos);
  CHECK(fault("none.pem", "us.key").find("cannot be read") != std::string::npos);
  CHECK(make_http_client({"", {}, folder.file("us.pem"), ""}).error().code == ErrorCode::BadConfiguration);
}

TEST_CASE("an authorities file that cannot be read is refused at the start", "[http_client]") {
  CHECK(make_http_client({"/no/such/file.pem", {}}).error().code == ErrorCode::BadConfiguration);
}
