# SPDX-License-Identifier: Apache-2.0
"""The zoo: bugs that the simulator must find, each a small change of the product's source.

A bug is (name, id of the failure it leads to, file, what stands there, what is to stand there). In the last, CODE is what stood there and
BUG is true while the bug is in force. Blanks and line ends do not matter in what is looked for; it must stand there exactly once.
plant.py writes the changed sources into the build folder; the product itself knows nothing of it."""

BUGS = []


def bug(name, failure, file, find, write):
    BUGS.append((name, failure, file, find, write))


# ---- the disk --------------------------------------------------------------------------------------------------------
STORE = "gateway/store/sqlite/sqlite_store.cpp"
SYNC = 'return database.execute( "PRAGMA synchronous = FULL;'
bug("nothing is synced", "I6", STORE, SYNC,
    'if (BUG) return database.execute("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY");\n  CODE')
bug("synced only at checkpoints", "I6", STORE, SYNC,
    'if (BUG) return database.execute("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY");\n  CODE')
bug("a full disk is the end", "M12", STORE, "if (error.code != ErrorCode::StoreFailed &&",
    "if (BUG && error.code == ErrorCode::StoreUnavailable) {\n      const std::lock_guard guard(failure_mutex_);\n      failure_ = error;\n    }\n    CODE")
bug("the log is taken over as it is seen", "M11", STORE, "GLMAP_CHECK(make_log_durable(options.path, options.vfs));", "if (!BUG) CODE")

# ---- recording what came -----------------------------------------------------------------------------------------------
INTAKE = "gateway/store/sqlite/writer_intake.cpp"
bug("the second content of a conflict is not kept", "I2", INTAKE, "if (answer.recognised == engine::Recognised::conflict) GLMAP_CHECK(insert_conflict",
    "if (!BUG && answer.recognised == engine::Recognised::conflict) GLMAP_CHECK(insert_conflict")
bug("the last event of a large batch is forgotten", "I6", INTAKE, "GLMAP_TRY(answer, take_in(event)); answers.push_back(std::move(answer)); } return answers; }",
    "if (BUG && events.size() > 2 && &event == &events.back()) {\n      answers.push_back(IntakeAnswer{.sequence = pending_.next_event++, .state = event.decision.state});\n      continue;\n    }\n    CODE")
bug("raw bytes are tidied up", "I2", INTAKE, ".blob(11, event.raw)", ".blob(11, BUG ? event.raw.substr(0, event.raw.rfind('}')) : event.raw)")
bug("what is decided again stays in its old row", "M1", INTAKE, "old_row.accepted.count -= 1;", "if (!BUG) CODE")
RECORDS = "gateway/store/records.cpp"
bug("of several entries only the first counts", "M1", RECORDS, "for (const NewEntry& entry : decision.entries) { if (entry.entry.data()",
    "for (const NewEntry& entry : decision.entries) {\n    if (BUG && &entry != &decision.entries.front()) continue;\n    if (entry.entry.data()")
bug("debits and credits change places in the balances", "M1", INTAKE, "(line.side == Side::debit ? balance.debit", "((line.side == Side::debit) != BUG ? balance.debit")
bug("identity without its source", "I1", RECORDS, "for (const std::string_view part : {source, id, revision}) {",
    "CODE\n    if (BUG && part.data() == source.data()) continue;")
