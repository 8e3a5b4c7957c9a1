// SPDX-License-Identifier: Apache-2.0
// An in-memory stand-in for one NetSuite account as seen through its REST services: record/v1/journalEntry, SuiteQL,
// OAuth 2.0 tokens. It checks signatures, field names, references, periods and balance, and answers with NetSuite's
// error bodies. It shares no code with the connector. Threading: any thread.
// Source: record browser 2026.1; online help on REST errors; texts of errors as public clients have recorded them.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/money.hpp"
#include "compiler/runtime/base/json.hpp"
#include "gateway/sandbox/erp_double.hpp"
#include "gateway/sandbox/netsuite_access.hpp"
#include "gateway/sandbox/seed.hpp"

namespace glmap::gateway::sandbox {

class NetsuiteDouble final : public ErpDouble {
 public:
  static constexpr std::string_view kPrefix = "/netsuite";  // before /services

  explicit NetsuiteDouble(const Seed& seed);
  DoorReply handle(const DoorRequest& request, FaultPlan& faults) override;

  // -- knobs
  void register_certificate(std::string key_id, std::string client, std::string public_key_pem);
  void set_token_seconds(int seconds);
  void end_tokens();
  void set_visibility_lag_ms(std::int64_t lag_ms) override;
  /// Off: a second journal under one external id is made, as in an account whose other integrations clear the ids.
  void set_unique_reference(bool on) override;
  /// By the subsidiary's name; false when there is none. `open`: takes it back.
  bool close_period(const std::string& company, const std::string& period, bool open) override;
  bool close_account(const std::string& company, const std::string& code, bool open) override;
  bool rename_company(const std::string& from, const std::string& to) override;
  bool edit(const std::string& reference) override;
  bool remove(const std::string& reference) override;
  bool post_draft(const std::string& reference) override;

  /// Every journal as the record shows it, oldest first.
  Json documents() const override;
  std::size_t count() const;

 private:
  struct Subsidiary {
    std::string id, name, currency;
    std::set<std::string> closed_periods;
    std::map<std::string, bool> accounts;  // number -> inactive
  };
  struct Journal {
    std::string id;
    std::int64_t born_ms = 0;
    Json record;
  };

  DoorReply work(const DoorRequest& request, const std::string& operation, bool as_draft);
  DoorReply create(const DoorRequest& request, bool as_draft);
  DoorReply query(const std::string& suiteql) const;
  DoorReply show(const std::string& which);
  DoorReply approve(const std::string& id, const DoorRequest& request);
  std::optional<DoorReply> refusal(const Json& record, bool strict_names);
  std::optional<DoorReply> fault_of_line(const Json& line, const Subsidiary& subsidiary, int digits, Decimal& balance,
                                         bool strict_names) const;
  void grow(Journal& journal);
  Journal* find(const std::string& reference);
  Subsidiary* named(const std::string& name);
  const Subsidiary* by_id(const std::string& id) const;

  mutable std::mutex mutex_;
  NetsuiteAccess access_;
  std::vector<Subsidiary> subsidiaries_;
  std::vector<std::string> account_numbers_;  // the id is the position + 1000
  std::vector<std::string> currencies_;       // the id is the position + 1
  std::vector<Journal> journals_;
  std::int64_t last_id_ = 5000, visibility_lag_ms_ = 0;
  bool unique_reference_ = true;
};

}  // namespace glmap::gateway::sandbox
