// SPDX-License-Identifier: Apache-2.0
// A journal entry that cannot exist unbalanced. Lines carry a side and a non-negative amount, never a sign; each amount
// is held in transaction currency and in the entity's functional currency, and both balance. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap {

enum class Side : std::uint8_t { debit, credit };
std::string_view to_text(Side side);
inline Side opposite(Side side) {
  return side == Side::debit ? Side::credit : Side::debit;
}

/// A named property of a line that the ledger reports by: customer, product, department ...
struct Dimension {
  std::string name;
  std::string value;
  friend auto operator<=>(const Dimension&, const Dimension&) = default;
};

struct JournalLine {
  Side side = Side::debit;
  std::string account;                // code in the entity's chart
  std::string role;                   // receivable, deferred_revenue ...
  Money transaction;                  // in the document's currency, >= 0
  Money functional;                   // in the entity's functional currency, >= 0
  std::vector<Dimension> dimensions;  // sorted by name
  std::string memo;

  friend bool operator==(const JournalLine&, const JournalLine&) = default;
};

/// Once and for ever: the same event may post each of its entries only once, whatever bundle is live.
/// Source: house rule; docs/formats/idempotency-key.md
struct IdempotencyKey {
  std::string source;
  std::string event_id;
  std::string event_revision;
  std::string entity;
  std::string ledger;
  std::uint32_t entry = 0;  // which of the event's entries for that entity and ledger, from 0

  /// Canonical JSON array of the parts.
  std::string to_text() const;
  /// 16 characters [A-Z2-7]; what the ERP stores as our reference.
  std::string reference() const;
  friend auto operator<=>(const IdempotencyKey&, const IdempotencyKey&) = default;
};

/// Where an entry comes from, for the auditor.
struct EntryOrigin {
  std::string event_type;
  std::string bundle_digest;
  std::vector<std::string> rules;     // names of the rules that contributed, in order of the book
  std::vector<SourceRef> spec_lines;  // the debit/credit lines of the book behind the entry
  friend bool operator==(const EntryOrigin&, const EntryOrigin&) = default;
};

/// The origin of many entries: those that the same lines of a book make. It is shared and never changes, because a book
/// makes millions of entries of a few origins, and entries outlive the book. Made of nothing: the empty origin.
class SharedOrigin {
 public:
  SharedOrigin() = default;
  SharedOrigin(EntryOrigin origin) : origin_(std::make_shared<const EntryOrigin>(std::move(origin))) {}

  const EntryOrigin& operator*() const { return origin_ ? *origin_ : none(); }
  const EntryOrigin* operator->() const { return &**this; }
  friend bool operator==(const SharedOrigin& a, const SharedOrigin& b) { return a.origin_ == b.origin_ || *a == *b; }

 private:
  static const EntryOrigin& none();
  std::shared_ptr<const EntryOrigin> origin_;
};

struct JournalEntryDraft {
  IdempotencyKey key;
  std::string entity;
  std::string ledger;   // accrual unless the book names others
  std::string journal;  // journal code: SALES, CASH ...
  Date posting_date;    // decides the accounting period
  Date document_date;
  std::string period;    // name in the entity's calendar
  std::string document;  // the source document's number, verbatim (invoice number)
  std::string description;
  Currency currency;  // transaction
  Currency functional;
  std::optional<Decimal> rate;  // functional units for one transaction unit; absent when the currencies are equal
  std::string reverses;         // reference of the entry that this one reverses, or empty
  /// Red storno: every line counts as negative on its own side. Only with `reverses`. Amounts stay >= 0 here.
  bool storno = false;
  std::string group;  // intercompany group: the same for all entries of one event in several entities, or empty
  std::vector<JournalLine> lines;
  SharedOrigin origin;
};

class JournalEntry {
  /// Shows that the draft behind it has been checked: only the class can make one.
  class Checked {
    friend class JournalEntry;
    friend class EntryMaker;
    Checked() = default;
  };

 public:
  /// Refuses to exist unless: at least two lines; every amount >= 0 and in the stated currencies; no line that is zero
  /// in both currencies; sum of debits = sum of credits in transaction AND in functional currency. Errors: GLM-7003
  /// with both sums, GLM-3002 for a line in another currency. Asserted: storno only with `reverses`.
  static Result<JournalEntry> make(JournalEntryDraft draft);

  JournalEntry(Checked, JournalEntryDraft&& data) : data_(std::move(data)) {}

  const JournalEntryDraft& data() const { return data_; }
  const IdempotencyKey& key() const { return data_.key; }
  const std::vector<JournalLine>& lines() const { return data_.lines; }
  /// Sum of the debit lines, functional / transaction currency.
  Money total_functional() const;
  Money total_transaction() const;

  /// The one text form (canonical JSON) used for digests, storage, golden files and the API.
  /// Shape: docs/formats/journal-entry.md
  Json to_json() const;
  /// Errors: GLM-8004 when the JSON is not a journal entry, GLM-7003 when it is out of balance.
  static Result<JournalEntry> from_json(const Json& json);

 private:
  friend class EntryMaker;
  /// That the draft may become an entry; sorts the dimensions of its lines.
  static Status check(JournalEntryDraft& draft);

  JournalEntryDraft data_;
};

/// Makes entries one after the other where others stood before, whose memory is used again. One thread.
class EntryMaker {
 public:
  /// Begins anew; `spent` are entries that nobody needs any more.
  void begin(std::vector<JournalEntry>& spent) {
    entries_.swap(spent);
    made_ = 0;
  }
  void begin() { made_ = 0; }

  /// The next entry. `write` writes every member of the draft, in which an earlier entry may still stand.
  /// Errors: those of JournalEntry::make; then nothing is added.
  template <class Write>
  Status make(Write write) {
    if (made_ == entries_.size()) entries_.emplace_back(JournalEntry::Checked(), JournalEntryDraft());
    JournalEntryDraft& draft = entries_[made_].data_;
    write(draft);
    Status checked = JournalEntry::check(draft);
    if (checked)
      ++made_;
    else
      entries();
    return checked;
  }

  std::size_t size() const { return made_; }
  const JournalEntry& last() const { return entries_[made_ - 1]; }
  /// Those made since it began.
  std::vector<JournalEntry>& entries() {
    while (entries_.size() > made_) entries_.pop_back();
    return entries_;
  }

 private:
  std::vector<JournalEntry> entries_;  // behind the first made_: spent ones
  std::size_t made_ = 0;
};

}  // namespace glmap