ENGINE_IN = "gateway/engine/intake_step.cpp"
bug("repeats are not recognised", "I1", ENGINE_IN, "if (!known_digest) return Recognised::fresh;", "if (BUG) return Recognised::fresh;\n  CODE")
bug("a conflict is merged", "I2", ENGINE_IN, "return *known_digest == digest ?", "return BUG || *known_digest == digest ?")
KEYS = "gateway/store/sqlite/key_index.cpp"
bug("a repeat in a run is not found", "I1", KEYS, "if (number) return number;", "if (number && !BUG) return number;")
bug("a start forgets the newest keys", "I1", KEYS, "recent_.emplace(key, row.integer(0) +", "if (!BUG) recent_.emplace(key, row.integer(0) +")
bug("a merge loses a part", "I1", KEYS, "GLMAP_CHECK(write_part(target, into, from, until));", "if (!BUG || into % 2 == 0) CODE")
bug("keys of a commit that failed", "I6", KEYS, "for (const EventKey& key : added_) recent_.erase(key);", "for (const EventKey& key : added_) {\n      if (!BUG) recent_.erase(key);\n    }")
SERVICE = "gateway/posting/posting_service.cpp"
bug("acknowledged although the commit failed", "I6", SERVICE, "GLMAP_TRY(answers, take_in(taken, undecided));",
    "auto zoo_answers = take_in(taken, undecided);\n"
    "  if (!zoo_answers && !BUG) return std::unexpected(zoo_answers.error());\n"
    "  if (!zoo_answers) zoo_answers = std::vector<store::IntakeAnswer>(taken.size(), store::IntakeAnswer{.sequence = 100'000});\n"
    "  auto& answers = *zoo_answers;")
bug("a closed event loses its reason", "M1", SERVICE, "decision.reason = known.reason;", "if (!BUG) CODE")
QUEUE = "gateway/posting/posting_queue.cpp"
bug("answers of one commit in another order", "E7", QUEUE, "auto receipts = service_.record(all);",
    "CODE\n  if (BUG && receipts) std::reverse(receipts->begin(), receipts->end());")
bug("a full queue forgets", "I17", QUEUE, "if (full && !waiting_.empty()) {", "CODE\n      if (BUG) return {};")
bug("a conflict is answered as taken", "I2", "gateway/api/post_events.cpp", "case ReceiptStatus::conflict: case ReceiptStatus::rejected: {",
    "case ReceiptStatus::conflict:\n      if (BUG) break;\n      [[fallthrough]];\n    case ReceiptStatus::rejected: {")

# ---- deciding ----------------------------------------------------------------------------------------------------------
PREPARE = "gateway/posting/prepare.cpp"
bug("the name of the first book stays", "M2", PREPARE, "decision.bundle_digest = evaluator.digest(); if (auto status",
    "static const std::string zoo_first = evaluator.digest();\n  decision.bundle_digest = BUG ? zoo_first : evaluator.digest();\n  if (auto status")
bug("every entry goes to the first company's ERP", "E14", PREPARE, "return book.catalog.entities.at(*index).erp;",
    "return book.catalog.entities.at(BUG ? 0 : *index).erp;")
bug("entries without their business object", "I3", PREPARE, "const std::string order = decision.object.empty()", "const std::string order = BUG || decision.object.empty()")
bug("money in binary fractions", "M5", "compiler/runtime/accounting/money.cpp", "magnitude(minor) <= kMagnitudeMax) return Money(minor, currency);",
    "magnitude(minor) <= kMagnitudeMax)\n    return Money(BUG ? static_cast<Int128>(static_cast<double>(minor)) : minor, currency);")
bug("the last day of a month is the next month's", "M8", "compiler/runtime/accounting/calendar.cpp",
    "const Period* FiscalCalendar::period_of(Date date) const {", "CODE\n  if (BUG) date = date.plus_days(1);")
bug("the last closed day is open", "I5", "compiler/runtime/rules/posting_day.cpp", "if (closed && date <= *closed) {",
    "if (closed && date.plus_days(BUG ? 1 : 0) <= *closed) {")
bug("debit is credit", "M1", "compiler/runtime/rules/entry_values.cpp", "written.side = turned ?", "written.side = turned != BUG ?")

# ---- books that keep state ---------------------------------------------------------------------------------------------
KEEPER = "gateway/posting/book_keeper.cpp"
TURN = "gateway/posting/turn_work.cpp"
bug("a restart forgets what came", "I3", KEEPER, "GLMAP_CHECK(put(by)); return play_again(one, beginning);",
    "GLMAP_CHECK(put(by));\n        if (BUG) {\n          turns_ += 1;\n          return {};\n        }\n        return play_again(one, beginning);")
