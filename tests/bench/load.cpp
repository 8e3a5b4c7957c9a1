// SPDX-License-Identifier: Apache-2.0
// bench_load: sends billing events to a running glmapd over HTTP and says how fast it answered, as one line of JSON.
//   bench_load PORT EVENTS.ndjson --events N --batch N --connections N [--rate N] [--pass N]
// The file is sent from its start as often as needed; each pass gives the events other ids (their first four
// characters), so that they are new. With --rate requests leave by the clock, and an answer's time counts from when the
// request was due, not from when it could be sent: a stall is seen by all that wait behind it. One thread and epoll, so
// that the sender takes little of the machine that it measures.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "bench_load: %s\n", why.c_str());
  std::exit(1);
}

struct Options {
  int port = 0;
  std::string file;
  std::int64_t events = 100'000, batch = 1000, connections = 4, rate = 0, pass = 0;
};

Options read_options(int count, char** words) {
  if (count < 3) stop("bench_load PORT EVENTS.ndjson --events N --batch N --connections N [--rate N] [--pass N]");
  Options options;
  options.port = std::atoi(words[1]);
  options.file = words[2];
  const std::map<std::string_view, std::int64_t*> numbers = {{"--events", &options.events},
                                                             {"--batch", &options.batch},
                                                             {"--connections", &options.connections},
                                                             {"--rate", &options.rate},
                                                             {"--pass", &options.pass}};
  for (int at = 3; at + 1 < count; at += 2) {
    const auto known = numbers.find(words[at]);
    if (known == numbers.end()) stop(std::string("what is ") + words[at] + "?");
    *known->second = std::atoll(words[at + 1]);
  }
  return options;
}

