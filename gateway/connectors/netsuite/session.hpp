// SPDX-License-Identifier: Apache-2.0
// Requests to one NetSuite account: signed by OAuth 2.0 or by token-based authentication (OAuth 1.0a), paced and
// guarded. What an answer means for the connection is decided here, what it means for an entry is not.
// Threading: as the connector, one thread.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gateway/connectors/auth/access_token.hpp"
#include "gateway/connectors/auth/oauth1.hpp"
#include "gateway/connectors/http_caller.hpp"

namespace glmap::gateway::connectors::netsuite {

using Credentials = std::variant<auth::OAuth1Credentials, auth::ClientCredentials>;

/// Not answered, or answered by something that is not about the entry: throttled, credentials, another address.
struct Unanswered {
  delivery::Outcome outcome;  // NotSent or Unclear
};
template <class T>
using Answered = std::expected<T, Unanswered>;

class Session {
 public:
  Session(std::string url, Credentials credentials, std::unique_ptr<platform::HttpClient> http,
          SettingsReader::Timeouts timeouts, const platform::Clock& clock);

  HttpCaller& caller() { return caller_; }

  /// `path` from /services on. An answer of 2xx, 400 or 404; everything else is Unanswered. A token that the ERP does
  /// not take any more is asked for anew, once: what answers 401 has not looked at the request.
  Answered<platform::HttpAnswered> call(std::string method, const std::string& path, std::string body, Effect effect);

  /// The rows of a SuiteQL query; up to a thousand.
  Answered<Json::Array> query(const std::string& suiteql);

 private:
  delivery::Asked<std::string> authorization(const std::string& method, const std::string& url);
  Answered<platform::HttpAnswered> once(const std::string& method, const std::string& path, const std::string& body,
                                        Effect effect, bool& unauthorised);

  std::string url_;
  Credentials credentials_;
  HttpCaller caller_;
  const platform::Clock& clock_;
  std::optional<auth::AccessToken> token_;  // of OAuth 2.0
};

/// `o:errorDetails`: the code and text of the first error; the texts of all.
struct Complaint {
  std::string code, text;
};
Complaint complaint_of(const platform::HttpAnswered& answered);

}  // namespace glmap::gateway::connectors::netsuite
