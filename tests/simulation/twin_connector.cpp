// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/twin_connector.hpp"

namespace glmap::simulation {

namespace {

using namespace gateway::delivery;

TwinDocument document_of(const JournalEntry& entry) {
  TwinDocument document;
  document.company = "Company " + entry.data().entity;
  document.reference = entry.key().reference();
  document.date = entry.data().posting_date.to_text();
  for (const JournalLine& line : entry.lines()) {
    document.lines.push_back({line.account, line.side == Side::debit, line.functional.amount_text(),
                              std::string(line.functional.currency().code())});
  }
  return document;
}

LedgerDocument as_ledger(const TwinDocument& document) {
  LedgerDocument out;
  out.document = std::to_string(document.number);
  out.number = document.posted ? "P-" + out.document : "";
  out.date = *Date::parse(document.date);
  for (const TwinLine& line : document.lines) {
    const Money money = *Money::from_decimal(*Decimal::parse(line.amount), *Currency::parse(line.currency));
    out.lines.push_back({line.debit ? Side::debit : Side::credit, line.account, money, std::nullopt});
  }
  return out;
}

ErrorCode code_of(TwinAnswer answer) {
  if (answer == TwinAnswer::period_closed) return ErrorCode::ErpClosedPeriod;
  if (answer == TwinAnswer::account_closed) return ErrorCode::ErpBadAccount;
  return answer == TwinAnswer::unbalanced ? ErrorCode::ErpUnbalanced : ErrorCode::ErpRefused;
}

class TwinConnector final : public ErpConnector {
 public:
  TwinConnector(Twin& twin, TwinAccess access) : twin_(twin), access_(std::move(access)) {
    capabilities_.kind = "twin";
    capabilities_.reference_length_max = 16;
    capabilities_.lines_max = 100;
    capabilities_.currency_per_line = true;
    capabilities_.draft_step = twin.draft_step();
    capabilities_.unique_reference = twin.unique_reference();
    capabilities_.read_back = true;
  }

  const Capabilities& describe() const override { return capabilities_; }
  void guard_sends(std::function<bool()> may_send) override { may_send_ = std::move(may_send); }
  void pace_requests(std::function<std::optional<std::string>()>) override {}
  void let_go() override {}

  Asked<EntityIdentity> who_am_i(std::string_view entity) override {
    twin_.connection(access_.lane).session_lost = false;  // asking opens a session
    if (auto trouble = before_reaching()) return not_asked(*trouble);
    const std::string currency = entity == "US" ? "USD" : entity == "JP" ? "JPY" : "EUR";
    return EntityIdentity{twin_.company_behind("Company " + std::string(entity)), currency};
  }

  Outcome submit(const JournalEntry& entry) override {
    if (may_send_ && !may_send_()) return NotSent{ErrorCode::ErpUnreachable, "the lane is another's", std::nullopt};
    TwinDocument document = document_of(entry);
    document.company = twin_.company_behind(document.company);
    document.posted = true;
    if (twin_.machine.dead()) return Unclear{"a ghost's call"};
    if (twin_.machine.operation()) {
      const auto fate = twin_.chance.below(3);
      if (fate == 1) (void)twin_.take(document);
      if (fate == 2) twin_.take_later(document);
      return Unclear{"the process died meanwhile"};
    }
    if (auto trouble = before_reaching()) return std::move(*trouble);
    if (twin_.faults.hits(Fault::lost_before_commit)) return time_out();
    if (twin_.faults.hits(Fault::commit_late)) {
      Outcome outcome = time_out();
      twin_.take_later(document);
      return outcome;
    }
    const bool server_error = twin_.faults.hits(Fault::server_error);
    if (server_error && twin_.chance.permille(500)) return Unclear{"HTTP 503"};
    if (twin_.faults.hits(Fault::false_success)) return Posted{"77777", {}};
    const bool draft = twin_.draft_step() && twin_.faults.hits(Fault::draft_left);
    document.posted = !draft;
    const TwinAnswer answer = twin_.take(document);
    if (answer == TwinAnswer::taken && twin_.faults.hits(Fault::altered)) twin_.change_newest();
    if (server_error) return Unclear{"HTTP 503"};
    if (twin_.faults.hits(Fault::commit_then_lost)) return time_out();
    if (twin_.faults.hits(Fault::html_page)) return Unclear{"the answer is not JSON"};
    // It may be there already: no reason to send, one to look.
    if (answer == TwinAnswer::duplicate) return Unclear{"the reference exists"};
    if (answer != TwinAnswer::taken) return Refused{code_of(answer), "refused by the twin"};
    if (draft) return DraftLeft{std::to_string(document.number), "not posted", std::nullopt};
    return Posted{std::to_string(document.number), {}};
  }

