// SPDX-License-Identifier: Apache-2.0
// Requests to one ERPNext site by Frappe's REST service: documents of a type, listed, read, made, changed, deleted,
// with an API key and its secret. What an answer means for the connection is decided here, what it means for an entry
// is not. Frappe undoes a request's transaction before it answers an error. Threading: as the connector, one thread.
// Source: docs.frappe.io/framework, REST API; frappe/frappe, frappe/exceptions.py
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/connectors/http_caller.hpp"

namespace glmap::gateway::connectors::erpnext {

struct Connection {
  std::string url;  // before /api, without a slash at its end
  std::string api_key, api_secret;
};

/// Not answered, or answered by something that is not about the entry; of a look-up, that what it needs is not there.
struct Unanswered {
  delivery::Outcome outcome;
};
template <class T>
using Answered = std::expected<T, Unanswered>;

/// What Frappe has against a request: the exception's type and its text.
struct Complaint {
  std::string type, text;
};

class Session {
 public:
  Session(Connection connection, std::unique_ptr<platform::HttpClient> http, SettingsReader::Timeouts timeouts)
      : connection_(std::move(connection)), caller_(std::move(http), timeouts) {}

  HttpCaller& caller() { return caller_; }

  /// One document, or none for a new one. The answer's `data`. Unanswered: NotSent or Unclear.
  Answered<std::variant<Json, Complaint>> call(std::string method, std::string_view type, std::string_view name,
                                               std::string body);
  /// Documents as objects with these fields; a few.
  Answered<Json::Array> list(std::string_view type, Json::Array filters, Json::Array fields);

 private:
  Answered<std::variant<Json, Complaint>> send(HttpCall call);

  Connection connection_;
  HttpCaller caller_;
};

/// ["cheque_no", "=", "KEY"]
Json term(std::string_view field, std::string_view comparison, Json value);

}  // namespace glmap::gateway::connectors::erpnext
