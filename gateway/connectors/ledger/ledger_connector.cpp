// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/ledger/ledger_connector.hpp"

#include <array>
#include <utility>

#include "gateway/connectors/http_caller.hpp"
#include "gateway/delivery/error_class.hpp"

namespace glmap::gateway::connectors::ledger {

namespace {

using delivery::NotSent;
using delivery::Outcome;
using delivery::Unclear;
using platform::HttpAnswered;

constexpr std::size_t kTextMax = 400;

/// What the ledger's word for a refusal means.
constexpr std::array kErrors = {
    delivery::ErrorRow{"period_closed", "", "", delivery::ErrorClass::closed_period},
    delivery::ErrorRow{"account", "", "", delivery::ErrorClass::bad_account},
    delivery::ErrorRow{"dimension", "", "", delivery::ErrorClass::bad_dimension},
    delivery::ErrorRow{"unbalanced", "", "", delivery::ErrorClass::unbalanced},
};

/// A problem of RFC 9457, or what can be made of another text.
struct Problem {
  std::string code, text;
};
Problem problem_of(const HttpAnswered& answered) {
  const Result<Json> parsed = parse_json(answered.body);
  const Json* json = parsed ? &*parsed : nullptr;
  std::string text = text_in(json, "title");
  if (const std::string detail = text_in(json, "detail"); !detail.empty()) text += ": " + detail;
  if (text.empty()) text = "HTTP " + std::to_string(answered.status);
  return {text_in(json, "code"), shortened(std::move(text), kTextMax)};
}

/// Whatever is wrong with the whole connection, before an answer is about the entry.
std::optional<NotSent> connection_fault(const HttpAnswered& answered) {
  const std::string status = "HTTP " + std::to_string(answered.status);
  if (answered.status == 429)
    return NotSent{ErrorCode::ErpThrottled, "the ledger asks to slow down", pause_asked(answered)};
  if (answered.status == 401 || answered.status == 403) {
    return NotSent{ErrorCode::ErpAuthorisation, "the ledger refuses the credentials (" + status + ")", std::nullopt};
  }
  const bool elsewhere =
      (answered.status >= 300 && answered.status < 400) || answered.status == 404 || answered.status == 405;
  if (elsewhere) return NotSent{ErrorCode::BadConfiguration, "there is no ledger at this address (" + status + ")", {}};
  return std::nullopt;
}

/// "119.00 EUR"
std::optional<Money> money_of(const std::string& text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  const Result<Decimal> amount = Decimal::parse(text.substr(0, blank));
  const Result<Currency> currency = Currency::parse(text.substr(blank + 1));
  if (!amount || !currency) return std::nullopt;
  const Result<Money> money = Money::from_decimal(*amount, *currency);
  return money ? std::optional(*money) : std::nullopt;
}

std::optional<delivery::LedgerLine> line_of(const Json& json) {
  delivery::LedgerLine line;
  const std::string side = text_in(&json, "side");
  if (side != "debit" && side != "credit") return std::nullopt;
  line.side = side == "debit" ? Side::debit : Side::credit;
  line.account = text_in(&json, "account");
  const auto functional = money_of(text_in(&json, "functional"));
  if (!functional || line.account.empty()) return std::nullopt;
  line.functional = *functional;
  if (json.find("transaction") == nullptr) return line;
  line.transaction = money_of(text_in(&json, "transaction"));
  return line.transaction ? std::optional(line) : std::nullopt;
}

class LedgerConnector final : public delivery::ErpConnector {
 public:
  LedgerConnector(LedgerSettings settings, std::unique_ptr<platform::HttpClient> http)
      : settings_(std::move(settings)), caller_(std::move(http), settings_.timeouts) {
    capabilities_.kind = "ledger";
    capabilities_.reference_length_max = 64;
    capabilities_.lines_max = 10'000;
    capabilities_.currency_per_line = true;
    capabilities_.draft_step = true;
    capabilities_.unique_reference = false;  // it may promise it; we do not count on it
    capabilities_.read_back = true;
    capabilities_.dimensions = delivery::DimensionSupport::analytic;
  }

  const delivery::Capabilities& describe() const override { return capabilities_; }
  void guard_sends(std::function<bool()> may_send) override { caller_.guard_sends(std::move(may_send)); }
  void pace_requests(std::function<std::optional<std::string>()> before_request) override {
    caller_.pace_requests(std::move(before_request));
  }
  void let_go() override {}

  delivery::Asked<delivery::EntityIdentity> who_am_i(std::string_view entity) override {
    const auto answer = look("/entities/" + std::string(entity));
    if (!answer) return std::unexpected(answer.error());
    const std::string name = text_in(&*answer, "name"), currency = text_in(&*answer, "currency");
    if (name.empty() || currency.empty()) return unreadable("does not say whose books they are");
    return delivery::EntityIdentity{name, currency};
  }

  Outcome submit(const JournalEntry& entry) override {
    return write("/entries", entry.key().reference(), write_json(entry.to_json()));
  }

  Outcome complete_draft(const JournalEntry& entry, std::string_view document) override {
    return write("/entries/" + std::string(document) + "/post", entry.key().reference(), "{}");
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    const std::string reference = entry.key().reference();
    const auto answer = look("/entries?reference=" + reference);
    if (!answer) return std::unexpected(answer.error());
    const Json* list = answer->find("entries");
    if (list == nullptr || list->as_array() == nullptr) return unreadable("has no list of entries");
    const Json::Array& found = *list->as_array();
    if (found.empty()) return delivery::Absent{};
    const std::string document = text_in(&found.front(), "document");
    if (found.size() > 1) {
      return delivery::Differs{
          document, "the ledger has " + std::to_string(found.size()) + " entries under reference `" + reference + "`"};
    }
    return read(entry, found.front(), document);
  }

