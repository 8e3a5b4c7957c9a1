// SPDX-License-Identifier: Apache-2.0
// Tryton's JSON-RPC in front of the twin's books, behind the seam of platform::HttpClient: the real connector speaks to
// it and cannot tell. Everything goes wrong that can go wrong with a request and its answer.
#include "gateway/connectors/tryton/tryton_connector.hpp"
#include "tests/simulation/own_json.hpp"
#include "tests/simulation/own_money.hpp"
#include "tests/simulation/twin_connector.hpp"

namespace glmap::simulation {

namespace {

using namespace gateway::platform;

struct WireCompany {
  const char* name;
  const char* currency;
};
// By the ERP's number of the company, from 1. A stranger's database has the same numbers.
constexpr WireCompany kCompanies[] = {
    {"Company DE", "EUR"}, {"Company AT", "EUR"}, {"Company US", "USD"}, {"Company JP", "JPY"}};

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char letter : text)
    out += letter == '"' || letter == '\\' ? std::string("\\") + letter : std::string(1, letter);
  return out + "\"";
}

std::string date_json(int year, int month, int day) {
  return R"({"__class__":"date","year":)" + std::to_string(year) + R"(,"month":)" + std::to_string(month) +
         R"(,"day":)" + std::to_string(day) + "}";
}

std::string two(long long number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string date_text(const OwnJson& date) {
  return date["year"].text + "-" + two(date["month"].whole()) + "-" + two(date["day"].whole());
}

std::string decimal_json(const std::string& digits) {
  return R"({"__class__":"Decimal","decimal":")" + digits + "\"}";
}

/// The value that the search asks of the field.
const OwnJson& asked(const OwnJson& domain, const std::string& field) {
  static const OwnJson kNothing;
  for (const OwnJson& term : domain.list) {
    if (term.list.size() == 3 && term.list[0].text == field) return term.list[2];
  }
  return kNothing;
}

class Wire final : public HttpClient {
 public:
  Wire(Twin& twin, TwinAccess access) : twin_(twin), access_(std::move(access)) {}

  HttpOutcome send(const HttpRequest& request) override {
    Machine& machine = twin_.machine;
    if (machine.dead()) return HttpUnclear{"a ghost's call"};
    const OwnJson call = OwnJson::read(request.body);
    const std::string& method = call["method"].text;
    if (machine.operation()) {
      const bool acts = method.starts_with("model.account.move.");
      if (acts && twin_.chance.permille(500)) (void)carry_out(method, call["params"]);
      return HttpUnclear{"the process died meanwhile"};
    }
    std::int64_t pause = 0;
    const Twin::Way way = twin_.knock(access_.lane, pause);
    if (way == Twin::Way::refused) return HttpNotSent{"connection refused"};
    if (way == Twin::Way::throttled) return page(429, std::to_string(pause / kSecond));
    if (way == Twin::Way::bad_credentials) return page(401, "");
    if (method == "common.db.login") {
      twin_.connection(access_.lane).session_lost = false;
      return reply(call, R"("result":[1,"key"])");
    }
    if (way == Twin::Way::session_lost) return page(401, "");
    return with_faults(call, method);
  }

 private:
  HttpOutcome with_faults(const OwnJson& call, const std::string& method) {
    FaultMix& faults = twin_.faults;
    const bool creates = method == "model.account.move.create";
    if (faults.hits(Fault::lost_before_commit)) return time_out();
    if (creates && faults.hits(Fault::commit_late)) {
      HttpOutcome outcome = time_out();
      twin_.take_later(document_of(call["params"].list.at(0).list.at(0)));
      return outcome;
    }
    const bool server_error = faults.hits(Fault::server_error);
    if (server_error && twin_.chance.permille(500)) return page(503, "");
    if (creates && faults.hits(Fault::false_success)) return reply(call, R"("result":[77777])");
    const std::string answer = carry_out(method, call["params"]);
    if (creates && answer.starts_with("\"result\"") && faults.hits(Fault::altered)) twin_.change_newest();
    if (server_error) return page(503, "");
    if (faults.hits(Fault::commit_then_lost)) return time_out();
    if (faults.hits(Fault::html_page)) return page(200, "");
    if (method == "model.account.move.search_read") {
      if (faults.hits(Fault::slow)) twin_.machine.pass(twin_.chance.between(10, 60) * kSecond);
      if (access_.during_look) access_.during_look();
    }
    return reply(call, answer);
  }

  HttpOutcome time_out() {
    twin_.machine.pass(twin_.chance.between(1, 60) * kSecond);
    return HttpUnclear{"no answer in time"};
  }

  static HttpOutcome page(int status, const std::string& retry_after) {
    HttpAnswered answer;
    answer.status = status;
    answer.body = "<!doctype html>\n<title>Tryton</title>\n";
    if (!retry_after.empty()) answer.fields.push_back({"retry-after", retry_after});
    return answer;
  }

  static HttpOutcome reply(const OwnJson& call, const std::string& member) {
    HttpAnswered answer;
    answer.status = 200;
    answer.body = R"({"id":)" + call["id"].text + "," + member + "}";
    return answer;
  }

  static std::string no(const std::string& text) {
    return R"("error":["UserError",[)" + in_quotes(text) + R"(,"",null]])";
  }

