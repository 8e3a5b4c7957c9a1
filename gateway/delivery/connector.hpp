// SPDX-License-Identifier: Apache-2.0
// What every ERP connection can do, and the closed list of answers it may give. One connector speaks to one ERP (one
// database, tenant or folder) for one or more legal entities. It sends and reads; when to send, to look, to wait or to
// give up is decided elsewhere (engine/delivery_step) and recorded elsewhere (the worker).
// Invariants: a connector sends one document at most once a call; what it cannot know it calls Unclear; `Refused` and
// `NotSent` promise that the ERP does not hold the document, not even as a draft.
// Threading: one connector belongs to one lane, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::delivery {

/// How the dimensions of a line reach the ERP.
enum class DimensionSupport : std::uint8_t {
  none,
  text,      // readable in the line's description
  analytic,  // as the ERP's own analytical records, where configured, and readable in the description
};

/// What this ERP can take; shown to people and checked before anything is sent.
struct Capabilities {
  std::string kind;                      // tryton, ledger, file
  std::size_t reference_length_max = 0;  // characters of our reference the ERP keeps
  std::size_t lines_max = 0;
  bool currency_per_line = false;
  bool draft_step = false;        // a document exists before it is posted
  bool unique_reference = false;  // the ERP itself refuses a second document under one reference
  bool read_back = false;         // a stored document can be read and compared line by line
  DimensionSupport dimensions = DimensionSupport::none;
  std::size_t documents_per_call_max = 1;
};

/// Who the ERP says it is, for one legal entity.
struct EntityIdentity {
  std::string name;      // the ERP's own name of the company
  std::string currency;  // of its books
  friend bool operator==(const EntityIdentity&, const EntityIdentity&) = default;
};

// ---- answers to a send ----------------------------------------------------------------------------------------------

/// The ERP says that it has the document, posted. Believed only after read-back.
struct Posted {
  std::string document;  // the ERP's own id
  std::string number;    // the number people see; may be empty
};
/// The ERP said no and does not have it.
struct Refused {
  ErrorCode code = ErrorCode::ErpRefused;
  std::string text;
};
/// The ERP may or may not have it.
struct Unclear {
  std::string text;
};
/// Nothing reached the ERP's books, for a reason that is not the entry's: unreachable, throttled, credentials refused.
struct NotSent {
  ErrorCode code = ErrorCode::ErpUnreachable;  // ErpUnreachable, ErpThrottled, ErpAuthorisation, ErpWrongEntity ...
  std::string text;
  std::optional<std::int64_t> retry_after_micros;
};
/// The document is in the ERP, and not posted.
struct DraftLeft {
  std::string document;
  std::string text;  // why it was not posted, if the ERP said so
  /// Why the connection could not post it: it was asked to slow down, is unreachable ...
  std::optional<NotSent> trouble;
};
using Outcome = std::variant<Posted, DraftLeft, Refused, Unclear, NotSent>;

// ---- answers to a look-up -------------------------------------------------------------------------------------------

/// One line as the ERP stores it.
struct LedgerLine {
  Side side = Side::debit;
  std::string account;
  Money functional;
  std::optional<Money> transaction;  // absent: the ERP holds no second currency for the line
  friend bool operator==(const LedgerLine&, const LedgerLine&) = default;
};

/// One document as the ERP stores it.
struct LedgerDocument {
  std::string document;
  std::string number;
  Date date;
  std::vector<LedgerLine> lines;
};
/// As JSON, for the auditor's evidence.
Json to_json(const LedgerDocument& document);

struct Absent {};
struct FoundDraft {
  LedgerDocument document;
};
struct FoundPosted {
  LedgerDocument document;
};
/// Under the entry's reference stands what can never be the entry: several documents, or amounts that cannot be read.
struct Differs {
  std::string document;
  std::string text;
};
using Finding = std::variant<Absent, FoundDraft, FoundPosted, Differs>;

/// The ERP could not be asked.
struct NotAsked : Error {
  NotAsked(Error why, std::optional<std::int64_t> retry_after = std::nullopt)
      : Error(std::move(why)), retry_after_micros(retry_after) {}
  std::optional<std::int64_t> retry_after_micros;  // what it asked for; concerns the whole connection
};
template <class T>
using Asked = std::expected<T, NotAsked>;

class ErpConnector {
 public:
  virtual ~ErpConnector() = default;

  virtual const Capabilities& describe() const = 0;

  /// Asks the ERP which company stands behind our entity. Errors: GLM-9008 the ERP has no such company or the
  /// connection may not see it; GLM-9001, GLM-9006, GLM-9007 when it cannot be asked.
  virtual Asked<EntityIdentity> who_am_i(std::string_view entity) = 0;

  /// Another number whenever another database may stand behind the connection than before: what `who_am_i` said then
  /// counts no longer. One for ever where nothing tells.
  virtual std::int64_t session() const { return 0; }

  /// Sends and posts the entry under its reference. Does not look whether it is there already.
  virtual Outcome submit(const JournalEntry& entry) = 0;

  /// Looks for the entry's reference in the books of its entity. Errors: the look-up itself failed.
  virtual Asked<Finding> find(const JournalEntry& entry) = 0;

  /// `may_send` is asked right before anything is written that changes the ERP; when it says no, nothing is written and
  /// the answer is NotSent. A gateway that was stopped for a while may have lost its lane to another one.
  virtual void guard_sends(std::function<bool()> may_send) = 0;
  /// `before_request` is called right before each request, whatever it is for. It may take its time; when it gives a
  /// text, the request is not made, for that reason.
  virtual void pace_requests(std::function<std::optional<std::string>()> before_request) = 0;
  /// Another gateway works the connection now: what is held open is closed. Used again later, it is opened again.
  virtual void let_go() = 0;

  /// Posts a draft that `find` found. `Refused` here leaves the draft where it is.
  virtual Outcome complete_draft(const JournalEntry& entry, std::string_view document) = 0;
};

}  // namespace glmap::gateway::delivery
