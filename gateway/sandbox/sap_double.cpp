// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/sap_double.hpp"

#include <algorithm>
#include <chrono>

#include "gateway/sandbox/fault_replies.hpp"

namespace glmap::gateway::sandbox {

namespace {

constexpr std::string_view kSoap = "/sap/bc/srt/scs_ext/sap/journalentrycreaterequestconfi";
constexpr std::string_view kOdata = "/sap/opu/odata/sap/API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube?";
constexpr std::size_t kItemsMax = 999;

/// Only for the double's own delays; nothing of an entry depends on it.
std::int64_t clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string base64_text(std::string_view in) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0, count = 0;
  for (const char c : in) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += kDigits[(bits >> (count - 6)) & 63];
  }
  if (count > 0) out += kDigits[(bits << (6 - count)) & 63];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

DoorReply xml_reply(int status, std::string body) {
  DoorReply reply;
  reply.status = status;
  reply.content_type = "text/xml; charset=utf-8";
  reply.body = std::move(body);
  reply.keep_alive = true;
  return reply;
}

std::string envelope(const std::string& body) {
  return "<soap-env:Envelope xmlns:soap-env=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap-env:Header/>"
         "<soap-env:Body>" +
         body + "</soap-env:Body></soap-env:Envelope>";
}

DoorReply soap_fault(const std::string& text) {
  return xml_reply(500, envelope("<soap-env:Fault><faultcode>soap-env:Client</faultcode><faultstring>" +
                                 xml_escaped(text) + "</faultstring></soap-env:Fault>"));
}

std::string without_zeros(const std::string& account) {
  const std::size_t digit = account.find_first_not_of('0');
  return digit == std::string::npos ? account : account.substr(digit);
}

std::string ten_digits(std::int64_t number) {
  std::string text = std::to_string(number);
  return std::string(10 - std::min<std::size_t>(10, text.size()), '0') + text;
}

std::string header_with(const std::string& reference_id) {
  return "<MessageHeader><ReferenceID>" + xml_escaped(reference_id) +
         "</ReferenceID><CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime></MessageHeader>";
}

std::optional<Money> amount_of(const XmlElement* element) {
  if (element == nullptr) return std::nullopt;
  const auto currency = element->attributes.find("currencyCode");
  const auto decimal = Decimal::parse(element->text);
  const auto parsed = currency == element->attributes.end()
                          ? Result<Currency>(fail(ErrorCode::UnknownListValue, "none"))
                          : Currency::parse(currency->second);
  if (!decimal || !parsed) return std::nullopt;
  const auto money = Money::from_decimal(*decimal, *parsed);
  return money ? std::optional(*money) : std::nullopt;
}

/// "...NAME eq 'VALUE'..." of a filter whose percent signs are resolved.
std::string filtered(const std::string& filter, const std::string& name) {
  const std::string front = name + " eq '";
  const std::size_t at = filter.find(front);
  if (at == std::string::npos) return "";
  const std::size_t from = at + front.size();
  return filter.substr(from, filter.find('\'', from) - from);
}

std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

SapDouble::SapDouble(const Seed& seed) : authorization_("Basic " + base64_text(seed.user + ":" + seed.password)) {
  for (const SeedCompany& company : seed.companies) {
    Company& made = companies_[company.entity];
    made.name = company.name;
    made.currency = Currency::parse(company.currency).value_or(Currency());
    for (const SeedAccount& account : company.accounts) made.accounts.insert(without_zeros(account.code));
  }
}

DoorReply SapDouble::handle(const DoorRequest& request, FaultPlan& faults) {
  const bool posts = request.method == "POST" && request.path.starts_with(kSoap);
  const bool searches = request.method == "GET" && request.path.starts_with(kOdata);
  const std::string operation = posts ? "sap.journal_entry.post" : "sap.items.search";
  const std::optional<Fault> fault = faults.take(operation);
  if (fault) {
    if (auto reply = instead_of_work(*fault)) return std::move(*reply);
  }
  const std::lock_guard lock(mutex_);
  DoorReply reply;
  if (!posts && !searches) {
    reply = html_page(404);
  } else if (request.authorization != authorization_) {
    reply = html_page(401);
  } else {
    reply = posts ? post(request) : items(request.path.substr(kOdata.size()));
  }
  if (!fault) return reply;
  if (fault->kind == FaultKind::alter && !documents_.empty()) grow(documents_.back());
  return spoiled(*fault, std::move(reply));
}

DoorReply SapDouble::post(const DoorRequest& request) {
  last_body_ = request.body;
  if (!request.content_type.starts_with("text/xml")) return soap_fault("content type " + request.content_type);
  const auto read = read_xml(request.body);
  if (!read) return soap_fault("XML: " + read.error().message);
  const XmlElement* body = read->child("Body");
  const XmlElement* bulk = body == nullptr ? nullptr : body->child("JournalEntryBulkCreateRequest");
  if (bulk == nullptr || bulk->child("MessageHeader") == nullptr) return soap_fault("no JournalEntryBulkCreateRequest");
  std::string confirmations;
  for (const XmlElement& each : bulk->children) {
    if (each.name == "JournalEntryCreateRequest") confirmations += confirm(each);
  }
  if (confirmations.empty()) return soap_fault("no JournalEntryCreateRequest");
  return xml_reply(200,
                   envelope("<n0:JournalEntryBulkCreateConfirmation xmlns:n0=\"http://sap.com/xi/SAPSCORE/SFIN\">" +
                            header_with(bulk->child("MessageHeader")->text_of("ID")) + confirmations +
                            "<Log/></n0:JournalEntryBulkCreateConfirmation>"));
}

/// One entry, posted or not: the others do not mind.
std::string SapDouble::confirm(const XmlElement& request) {
  const XmlElement* entry = request.child("JournalEntry");
  const XmlElement* header = request.child("MessageHeader");
  Document document;
  std::vector<Note> notes = {{"000(FINS)", "JournalEntry or MessageHeader is missing"}};
  if (entry != nullptr && header != nullptr) {
    document.company_code = entry->text_of("CompanyCode");
    notes = entry->child("ReversalReason") != nullptr ? take_reversal(*entry, document) : take(*entry, document);
  }
  std::string log;
  for (const Note& note : notes) {
    log += "<Item><TypeID>" + note.type + "</TypeID><SeverityCode>3</SeverityCode><Note>" + xml_escaped(note.text) +
           "</Note></Item>";
  }
  std::string number = "0000000000";
  if (notes.empty()) {
    document.number = ++last_number_;
    document.born_ms = clock_ms();
    number = ten_digits(document.number);
    log = "<Item><TypeID>605(RW)</TypeID><SeverityCode>1</SeverityCode><Note>Document posted successfully: BKPFF " +
          number + document.company_code + "2026</Note></Item>";
    documents_.push_back(document);
  } else {
    log =
        "<Item><TypeID>609(RW)</TypeID><SeverityCode>3</SeverityCode><Note>Error in document: BKPFF $ SANDBOX</Note>"
        "</Item>" +
        log;
  }
  const std::string year = document.date.days() == 0 ? "0000" : std::to_string(document.date.year());
  return "<JournalEntryCreateConfirmation>" + header_with(header == nullptr ? "" : header->text_of("ID")) +
         "<JournalEntryCreateConfirmation><AccountingDocument>" + number + "</AccountingDocument><CompanyCode>" +
         xml_escaped(document.company_code) + "</CompanyCode><FiscalYear>" + year +
         "</FiscalYear></JournalEntryCreateConfirmation><Log><MaximumLogItemSeverityCode>" +
         (notes.empty() ? "1" : "3") + "</MaximumLogItemSeverityCode>" + log +
         "</Log></JournalEntryCreateConfirmation>";
}

std::vector<SapDouble::Note> SapDouble::take(const XmlElement& entry, Document& document) {
  for (const char* needed : {"OriginalReferenceDocumentType", "BusinessTransactionType", "AccountingDocumentType",
                             "CreatedByUser", "CompanyCode", "DocumentDate", "PostingDate"}) {
    if (entry.text_of(needed).empty()) return {{"001(FINS)", std::string("Field ") + needed + " is missing"}};
  }
  const auto books = companies_.find(document.company_code);
  if (books == companies_.end()) return {{"165(F5)", "Company code " + document.company_code + " does not exist"}};
  const auto date = Date::parse(entry.text_of("PostingDate"));
  if (!date) return {{"002(FINS)", "Posting date cannot be read"}};
  document.date = *date;
  document.reference = entry.text_of("DocumentReferenceID");
  document.header_text = entry.text_of("DocumentHeaderText");
  if (document.reference.size() > 16) return {{"003(FINS)", "DocumentReferenceID is too long"}};
  const std::string period = document.date.to_text().substr(0, 7);
  if (books->second.closed_periods.contains(period))
    return {{"201(F5)", "Posting period " + period.substr(5) + " " + period.substr(0, 4) + " is not open"}};
  return take_items(entry, books->second, document);
}

std::vector<SapDouble::Note> SapDouble::take_items(const XmlElement& entry, const Company& books, Document& document) {
  std::map<std::string, Int128> sums;
  for (const XmlElement& element : entry.children) {
    if (element.name != "Item") continue;
    Item item;
    item.account = element.text_of("GLAccount");
    item.code = element.text_of("DebitCreditCode");
    item.text = element.text_of("DocumentItemText");
    const auto transaction = amount_of(element.child("AmountInTransactionCurrency"));
    const auto functional = amount_of(element.child("AmountInCompanyCodeCurrency"));
    if (!transaction) return {{"004(FINS)", "AmountInTransactionCurrency cannot be read"}};
    item.transaction = *transaction;
    item.functional = functional.value_or(*transaction);
    if (item.functional.currency() != books.currency)
      return {{"005(FINS)", "Company code currency is " + std::string(books.currency.code())}};
    const bool wrong_side = (item.code == "S" && (item.functional.is_negative() || item.transaction.is_negative())) ||
                            (item.code == "H" && (item.functional.minor() > 0 || item.transaction.minor() > 0));
    if ((item.code != "S" && item.code != "H") || wrong_side)
      return {{"006(FINS)", "Sign of the amount and debit/credit code " + item.code + " contradict each other"}};
    if (!books.accounts.contains(without_zeros(item.account)))
      return {{"507(F5)", "G/L account " + item.account + " is not defined in chart of accounts"}};
    if (books.closed_accounts.contains(without_zeros(item.account)))
      return {{"351(F5)",
               "Account " + item.account + " in company code " + document.company_code + " is blocked for posting"}};
    sums["transaction " + std::string(item.transaction.currency().code())] += item.transaction.minor();
    sums["company code"] += item.functional.minor();
    document.items.push_back(std::move(item));
  }
  if (document.items.empty() || document.items.size() > kItemsMax)
    return {{"727(F5)", "Maximum number of items in FI reached"}};
  for (const auto& [name, sum] : sums) {
    if (sum != 0) return {{"702(F5)", "Balance in transaction currency: " + name}};
  }
  return {};
}

/// The original's items with the opposite code, as negative postings.
std::vector<SapDouble::Note> SapDouble::take_reversal(const XmlElement& entry, Document& document) {
  const std::string key = entry.text_of("ReversalReferenceDocument");
  const auto date = Date::parse(entry.text_of("PostingDate"));
  for (Document& original : documents_) {
    if (ten_digits(original.number) + original.company_code + std::to_string(original.date.year()) != key) continue;
    if (original.reversed) return {{"361(F5)", "Document " + key + " was already reversed"}};
    if (!date) break;
    const Company& books = companies_.at(original.company_code);
    if (books.closed_periods.contains(date->to_text().substr(0, 7))) return {{"201(F5)", "Posting period is not open"}};
    original.reversed = true;
    document = original;
    document.reversed = false;
    document.reference = entry.text_of("DocumentReferenceID");
    document.date = *date;
    for (Item& item : document.items) {
      item.code = item.code == "S" ? "H" : "S";
      item.transaction = item.transaction.negated();
      item.functional = item.functional.negated();
      item.negative = entry.text_of("ReversalReason") == "03";  // a reason with negative posting
    }
    return {};
  }
  return {{"397(F5)", "Document " + key + " does not exist"}};
}

DoorReply SapDouble::items(const std::string& query) const {
  const std::string filter = percent_decoded(query);
  const std::string company = filtered(filter, "CompanyCode"), reference = filtered(filter, "DocumentReferenceID");
  Json::Array rows;
  for (const Document& document : documents_) {
    const bool visible = clock_ms() - document.born_ms >= visibility_lag_ms_;
    if (document.company_code != company || !visible) continue;
    if (!reference.empty() && document.reference != reference) continue;
    for (std::size_t i = 0; i < document.items.size(); ++i) rows.push_back(row(document, i));
    if (reference.empty()) break;
  }
  // An empty company code shows who it is by a technical opening document.
  if (const auto books = companies_.find(company); rows.empty() && reference.empty() && books != companies_.end()) {
    rows.push_back(Json::Object{{"CompanyCode", company},
                                {"CompanyCodeName", books->second.name},
                                {"CompanyCodeCurrency", books->second.currency.code()}});
  }
  DoorReply reply;
  reply.body = write_json(Json::Object{{"d", Json::Object{{"results", std::move(rows)}}}});
  reply.keep_alive = true;
  return reply;
}

Json SapDouble::row(const Document& document, std::size_t index) const {
  const Item& item = document.items[index];
  const Company& books = companies_.at(document.company_code);
  const std::string number = std::to_string(index + 1);
  return Json::Object{
      {"CompanyCode", document.company_code},
      {"CompanyCodeName", books.name},
      {"CompanyCodeCurrency", books.currency.code()},
      {"FiscalYear", std::to_string(document.date.year())},
      {"AccountingDocument", ten_digits(document.number)},
      {"AccountingDocumentItem", std::string(3 - std::min<std::size_t>(3, number.size()), '0') + number},
      {"DocumentReferenceID", document.reference},
      {"PostingDate", "/Date(" + std::to_string(std::int64_t{document.date.days()} * 86'400'000) + ")/"},
      {"GLAccount", item.account},
      {"DebitCreditCode", item.code},
      {"AmountInCompanyCodeCurrency", item.functional.amount_text()},
      {"AmountInTransactionCurrency", item.transaction.amount_text()},
      {"TransactionCurrency", item.transaction.currency().code()},
      {"IsNegativePosting", item.negative}};
}

// ---- knobs ----------------------------------------------------------------------------------------------------------

void SapDouble::set_visibility_lag_ms(std::int64_t lag_ms) {
  const std::lock_guard lock(mutex_);
  visibility_lag_ms_ = lag_ms;
}

SapDouble::Company* SapDouble::named(const std::string& name) {
  for (auto& [code, company] : companies_) {
    if (company.name == name) return &company;
  }
  return nullptr;
}

bool SapDouble::close_period(const std::string& company, const std::string& period, bool open) {
  const std::lock_guard lock(mutex_);
  Company* books = named(company);
  if (books == nullptr) return false;
  open ? (void)books->closed_periods.erase(period) : (void)books->closed_periods.insert(period);
  return true;
}

bool SapDouble::close_account(const std::string& company, const std::string& code, bool open) {
  const std::lock_guard lock(mutex_);
  Company* books = named(company);
  const std::string plain = without_zeros(code);
  if (books == nullptr || !books->accounts.contains(plain)) return false;
  open ? (void)books->closed_accounts.erase(plain) : (void)books->closed_accounts.insert(plain);
  return true;
}

bool SapDouble::rename_company(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  Company* books = named(from);
  if (books != nullptr) books->name = to;
  return books != nullptr;
}

void SapDouble::grow(Document& document) {
  bool done[2] = {false, false};
  for (Item& item : document.items) {
    if (std::exchange(done[item.code == "S" ? 0 : 1], true)) continue;
    item.functional =
        Money::from_minor(item.functional.minor() + (item.code == "S" ? 1 : -1), item.functional.currency());
  }
}

bool SapDouble::edit(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(documents_, reference, &Document::reference);
  if (found != documents_.end()) grow(*found);
  return found != documents_.end();
}

bool SapDouble::remove(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(documents_, [&](const Document& document) { return document.reference == reference; }) > 0;
}

Json SapDouble::documents() const {
  const std::lock_guard lock(mutex_);
  Json::Array out;
  for (const Document& document : documents_) {
    Json::Array items;
    for (std::size_t i = 0; i < document.items.size(); ++i) items.push_back(row(document, i));
    out.push_back(Json::Object{{"document", ten_digits(document.number)},
                               {"reference", document.reference},
                               {"company_code", document.company_code},
                               {"date", document.date.to_text()},
                               {"items", std::move(items)}});
  }
  return out;
}

std::size_t SapDouble::count() const {
  const std::lock_guard lock(mutex_);
  return documents_.size();
}

std::string SapDouble::last_body() const {
  const std::lock_guard lock(mutex_);
  return last_body_;
}

}  // namespace glmap::gateway::sandbox
