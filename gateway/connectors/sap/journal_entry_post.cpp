// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/sap/journal_entry_post.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/runtime/base/digest.hpp"

namespace glmap::gateway::connectors::sap {

namespace {

struct Assignment {
  std::string_view name;
  std::size_t most;
};
// In the order of the schema's sequence.
constexpr std::array kAssignments = {
    Assignment{"OrderID", 12},    Assignment{"ProfitCenter", 10},   Assignment{"PartnerProfitCenter", 10},
    Assignment{"Segment", 10},    Assignment{"PartnerSegment", 10}, Assignment{"CostCenter", 10},
    Assignment{"WBSElement", 24}, Assignment{"FunctionalArea", 16}, Assignment{"Fund", 10},
    Assignment{"Grant", 20}};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// The first `most` characters.
std::string cut(std::string_view text, std::size_t most) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U && most-- == 0) break;
  }
  return std::string(text.substr(0, at));
}

/// As character data: on one line, without leading, trailing and doubled blanks, as the type `token` has it.
std::string escaped(std::string_view text) {
  std::string out;
  bool blank = true;
  for (const char c : text) {
    const bool space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    if (space) {
      if (!blank) out += ' ';
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
    blank = space;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

/// Writes elements and remembers the first thing that SAP would not take.
class Writer {
 public:
  void where(std::string place) { place_ = std::move(place); }
  void open(std::string_view name) { ((text_ += '<') += name) += '>'; }
  void close(std::string_view name) { ((text_ += "</") += name) += '>'; }
  /// Nothing is written of an empty value.
  void key(std::string_view name, std::string_view value, std::size_t most, ErrorCode code = ErrorCode::ErpRefused) {
    if (characters(value) > most) {
      refuse(code, std::string(name) + " `" + std::string(value) + "` has " + std::to_string(characters(value)) +
                       " characters, SAP takes " + std::to_string(most));
    }
    element(name, value);
  }
  void prose(std::string_view name, std::string_view value, std::size_t most) {
    element(name, cut(escaped_free(value), most));
  }
  void amount(std::string_view name, const Money& money) {
    const std::string open_tag = std::string(name) + " currencyCode=\"" + std::string(money.currency().code()) + "\"";
    ((((text_ += '<') += open_tag) += '>') += money.amount_text());
    close(name);
  }
  void refuse(ErrorCode code, std::string message) {
    if (!fault_) fault_ = Error{code, place_.empty() ? std::move(message) : place_ + ": " + std::move(message), {}, {}};
  }
  Result<std::string> end() const {
    if (fault_) return std::unexpected(*fault_);
    return text_;
  }

 private:
  /// Cut before escaping, so that no entity is torn.
  static std::string escaped_free(std::string_view value) {
    std::string out;
    for (const char c : value) {
      const bool space = static_cast<unsigned char>(c) <= 0x20;
      if (!space || (!out.empty() && out.back() != ' ')) out += space ? ' ' : c;
    }
    return out;
  }
  void element(std::string_view name, std::string_view value) {
    const std::string text = escaped(value);
    if (text.empty()) return;
    open(name);
    text_ += text;
    close(name);
  }

  std::string text_;
  std::string place_;
  std::optional<Error> fault_;
};

void write_header(Writer& out, const std::string& reference, const std::string& kind, Instant at) {
  out.open("MessageHeader");
  out.key("ID", kind + reference, 35);
  out.key("UUID", message_uuid(kind + reference), 36);
  out.key("CreationDateTime", at.to_text(), 35);
  out.close("MessageHeader");
}

std::string dimension_of(const JournalLine& line, const std::string& name) {
  const auto found = std::ranges::find(line.dimensions, name, &Dimension::name);
  return name.empty() || found == line.dimensions.end() ? "" : found->value;
}

void write_assignments(Writer& out, const PostSettings& settings, const JournalLine& line) {
  bool opened = false;
  for (const Assignment& assignment : kAssignments) {
    const auto dimension = settings.assignments.find(std::string(assignment.name));
    const std::string value = dimension == settings.assignments.end() ? "" : dimension_of(line, dimension->second);
    if (value.empty()) continue;
    if (!std::exchange(opened, true)) out.open("AccountAssignment");
    out.key(assignment.name, value, assignment.most, ErrorCode::ErpBadDimension);
  }
  if (opened) out.close("AccountAssignment");
}

void write_item(Writer& out, const PostSettings& settings, const ToPost& what, std::size_t index) {
  const JournalEntryDraft& data = what.entry->data();
  const JournalLine& line = data.lines[index];
  const bool credit = line.side == Side::credit;
  const auto towards = [&](const Money& money) { return credit ? money.negated() : money; };
  out.where("line " + std::to_string(index + 1));
  out.open("Item");
  out.key("ReferenceDocumentItem", std::to_string(index + 1), 10);
  out.key("CompanyCode", what.company_code, 4);
  out.key("GLAccount", sap_account(settings, line.account), 10, ErrorCode::ErpBadAccount);
  out.amount("AmountInTransactionCurrency", towards(line.transaction));
  if (data.currency != data.functional) out.amount("AmountInCompanyCodeCurrency", towards(line.functional));
  out.key("DebitCreditCode", credit ? "H" : "S", 1);
  out.prose("DocumentItemText", line.memo.empty() ? data.document + " " + data.description : line.memo, 50);
  out.key("AssignmentReference", dimension_of(line, settings.assignment_reference), 18, ErrorCode::ErpBadDimension);
  out.key("TradingPartner", dimension_of(line, settings.trading_partner), 6, ErrorCode::ErpBadDimension);
  write_assignments(out, settings, line);
  out.close("Item");
}

void write_entry(Writer& out, const PostSettings& settings, const ToPost& what, Instant at) {
  const JournalEntryDraft& data = what.entry->data();
  const std::string reference = what.entry->key().reference();
  out.where("");
  out.open("JournalEntryCreateRequest");
  write_header(out, reference, "GLMAP-", at);
  out.open("JournalEntry");
  out.key("OriginalReferenceDocumentType", "BKPFF", 5);
  out.key("BusinessTransactionType", "RFBU", 4);
  out.key("AccountingDocumentType", settings.document_type, 5);
  out.key("DocumentReferenceID", reference, 16);
  out.prose("DocumentHeaderText", data.document.empty() ? data.description : data.document, 25);
  if (what.original) {
    out.key("ReversalReason", reason_for(settings, *what.entry), 2);
    out.key("ReversalReferenceDocument",
            what.original->document + what.original->company_code + what.original->fiscal_year, 20);
    out.key("ReversalDate", data.posting_date.to_text(), 10);
  }
  out.key("CreatedByUser", settings.created_by, 12);
  out.key("CompanyCode", what.company_code, 4);
  out.key("DocumentDate", data.document_date.to_text(), 10);
  out.key("PostingDate", data.posting_date.to_text(), 10);
  if (characters(data.document) <= 20) out.key("Reference1InDocumentHeader", data.document, 20);
  out.key("Reference2InDocumentHeader", data.reverses, 20);
  if (!what.original) {
    if (data.storno) {
      out.refuse(ErrorCode::ErpRefused,
                 "a red storno is sent as SAP's reversal, and the connection has no `storno_reason`");
    }
    for (std::size_t i = 0; i < data.lines.size(); ++i) write_item(out, settings, what, i);
  }
  out.close("JournalEntry");
  out.close("JournalEntryCreateRequest");
}

constexpr std::string_view kFront =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope "
    "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">"
    "<soap:Header/><soap:Body><sfin:JournalEntryBulkCreateRequest xmlns:sfin=\"http://sap.com/xi/SAPSCORE/SFIN\">";
constexpr std::string_view kBack = "</sfin:JournalEntryBulkCreateRequest></soap:Body></soap:Envelope>";

}  // namespace

const std::vector<std::string>& assignment_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Assignment& each : kAssignments) out.emplace_back(each.name);
    return out;
  }();
  return names;
}

std::string reason_for(const PostSettings& settings, const JournalEntry& entry) {
  if (entry.data().reverses.empty()) return "";
  return entry.data().storno ? settings.storno_reason : settings.reversal_reason;
}

std::string sap_account(const PostSettings& settings, const std::string& code) {
  const bool digits = !code.empty() && code.find_first_not_of("0123456789") == std::string::npos;
  if (!settings.pad_accounts || !digits || code.size() >= 10) return code;
  return std::string(10 - code.size(), '0') + code;
}

std::string message_uuid(const std::string& reference) {
  std::string hex = sha256_hex("glmap message " + reference).substr(0, 32);
  hex[12] = '8';  // version 8: by a rule of one's own
  hex[16] = "89ab"[(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') & 3];
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, "-");
  return hex;
}

Result<std::string> post_request(const PostSettings& settings, const std::vector<ToPost>& batch, Instant at) {
  Writer out;
  write_header(out, batch.front().entry->key().reference(), "GLMAP-B-", at);
  for (const ToPost& what : batch) write_entry(out, settings, what, at);
  GLMAP_TRY(body, out.end());
  return std::string(kFront) + body + std::string(kBack);
}

}  // namespace glmap::gateway::connectors::sap
