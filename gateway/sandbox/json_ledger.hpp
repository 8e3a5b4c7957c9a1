// SPDX-License-Identifier: Apache-2.0
// A plain ledger behind HTTP and JSON; its wire contract is docs/connectors/ledger.md. It has the companies and charts
// of the seed, refuses what an accountant would refuse, and misbehaves as told. Threading: any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/journal.hpp"
#include "gateway/sandbox/erp_double.hpp"
#include "gateway/sandbox/seed.hpp"

namespace glmap::gateway::sandbox {

class JsonLedger final : public ErpDouble {
 public:
  explicit JsonLedger(const Seed& seed);
  DoorReply handle(const DoorRequest& request, FaultPlan& faults) override;

  // -- knobs
  /// Off: the key is ignored, and every request makes a document.
  void set_unique_reference(bool on) override;
  /// A key that comes again is answered 409 instead of as the first time.
  void set_duplicate_is_error(bool on) override;
  void set_visibility_lag_ms(std::int64_t lag_ms) override;
  /// By the company's name; false when there is none. `open`: takes it back.
  bool close_period(const std::string& company, const std::string& period, bool open) override;
  bool close_account(const std::string& company, const std::string& code, bool open) override;
  bool rename_company(const std::string& from, const std::string& to) override;
  /// As a person might: a debit and a credit grow by a cent; the document goes; a draft is posted. By reference.
  bool edit(const std::string& reference) override;
  bool remove(const std::string& reference) override;
  bool post_draft(const std::string& reference) override;

  /// Every document: [{"document", "reference", "state", "entity", "date", "lines": [...]}], oldest first.
  Json documents() const override;
  std::size_t count() const;

 private:
  struct Line {
    std::string side, account;
    Money functional, transaction;
  };
  struct Document {
    std::int64_t number = 0;
    std::string reference, content, entity, date;
    bool posted = true;
    std::int64_t born_ms = 0;
    std::vector<Line> lines;
  };
  struct Company {
    std::string name, currency;
    std::set<std::string> accounts, closed_accounts, closed_periods;
  };

  DoorReply work(const DoorRequest& request, const std::string& operation, bool as_draft);
  DoorReply create(const DoorRequest& request, bool as_draft);
  DoorReply post(const std::string& document);
  DoorReply search(const std::string& reference) const;
  DoorReply company(const std::string& entity) const;
  std::optional<DoorReply> refusal(const JournalEntry& entry) const;
  Company* named(const std::string& name);
  std::vector<Document>::iterator find(const std::string& reference);
  void grow(Document& document);
  static Json shown(const Document& document);

  mutable std::mutex mutex_;
  std::map<std::string, Company> companies_;  // by entity
  std::vector<Document> documents_;
  std::int64_t last_number_ = 0, visibility_lag_ms_ = 0;
  bool unique_reference_ = true, duplicate_is_error_ = false;
};

}  // namespace glmap::gateway::sandbox
