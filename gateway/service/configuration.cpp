// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/configuration.hpp"

#include <algorithm>
#include <charconv>

#include <yaml-cpp/yaml.h>

namespace glmap::gateway::service {

namespace {

std::unexpected<Error> wrong(const YAML::Mark& mark, const std::string& name, std::string message,
                             std::string help = "") {
  SourceRef where{name, 0, 0, ""};
  if (!mark.is_null()) {
    where.line = static_cast<std::uint32_t>(mark.line + 1);
    where.column = static_cast<std::uint32_t>(mark.column + 1);
  }
  return fail(ErrorCode::BadConfiguration, std::move(message), std::move(help), std::move(where));
}

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  Status only(const YAML::Node& map, const std::string& what, std::initializer_list<std::string_view> known) const {
    if (!map.IsMap()) return wrong(map.Mark(), name_, what + " is no list of `key: value`");
    for (const auto& member : map) {
      const std::string key = member.first.Scalar();
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      std::string list;
      for (const std::string_view one : known) list += (list.empty() ? "" : ", ") + std::string(one);
      return wrong(member.first.Mark(), name_, what + " has no setting `" + key + "`", "the settings are " + list);
    }
    return {};
  }

  Status text(const YAML::Node& map, const char* key, std::string& into) const {
    const YAML::Node node = map[key];
    if (!node) return {};
    if (!node.IsScalar()) return wrong(node.Mark(), name_, "`" + std::string(key) + "` is not one value");
    into = node.Scalar();
    return {};
  }

  template <class Number>
  Status number(const YAML::Node& map, const char* key, Number& into, Number least, Number most) const {
    const YAML::Node node = map[key];
    if (!node) return {};
    const std::string& text = node.Scalar();
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
      return wrong(node.Mark(), name_,
                   "`" + std::string(key) + "` is `" + text + "`, a whole number from " + std::to_string(least) +
                       " to " + std::to_string(most) + " is expected");
    }
    into = value;
    return {};
  }

  Status texts(const YAML::Node& node, const std::string& what, std::map<std::string, std::string>& into) const {
    if (!node) return {};
    if (!node.IsMap()) return wrong(node.Mark(), name_, what + " is no list of `key: value`");
    for (const auto& member : node) {
      if (!member.second.IsScalar())
        return wrong(member.second.Mark(), name_, "`" + member.first.Scalar() + "` is not one value");
      into[member.first.Scalar()] = member.second.Scalar();
    }
    return {};
  }

  Status seconds(const YAML::Node& map, const char* key, std::int64_t& micros, std::int64_t most) const {
    std::int64_t value = micros / 1'000'000;
    GLMAP_CHECK(number<std::int64_t>(map, key, value, 1, most));
    micros = value * 1'000'000;
    return {};
  }

  Status weekly_times(const YAML::Node& list, engine::LaneLimits& limits) const {
    if (!list) return {};
    if (!list.IsSequence()) return wrong(list.Mark(), name_, "`closed` is no list of weekly times");
    for (const YAML::Node& node : list) {
      const auto windows = engine::parse_closed_window(node.IsScalar() ? node.Scalar() : "");
      if (!windows) return wrong(node.Mark(), name_, windows.error().message, windows.error().help);
      limits.closed.insert(limits.closed.end(), windows->begin(), windows->end());
    }
    if (!engine::ever_open(limits)) return wrong(list.Mark(), name_, "`closed` leaves no minute of the week");
    return {};
  }