 private:
  static std::unexpected<delivery::NotAsked> unreadable(std::string_view what) {
    return std::unexpected(
        delivery::NotAsked(Error{ErrorCode::ErpUnclear, "the ledger's answer " + std::string(what), {}, {}}));
  }

  static delivery::Asked<delivery::Finding> read(const JournalEntry& entry, const Json& found,
                                                 const std::string& document) {
    if (text_in(&found, "entity") != entry.data().entity) {
      return delivery::Differs{document, "document `" + document + "` stands in the books of `" +
                                             text_in(&found, "entity") + "`, not of `" + entry.data().entity + "`"};
    }
    delivery::LedgerDocument out;
    out.document = document;
    const Result<Date> date = Date::parse(text_in(&found, "date"));
    const Json* lines = found.find("lines");
    if (document.empty() || !date || lines == nullptr || lines->as_array() == nullptr) {
      return unreadable("about an entry cannot be read");
    }
    out.date = *date;
    for (const Json& json : *lines->as_array()) {
      auto line = line_of(json);
      if (!line) return delivery::Differs{document, "a line of document `" + document + "` cannot be read"};
      out.lines.push_back(std::move(*line));
    }
    const std::string state = text_in(&found, "state");
    if (state == "posted") return delivery::FoundPosted{std::move(out)};
    if (state == "draft") return delivery::FoundDraft{std::move(out)};
    return delivery::Differs{document, "document `" + document + "` is in the state `" + state + "`"};
  }

  platform::HttpOutcome exchange(const char* method, const std::string& path, const std::string& key,
                                 std::string body) {
    HttpCall call{.method = method, .url = settings_.url + path, .fields = {{"Accept", "application/json"}}};
    if (!settings_.token.empty()) call.fields.push_back({"Authorization", "Bearer " + settings_.token});
    if (key.empty()) return caller_.send(std::move(call));
    call.fields.push_back({"Content-Type", "application/json"});
    call.fields.push_back({"Idempotency-Key", key});
    call.body = std::move(body);
    call.effect = Effect::writes;
    return caller_.send(std::move(call));
  }

  Outcome write(const std::string& path, const std::string& key, std::string body) {
    platform::HttpOutcome sent = exchange("POST", path, key, std::move(body));
    if (auto* not_sent = std::get_if<platform::HttpNotSent>(&sent)) {
      return NotSent{ErrorCode::ErpUnreachable, std::move(not_sent->reason), std::nullopt};
    }
    if (auto* unclear = std::get_if<platform::HttpUnclear>(&sent)) return Unclear{std::move(unclear->reason)};
    const auto& answered = std::get<HttpAnswered>(sent);
    if (auto fault = connection_fault(answered)) return std::move(*fault);
    if (answered.status == 200 || answered.status == 201) return said(answered);
    // A 5xx or 408 may come from a proxy after the ledger has done its work; 409 says that the key is known.
    if (answered.status >= 500 || answered.status == 408 || answered.status == 409) {
      return Unclear{"the ledger answered HTTP " + std::to_string(answered.status) + " (" + problem_of(answered).text +
                     ")"};
    }
    Problem problem = problem_of(answered);
    const delivery::ErrorClass means = delivery::classify(kErrors, problem.code, problem.text);
    return delivery::outcome_of(means, std::move(problem.text));
  }

  static Outcome said(const HttpAnswered& answered) {
    const Result<Json> parsed = parse_json(answered.body);
    const Json* json = parsed ? &*parsed : nullptr;
    const std::string document = text_in(json, "document"), state = text_in(json, "state");
    if (document.empty()) return Unclear{"the ledger's answer names no document"};
    if (state == "posted") return delivery::Posted{document, document};
    if (state == "draft") return delivery::DraftLeft{document, "the ledger keeps it as a draft", std::nullopt};
    return Unclear{"the ledger's answer says neither posted nor draft"};
  }

  delivery::Asked<Json> look(const std::string& path) {
    const auto fails = [](ErrorCode code, std::string text, std::optional<std::int64_t> pause = std::nullopt) {
      return std::unexpected(delivery::NotAsked(Error{code, std::move(text), {}, {}}, pause));
    };
    platform::HttpOutcome sent = exchange("GET", path, "", "");
    if (auto* not_sent = std::get_if<platform::HttpNotSent>(&sent)) {
      return fails(ErrorCode::ErpUnreachable, std::move(not_sent->reason));
    }
    if (auto* unclear = std::get_if<platform::HttpUnclear>(&sent)) {
      return fails(ErrorCode::ErpUnreachable, std::move(unclear->reason));
    }
    const auto& answered = std::get<HttpAnswered>(sent);
    if (path.starts_with("/entities/") && answered.status == 404) {
      return fails(ErrorCode::ErpWrongEntity, problem_of(answered).text);
    }
    if (auto fault = connection_fault(answered)) return fails(fault->code, fault->text, fault->retry_after_micros);
    if (answered.status != 200) {
      return fails(ErrorCode::ErpUnreachable, "the ledger answered HTTP " + std::to_string(answered.status));
    }
    Result<Json> parsed = parse_json(answered.body);
    if (!parsed) return fails(ErrorCode::ErpUnreachable, "the ledger's answer is not JSON: " + parsed.error().message);
    return *std::move(parsed);
  }

  LedgerSettings settings_;
  delivery::Capabilities capabilities_;
  HttpCaller caller_;
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_ledger_connector(LedgerSettings settings,
                                                              std::unique_ptr<platform::HttpClient> http) {
  return std::make_unique<LedgerConnector>(std::move(settings), std::move(http));
}

}  // namespace glmap::gateway::connectors::ledger
