// SPDX-License-Identifier: Apache-2.0
// Requests to one Odoo database by its JSON-2 service: a model, a method, named arguments, an API key. What an answer
// means for the connection is decided here, what it means for an entry is not. Every request is a transaction of its
// own, which Odoo undoes before it answers an error. Threading: as the connector, one thread.
// Source: odoo/documentation, external_api.rst (19.0); odoo/odoo, addons/rpc/controllers/json2.py
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/connectors/http_caller.hpp"

namespace glmap::gateway::connectors::odoo {

struct Connection {
  std::string url;       // before /json/2, without a slash at its end
  std::string database;  // empty: the server has one
  std::string api_key;
};

/// Not answered, or answered by something that is not about the entry; of a look-up, that what it needs is not there.
struct Unanswered {
  delivery::Outcome outcome;
};
template <class T>
using Answered = std::expected<T, Unanswered>;

/// What Odoo has against a call: the exception's name and its text.
struct Complaint {
  std::string name, text;
};

class Session {
 public:
  Session(Connection connection, std::unique_ptr<platform::HttpClient> http, SettingsReader::Timeouts timeouts)
      : connection_(std::move(connection)), caller_(std::move(http), timeouts) {}

  HttpCaller& caller() { return caller_; }

  /// What the method returned. Unanswered: NotSent or Unclear.
  Answered<std::variant<Json, Complaint>> call(std::string_view model, std::string_view method, Json::Object arguments,
                                               Effect effect);
  /// Records as objects. `company`: whose records, by its id; empty: any that the user may see.
  Answered<Json::Array> search(std::string_view model, Json::Array domain, Json::Array fields,
                               const std::string& company);

 private:
  Connection connection_;
  HttpCaller caller_;
};

/// The language of the texts that the error table knows, and the company to work in, if any.
Json context_of(const std::string& company);
/// ["ref", "=", "C1"]
Json term(std::string_view field, std::string_view comparison, Json value);
/// The id in `[7, "1200 Trade receivables"]`, the second member there; "" where the record has none.
std::string linked_id(const Json& record, std::string_view field);
std::string linked_name(const Json& record, std::string_view field);

}  // namespace glmap::gateway::connectors::odoo
