// SPDX-License-Identifier: Apache-2.0
// The body of SAP's service "Journal Entry - Post (Synchronous)", JournalEntryBulkCreateRequest, from journal entries.
// Lengths are SAP's: a key that is too long is refused, a text for people is cut. Pure; any thread.
// Source: WSDL of JournalEntryCreateRequestConfirmation_In, release of 2024.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::connectors::sap {

struct PostSettings {
  std::string document_type = "SA";
  std::string created_by;
  bool pad_accounts = true;  // 1200 is sent as 0000001200
  /// SAP's name of an account assignment -> the dimension that fills it.
  std::map<std::string, std::string> assignments;
  std::string trading_partner;       // a dimension
  std::string assignment_reference;  // a dimension
  /// SAP's reason of a reversal. Empty: reversals are sent as documents of their own, red stornos are refused.
  std::string reversal_reason;
  std::string storno_reason;  // one with negative posting
};

/// The names of account assignments that can be set, in SAP's order.
const std::vector<std::string>& assignment_names();

/// The original of a reversal in SAP: document, company code and fiscal year.
struct Original {
  std::string document, company_code, fiscal_year;
};

struct ToPost {
  const JournalEntry* entry = nullptr;
  std::string company_code;
  std::optional<Original> original;  // sent as SAP's reversal of it
};

/// How a reversal is sent: SAP's reason, or "" as a document of its own.
std::string reason_for(const PostSettings& settings, const JournalEntry& entry);
/// The account as SAP holds it.
std::string sap_account(const PostSettings& settings, const std::string& code);
/// One and the same for an entry for ever.
std::string message_uuid(const std::string& reference);

/// The SOAP envelope. `at`: for CreationDateTime. Errors: GLM-9003, GLM-9005, GLM-9011 with the line and the field.
Result<std::string> post_request(const PostSettings& settings, const std::vector<ToPost>& batch, Instant at);

}  // namespace glmap::gateway::connectors::sap