  Status erp_limits(const YAML::Node& node, ErpConfiguration& erp) const {
    GLMAP_CHECK(only(node, "`limits` of an ERP connection",
                     {"requests_per_second", "requests_per_minute", "requests_per_day", "zone", "closed",
                      "retry_after_s_max", "pause_s_max", "visible_after_s", "sends_max", "unclear_in_a_row_max"}));
    engine::LaneLimits& limits = erp.limits;
    GLMAP_CHECK(number<std::int32_t>(node, "requests_per_second", limits.requests_per_second, 1, 100'000));
    GLMAP_CHECK(number<std::int32_t>(node, "requests_per_minute", limits.requests_per_minute, 1, 1'000'000));
    GLMAP_CHECK(number<std::int64_t>(node, "requests_per_day", limits.requests_per_day, 1, 1'000'000'000));
    GLMAP_CHECK(text(node, "zone", limits.zone));
    if (!zone_exists(limits.zone)) {
      return wrong(node["zone"].Mark(), name_, "`" + limits.zone + "` is not a time zone",
                   "write a zone of the IANA database, such as Europe/Berlin");
    }
    GLMAP_CHECK(weekly_times(node["closed"], limits));
    GLMAP_CHECK(seconds(node, "retry_after_s_max", erp.policy.retry_after_max_micros, 86'400));
    GLMAP_CHECK(seconds(node, "pause_s_max", erp.policy.backoff_max_micros, 3600));
    GLMAP_CHECK(seconds(node, "visible_after_s", erp.policy.visibility_horizon_micros, 86'400));
    GLMAP_CHECK(number<std::int32_t>(node, "sends_max", erp.policy.sends_max, 1, 100));
    return number<std::int32_t>(node, "unclear_in_a_row_max", erp.unclear_in_a_row_max, 1, 1000);
  }

  Result<ErpConfiguration> erp(const YAML::Node& node) const {
    GLMAP_CHECK(only(node, "an ERP connection", {"name", "kind", "settings", "entities", "limits"}));
    ErpConfiguration erp;
    GLMAP_CHECK(text(node, "name", erp.name));
    GLMAP_CHECK(text(node, "kind", erp.kind));
    if (erp.name.empty() || erp.kind.empty()) {
      return wrong(node.Mark(), name_, "an ERP connection lacks its `name` or its `kind`");
    }
    GLMAP_CHECK(texts(node["settings"], "`settings`", erp.settings));
    if (const YAML::Node limits = node["limits"]) GLMAP_CHECK(erp_limits(limits, erp));
    const YAML::Node entities = node["entities"];
    if (entities && !entities.IsMap())
      return wrong(entities.Mark(), name_, "`entities` is no list of `entity: settings`");
    for (const auto& member : entities) {
      GLMAP_CHECK(texts(member.second, "`" + member.first.Scalar() + "`", erp.entities[member.first.Scalar()]));
    }
    return erp;
  }

  Status release(const YAML::Node& node, const YAML::Node& root, Configuration& result) const {
    GLMAP_CHECK(only(node, "`release`", {"folder", "trust"}));
    GLMAP_CHECK(text(node, "folder", result.release.folder));
    GLMAP_CHECK(text(node, "trust", result.release.trust));
    if (result.release.folder.empty() || !result.release.trust.starts_with("sha256:"))
      return wrong(node.Mark(), name_, "`release` lacks its `folder`, or `trust` is no `sha256:...`",
                   "`glmapc verify` shows the digest of a release's policy");
    if (root["bundle"])
      return wrong(root["bundle"].Mark(), name_, "`bundle` stands beside `release`",
                   "leave `bundle` out: what is in force comes from the approved releases");
    return {};
  }

  Result<Configuration> all(const YAML::Node& root) const {
    Configuration result;
    GLMAP_CHECK(only(root, "the configuration",
                     {"bundle", "release", "store", "gateway", "listen", "erp", "limits", "drain_ms_max"}));
    GLMAP_CHECK(text(root, "bundle", result.bundle));
    if (const YAML::Node node = root["release"]) GLMAP_CHECK(release(node, root, result));
    GLMAP_CHECK(text(root, "store", result.store));
    GLMAP_CHECK(text(root, "gateway", result.gateway));
    GLMAP_CHECK(text(root, "listen", result.listen));
    GLMAP_CHECK(number<std::int64_t>(root, "drain_ms_max", result.drain_ms_max, 0, 600'000));
    if (const YAML::Node limits = root["limits"]) {
      GLMAP_CHECK(only(limits, "`limits`", {"body_bytes_max", "events_max", "depth_max"}));
      GLMAP_CHECK(number<std::size_t>(limits, "body_bytes_max", result.limits.bytes_max, 1024, std::size_t{1} << 30));
      GLMAP_CHECK(number<std::size_t>(limits, "events_max", result.limits.events_max, 1, 1'000'000));
      GLMAP_CHECK(number<std::size_t>(limits, "depth_max", result.limits.depth_max, 4, 1000));
    }
    const YAML::Node erp_list = root["erp"];
    if (erp_list && !erp_list.IsSequence()) return wrong(erp_list.Mark(), name_, "`erp` is no list of connections");
    for (const YAML::Node& node : erp_list) {
      GLMAP_TRY(one, erp(node));
      result.erp.push_back(std::move(one));
    }
    return result;
  }

 private:
  const std::string& name_;
};

}  // namespace

Result<Configuration> read_configuration(std::string_view yaml, const std::string& name) {
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    return Reader(name).all(root);
  } catch (const YAML::Exception& error) {
    return wrong(error.mark, name, "the file is no YAML: " + error.msg);
  }
}

Result<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  bool good = colon != std::string_view::npos;
  std::string_view host = text.substr(0, good ? colon : 0);
  if (good) {
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    good = !digits.empty() && error == std::errc{} && end == digits.data() + digits.size();
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!good || host.empty()) {
    return fail(ErrorCode::BadConfiguration,
                "`listen` is `" + std::string(text) + "`, an address with its port is expected",
                "write 127.0.0.1:8080; port 0 takes any free one");
  }
  return ListenAddress{std::string(host), port};
}

}  // namespace glmap::gateway::service
