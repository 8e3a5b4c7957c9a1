// SPDX-License-Identifier: Apache-2.0
#include "gateway/delivery/compare.hpp"

#include <algorithm>

#include "compiler/runtime/accounting/journal_export.hpp"

namespace glmap::gateway::delivery {

namespace {

std::string in_words(const LedgerLine& line) {
  std::string text = std::string(to_text(line.side)) + " " + line.account + " " + line.functional.to_text();
  if (line.transaction) text += " (" + line.transaction->to_text() + ")";
  return text;
}

/// The line as an honest ERP gives it back.
LedgerLine expected_line(const JournalEntryDraft& data, const JournalLine& line, bool foreign) {
  LedgerLine out{line.side, line.account, booked(data, line.functional), std::nullopt};
  if (foreign && !line.transaction.is_zero()) out.transaction = booked(data, line.transaction);
  return out;
}

/// A second amount that is zero or only repeats the first says nothing of its own.
LedgerLine normalised(LedgerLine line) {
  if (line.transaction && (line.transaction->is_zero() || *line.transaction == line.functional)) {
    line.transaction.reset();
  }
  return line;
}

std::string lines_in_words(const std::vector<LedgerLine>& lines) {
  std::string text;
  for (const LedgerLine& line : lines) text += (text.empty() ? "" : "; ") + in_words(line);
  return text;
}

}  // namespace

Json to_json(const LedgerDocument& document) {
  Json::Array lines;
  for (const LedgerLine& line : document.lines) {
    Json::Object object{{"side", std::string(to_text(line.side))},
                        {"account", line.account},
                        {"functional", line.functional.to_text()}};
    if (line.transaction) object.emplace_back("transaction", line.transaction->to_text());
    lines.emplace_back(std::move(object));
  }
  return Json::Object{{"document", document.document},
                      {"number", document.number},
                      {"date", document.date.to_text()},
                      {"lines", std::move(lines)}};
}

Status compare(const JournalEntry& entry, const LedgerDocument& document, const Capabilities& capabilities) {
  const JournalEntryDraft& data = entry.data();
  const std::string name = "document `" + (document.number.empty() ? document.document : document.number) + "`";
  if (document.date != data.posting_date) {
    return fail(ErrorCode::ErpDiffers,
                name + " is dated " + document.date.to_text() + ", sent was " + data.posting_date.to_text(),
                "the ERP moved the entry to another date; correct it there or reverse it");
  }
  const bool foreign = data.currency != data.functional && capabilities.currency_per_line;
  std::vector<LedgerLine> stored;
  for (const LedgerLine& line : document.lines) stored.push_back(normalised(line));
  for (const JournalLine& line : entry.lines()) {
    const LedgerLine expected = expected_line(data, line, foreign);
    auto match = std::ranges::find(stored, expected);
    if (match == stored.end()) {
      return fail(ErrorCode::ErpDiffers,
                  name + " lacks the line " + in_words(expected) +
                      (stored.empty() ? "" : "; it holds instead " + lines_in_words(stored)),
                  "correct the document in the ERP, or reverse it there and send the entry again");
    }
    stored.erase(match);
  }
  if (!stored.empty()) {
    return fail(ErrorCode::ErpDiffers, name + " holds more than was sent: " + lines_in_words(stored),
                "correct the document in the ERP, or reverse it there and send the entry again");
  }
  return {};
}

}  // namespace glmap::gateway::delivery