  Asked<Finding> find(const JournalEntry& entry) override {
    if (twin_.machine.dead() || twin_.machine.operation()) return fail(ErrorCode::ErpUnreachable, "the process died");
    if (auto trouble = before_reaching()) return not_asked(*trouble);
    if (twin_.faults.hits(Fault::html_page)) return fail(ErrorCode::ErpUnreachable, "the answer is not JSON");
    const TwinDocument asked = document_of(entry);
    const auto found = twin_.search(twin_.company_behind(asked.company), asked.reference);
    Finding finding = Absent{};
    if (found.size() > 1) {
      finding = Differs{std::to_string(found.front()->number), "several documents carry the reference"};
    } else if (found.size() == 1) {
      found.front()->shown_changed = found.front()->before_hand.has_value();
      LedgerDocument document = as_ledger(*found.front());
      if (found.front()->posted) {
        finding = FoundPosted{std::move(document)};
      } else {
        finding = FoundDraft{std::move(document)};
      }
    }
    // What was found is on its way; meanwhile the world goes on.
    if (twin_.faults.hits(Fault::slow)) twin_.machine.pass(twin_.chance.between(10, 60) * kSecond);
    if (access_.during_look) access_.during_look();
    return finding;
  }

  Outcome complete_draft(const JournalEntry&, std::string_view document) override {
    if (twin_.machine.dead()) return Unclear{"a ghost's call"};
    const int number = std::stoi(std::string(document));
    if (twin_.machine.operation()) {
      if (twin_.chance.permille(500)) (void)twin_.post(number);
      return Unclear{"the process died meanwhile"};
    }
    if (auto trouble = before_reaching()) return std::move(*trouble);
    if (twin_.faults.hits(Fault::lost_before_commit)) return time_out();
    const TwinAnswer answer = twin_.post(number);
    if (twin_.faults.hits(Fault::commit_then_lost)) return time_out();
    if (answer == TwinAnswer::duplicate) return Unclear{"it is posted already"};
    if (answer != TwinAnswer::taken) return Refused{code_of(answer), "refused by the twin"};
    return Posted{std::string(document), {}};
  }

 private:
  static std::unexpected<NotAsked> not_asked(const NotSent& trouble) {
    return std::unexpected(NotAsked(Error{trouble.code, trouble.text, {}, {}}, trouble.retry_after_micros));
  }

  Outcome time_out() {
    twin_.machine.pass(twin_.chance.between(1, 60) * kSecond);
    return Unclear{"no answer in time"};
  }

  /// What keeps a call from reaching the ERP's books.
  std::optional<NotSent> before_reaching() {
    std::int64_t asked = 0;
    switch (twin_.knock(access_.lane, asked)) {
      case Twin::Way::open:
        return std::nullopt;
      case Twin::Way::refused:
        return NotSent{ErrorCode::ErpUnreachable, "connection refused", std::nullopt};
      case Twin::Way::session_lost:
        return NotSent{ErrorCode::ErpUnreachable, "the session is a new one", std::nullopt};
      case Twin::Way::bad_credentials:
        return NotSent{ErrorCode::ErpAuthorisation, "the ERP refuses the password", std::nullopt};
      case Twin::Way::throttled:
        break;
    }
    return NotSent{ErrorCode::ErpThrottled, "HTTP 429", asked};
  }

  Twin& twin_;
  TwinAccess access_;
  std::function<bool()> may_send_;
  Capabilities capabilities_;
};

}  // namespace

std::unique_ptr<ErpConnector> make_twin_connector(Twin& twin, TwinAccess access) {
  return std::make_unique<TwinConnector>(twin, std::move(access));
}

}  // namespace glmap::simulation
