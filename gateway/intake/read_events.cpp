// SPDX-License-Identifier: Apache-2.0
#include "gateway/intake/read_events.hpp"

#include <algorithm>

#include "compiler/runtime/base/utf8.hpp"

namespace glmap::gateway::intake {

namespace {

constexpr std::string_view kTaken =
    "send application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

JsonLimits json_limits(const IntakeLimits& limits) {
  return JsonLimits{.bytes_max = limits.bytes_max, .depth_max = limits.depth_max, .nodes_max = limits.nodes_max};
}

Result<JsonDocument> read_document(std::string_view text, const IntakeLimits& limits) {
  JsonDocument document;
  GLMAP_CHECK(document.read(text, json_limits(limits)));
  return document;
}

std::unexpected<Error> too_many(std::size_t events_max) {
  return fail(ErrorCode::LimitExceeded, "the request holds more than " + std::to_string(events_max) + " events",
              "send them in several requests");
}

/// Line and column of `at` in `text`, for errors found by cutting.
SourceRef place(std::string_view text, std::size_t at) {
  SourceRef where;
  where.line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < at && i < text.size(); ++i) {
    if (text[i] != '\n') continue;
    where.line += 1;
    line_start = i + 1;
  }
  where.column = static_cast<std::uint32_t>(at - line_start + 1);
  return where;
}

/// An error inside an element, told as a place in the whole body.
Error in_whole(Error error, std::string_view body, std::string_view part, std::size_t index) {
  const SourceRef start = place(body, static_cast<std::size_t>(part.data() - body.data()));
  error.where.pointer = "/" + std::to_string(index) + error.where.pointer;
  if (error.where.line <= 1) {
    error.where.column = error.where.line == 1 ? start.column + error.where.column - 1 : start.column;
    error.where.line = start.line;
  } else {
    error.where.line += start.line - 1;
  }
  return error;
}

/// Cuts a JSON array into its elements' bytes without understanding them: each is read strictly afterwards, so a cut in
/// the wrong place can only lead to a refusal.
class ArrayCutter {
 public:
  explicit ArrayCutter(std::string_view text) : text_(text) {}

  Result<std::vector<std::string_view>> cut(std::size_t elements_max) {
    std::vector<std::string_view> parts;
    skip_blank();
    if (!take('[')) return unexpected_here("an array of events");
    skip_blank();
    if (!take(']')) {
      while (true) {
        const std::string_view part = element();
        if (part.empty()) return unexpected_here("an event");
        if (parts.size() == elements_max) return too_many(elements_max);
        parts.push_back(part);
        if (take(']')) break;
        if (!take(',')) return unexpected_here("`,` or `]`");
      }
    }
    skip_blank();
    if (at_ != text_.size()) return unexpected_here("the end");
    return parts;
  }

 private:
  void skip_blank() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_])) ++at_;
  }
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  /// Up to the comma or bracket that ends the element, without surrounding blanks.
  std::string_view element() {
    const std::size_t from = at_;
    std::size_t depth = 0;
    bool in_text = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (in_text) {
        if (c == '\\') {
          ++at_;
        } else if (c == '"') {
          in_text = false;
        }
        continue;
      }
      if (c == '"') in_text = true;
      if (c == '{' || c == '[') ++depth;
      if (depth == 0 && (c == ',' || c == ']')) break;
      if ((c == '}' || c == ']') && depth > 0) --depth;
    }
    at_ = std::min(at_, text_.size());
    return trimmed(text_.substr(from, at_ - from));
  }
  std::unexpected<Error> unexpected_here(std::string_view wanted) const {
    const std::string seen = at_ < text_.size() ? "`" + std::string(1, text_[at_]) + "`" : "the end of the body";
    return fail(ErrorCode::NotJson, seen + " stands where " + std::string(wanted) + " is expected", "",
                place(text_, std::min(at_, text_.size())));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::size_t nodes_in(JsonView value) {
  std::size_t count = 1;
  for (const JsonView inner : value) count += inner.is_array() || inner.is_object() ? nodes_in(inner) : 1;
  return count;
}

/// Counts what the events of one request hold together: each within the limit would not keep the request within it.
class NodeBudget {
 public:
  explicit NodeBudget(std::size_t nodes_max) : nodes_max_(nodes_max) {}
  Status take(JsonView event) {
    used_ += nodes_in(event);
    if (used_ <= nodes_max_) return {};
    return fail(ErrorCode::LimitExceeded,
                "the events of the request have more than " + std::to_string(nodes_max_) + " values",
                "send them in several requests");
  }

 private:
  std::size_t nodes_max_, used_ = 0;
};

Result<std::vector<Arrival>> read_batch(std::string_view body, const IntakeLimits& limits) {
  GLMAP_TRY(parts, ArrayCutter(body).cut(limits.events_max));
  std::vector<Arrival> arrivals;
  NodeBudget budget(limits.nodes_max);
  arrivals.reserve(parts.size());
  for (const std::string_view part : parts) {
    auto json = read_document(part, limits);
    if (!json) return std::unexpected(in_whole(std::move(json).error(), body, part, arrivals.size()));
    GLMAP_CHECK(budget.take(json->root()));
    arrivals.push_back({part, std::move(json)});
  }
  return arrivals;
}

Result<std::vector<Arrival>> read_lines(std::string_view body, const IntakeLimits& limits) {
  std::vector<Arrival> arrivals;
  NodeBudget budget(limits.nodes_max);
  std::uint32_t line = 0;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view part = trimmed(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
    ++line;
    if (part.empty()) continue;
    if (arrivals.size() == limits.events_max) return too_many(limits.events_max);
    auto json = read_document(part, limits);
    if (!json) json.error().where.line = line;
    if (json) GLMAP_CHECK(budget.take(json->root()));
    arrivals.push_back({part, std::move(json)});
  }
  return arrivals;
}

}  // namespace

