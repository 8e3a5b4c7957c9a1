// SPDX-License-Identifier: Apache-2.0
// An ERP described in configuration: what is sent, what its answers mean, how an entry is found and read back. Checked
// as a whole when it is read. Docs: docs/connectors/rest.md. Values; any thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/connectors/auth/access_token.hpp"
#include "gateway/connectors/rest/body_template.hpp"
#include "gateway/connectors/rest/reading.hpp"

namespace glmap::gateway::connectors::rest {

/// "POST /entries/{erp_document}/post"
struct RequestTemplate {
  std::string method;
  TextTemplate path;
};

/// Where an amount of a line stands: on one of two sides, with a sign (debit positive), or by its size.
struct AmountPlaces {
  std::optional<std::string> debit, credit, amount, size;
  bool any() const { return debit || credit || amount || size; }
};

struct FindTemplate {
  RequestTemplate request;
  std::string documents;                 // the list, or the one document
  std::set<int> absent;                  // statuses that say there is none
  std::optional<Condition> same_entity;  // its value is filled in
  TextTemplate same_entity_value;
  std::string document, number, date, dates = "YYYY-MM-DD";
  std::optional<Condition> posted, draft;
  std::string lines, account, side, side_debit = "debit", side_credit = "credit", currency;
  AmountPlaces functional, transaction;
};

struct RestSettings {
  std::string url;
  std::string authorisation;                     // the field's value; empty: none is sent
  std::optional<auth::ClientCredentials> oauth;  // instead of it
  std::vector<std::pair<std::string, TextTemplate>> headers;
  std::vector<std::pair<std::string, std::string>> secret_headers;
  int connect_ms_max = 5'000, total_ms_max = 60'000;
  std::size_t lines_max = 10'000, reference_length_max = 64;

  RequestTemplate send;
  BodyTemplate body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, TextTemplate>> send_headers;  // the idempotency key among them
  std::set<int> success = {200, 201};
  std::optional<Condition> success_when;
  std::string document, number;
  std::optional<Condition> draft;

  std::optional<FindTemplate> find;
  std::optional<RequestTemplate> complete;
  std::optional<BodyTemplate> complete_body;
  std::optional<RequestTemplate> who;
  std::string who_name, who_currency;
  std::vector<AnswerRow> answers;

  Values mapped;                      // of `map.`
  std::map<std::string, Values> own;  // by entity code
  std::map<std::string, LegalEntity> entities;
};

/// `values` without what the factory has read (url, secrets, timeouts, authorities). Errors: GLM-9012 with `place`, the
/// setting, and the line and column or the JSON pointer within it.
Result<RestSettings> read_rest_settings(const std::string& place, const Values& values,
                                        const std::map<std::string, Values>& entity_values,
                                        const std::vector<LegalEntity>& entities);

}  // namespace glmap::gateway::connectors::rest
