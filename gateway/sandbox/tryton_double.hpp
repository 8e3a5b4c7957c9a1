// SPDX-License-Identifier: Apache-2.0
// An in-memory stand-in for Tryton 6.0 as seen through its JSON-RPC: the calls, checks and error texts that a posting
// connector meets, recorded from trytond 6.0.29 with account 6.0.15 on SQLite. It shares no code with the connector, so
// the two can only agree by both being right. Threading: any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gateway/sandbox/erp_double.hpp"
#include "gateway/sandbox/records.hpp"
#include "gateway/sandbox/seed.hpp"

namespace glmap::gateway::sandbox {

class TrytonDouble final : public ErpDouble {
 public:
  /// `journal_path`: a file to which every change of a document is appended as a JSON line; empty: none.
  TrytonDouble(const Seed& seed, const std::string& journal_path);

  /// POST /<database>/ with a JSON-RPC body.
  DoorReply handle(const DoorRequest& request, FaultPlan& faults) override;

  // -- knobs
  void set_unique_reference(bool on) override;
  /// Searches do not show a document before it is so old.
  void set_visibility_lag_ms(std::int64_t lag_ms) override;
  /// Period named `2026-10` of the company. False when there is none.
  bool close_period(const std::string& company, const std::string& period, bool open = false) override;
  bool rename_company(const std::string& from, const std::string& to) override;
  bool close_account(const std::string& company, const std::string& code, bool open = false) override;
  void end_sessions();
  /// As a person in the ERP might; of the document with that reference. False when there is none.
  bool edit(const std::string& reference) override;
  bool remove(const std::string& reference) override;
  bool post_draft(const std::string& reference) override;
  void delete_all_drafts();

  /// Every move: [{"company", "number", "state", "date", "lines": [...]}], oldest first.
  Json documents() const override;
  /// How often each method was carried out.
  std::uint64_t calls(const std::string& method) const;

 private:
  struct Done {
    Json result;
  };
  struct Refusal {
    Json error;  // the `error` member
  };
  struct Status {
    int code = 0;
  };
  using Answer = std::variant<Done, Refusal, Status>;

  void declare_models();
  void plant(const Seed& seed);
  void plant_company(const SeedCompany& company, const std::vector<int>& years);
  Answer carry_out(const std::string& method, const Json::Array& params, const std::string& authorization);
  Answer log_in(const Json::Array& params);
  Answer search_read(const std::string& model, const Json::Array& params) const;
  Answer create_party(const Json::Array& params);
  Answer create_moves(const Json::Array& params);
  Answer post_moves(const Json::Array& params);
  Answer delete_moves(const Json::Array& params);
  std::optional<std::string> fault_of_move(const Json& values) const;
  std::optional<std::string> fault_of_line(const Json& line, RecordId company) const;
  std::optional<std::string> fault_of_period(const Json& values) const;
  std::optional<std::string> fault_of_posting(const Json& move) const;
  void store_move(const Json& values, Json::Array& ids);
  void alter_newest(bool keep_balance);
  void alter(RecordId move, bool keep_balance);
  RecordId with_reference(const std::string& reference) const;
  void note(std::string_view what, RecordId move);

  mutable std::mutex mutex_;
  Records records_;
  std::string user_, password_;
  std::set<std::string> sessions_;
  int wrong_passwords_ = 0;
  long long last_session_ = 0;
  long long last_post_number_ = 0;
  bool unique_reference_ = false;
  std::int64_t visibility_lag_ms_ = 0;
  std::map<RecordId, std::int64_t> born_ms_;
  std::map<std::string, std::uint64_t> calls_;
  std::set<std::pair<RecordId, RecordId>> journal_periods_;  // used before
  std::ofstream journal_;
};

}  // namespace glmap::gateway::sandbox