namespace {

/// The type without its parameters, in lower case. Errors: GLM-6013 a charset other than UTF-8.
Result<std::string> media_type(std::string_view content_type) {
  const std::size_t semicolon = std::min(content_type.find(';'), content_type.size());
  const std::string parameters = lower(content_type.substr(semicolon));
  const std::size_t charset = parameters.find("charset=");
  if (charset != std::string::npos) {
    std::string_view name = std::string_view(parameters).substr(charset + 8);
    name = trimmed(name.substr(0, std::min(name.find(';'), name.size())));
    if (name != "utf-8" && name != "\"utf-8\"") {
      return fail(ErrorCode::UnsupportedMediaType, "the body is in `" + std::string(name) + "`, utf-8 is expected",
                  std::string(kTaken));
    }
  }
  return lower(trimmed(content_type.substr(0, semicolon)));
}

/// The value of an attribute as CloudEvents' HTTP binding 1.0.2 (3.1.3.2) writes it into a field: perhaps quoted, and
/// percent-encoded once. Errors: GLM-6014.
Result<std::string> decode_field(const std::string& name, std::string_view value) {
  const auto bad = [&](const char* what) {
    return fail(ErrorCode::BadRequest, "the field `" + name + "` " + what,
                "write a quotation mark, a percent sign and what is not ASCII as % and two hexadecimal digits");
  };
  std::string plain(value);
  if (value.starts_with('"')) {
    plain.clear();
    std::size_t at = 1;
    for (; at < value.size() && value[at] != '"'; ++at) {
      if (value[at] == '\\' && ++at == value.size()) break;
      plain += value[at];
    }
    if (at + 1 != value.size()) return bad("begins with a quotation mark and does not end with one");
  }
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string decoded;
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (plain[at] != '%') {
      decoded += plain[at];
      continue;
    }
    const int high = at + 2 < plain.size() ? digit(plain[at + 1]) : -1;
    const int low = at + 2 < plain.size() ? digit(plain[at + 2]) : -1;
    if (high < 0 || low < 0) return bad("has a percent sign that no two hexadecimal digits follow");
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  if (decoded.contains('\0') || first_bad_utf8(decoded) != decoded.size()) return bad("does not decode to UTF-8 text");
  return decoded;
}

}  // namespace

Result<BodyKind> body_kind(std::string_view content_type) {
  GLMAP_TRY(type, media_type(content_type));
  if (type == "application/cloudevents+json" || type == "application/json") return BodyKind::single;
  if (type == "application/cloudevents-batch+json") return BodyKind::batch;
  if (type == "application/x-ndjson" || type == "application/ndjson") return BodyKind::lines;
  return fail(ErrorCode::UnsupportedMediaType,
              type.empty() ? std::string("the request names no content type")
                           : "the content type is `" + type + "`, which the gateway does not take",
              std::string(kTaken));
}

Result<std::vector<Arrival>> read_events(BodyKind kind, std::string_view body, const IntakeLimits& limits) {
  if (body.size() > limits.bytes_max) {
    return fail(ErrorCode::LimitExceeded,
                "the body has " + std::to_string(body.size()) + " bytes, at most " + std::to_string(limits.bytes_max) +
                    " are taken",
                "send the events in several requests");
  }
  if (kind == BodyKind::batch) return read_batch(body, limits);
  if (kind == BodyKind::lines) return read_lines(body, limits);
  auto json = read_document(body, limits);
  if (!json) return std::unexpected(std::move(json).error());
  std::vector<Arrival> arrivals;
  arrivals.push_back({body, std::move(json)});
  return arrivals;
}

Result<std::optional<std::string>> structured_from_binary(std::span<const std::pair<std::string, std::string>> fields,
                                                          std::string_view body) {
  const auto named = [&](std::string_view name) {
    return std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
  };
  if (named("ce-specversion") == fields.end()) return std::nullopt;
  const auto type = named("content-type");
  if (type != fields.end()) {
    GLMAP_TRY(named_type, media_type(type->second));
    if (named_type != "application/json" && !named_type.ends_with("+json")) {
      return fail(ErrorCode::UnsupportedMediaType,
                  "the event's data is `" + type->second + "`, application/json is expected", std::string(kTaken));
    }
  }
  // Alone first: text behind the data must not become part of the envelope.
  if (!body.empty())
    if (auto data = parse_json(body); !data) return std::unexpected(std::move(data).error());
  std::string text = "{";
  for (const auto& [name, value] : fields) {
    if (!name.starts_with("ce-")) continue;
    const std::string attribute = name.substr(3);
    if (attribute == "data") return fail(ErrorCode::BadRequest, "the field `ce-data` names no attribute of an event");
    // A field twice becomes a key twice, which strict JSON refuses.
    GLMAP_TRY(decoded, decode_field(name, value));
    text += quote_json(attribute) + ":" + quote_json(decoded) + ",";
  }
  if (type != fields.end()) text += "\"datacontenttype\":" + quote_json(type->second) + ",";
  text += "\"data\":";
  text += body.empty() ? std::string_view("null") : body;
  text += "}";
  return text;
}

}  // namespace glmap::gateway::intake
