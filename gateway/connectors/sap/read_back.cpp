// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/sap/read_back.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "gateway/connectors/http_caller.hpp"

namespace glmap::gateway::connectors::sap {

namespace {

constexpr std::string_view kItems = "/A_OperationalAcctgDocItemCube?$format=json&$filter=";
constexpr std::string_view kFields =
    "&$select=CompanyCode,CompanyCodeName,CompanyCodeCurrency,FiscalYear,AccountingDocument,AccountingDocumentItem,"
    "DocumentReferenceID,PostingDate,GLAccount,DebitCreditCode,AmountInCompanyCodeCurrency,"
    "AmountInTransactionCurrency,TransactionCurrency,IsNegativePosting";

/// A text between quotes of OData, in a URL.
std::string literal(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = "%27";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (plain) {
      out += c;
    } else {
      ((out += '%') += kHex[byte >> 4]) += kHex[byte & 15];
      if (c == '\'') out += "%27";
    }
  }
  return out + "%27";
}

/// "/Date(1790812800000)/", midnight UTC.
std::optional<Date> date_of(const std::string& text) {
  constexpr std::string_view kFront = "/Date(";
  constexpr std::int64_t kDay = 86'400'000;
  if (!text.starts_with(kFront)) return std::nullopt;
  std::int64_t millis = 0;
  const char* const from = text.data() + kFront.size();
  const auto [end, fault] = std::from_chars(from, text.data() + text.size(), millis);
  if (fault != std::errc{} || std::string_view(end, text.data() + text.size()) != ")/" || millis % kDay != 0)
    return std::nullopt;
  return Date::from_days(static_cast<std::int32_t>(millis / kDay));
}

std::optional<Money> money_in(const Json& row, std::string_view amount, std::string_view currency) {
  const auto parsed = Currency::parse(text_in(&row, currency));
  const auto decimal = Decimal::parse(text_in(&row, amount));
  if (!parsed || !decimal) return std::nullopt;
  const auto money = Money::from_decimal(*decimal, *parsed);
  return money ? std::optional(*money) : std::nullopt;
}

/// Credits are negative. A negative posting takes back on the side of the original: a credit that is one is a negative
/// debit.
std::optional<delivery::LedgerLine> line_of(const PostSettings& settings, const JournalEntry& entry, const Json& row) {
  const std::string code = text_in(&row, "DebitCreditCode");
  const auto functional = money_in(row, "AmountInCompanyCodeCurrency", "CompanyCodeCurrency");
  const auto transaction = money_in(row, "AmountInTransactionCurrency", "TransactionCurrency");
  if ((code != "S" && code != "H") || !functional || !transaction) return std::nullopt;
  const Json* negative = row.find("IsNegativePosting");
  const bool takes_back = negative != nullptr && negative->as_bool() != nullptr && *negative->as_bool();
  delivery::LedgerLine out;
  out.side = (code == "S") != takes_back ? Side::debit : Side::credit;
  const auto on_side = [&](const Money& money) { return out.side == Side::credit ? money.negated() : money; };
  out.functional = on_side(*functional);
  out.transaction = on_side(*transaction);
  const std::string account = text_in(&row, "GLAccount");
  const auto sent = std::ranges::find_if(
      entry.lines(), [&](const JournalLine& line) { return sap_account(settings, line.account) == account; });
  out.account = sent == entry.lines().end() ? account : sent->account;
  return out;
}

std::set<std::string> documents_of(const std::vector<Json>& rows) {
  std::set<std::string> out;
  for (const Json& row : rows)
    out.insert(text_in(&row, "CompanyCode") + "/" + text_in(&row, "AccountingDocument") + "/" +
               text_in(&row, "FiscalYear"));
  return out;
}

}  // namespace

std::string items_query(const std::string& company_code, const std::string& reference) {
  return std::string(kItems) + "CompanyCode%20eq%20" + literal(company_code) + "%20and%20DocumentReferenceID%20eq%20" +
         literal(reference) + "&$top=5000" + std::string(kFields);
}

std::string identity_query(const std::string& company_code) {
  return std::string(kItems) + "CompanyCode%20eq%20" + literal(company_code) + "&$top=1" + std::string(kFields);
}

std::optional<std::vector<Json>> rows_of(const std::string& body) {
  const auto json = parse_json(body);
  const Json* data = json ? json->find("d") : nullptr;
  const Json* results = data == nullptr ? nullptr : data->find("results");
  if (results == nullptr || results->as_array() == nullptr) return std::nullopt;
  return *results->as_array();
}

delivery::Finding read_finding(const PostSettings& settings, const JournalEntry& entry, const std::vector<Json>& rows) {
  if (rows.empty()) return delivery::Absent{};
  const std::set<std::string> documents = documents_of(rows);
  const std::string& document = *documents.begin();
  if (documents.size() > 1) {
    return delivery::Differs{document, "SAP has " + std::to_string(documents.size()) + " documents under reference `" +
                                           entry.key().reference() + "`"};
  }
  const auto date = date_of(text_in(&rows.front(), "PostingDate"));
  if (!date) return delivery::Differs{document, "the posting date of document `" + document + "` cannot be read"};
  delivery::LedgerDocument out{document, document, *date, {}};
  for (const Json& row : rows) {
    auto line = line_of(settings, entry, row);
    if (!line) return delivery::Differs{document, "an item of document `" + document + "` cannot be read"};
    out.lines.push_back(std::move(*line));
  }
  return delivery::FoundPosted{std::move(out)};
}

std::optional<Original> original_in(const std::vector<Json>& rows) {
  if (documents_of(rows).size() != 1) return std::nullopt;
  const Json& row = rows.front();
  return Original{text_in(&row, "AccountingDocument"), text_in(&row, "CompanyCode"), text_in(&row, "FiscalYear")};
}

}  // namespace glmap::gateway::connectors::sap
