// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/command_line.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <signal.h>

#include "gateway/service/commands.hpp"

namespace glmap::gateway::service {

namespace {

sigset_t watched() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  return signals;
}

}  // namespace

int tell(const Error& error) {
  std::fprintf(stderr, "glmapd: %s\n", error.to_text().c_str());
  return kExitFailed;
}

Result<std::string> read_whole_file(const std::string& path, const std::string& what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return fail(ErrorCode::BadConfiguration, what + " `" + path + "` cannot be read, or is empty");
  }
  return std::move(text).str();
}

Signals::Signals() {
  signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = watched();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool Signals::wait_for_reload() const {
  const sigset_t signals = watched();
  int number = 0;
  while (sigwait(&signals, &number) != 0) {
  }
  return number == SIGHUP;
}

Signals::Woken Signals::wait(int seconds_max) const {
  const sigset_t signals = watched();
  const struct timespec most{seconds_max, 0};
  const int number = sigtimedwait(&signals, nullptr, &most);
  if (number < 0) return Woken::time;  // also when a debugger or a stop interrupted it: looking once more does no harm
  return number == SIGHUP ? Woken::reload : Woken::stop;
}

}  // namespace glmap::gateway::service
