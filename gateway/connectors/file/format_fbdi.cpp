// SPDX-License-Identifier: Apache-2.0
// Oracle Fusion file-based data import: GlInterface.csv, 118 columns without a head, one row a journal line.
// Source: Oracle's control file gl_interface.ctl and the description of the table GL_INTERFACE.
#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/connectors/file/format.hpp"

namespace glmap::gateway::connectors::file {

namespace {

constexpr std::size_t kColumns = 118;
constexpr std::size_t kSegments = 30;

struct Segment {
  enum class Kind : std::uint8_t { constant, account, part, dimension } kind = Kind::constant;
  std::string text;      // the constant, or the dimension's name
  std::size_t part = 0;  // which part of the account's code, from 1
};

struct FbdiSettings {
  std::string ledger_id, ledger_name, source, category, files;
  std::vector<Segment> segments;
  FormatSettings all;
  Dialect dialect;
};

/// "101 account.1 dimension.department 000": the segments of the chart of accounts, in its order.
Result<std::vector<Segment>> read_segments(const FormatSettings& settings) {
  GLMAP_TRY(text, settings.required("segments"));
  std::vector<Segment> out;
  bool account = false;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ' && c != '\n') {
      word += c;
      continue;
    }
    if (word.empty()) continue;
    Segment segment{Segment::Kind::constant, word, 0};
    if (word == "account") segment.kind = Segment::Kind::account;
    if (word.starts_with("dimension.")) segment = {Segment::Kind::dimension, word.substr(10), 0};
    if (word.size() == 9 && word.starts_with("account.") && word[8] >= '1' && word[8] <= '9') {
      segment = {Segment::Kind::part, "", static_cast<std::size_t>(word[8] - '0')};
    }
    account = account || segment.kind == Segment::Kind::account || segment.kind == Segment::Kind::part;
    out.push_back(std::move(segment));
    word.clear();
  }
  if (out.size() > kSegments || !account) return settings.wrong("segments", "up to 30 words, `account` among them");
  return out;
}

/// The part of a code such as 101-12100-000, from 1.
std::string part_of(std::string_view code, std::size_t part) {
  for (; part > 1; --part) {
    const std::size_t dash = code.find('-');
    code = dash == std::string_view::npos ? std::string_view() : code.substr(dash + 1);
  }
  return std::string(code.substr(0, code.find('-')));
}

void put_segments(Row& row, const std::vector<Segment>& segments, const JournalLine& line) {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    const std::string name = "SEGMENT" + std::to_string(i + 1);
    std::string value = segment.text;
    if (segment.kind == Segment::Kind::account) value = line.account;
    if (segment.kind == Segment::Kind::part) value = part_of(line.account, segment.part);
    if (segment.kind == Segment::Kind::dimension) value = dimension_of(line, segment.text);
    if (value.empty()) {
      row.refuse(name + " is empty: " +
                 (segment.kind == Segment::Kind::dimension ? "the line has no dimension `" + segment.text + "`"
                                                           : "account `" + line.account + "` has too few parts"));
    }
    row.text(name, value, 25);
  }
  row.empty(kSegments - segments.size());
}

/// Debit and credit, the other one empty.
void put_sides(Row& row, const JournalEntry& entry, const JournalLine& line, const Money& amount) {
  if (line.side == Side::credit) row.empty();
  row.amount(booked(entry.data(), amount));
  if (line.side == Side::debit) row.empty();
}

/// A group of its own for each entry, from its reference: 55 of its 80 bits, at most 17 digits.
std::string group_id(const std::string& reference) {
  std::uint64_t number = 0;
  for (const char c : reference.substr(0, 11))
    number = number * 32 + static_cast<std::uint64_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
  return std::to_string(number + 1);
}

Result<std::string> fbdi_line(const FbdiSettings& settings, const JournalEntry& entry, std::size_t index) {
  const JournalEntryDraft& data = entry.data();
  const JournalLine& line = entry.lines()[index];
  const std::string reference = entry.key().reference();
  const bool foreign = data.currency != data.functional;
  Row row(settings.dialect, line_place(index));
  row.plain("NEW").plain(settings.ledger_id).plain(date_text(data.posting_date, "YYYY/MM/DD"));
  row.text("USER_JE_SOURCE_NAME", settings.source, 25);
  row.text("USER_JE_CATEGORY_NAME", settings.all.text("category." + data.journal, settings.category), 25);
  row.text("CURRENCY_CODE", data.currency.code(), 15).plain(date_text(data.document_date, "YYYY/MM/DD")).plain("A");
  put_segments(row, settings.segments, line);
  put_sides(row, entry, line, line.transaction);
  foreign ? put_sides(row, entry, line, line.functional) : static_cast<void>(row.empty(2));
  row.text("REFERENCE1 (batch name)", "glmap " + reference, 100).prose("REFERENCE2", data.description, 240).empty();
  row.text("REFERENCE4 (journal name)", reference, 100).prose("REFERENCE5", data.description, 240);
  row.text("REFERENCE6 (journal reference)", reference, 100).empty(3);
  row.prose("REFERENCE10 (line description)", line.memo.empty() ? data.description : line.memo, 240);
  row.text("REFERENCE21", data.document, 240).text("REFERENCE22", line.role, 240);
  row.text("REFERENCE23", entry.key().event_id, 240).text("REFERENCE24", data.reverses, 240).empty(7);
  row.plain(foreign ? "User" : "").plain(foreign ? date_text(data.posting_date, "YYYY/MM/DD") : "");
  row.plain(foreign && data.rate ? data.rate->to_text() : "").plain(group_id(reference));
  row.empty(24).text("LEDGER_NAME", settings.ledger_name).empty(kColumns - 92);
  GLMAP_ASSERT(row.fields() == kColumns);
  return row.end();
}

}  // namespace

Result<Format> make_fbdi(const LegalEntity&, const FormatSettings& settings) {
  FbdiSettings read{settings.text("ledger_id"), settings.text("ledger_name"), {}, {}, {}, {}, settings, {}};
  if (read.ledger_id.empty() == read.ledger_name.empty()) {
    return fail(ErrorCode::BadConfiguration, settings.place() + " needs one of `ledger_id` and `ledger_name`");
  }
  if (!read.ledger_id.empty()) GLMAP_CHECK(settings.digits("ledger_id", 1, 18));
  GLMAP_TRY(source, settings.required("source"));
  GLMAP_TRY(category, settings.required("category"));
  GLMAP_TRY(segments, read_segments(settings));
  GLMAP_TRY(files, settings.one_of("files", {"day", "month", "year", "all"}));
  GLMAP_TRY(long_text, settings.one_of("long_text", {"refuse", "cut"}));
  read.source = source;
  read.category = category;
  read.segments = std::move(segments);
  read.dialect.cut_long_text = long_text == "cut";
  Format out;
  out.name = "fbdi";
  out.file_of = [files](const JournalEntry& entry) {
    return with_period("GlInterface", files, entry.data().posting_date) + ".csv";
  };
  out.head = [](const JournalEntry&, Instant) { return ""; };
  out.lines = [read = std::move(read)](const JournalEntry& entry, const Stamp&) -> Result<std::string> {
    std::string text;
    for (std::size_t i = 0; i < entry.lines().size(); ++i) {
      GLMAP_TRY(line, fbdi_line(read, entry, i));
      text += line;
    }
    return text;
  };
  return out;
}

}  // namespace glmap::gateway::connectors::file
