// SPDX-License-Identifier: Apache-2.0
// Journal entries as CSV, one line a journal line. Written in one pass into the text of the caller, because a run over
// millions of events writes gigabytes of it.
#include <array>
#include <charconv>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "compiler/runtime/base/text_output.hpp"

namespace glmap {
namespace {

/// What makes a field stand in quotes; what makes it a formula when it comes first.
constexpr std::uint8_t kQuoted = 1;
constexpr std::uint8_t kFormula = 2;
constexpr std::array<std::uint8_t, 256> make_special() {
  std::array<std::uint8_t, 256> special{};
  for (const unsigned char c : std::string_view(",\"\n\r")) special[c] |= kQuoted;
  for (const unsigned char c : std::string_view("=+-@\t\r")) special[c] |= kFormula;
  return special;
}
constexpr auto kSpecial = make_special();

/// A spreadsheet takes text that starts with = + - @ for a formula: it gets an apostrophe, except a number.
bool is_formula(std::string_view text) {
  const bool starts = !text.empty() && (kSpecial[static_cast<unsigned char>(text.front())] & kFormula) != 0;
  return starts && !Decimal::parse(text);
}

bool needs_quotes(std::string_view text) {
  std::uint8_t seen = 0;
  for (const char c : text) seen |= kSpecial[static_cast<unsigned char>(c)];
  return (seen & kQuoted) != 0;
}

class CsvLines {
 public:
  CsvLines(std::string& text, const JournalEntry& entry) : out_(text), key_(entry.key()), data_(entry.data()) {}

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
  void comma() { out_.add(','); }

  void field(std::string_view text) {
    const bool formula = is_formula(text);
    if (!formula && !needs_quotes(text)) return out_.add(text);
    out_.add(formula ? std::string_view("\"'") : std::string_view("\""));
    for (const char c : text) {
      if (c == '"') out_.add('"');
      out_.add(c);
    }
    out_.add('"');
  }
  void next(std::string_view text) {
    comma();
    field(text);
  }
  void next_date(Date date) {
    constexpr std::size_t kDate = 16;
    comma();
    out_.written(date.write(out_.room(kDate)));
  }

  void write_front() {
    field(key_.reference());
    next(data_.entity);
    next(data_.ledger);
    next(data_.journal);
    next(data_.period);
    next_date(data_.posting_date);
    next_date(data_.document_date);
    next(data_.document);
    comma();
  }

  void write_line(unsigned number, const JournalLine& line) {
    constexpr std::size_t kNumber = 16;
    char* const at = out_.room(kNumber);
    out_.written(std::to_chars(at, at + kNumber, number).ptr);
    next(line.account);
    next(line.role);
    write_amounts(line.side, line.functional);
    write_amounts(line.side, line.transaction);
    next(data_.rate ? data_.rate->to_text() : std::string());
    comma();
    if (!line.dimensions.empty()) write_dimensions(line);
  }

  /// Debit, credit, currency.
  void write_amounts(Side side, const Money& amount) {
    comma();
    if (side == Side::credit) comma();
    out_.written((data_.storno ? amount.negated() : amount).write_amount(out_.room(Money::kAmountTextMax)));
    if (side == Side::debit) comma();
    next(amount.currency().code());
  }

  void write_dimensions(const JournalLine& line) {
    std::string text;
    for (const Dimension& dimension : line.dimensions) {
      if (!text.empty()) text += "; ";
      ((text += dimension.name) += '=') += dimension.value;
    }
    field(text);
  }

  void write_back() {
    next(data_.description);
    next(data_.origin.event_type);
    next(data_.key.source);
    next(data_.key.event_id);
    if (data_.origin.rules.size() == 1) {
      next(data_.origin.rules.front());
    } else {
      std::string rules;
      for (const std::string& rule : data_.origin.rules) rules += (rules.empty() ? "" : "; ") + rule;
      next(rules);
    }
    next(data_.origin.bundle_digest);
    next(data_.reverses);
    next(data_.group);
    out_.add('\n');
  }

  TextOutput out_;
  const IdempotencyKey& key_;
  const JournalEntryDraft& data_;
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
