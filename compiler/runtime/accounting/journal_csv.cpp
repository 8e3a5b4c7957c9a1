// SPDX-License-Identifier: Apache-2.0
// Journal entries as CSV, one line a journal line. Written in one pass into the text of the caller, because a run over
// millions of events writes gigabytes of it.
#include <charconv>
#include <cstring>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "compiler/runtime/base/byte_scan.hpp"
#include "compiler/runtime/base/text_output.hpp"

namespace glmap {
namespace {

/// A spreadsheet takes text that starts with = + - @ for a formula: it gets an apostrophe, except a number.
bool is_formula(std::string_view text) {
  switch (text.front()) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
      return !Decimal::parse(text);
    default:
      return false;
  }
}

bool needs_quotes(std::string_view text) {
  return any_byte(text, [](const auto& bytes) {
    return (bytes == std::uint8_t{','}) | (bytes == std::uint8_t{'"'}) | (bytes == std::uint8_t{'\n'}) |
           (bytes == std::uint8_t{'\r'});
  });
}

/// The most bytes that a field takes: every character a quote, and the comma before it.
constexpr std::size_t room_of(std::string_view text) {
  return 2 * text.size() + 4;
}

char* put(char* at, std::string_view bytes) {
  return copy_bytes(at, bytes);
}

char* put_quoted(char* at, std::string_view text, bool formula) {
  at = put(at, formula ? "\"'" : "\"");
  for (const char c : text) {
    if (c == '"') *at++ = '"';
    *at++ = c;
  }
  *at++ = '"';
  return at;
}

char* put_field(char* at, std::string_view text) {
  if (text.empty()) return at;
  const bool formula = is_formula(text);
  return formula || needs_quotes(text) ? put_quoted(at, text, formula) : put(at, text);
}
char* put_next(char* at, std::string_view text) {
  *at++ = ',';
  return put_field(at, text);
}
char* put_next(char* at, Date date) {
  *at++ = ',';
  return date.write(at);
}

/// Writes the lines of one entry, each part after room for it has been made.
class CsvLines {
 public:
  CsvLines(std::string& text, const JournalEntry& entry)
      : out_(text),
        key_(entry.key()),
        data_(entry.data()),
        rate_(data_.rate ? data_.rate->to_text() : std::string()),
        one_currency_(data_.currency == data_.functional) {}

  void write() {
    // The fields before and behind those of a line are the same for all lines: written once, then copied.
    const std::size_t front = out_.size();
    write_front();
    const std::size_t front_size = out_.size() - front;
    std::size_t back = 0;
    std::size_t back_size = 0;
    unsigned number = 0;
    for (const JournalLine& line : data_.lines) {
      if (number != 0) out_.repeat(front, front_size);
      write_line(++number, line);
      if (number == 1) {
        back = out_.size();
        write_back();
        back_size = out_.size() - back;
      } else {
        out_.repeat(back, back_size);
      }
    }
  }

 private:
  static constexpr std::size_t kDates = 32;
  static constexpr std::size_t kNumber = 16;
  static constexpr std::size_t kAmounts = 2 * (Money::kAmountTextMax + 8);

  void write_front() {
    const std::string reference = key_.reference();
    char* at = out_.room(kDates + room_of(reference) + room_of(data_.entity) + room_of(data_.ledger) +
                         room_of(data_.journal) + room_of(data_.period) + room_of(data_.document));
    at = put(at, reference);
    at = put_next(at, data_.entity);
    at = put_next(at, data_.ledger);
    at = put_next(at, data_.journal);
    at = put_next(at, data_.period);
    at = put_next(at, data_.posting_date);
    at = put_next(at, data_.document_date);
    at = put_next(at, data_.document);
    *at++ = ',';
    out_.written(at);
  }

  void write_line(unsigned number, const JournalLine& line) {
    const std::string dimensions = line.dimensions.empty() ? std::string() : dimensions_text(line);
    char* at = out_.room(kNumber + kAmounts + room_of(line.account) + room_of(line.role) + room_of(rate_) +
                         room_of(dimensions));
    at = std::to_chars(at, at + kNumber, number).ptr;
    at = put_next(at, line.account);
    at = put_next(at, line.role);
    const char* const first = at;
    at = put_amounts(at, line.side, line.functional);
    if (one_currency_ && line.transaction == line.functional)
      at = put(at, {first, static_cast<std::size_t>(at - first)});
    else
      at = put_amounts(at, line.side, line.transaction);
    at = put_next(at, rate_);
    at = put_next(at, dimensions);
    out_.written(at);
  }

  /// Debit, credit, currency.
  char* put_amounts(char* at, Side side, const Money& amount) const {
    *at++ = ',';
    if (side == Side::credit) *at++ = ',';
    at = booked(data_, amount).write_amount(at);
    if (side == Side::debit) *at++ = ',';
    *at++ = ',';
    return put(at, amount.currency().code());
  }

  static std::string dimensions_text(const JournalLine& line) {
    std::string text;
    for (const Dimension& dimension : line.dimensions) {
      if (!text.empty()) text += "; ";
      ((text += dimension.name) += '=') += dimension.value;
    }
    return text;
  }

  void write_back() {
    std::string joined;
    const std::vector<std::string>& rules = data_.origin->rules;
    if (rules.size() != 1)
      for (const std::string& rule : rules) joined += (joined.empty() ? "" : "; ") + rule;
    const std::string& names = rules.size() == 1 ? rules.front() : joined;
    char* at = out_.room(room_of(data_.description) + room_of(data_.origin->event_type) + room_of(key_.source) +
                         room_of(key_.event_id) + room_of(names) + room_of(data_.origin->bundle_digest) +
                         room_of(data_.reverses) + room_of(data_.group));
    at = put_next(at, data_.description);
    at = put_next(at, data_.origin->event_type);
    at = put_next(at, key_.source);
    at = put_next(at, key_.event_id);
    at = put_next(at, names);
    at = put_next(at, data_.origin->bundle_digest);
    at = put_next(at, data_.reverses);
    at = put_next(at, data_.group);
    *at++ = '\n';
    out_.written(at);
  }

  TextOutput out_;
  const IdempotencyKey& key_;
  const JournalEntryDraft& data_;
  const std::string rate_;
  const bool one_currency_;
};

}  // namespace

std::string csv_header() {
  return "reference,entity,ledger,journal,period,effective_date,document_date,document,line,account,role,debit,credit,"
         "currency,transaction_debit,transaction_credit,transaction_currency,rate,dimensions,description,event_type,"
         "event_source,event_id,rules,bundle,reverses,group\n";
}

void append_csv_entry(std::string& text, const JournalEntry& entry) {
  CsvLines(text, entry).write();
}

std::string csv_entry(const JournalEntry& entry) {
  std::string text;
  append_csv_entry(text, entry);
  return text;
}

}  // namespace glmap
