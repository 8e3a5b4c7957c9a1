// SPDX-License-Identifier: Apache-2.0
// Stands between a client and a server on UNIX sockets, passes everything on, and closes both ends after so many bytes
// in one direction: at once for what goes to the client, so that the server has done its work and nobody hears of it.
// Any thread may call any function.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace glmap::testing {

class CuttingProxy {
 public:
  enum class Way : std::uint8_t { to_server, to_client };
  struct Passed {
    std::size_t to_server = 0, to_client = 0;
  };

  /// `server`: the path of the server's socket. Listens on a socket of the same name in a folder of its own.
  explicit CuttingProxy(const std::string& server);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  std::string folder() const { return folder_.file(""); }
  Passed passed() const { return {passed_[0], passed_[1]}; }
  /// Once: the connection in use breaks when so many more bytes have gone that way.
  void cut_after(Way way, std::size_t bytes);
  int cuts() const { return cuts_; }

 private:
  void accept_all(std::stop_token stop);
  void pass(int client, int server, std::stop_token stop);
  /// Passes one piece on. False: the connection ends.
  bool pass_piece(int from, int to, Way way);

  TemporaryFolder folder_;
  std::string server_;
  int listening_ = -1;
  std::atomic<std::size_t> passed_[2] = {0, 0};
  std::atomic<std::int64_t> left_[2] = {-1, -1};  // bytes until the cut; -1: none
  std::atomic<int> cuts_ = 0;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace glmap::testing
