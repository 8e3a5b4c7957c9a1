// SPDX-License-Identifier: Apache-2.0
#include "gateway/delivery/attempt.hpp"

#include "gateway/delivery/compare.hpp"

namespace glmap::gateway::delivery {

namespace {

using engine::DeliveryInput;
using engine::EntryState;

Error reason(ErrorCode code, std::string text) {
  return Error{code, std::move(text), {}, {}};
}

AttemptResult plain(DeliveryInput input, Error why, std::string document = {}) {
  AttemptResult out;
  out.input = input;
  out.reason = std::move(why);
  out.document = std::move(document);
  return out;
}

AttemptResult waits(ErrorCode code, std::string text, std::optional<std::int64_t> retry_after_micros) {
  AttemptResult out = plain(DeliveryInput::not_sent, reason(code, std::move(text)));
  out.retry_after_micros = retry_after_micros;
  out.connection_trouble = true;
  return out;
}

AttemptResult lost(std::string text) {
  AttemptResult out = plain(DeliveryInput::unclear, reason(ErrorCode::ErpUnclear, std::move(text)));
  out.answer_lost = true;
  return out;
}

/// Why an entry cannot even be tried here, if so.
std::optional<Error> beyond_the_erp(const JournalEntry& entry, const Capabilities& can) {
  const std::string reference = entry.key().reference();
  if (reference.size() > can.reference_length_max) {
    return reason(ErrorCode::ErpRefused, "the reference `" + reference + "` is longer than the ERP keeps");
  }
  if (entry.lines().size() > can.lines_max) {
    return reason(ErrorCode::ErpRefused, "the entry has " + std::to_string(entry.lines().size()) +
                                             " lines, the ERP takes at most " + std::to_string(can.lines_max));
  }
  if (entry.data().currency != entry.data().functional && !can.currency_per_line) {
    return reason(ErrorCode::ErpRefused, "the entry is in " + std::string(entry.data().currency.code()) +
                                             ", and the ERP keeps no second currency on a line");
  }
  return std::nullopt;
}

/// A document found under our reference, against what was to be there. `then` is what an equal one amounts to.
AttemptResult judge(const JournalEntry& entry, const LedgerDocument& document, const Capabilities& can,
                    DeliveryInput then) {
  AttemptResult out;
  out.input = then;
  out.document = document.number.empty() ? document.document : document.number;
  out.evidence = write_json(to_json(document));
  if (Status same = compare(entry, document, can); !same) {
    out.input = DeliveryInput::found_differs;
    out.reason = std::move(same).error();
  } else if (then == DeliveryInput::found_draft) {
    out.reason = reason(ErrorCode::ErpUnclear, "the ERP holds the entry as a draft that is not posted");
  }
  return out;
}

/// A look-up that failed: whose trouble is it?
AttemptResult look_failed(const NotAsked& error) {
  const bool connection = error.transient() || error.code == ErrorCode::ErpAuthorisation ||
                          error.code == ErrorCode::ErpWrongEntity || error.code == ErrorCode::BadConfiguration;
  if (connection) return waits(error.code, error.message, error.retry_after_micros);
  AttemptResult out = plain(DeliveryInput::unclear, error);
  out.answer_lost = true;
  return out;
}

AttemptResult look_up(ErpConnector& connector, const JournalEntry& entry) {
  if (!connector.describe().read_back) {
    // Nobody can tell, so nobody may send it again: a person looks in the ERP.
    return plain(DeliveryInput::found_differs,
                 reason(ErrorCode::ErpUnclear,
                        "whether the ERP took the entry is not known, and this connection cannot look it up"));
  }
  const Asked<Finding> finding = connector.find(entry);
  if (!finding) return look_failed(finding.error());
  if (const auto* posted = std::get_if<FoundPosted>(&*finding)) {
    return judge(entry, posted->document, connector.describe(), DeliveryInput::confirmed);
  }
  if (const auto* draft = std::get_if<FoundDraft>(&*finding)) {
    return judge(entry, draft->document, connector.describe(), DeliveryInput::found_draft);
  }
  if (const auto* differs = std::get_if<Differs>(&*finding)) {
    return plain(DeliveryInput::found_differs, reason(ErrorCode::ErpDiffers, differs->text), differs->document);
  }
  return plain(DeliveryInput::found_absent,
               reason(ErrorCode::ErpUnclear, "the ERP does not show the entry under its reference"));
}

/// The ERP says that the document is posted. Seen with our own eyes, or not yet.
AttemptResult prove(ErpConnector& connector, const JournalEntry& entry, const Posted& said) {
  if (!connector.describe().read_back) {
    AttemptResult out;
    out.input = DeliveryInput::confirmed;
    out.document = said.number.empty() ? said.document : said.number;
    return out;
  }
  AttemptResult seen = look_up(connector, entry);
  // Its search may lag behind, or the connection fail now: the entry left us, so from here on it is looked up.
  if (seen.input == DeliveryInput::found_absent || seen.input == DeliveryInput::not_sent) {
    seen.input = DeliveryInput::unclear;
  }
  if (seen.document.empty()) seen.document = said.document;
  return seen;
}

AttemptResult judge_answer(ErpConnector& connector, const JournalEntry& entry, Outcome outcome) {
  if (const auto* posted = std::get_if<Posted>(&outcome)) return prove(connector, entry, *posted);
  if (auto* draft = std::get_if<DraftLeft>(&outcome)) {
    AttemptResult out = plain(DeliveryInput::found_draft, reason(ErrorCode::ErpUnclear, draft->text), draft->document);
    if (draft->trouble) {
      out.reason = reason(draft->trouble->code, draft->text);
      out.retry_after_micros = draft->trouble->retry_after_micros;
      out.connection_trouble = true;
    }
    return out;
  }
  if (auto* refused = std::get_if<Refused>(&outcome)) {
    return plain(DeliveryInput::refused, reason(refused->code, std::move(refused->text)));
  }
  if (auto* unclear = std::get_if<Unclear>(&outcome)) {
    return lost(std::move(unclear->text));
  }
  auto& not_sent = std::get<NotSent>(outcome);
  return waits(not_sent.code, std::move(not_sent.text), not_sent.retry_after_micros);
}

/// The draft is read again first: a person may have changed, posted or deleted it meanwhile.
AttemptResult complete(ErpConnector& connector, const JournalEntry& entry) {
  const Asked<Finding> finding = connector.find(entry);
  if (!finding) return look_failed(finding.error());
  const auto* draft = std::get_if<FoundDraft>(&*finding);
  if (draft == nullptr) return look_up(connector, entry);
  AttemptResult seen = judge(entry, draft->document, connector.describe(), DeliveryInput::found_draft);
  if (seen.input != DeliveryInput::found_draft) return seen;
  return judge_answer(connector, entry, connector.complete_draft(entry, draft->document.document));
}

}  // namespace

AttemptResult attempt(ErpConnector& connector, const JournalEntry& entry, engine::EntryState state) {
  switch (state) {
    case EntryState::sending:
      if (auto why = beyond_the_erp(entry, connector.describe())) {
        return plain(DeliveryInput::refused, std::move(*why));
      }
      return judge_answer(connector, entry, connector.submit(entry));
    case EntryState::unknown:
      return look_up(connector, entry);
    case EntryState::draft_found:
      return complete(connector, entry);
    case EntryState::ready:
    case EntryState::posted:
    case EntryState::rejected:
    case EntryState::held:
    case EntryState::reversed:
      break;
  }
  GLMAP_ASSERT(false && "only entries in delivery are claimed");
}

}  // namespace glmap::gateway::delivery