/// The requests one after the other, without an end.
class Requests {
 public:
  explicit Requests(const Options& options) : options_(options), pass_(options.pass) {
    std::ifstream file(options.file, std::ios::binary);
    std::string line;
    while (std::getline(file, line)) lines_.push_back(line + "\n");
    if (lines_.empty()) stop("there are no events in " + options.file);
  }
  std::string next(std::int64_t events) {
    std::string body;
    for (std::int64_t taken = 0; taken < events; ++taken) append_line(body);
    const char* type = options_.batch == 1 ? "application/cloudevents+json" : "application/x-ndjson";
    return "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + std::string(type) +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

 private:
  void append_line(std::string& body) {
    const std::string& line = lines_[at_];
    const std::size_t from = body.size();
    body += line;
    constexpr std::string_view kId = "\"id\":\"";
    const std::size_t id = line.find(kId);
    if (id == std::string::npos) stop("an event has no id");
    char mark[16];
    std::snprintf(mark, sizeof mark, "%04lld", static_cast<long long>(pass_ % 10'000));
    body.replace(from + id + kId.size(), 4, mark, 4);
    if (++at_ < lines_.size()) return;
    at_ = 0;
    ++pass_;
  }

  Options options_;
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  std::int64_t pass_;
};

struct Connection {
  int socket = -1;
  std::string out, in;
  std::size_t sent = 0;
  std::int64_t events = 0;  // in the request under way
  Clock::time_point due;
  bool busy = false;
};

int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) stop("nothing listens there");
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

class Load {
 public:
  explicit Load(const Options& options) : options_(options), requests_(options), poll_(::epoll_create1(0)) {
    connections_.resize(static_cast<std::size_t>(options.connections));
    for (std::size_t index = 0; index < connections_.size(); ++index) {
      connections_[index].socket = connect_to(options.port);
      epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
      ::epoll_ctl(poll_, EPOLL_CTL_ADD, connections_[index].socket, &event);
      idle_.push_back(index);
    }
  }

  void run() {
    start_ = Clock::now();
    while (answered_ < options_.events) {
      send_what_is_due();
      wait();
    }
    seconds_ = std::chrono::duration<double>(Clock::now() - start_).count();
  }

  void tell() {
    std::ranges::sort(millis_);
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    std::printf(
        "{\"events\":%lld,\"seconds\":%.3f,\"cpu\":%.3f,\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f,\"busy\":%"
        "lld",
        static_cast<long long>(answered_), seconds_, seconds(used.ru_utime) + seconds(used.ru_stime), share(.5),
        share(.99), share(.999), millis_.back(), static_cast<long long>(refused_));
    for (const auto& [name, count] : counts_) std::printf(",\"%s\":%lld", name.c_str(), static_cast<long long>(count));
    std::printf("}\n");
  }

 private:
  double share(double part) const {
    return millis_[static_cast<std::size_t>(part * static_cast<double>(millis_.size() - 1))];
  }

  Clock::time_point due_at(std::int64_t event) const {
    if (options_.rate == 0) return Clock::now();
    return start_ + std::chrono::nanoseconds(event * 1'000'000'000 / options_.rate);
  }

  void send_what_is_due() {
    while (!idle_.empty() && begun_ < options_.events) {
      const auto due = due_at(begun_);
      if (due > Clock::now()) return;
      Connection& connection = connections_[idle_.front()];
      idle_.pop_front();
      connection.events = std::min(options_.batch, options_.events - begun_);
      connection.out = requests_.next(connection.events);
      connection.sent = 0;
      connection.due = due;
      connection.busy = true;
      begun_ += connection.events;
      write_more(connection);
    }
  }

  void write_more(Connection& connection) {
    while (connection.sent < connection.out.size()) {
      const ssize_t count = ::send(connection.socket, connection.out.data() + connection.sent,
                                   connection.out.size() - connection.sent, MSG_NOSIGNAL);
      if (count <= 0) stop("the connection was closed while a request was sent");
      connection.sent += static_cast<std::size_t>(count);
    }
  }

  void wait() {
    std::int64_t nanos = 1'000'000'000;
    if (options_.rate > 0 && !idle_.empty() && begun_ < options_.events) {
      nanos = std::clamp<std::int64_t>(std::chrono::nanoseconds(due_at(begun_) - Clock::now()).count(), 0, nanos);
    }
    const timespec longest{nanos / 1'000'000'000, nanos % 1'000'000'000};
    epoll_event events[64];
    const int count = ::epoll_pwait2(poll_, events, 64, &longest, nullptr);
    for (int at = 0; at < count; ++at) read_from(static_cast<std::size_t>(events[at].data.u64));
  }

  void read_from(std::size_t index) {
    Connection& connection = connections_[index];
    char bytes[65'536];
    const ssize_t count = ::recv(connection.socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) stop("the connection was closed");
    if (count < 0) return;
    connection.in.append(bytes, static_cast<std::size_t>(count));
    const std::size_t head = connection.in.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const std::size_t length_at = connection.in.find("Content-Length: ");
    if (length_at == std::string::npos || length_at > head) stop("an answer has no length");
    const std::size_t length = std::strtoull(connection.in.c_str() + length_at + 16, nullptr, 10);
    if (connection.in.size() < head + 4 + length) return;
    take_answer(connection, std::string_view(connection.in).substr(head + 4, length));
    connection.in.clear();
    if (!connection.busy) idle_.push_back(index);
  }

  void take_answer(Connection& connection, std::string_view body) {
    const int status = std::atoi(connection.in.c_str() + 9);
    if (status == 503 || status == 429) {  // it has too much to do: sent again at once, and the time runs on
      ++refused_;
      connection.sent = 0;
      ::usleep(1000);
      return write_more(connection);
    }
    if (status != 200 && status != 202) stop("answered " + std::string(connection.in.substr(0, 600)));
    millis_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - connection.due).count());
    if (options_.batch > 1) count_results(body);
    answered_ += connection.events;
    connection.busy = false;
  }

  /// The `counts` at the end of a batch's answer.
  void count_results(std::string_view body) {
    std::size_t at = body.rfind("\"counts\":{");
    if (at == std::string_view::npos) stop("a batch's answer has no counts");
    at += 10;
    while (at < body.size() && body[at] == '"') {
      const std::size_t end = body.find('"', at + 1);
      const std::string name(body.substr(at + 1, end - at - 1));
      counts_[name] += std::atoll(body.data() + end + 2);
      at = body.find_first_of(",}", end) + 1;
    }
  }

  Options options_;
  Requests requests_;
  int poll_;
  std::vector<Connection> connections_;
  std::deque<std::size_t> idle_;
  std::int64_t begun_ = 0, answered_ = 0, refused_ = 0;
  Clock::time_point start_;
  double seconds_ = 0;
  std::vector<double> millis_;
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace

int main(int count, char** words) {
  Load load(read_options(count, words));
  load.run();
  load.tell();
  return 0;
}
