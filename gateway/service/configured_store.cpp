// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/configured_store.hpp"

#include <array>

#include <unistd.h>

#include "gateway/store/postgres/open_store.hpp"

namespace glmap::gateway::service {

namespace {

bool holds_password(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  const std::size_t at = authority.rfind('@');
  const bool in_user = at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
  return in_user || rest.find("?password=") != std::string_view::npos ||
         rest.find("&password=") != std::string_view::npos;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "glmapd";
  return name.data();
}

}  // namespace

bool names_postgres(std::string_view store) {
  return store.starts_with("postgresql://") || store.starts_with("postgres://");
}

Result<std::unique_ptr<store::Store>> open_configured_store(const Configuration& configuration,
                                                            const platform::Clock& clock) {
  if (!names_postgres(configuration.store)) return store::open_sqlite_store(configuration.store);
  if (holds_password(configuration.store)) {
    return fail(ErrorCode::BadConfiguration, "a password stands in `store:`",
                "put it into a password file and name that with ?passfile=/path, or in PGPASSFILE");
  }
  const std::string gateway = configuration.gateway.empty() ? host_name() : configuration.gateway;
  return store::open_postgres_store({.url = configuration.store, .gateway = gateway}, clock);
}

std::string shown_store(const Configuration& configuration) {
  if (!names_postgres(configuration.store)) return configuration.store;
  return store::shown_store(configuration.store);
}

}  // namespace glmap::gateway::service
