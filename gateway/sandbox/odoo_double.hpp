// SPDX-License-Identifier: Apache-2.0
// An in-memory stand-in for one Odoo database (19) as seen through its JSON-2 service: search_read over companies,
// charts, journals, currencies, partners, analytic accounts and moves; create, action_post, unlink of moves. It checks
// the API key, field names, companies, balance and signs, answers with Odoo's exceptions, and like Odoo moves the date
// of an entry out of a locked period when it is posted. It shares no code with the connector. Threading: any thread.
// Source: odoo/documentation external_api.rst; odoo/odoo addons/rpc/controllers/json2.py, addons/account.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/decimal.hpp"
#include "compiler/runtime/base/json.hpp"
#include "gateway/sandbox/erp_double.hpp"
#include "gateway/sandbox/seed.hpp"

namespace glmap::gateway::sandbox {

class OdooDouble final : public ErpDouble {
 public:
  static constexpr std::string_view kPrefix = "/odoo";  // before /json/2
  static constexpr const char* kApiKey = "sandbox";

  /// Journals: GLMAP in each company. Partners C1 ... C9; analytic accounts PLATFORM, API of the plan Products.
  explicit OdooDouble(const Seed& seed);
  DoorReply handle(const DoorRequest& request, FaultPlan& faults) override;

  // -- knobs
  /// Odoo has no unique references; this changes nothing.
  void set_unique_reference(bool) override {}
  void set_visibility_lag_ms(std::int64_t lag_ms) override;
  /// Locks the company's books up to the period's end. `open`: takes back every lock.
  bool close_period(const std::string& company, const std::string& period, bool open) override;
  bool close_account(const std::string& company, const std::string& code, bool open) override;
  bool rename_company(const std::string& from, const std::string& to) override;
  bool edit(const std::string& reference) override;
  bool remove(const std::string& reference) override;
  bool post_draft(const std::string& reference) override;

  /// Every move with its lines, oldest first.
  Json documents() const override;
  std::size_t count() const;

 private:
  using Table = std::map<std::int64_t, Json>;  // records by id; links are ids, or false

  struct Call {
    std::string model, method;
    Json arguments;
  };

  DoorReply work(const Call& call, bool keeps_draft);
  DoorReply search_read(const Call& call) const;
  DoorReply create_move(const Call& call);
  DoorReply on_moves(const Call& call, bool keeps_draft);
  std::optional<DoorReply> fault_of_companies(const Json& arguments) const;
  std::optional<DoorReply> fault_of_move(const Json& values) const;
  std::optional<DoorReply> fault_of_line(const Json& values, const Json& company, Decimal& debits,
                                         Decimal& credits) const;
  bool fits(const Json& record, const Json& term) const;
  Json value_of(const Json& record, std::string_view path) const;
  Json shown(const Json& record, std::string_view field) const;
  std::int64_t add(const std::string& model, Json::Object fields);
  Json* record(const std::string& model, const Json* id);
  const Json* record(const std::string& model, const Json* id) const;
  Json* named(const std::string& model, std::string_view field, const std::string& value);
  std::optional<DoorReply> post(Json& move);
  void erase_move(std::int64_t id);
  void grow(std::int64_t move);

  mutable std::mutex mutex_;
  std::map<std::string, Table, std::less<>> tables_;
  std::map<std::int64_t, std::int64_t> born_ms_;  // of moves
  std::int64_t last_id_ = 0, visibility_lag_ms_ = 0;
};

}  // namespace glmap::gateway::sandbox
