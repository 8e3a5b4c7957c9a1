// SPDX-License-Identifier: Apache-2.0
// An in-memory stand-in for one ERPNext site as seen through Frappe's REST service: companies, accounts, customers,
// suppliers, cost centres, journal entries. It checks the key, field names, links, parties, periods and balance, works
// out the amounts in the currency of the books, and answers with Frappe's error bodies. It shares no code with the
// connector. Threading: any thread.
// Source: docs.frappe.io REST API; frappe/frappe exceptions.py; frappe/erpnext journal_entry.json, general_ledger.py.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/decimal.hpp"
#include "compiler/runtime/base/json.hpp"
#include "gateway/sandbox/erp_double.hpp"
#include "gateway/sandbox/seed.hpp"

namespace glmap::gateway::sandbox {

class ErpnextDouble final : public ErpDouble {
 public:
  static constexpr std::string_view kPrefix = "/erpnext";  // before /api
  static constexpr const char* kApiKey = "sandbox-key";
  static constexpr const char* kApiSecret = "sandbox-secret";

  /// Accounts "1200 - Trade receivables - AG", a cost centre "Main - AG" in each company, customers C1 ... C9.
  explicit ErpnextDouble(const Seed& seed);
  DoorReply handle(const DoorRequest& request, FaultPlan& faults) override;

  // -- knobs
  /// On: the site made `cheque_no` unique, as a customer can. It begins off.
  void set_unique_reference(bool on) override;
  void set_visibility_lag_ms(std::int64_t lag_ms) override;
  bool close_period(const std::string& company, const std::string& period, bool open) override;
  bool close_account(const std::string& company, const std::string& code, bool open) override;
  bool rename_company(const std::string& from, const std::string& to) override;
  bool edit(const std::string& reference) override;
  bool remove(const std::string& reference) override;
  bool post_draft(const std::string& reference) override;
  /// Keeps an account in another currency than its company's; false when there is none.
  bool set_account_currency(const std::string& company, const std::string& code, const std::string& currency);

  /// Every journal entry, oldest first.
  Json documents() const override;
  std::size_t count() const;

 private:
  using Table = std::map<std::string, Json, std::less<>>;  // documents by name

  struct Call {
    std::string method, type, name;
    std::map<std::string, std::string> query;
    std::string body;
  };
  static Call read(const DoorRequest& request);

  DoorReply work(const Call& call, bool keeps_draft);
  DoorReply list(const Call& call) const;
  DoorReply insert(const Call& call);
  DoorReply insert_entry(Json document);
  DoorReply change(const Call& call, bool keeps_draft);
  std::optional<DoorReply> fault_of_entry(const Json& document) const;
  /// Fills in what the site works out.
  std::optional<DoorReply> complete_line(Json& line, int number, const Json& company, Decimal& balance) const;
  std::optional<DoorReply> submit(Json& document);
  const Json* document(std::string_view type, std::string_view name) const;
  Json* account_of(const std::string& company, const std::string& number);
  Json* entry_of(const std::string& reference);
  void grow(Json& entry);

  mutable std::mutex mutex_;
  std::map<std::string, Table, std::less<>> tables_;
  std::set<std::pair<std::string, std::string>> closed_periods_;  // company, period
  std::map<std::string, std::int64_t> born_ms_;                   // of journal entries
  std::int64_t last_number_ = 0, visibility_lag_ms_ = 0;
  bool unique_reference_ = false;
};

}  // namespace glmap::gateway::sandbox