  static std::string refusal(TwinAnswer answer) {
    if (answer == TwinAnswer::period_closed) return no("You cannot create a journal-period in closed period \"2026\".");
    if (answer == TwinAnswer::account_closed)
      return no("The value for field \"Account\" in \"Account Move Line\" is not valid according to its domain.");
    if (answer == TwinAnswer::duplicate)
      return R"("error":["UNIQUE constraint failed: account_move.company, account_move.number",""])";
    if (answer == TwinAnswer::absent) return no("You are trying to access records which do not exist.");
    return no("To post move, you must balance all its lines debits and credits.");
  }

  /// `"result":...` or `"error":...`
  std::string carry_out(const std::string& method, const OwnJson& params) {
    const OwnJson nothing;
    const OwnJson& first = params.list.empty() ? nothing : params.list.front();
    if (method == "model.company.company.search_read") return companies(asked(first, "party.name").text);
    if (method == "model.account.journal.search_read") return R"("result":[{"id":1,"code":"GLMAP"}])";
    if (method == "model.account.period.search_read") return period(asked(first, "start_date"));
    if (method == "model.account.account.search_read") {
      return R"("result":[{"id":)" + asked(first, "code").text + R"(,"party_required":0}])";
    }
    if (method == "model.account.move.search_read")
      return moves(asked(first, "company").whole(), asked(first, "number").text);
    if (method == "model.account.move.create") return create(first.list.at(0));
    const auto number = static_cast<int>(first.list.at(0).whole());
    if (method == "model.account.move.post") {
      const TwinAnswer answer = twin_.post(number);
      if (answer == TwinAnswer::duplicate) return no("You cannot modify posted move \"X\".");
      return answer == TwinAnswer::taken ? R"("result":null)" : refusal(answer);
    }
    if (method == "model.account.move.delete") {
      return twin_.remove(number) ? R"("result":null)" : no("You cannot modify posted move \"X\".");
    }
    return R"("error":["no such method",""])";
  }

  std::string companies(const std::string& name) const {
    for (std::size_t index = 0; index < std::size(kCompanies); ++index) {
      if (twin_.company_behind(name) != kCompanies[index].name) continue;
      return R"("result":[{"id":)" + std::to_string(index + 1) + R"(,"party.":{"id":9,"name":)" + in_quotes(name) +
             R"(},"currency.":{"id":8,"code":")" + kCompanies[index].currency + R"("}}])";
    }
    return R"("result":[])";
  }

  static std::string period(const OwnJson& date) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const auto year = static_cast<int>(date["year"].whole());
    const auto month = static_cast<int>(date["month"].whole());
    return R"("result":[{"id":)" + std::to_string(year * 100 + month) + R"(,"start_date":)" +
           date_json(year, month, 1) + R"(,"end_date":)" + date_json(year, month, kDays[month - 1]) + "}]";
  }

  TwinDocument document_of(const OwnJson& move) const {
    TwinDocument document;
    const WireCompany& company = kCompanies[move["company"].whole() - 1];
    document.company = twin_.company_behind(company.name);
    document.reference = move["number"].text;
    document.date = date_text(move["date"]);
    for (const OwnJson& line : move["lines"].list.at(0).list.at(1).list) {
      const std::string& debit = line["debit"]["decimal"].text;
      const bool is_debit = minor_of(debit, company.currency).value_or(0) != 0;
      document.lines.push_back(
          {line["account"].text, is_debit, is_debit ? debit : line["credit"]["decimal"].text, company.currency});
    }
    return document;
  }

  std::string create(const OwnJson& move) {
    TwinDocument document = document_of(move);
    const TwinAnswer answer = twin_.take(document);
    return answer == TwinAnswer::taken ? R"("result":[)" + std::to_string(document.number) + "]" : refusal(answer);
  }

  std::string moves(long long company, const std::string& reference) {
    std::string list;
    for (TwinDocument* document : twin_.search(twin_.company_behind(kCompanies[company - 1].name), reference)) {
      document->shown_changed = document->before_hand.has_value();
      std::string lines;
      for (const TwinLine& line : document->lines) {
        lines +=
            (lines.empty() ? "" : ",") + (R"({"id":1,"account.":{"id":2,"code":")" + line.account + R"("},"debit":)") +
            decimal_json(line.debit ? line.amount : "0") + R"(,"credit":)" +
            decimal_json(line.debit ? "0" : line.amount) + R"(,"second_currency.":null,"amount_second_currency":null})";
      }
      const std::string& date = document->date;
      list += (list.empty() ? "" : ",") + (R"({"id":)" + std::to_string(document->number)) + R"(,"company":)" +
              std::to_string(company) + R"(,"state":")" + (document->posted ? "posted" : "draft") +
              R"(","post_number":)" + (document->posted ? "\"P-" + std::to_string(document->number) + "\"" : "null") +
              R"(,"date":)" +
              date_json(std::stoi(date.substr(0, 4)), std::stoi(date.substr(5, 2)), std::stoi(date.substr(8, 2))) +
              R"(,"lines.":[)" + lines + "]}";
    }
    return "\"result\":[" + list + "]";
  }

  Twin& twin_;
  TwinAccess access_;
};

}  // namespace

std::unique_ptr<gateway::delivery::ErpConnector> make_wire_connector(Twin& twin, TwinAccess access) {
  gateway::connectors::tryton::TrytonSettings settings;
  settings.rpc = {"https://erp.example", "acme", "glmap", "secret", 5'000, 60'000};
  for (const char* entity : {"DE", "AT", "US", "JP"}) {
    settings.entities[entity] = {"Company " + std::string(entity), "GLMAP", {}};
  }
  return gateway::connectors::tryton::make_tryton_connector(std::move(settings),
                                                            std::make_unique<Wire>(twin, std::move(access)));
}

}  // namespace glmap::simulation