bug("what waited goes out before what it waited for", "I3", TURN, "after = place + 1;", "if (!BUG) CODE")
bug("time passes with events only", "I3", KEEPER, "if (!clock) return false;", "if (!clock || BUG) return false;")
bug("nobody waits longer than a minute", "I3", "compiler/runtime/rules/order.cpp", "const Instant until = plus_minutes(time, one.wait_minutes);",
    "const Instant until = plus_minutes(time, BUG ? 1 : one.wait_minutes);")

# ---- delivery: what becomes of an entry --------------------------------------------------------------------------------
STEP = "gateway/engine/delivery_step.cpp"
bug("absent is absent at once", "E3", STEP, "if (facts.looked_at.value_or(now) < visible)", "if (!BUG && facts.looked_at.value_or(now) < visible)")
bug("sent for ever", "E2", STEP, "if (facts.sends >= policy.sends_max)", "if (!BUG && facts.sends >= policy.sends_max)")
DELIVERY = "gateway/store/sqlite/writer_delivery.cpp"
bug("the start forgets what was interrupted", "M11", DELIVERY, "Result<std::int64_t> Writer::recover(std::string_view lane_name, Instant now) {", "CODE\n  if (BUG) return 0;")
bug("what was interrupted is sent again", "M11", DELIVERY, '{{"state", "2"}, {"claim", "claim+1"}}, "entry=?1"',
    '{{"state", BUG ? "0" : "2"}, {"claim", "claim+1"}}, "entry=?1"')
bug("the horizon does not begin anew at a start", "M20", DELIVERY, "GLMAP_CHECK(sent.integer(1, now.micros).integer(2, queue).run());", "if (!BUG) CODE")
CHANGES = "gateway/store/entry_changes.cpp"
bug("the horizon begins at the claim", "E3", CHANGES, "if (now.state == EntryState::sending) next.last_sent_at = outcome.at;", "if (!BUG) CODE")
bug("old claims count", "M16", CHANGES, "if (now.claim != outcome.claim ||", "if ((now.claim != outcome.claim && !BUG) ||")
bug("a retry loses its reason", "E21", CHANGES, "change.why = why;", "if (!BUG) CODE")
bug("posted with the first of several entries", "E15", DELIVERY, "if (open > 0 || !to) return {};", "if ((open > 0 && !BUG) || !to) return {};")
bug("an exception without a reason", "E12", CHANGES, "next.reason = outcome.reason ?", "next.reason = outcome.reason && !BUG ?")
WRITER = "gateway/store/sqlite/writer.cpp"
bug("entries of one object out of order", "I3", WRITER, "GLMAP_CHECK(prepare(claim_,",
    "if (BUG) {\n    GLMAP_CHECK(prepare(due_,\n"
    '        "SELECT s.entry, s.event, s.state, s.claim, s.sends, s.looks, s.waits, s.last_sent_at, s.document_id, e.reference, e.entity, e.body "\n'
    '        "FROM entry_state s JOIN entries e ON e.number = s.entry WHERE s.lane = ?1 AND s.state < 4 AND s.state <> 1 AND s.due_at <= ?2 "\n'
    '        "ORDER BY s.due_at, s.entry LIMIT ?3"));\n  }\n  CODE')
bug("balances of a commit that failed", "M1", WRITER, "GLMAP_CHECK(commit_.run());",
    "if (Status zoo = commit_.run(); !zoo) {\n    if (BUG) keep_balances();\n    return zoo;\n  }")
FIGURES = "gateway/store/sqlite/reader_figures.cpp"
bug("the statement does not know held entries", "M1", FIGURES, "StatementRow& row = rows[stuck->integer(0)];", "if (BUG) continue;\n      CODE")
bug("the statement counts held as posted", "M1", RECORDS, "return row.held;", "return BUG ? row.posted : row.held;")

# ---- delivery: one attempt, one lane -----------------------------------------------------------------------------------
ATTEMPT = "gateway/delivery/attempt.cpp"
bug("an unclear answer is a no", "E1", ATTEMPT, "AttemptResult out = plain(DeliveryInput::unclear, reason(ErrorCode::ErpUnclear, std::move(text)));",
    "AttemptResult out = plain(BUG ? DeliveryInput::not_sent : DeliveryInput::unclear, reason(ErrorCode::ErpUnclear, std::move(text)));")
