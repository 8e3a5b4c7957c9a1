// SPDX-License-Identifier: Apache-2.0
// SAP's answer to a posting, JournalEntryBulkCreateConfirmation: one confirmation an entry, each with its log, inside
// HTTP 200 whether it was posted or not. The XML comes from outside: no document type, no entity, no network is
// followed. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::connectors::sap {

struct LogItem {
  std::string type;  // "609(RW)"
  int severity = 0;  // 1 information, 2 warning, 3 error
  std::string note;
};

struct Confirmed {
  std::string message;   // our MessageHeader/ID, where SAP names it (ReferenceID)
  std::string document;  // "" or zeros: none
  std::string company_code;
  std::string fiscal_year;
  int severity = 0;  // the worst of the log
  std::vector<LogItem> log;

  bool has_document() const { return document.find_first_not_of('0') != std::string::npos; }
};

struct BulkConfirmation {
  std::vector<Confirmed> entries;
  int severity = 0;  // of the log of the whole message
  std::vector<LogItem> log;
  std::string fault;  // a SOAP fault's text; then nothing else
};

/// Errors: GLM-9002 the text is no such answer.
Result<BulkConfirmation> read_confirmation(std::string_view xml);

}  // namespace glmap::gateway::connectors::sap
