// SPDX-License-Identifier: Apache-2.0
// What every ERP double can be asked to do beside its wire contract. A new one implements this and has a line in
// sandbox.cpp. Threading: any thread.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/runtime/base/json.hpp"
#include "gateway/sandbox/door.hpp"
#include "gateway/sandbox/faults.hpp"

namespace glmap::gateway::sandbox {

class ErpDouble {
 public:
  virtual ~ErpDouble() = default;

  virtual DoorReply handle(const DoorRequest& request, FaultPlan& faults) = 0;

  /// Off: a second document under one reference is made.
  virtual void set_unique_reference(bool on) = 0;
  /// A reference that comes again is answered as an error, where the wire contract leaves that open.
  virtual void set_duplicate_is_error(bool) {}
  /// Searches do not show a document before it is so old.
  virtual void set_visibility_lag_ms(std::int64_t lag_ms) = 0;
  /// By the company's name; false when there is none. `open`: takes it back.
  virtual bool close_period(const std::string& company, const std::string& period, bool open) = 0;
  virtual bool close_account(const std::string& company, const std::string& code, bool open) = 0;
  virtual bool rename_company(const std::string& from, const std::string& to) = 0;
  /// As a person might, by reference: a debit and a credit grow by a cent; the document goes; a draft is posted.
  virtual bool edit(const std::string& reference) = 0;
  virtual bool remove(const std::string& reference) = 0;
  virtual bool post_draft(const std::string& reference) = 0;

  /// Every document as the ERP shows it, oldest first.
  virtual Json documents() const = 0;
};

}  // namespace glmap::gateway::sandbox
