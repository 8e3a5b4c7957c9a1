// SPDX-License-Identifier: Apache-2.0
// The JSON form of a journal entry, both ways. Shape: docs/formats/journal-entry.md
#include <charconv>

#include "compiler/runtime/accounting/journal.hpp"

namespace glmap {
namespace {

constexpr std::uint32_t kFormat = 1;

Json strings(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

Json line_to_json(const JournalLine& line) {
  Json::Object object;
  object.emplace_back("account", line.account);
  object.emplace_back("amount", line.transaction.amount_text());
  Json::Object dimensions;
  for (const Dimension& dimension : line.dimensions) dimensions.emplace_back(dimension.name, dimension.value);
  object.emplace_back("dimensions", std::move(dimensions));
  object.emplace_back("functional_amount", line.functional.amount_text());
  object.emplace_back("memo", line.memo);
  object.emplace_back("role", line.role);
  object.emplace_back("side", to_text(line.side));
  return object;
}

Json key_to_json(const IdempotencyKey& key) {
  Json::Object object;
  object.emplace_back("entity", key.entity);
  object.emplace_back("entry", Json::number(key.entry));
  object.emplace_back("event_id", key.event_id);
  object.emplace_back("event_revision", key.event_revision);
  object.emplace_back("ledger", key.ledger);
  object.emplace_back("source", key.source);
  return object;
}

Json origin_to_json(const EntryOrigin& origin) {
  Json::Array lines;
  for (const SourceRef& ref : origin.spec_lines) {
    Json::Object object;
    object.emplace_back("column", Json::number(ref.column));
    object.emplace_back("file", ref.file);
    object.emplace_back("line", Json::number(ref.line));
    object.emplace_back("pointer", ref.pointer);
    lines.emplace_back(std::move(object));
  }
  Json::Object object;
  object.emplace_back("bundle_digest", origin.bundle_digest);
  object.emplace_back("event_type", origin.event_type);
  object.emplace_back("rules", strings(origin.rules));
  object.emplace_back("spec_lines", std::move(lines));
  return object;
}

std::unexpected<Error> corrupt(std::string message, std::string pointer) {
  SourceRef where;
  where.pointer = std::move(pointer);
  return fail(ErrorCode::StoreCorrupt, "this is not a journal entry: " + message, {}, where);
}

/// Reads the members of one object; remembers the first fault and how many members were asked for, so that one that
/// nobody asked for is found too.
class ObjectReader {
 public:
  ObjectReader(const Json& json, std::string pointer) : json_(json), pointer_(std::move(pointer)) {}

  const Json* member(std::string_view name) {
    const Json* found = json_.find(name);
    if (found == nullptr) {
      note("`" + std::string(name) + "` is missing", name);
    } else {
      ++read_;
    }
    return found;
  }

  std::string text(std::string_view name) {
    const Json* value = member(name);
    if (value == nullptr) return {};
    if (const std::string* text = value->as_string()) return *text;
    note("`" + std::string(name) + "` holds " + std::string(value->kind_in_words()) + ", text is expected", name);
    return {};
  }

  std::uint32_t count(std::string_view name) {
    const Json* value = member(name);
    if (value == nullptr) return 0;
    const JsonNumber* number = value->as_number();
    std::uint32_t result = 0;
    if (number != nullptr) {
      const char* end = number->text.data() + number->text.size();
      const auto [stop, error] = std::from_chars(number->text.data(), end, result);
      if (error == std::errc{} && stop == end) return result;
    }
    note("`" + std::string(name) + "` is not a count", name);
    return 0;
  }

  bool yes_no(std::string_view name) {
    const Json* value = member(name);
    if (value == nullptr) return false;
    if (const bool* yes = value->as_bool()) return *yes;
    note("`" + std::string(name) + "` holds " + std::string(value->kind_in_words()) + ", true or false is expected",
         name);
    return false;
  }

  Json::Array list(std::string_view name) {
    const Json* value = member(name);
    if (value == nullptr) return {};
    if (const Json::Array* array = value->as_array()) return *array;
    note("`" + std::string(name) + "` holds " + std::string(value->kind_in_words()) + ", an array is expected", name);
    return {};
  }

  /// Reads `name` with `parse`, a function of text that returns a Result.
  template <class Parse>
  auto parsed(std::string_view name, Parse parse) {
    const std::string written = text(name);
    auto value = parse(std::string_view(written));
    using Value = typename decltype(value)::value_type;
    if (value) return Value(*value);
    note(value.error().message, name);
    return Value();
  }

  void note(std::string message, std::string_view name) {
    if (!fault_) fault_ = Error(corrupt(std::move(message), pointer_ + pointer_step(name)).error());
  }

  std::string pointer(std::string_view name) const { return pointer_ + pointer_step(name); }

  Status finish() {
    if (fault_) return std::unexpected(*fault_);
    const Json::Object* object = json_.as_object();
    if (object == nullptr) return corrupt("an object is expected", pointer_);
    if (object->size() != read_) return corrupt("it holds a member that a journal entry does not have", pointer_);
    return {};
  }

 private:
  const Json& json_;
  std::string pointer_;
  std::size_t read_ = 0;
  std::optional<Error> fault_;
};

Result<Money> read_money(std::string_view text, Currency currency) {
  GLMAP_TRY(amount, Decimal::parse(text));
  GLMAP_TRY(money, Money::from_decimal(amount, currency));
  if (money.amount_text() != text)
    return fail(ErrorCode::StoreCorrupt, "`" + std::string(text) + "` is not how " + money.to_text() + " is written");
  return money;
}

Result<JournalLine> read_line(const Json& json, const JournalEntryDraft& draft, const std::string& pointer) {
  ObjectReader reader(json, pointer);
  JournalLine line;
  const std::string side = reader.text("side");
  if (side != "debit" && side != "credit") reader.note("`" + side + "` is neither debit nor credit", "side");
  line.side = side == "credit" ? Side::credit : Side::debit;
  line.account = reader.text("account");
  line.role = reader.text("role");
  line.memo = reader.text("memo");
  line.transaction = reader.parsed("amount", [&](auto text) { return read_money(text, draft.currency); });
  line.functional = reader.parsed("functional_amount", [&](auto text) { return read_money(text, draft.functional); });
  if (const Json* dimensions = reader.member("dimensions")) {
    const Json::Object* members = dimensions->as_object();
    if (members == nullptr) {
      reader.note("an object is expected", "dimensions");
    } else {
      for (const auto& [name, value] : *members) {
        const std::string* text = value.as_string();
        if (text == nullptr) reader.note("dimension `" + name + "` is not text", "dimensions");
        line.dimensions.push_back({name, text == nullptr ? "" : *text});
      }
    }
  }
  GLMAP_CHECK(reader.finish());
  return line;
}

Result<IdempotencyKey> read_key(const Json& json) {
  ObjectReader reader(json, "/key");
  IdempotencyKey key;
  key.source = reader.text("source");
  key.event_id = reader.text("event_id");
  key.event_revision = reader.text("event_revision");
  key.entity = reader.text("entity");
  key.ledger = reader.text("ledger");
  key.entry = reader.count("entry");
  GLMAP_CHECK(reader.finish());
  return key;
}

Result<EntryOrigin> read_origin(const Json& json) {
  ObjectReader reader(json, "/origin");
  EntryOrigin origin;
  origin.event_type = reader.text("event_type");
  origin.bundle_digest = reader.text("bundle_digest");
  for (const Json& rule : reader.list("rules")) {
    if (rule.as_string() == nullptr) reader.note("a rule's name is not text", "rules");
    origin.rules.push_back(rule.as_string() == nullptr ? "" : *rule.as_string());
  }
  const Json::Array lines = reader.list("spec_lines");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ObjectReader line(lines[i], "/origin/spec_lines/" + std::to_string(i));
    SourceRef ref;
    ref.file = line.text("file");
    ref.line = line.count("line");
    ref.column = line.count("column");
    ref.pointer = line.text("pointer");
    GLMAP_CHECK(line.finish());
    origin.spec_lines.push_back(std::move(ref));
  }
  GLMAP_CHECK(reader.finish());
  return origin;
}

}  // namespace

Json JournalEntry::to_json() const {
  // Members stand in the order of their bytes, so that plain and canonical writing agree.
  Json::Array lines;
  for (const JournalLine& line : data_.lines) lines.push_back(line_to_json(line));
  Json::Object object;
  object.emplace_back("currency", data_.currency.code());
  object.emplace_back("description", data_.description);
  object.emplace_back("document", data_.document);
  object.emplace_back("document_date", data_.document_date.to_text());
  object.emplace_back("entity", data_.entity);
  object.emplace_back("format", Json::number(kFormat));
  object.emplace_back("functional_currency", data_.functional.code());
  object.emplace_back("group", data_.group);
  object.emplace_back("journal", data_.journal);
  object.emplace_back("key", key_to_json(data_.key));
  object.emplace_back("ledger", data_.ledger);
  object.emplace_back("lines", std::move(lines));
  object.emplace_back("origin", origin_to_json(*data_.origin));
  object.emplace_back("period", data_.period);
  object.emplace_back("posting_date", data_.posting_date.to_text());
  object.emplace_back("rate", data_.rate ? Json(data_.rate->to_text()) : Json());
  object.emplace_back("reverses", data_.reverses);
  object.emplace_back("storno", data_.storno);
  return object;
}

Result<JournalEntry> JournalEntry::from_json(const Json& json) {
  ObjectReader reader(json, "");
  if (const std::uint32_t format = reader.count("format"); format != kFormat)
    reader.note("its format is " + std::to_string(format) + ", " + std::to_string(kFormat) + " is expected", "format");
  JournalEntryDraft draft;
  draft.entity = reader.text("entity");
  draft.ledger = reader.text("ledger");
  draft.journal = reader.text("journal");
  draft.posting_date = reader.parsed("posting_date", Date::parse);
  draft.document_date = reader.parsed("document_date", Date::parse);
  draft.period = reader.text("period");
  draft.document = reader.text("document");
  draft.description = reader.text("description");
  draft.currency = reader.parsed("currency", Currency::parse);
  draft.functional = reader.parsed("functional_currency", Currency::parse);
  if (const Json* rate = reader.member("rate"); rate != nullptr && !rate->is_null()) {
    const std::string* text = rate->as_string();
    const auto value = Decimal::parse(text == nullptr ? std::string_view() : std::string_view(*text));
    if (!value) reader.note(value.error().message, "rate");
    draft.rate = value ? *value : Decimal();
  }
  draft.reverses = reader.text("reverses");
  draft.group = reader.text("group");
  draft.storno = reader.yes_no("storno");
  if (draft.storno && draft.reverses.empty()) reader.note("it is a storno, but `reverses` names no entry", "reverses");
  const Json* key = reader.member("key");
  const Json* origin = reader.member("origin");
  const Json::Array lines = reader.list("lines");
  GLMAP_CHECK(reader.finish());
  GLMAP_TRY(read, read_key(*key));
  draft.key = std::move(read);
  GLMAP_TRY(from, read_origin(*origin));
  draft.origin = std::move(from);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    GLMAP_TRY(line, read_line(lines[i], draft, "/lines/" + std::to_string(i)));
    draft.lines.push_back(std::move(line));
  }
  return make(std::move(draft));
}

}  // namespace glmap