bug("unknown is sent, not looked up", "E1", ATTEMPT, "case EntryState::unknown: return look_up(connector, entry);",
    "case EntryState::unknown:\n      if (BUG) return judge_answer(connector, entry, connector.submit(entry));\n      return look_up(connector, entry);")
bug("refused is tried again for ever", "E12", ATTEMPT, "return plain(DeliveryInput::refused, reason(refused->code, std::move(refused->text)));",
    "return plain(BUG ? DeliveryInput::not_sent : DeliveryInput::refused, reason(refused->code, std::move(refused->text)));")
bug("what is read back is not compared", "E13", ATTEMPT, "if (Status same = compare(entry, document, can); !same) {", "if (Status same = compare(entry, document, can); !same && !BUG) {")
bug("the ERP's word is enough", "E6", ATTEMPT, "if (!connector.describe().read_back) { AttemptResult out;",
    "if (BUG || !connector.describe().read_back) {\n    AttemptResult out;")
bug("a draft is no document", "E7", ATTEMPT, "if (const auto* draft = std::get_if<FoundDraft>(&*finding)) { return judge(",
    "if (const auto* draft = std::get_if<FoundDraft>(&*finding); draft != nullptr && !BUG) {\n    return judge(")
bug("a failed look-up is an absence", "E2", ATTEMPT, "AttemptResult look_failed(const NotAsked& error) {",
    "CODE\n  if (BUG) return plain(DeliveryInput::found_absent, error);")
LANE = "gateway/delivery/lane.cpp"
bug("nobody asks who the ERP is", "E14", LANE, "if (*seen == expected) return true;", "if (BUG || *seen == expected) return true;")
bug("the asked pause is not kept", "E8", LANE, "engine::pause_after(troubles_, retry_after_micros, jitter(), settings_.policy);",
    "engine::pause_after(troubles_, BUG ? std::nullopt : retry_after_micros, jitter(), settings_.policy);")
bug("a paused lane works on", "E8", LANE, "if (before.state == LaneState::paused && now() < before.until) return 0;",
    "if (!BUG && before.state == LaneState::paused && now() < before.until) return 0;")
bug("an outcome that cannot be recorded is dropped", "M12", LANE, 'could not be recorded", {{"error", recorded.error().message}});', 'could not be recorded", {{"error", recorded.error().message}});\n      if (BUG) unsaved_.clear();')

# ---- the real connector ------------------------------------------------------------------------------------------------
RPC = "gateway/connectors/tryton/rpc.cpp"
bug("5xx means no", "E1", RPC, 'return delivery::Unclear{"the ERP answered " + status};', '{\n    if (BUG) return RpcFault{"the ERP answered " + status};\n    return delivery::Unclear{"the ERP answered " + status};\n  }')
bug("no JSON means no", "E6", RPC, "if (!parsed) return delivery::Unclear{", 'if (BUG && !parsed) return RpcFault{"no JSON"};\n  if (!parsed) return delivery::Unclear{')
bug("no answer means not sent", "E1", RPC, "return delivery::Unclear{unclear->reason};", "{\n      if (BUG) return delivery::NotSent{ErrorCode::ErpUnreachable, unclear->reason, std::nullopt};\n      return delivery::Unclear{unclear->reason};\n    }")
TRYTON = "gateway/connectors/tryton/tryton_connector.cpp"
bug("a draft reads as posted", "E7", "gateway/connectors/tryton/read_back.cpp", 'if (state == "posted") return', 'if (BUG || state == "posted") return')
bug("the pause asked for during a look-up is lost", "E8", TRYTON, "return {Error{not_sent->code, not_sent->text, {}, {}}, not_sent->retry_after_micros};",
    "return {Error{not_sent->code, not_sent->text, {}, {}}, BUG ? std::nullopt : not_sent->retry_after_micros};")
