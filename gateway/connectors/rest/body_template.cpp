// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/rest/body_template.hpp"

#include <algorithm>
#include <cctype>

#include "gateway/connectors/file/row.hpp"

namespace glmap::gateway::connectors::rest {

namespace {

constexpr std::string_view kEach = "$each";
constexpr std::string_view kDo = "$do";

std::unexpected<Error> wrong(std::string message, std::string help = {}) {
  return fail(ErrorCode::BadConfiguration, std::move(message), std::move(help));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == ' ') {
      if (!out.back().empty()) out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

bool is_pattern(std::string_view text) {
  return text.find_first_not_of("YMD-/.") == std::string_view::npos && text.find("YYYY") != std::string_view::npos;
}

Status check_options(Placeholder& out, const std::vector<std::string>& options) {
  const Kind kind = out.field->kind;
  if (out.as_number && kind != Kind::amount && kind != Kind::number)
    return wrong("`" + out.name + "` is no amount and cannot be inserted as a number");
  if (out.mapped && kind != Kind::text) return wrong("`map` is for texts, and `" + out.name + "` is none");
  if (options.empty()) return {};
  if (kind == Kind::date && options.size() == 1 && is_pattern(options[0])) {
    out.pattern = options[0];
    return {};
  }
  if (out.name == "side" && options.size() == 2) {
    out.for_side = options;
    return {};
  }
  return wrong("`" + options[0] + "` behind `" + out.name + "` is not understood",
               "a date takes a pattern such as YYYYMMDD, `side` what stands for debit and for credit");
}

/// What stands between the braces.
Result<Placeholder> read_placeholder(std::string_view text, Reach reach) {
  Placeholder out;
  if (text.ends_with('?')) {
    out.optional = true;
    text.remove_suffix(1);
  }
  std::vector<std::string> words = words_of(text);
  if (words.size() > 1 && (words[0] == "number" || words[0] == "map")) {
    (words[0] == "number" ? out.as_number : out.mapped) = true;
    words.erase(words.begin());
  }
  if (words.empty()) return wrong("`{}` names no field");
  out.name = words[0];
  out.field = find_field(out.name);
  if (out.field == nullptr) return wrong("there is no field `" + out.name + "`", "docs/connectors/rest.md lists them");
  if (out.field->reach > reach) {
    return wrong("`" + out.name + "` belongs to " + (out.field->reach == Reach::line ? "a line" : "an entry") +
                     ", and there is none here",
                 out.field->reach == Reach::line ? "write {\"$each\": \"lines\", \"$do\": ...} around it" : "");
  }
  words.erase(words.begin());
  GLMAP_CHECK(check_options(out, words));
  return out;
}

std::string text_of(const Json& value) {
  if (const auto* number = value.as_number()) return number->text;
  if (const auto* truth = value.as_bool()) return *truth ? "true" : "false";
  if (const auto* text = value.as_string()) return *text;
  return value.is_null() ? "" : canonical_json(value);
}

Result<Json> mapped_value(const Placeholder& placeholder, const Json& value, const Scope& scope) {
  const std::string key = placeholder.name + "." + text_of(value);
  const auto found = scope.mapped->find(key);
  if (found != scope.mapped->end()) return Json(found->second);
  return fail(placeholder.name == "account" ? ErrorCode::ErpBadAccount : ErrorCode::ErpRefused,
              "the connection has no setting `map." + key + "`");
}

/// Null: nothing is there.
Result<Json> inserted(const Placeholder& placeholder, const Scope& scope) {
  Json value = value_of(*placeholder.field, placeholder.name, scope);
  const bool empty = value.is_null() || (value.as_string() != nullptr && value.as_string()->empty());
  if (empty) return placeholder.optional ? Json() : value;
  if (placeholder.mapped) return mapped_value(placeholder, value, scope);
  if (!placeholder.for_side.empty()) return Json(placeholder.for_side[scope.line->side == Side::debit ? 0 : 1]);
  if (!placeholder.pattern.empty())
    return Json(file::date_text(Date::parse(*value.as_string()).value(), placeholder.pattern));
  if (value.as_number() != nullptr && !placeholder.as_number) return Json(value.as_number()->text);
  return value;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      ((out += '%') += kHex[byte >> 4]) += kHex[byte & 15];
    }
  }
  return out;
}

// ---- bodies ---------------------------------------------------------------------------------------------------------

/// Walks a template and finds whatever is wrong with it.
class Checker {
 public:
  bool transaction_amounts = false;

  Status check(const Json& value, Reach reach, const std::string& pointer) {
    if (const auto* text = value.as_string()) return check_text(*text, reach, pointer);
    if (const auto* array = value.as_array()) {
      for (std::size_t i = 0; i < array->size(); ++i)
        GLMAP_CHECK(check((*array)[i], reach, pointer + "/" + std::to_string(i)));
    }
    const auto* object = value.as_object();
    if (object == nullptr) return {};
    if (value.find(kEach) != nullptr) return check_loop(value, reach, pointer);
    for (const auto& [name, member] : *object) {
      if (name.starts_with("$"))
        return at(pointer, "there is no `" + name + "`", "loops are {\"$each\": \"lines\", \"$do\": ...}");
      GLMAP_CHECK(check(member, reach, pointer + pointer_step(name)));
    }
    return {};
  }

 private:
  static std::unexpected<Error> at(const std::string& pointer, std::string message, std::string help = {}) {
    return fail(ErrorCode::BadConfiguration, "at `" + (pointer.empty() ? "/" : pointer) + "`: " + std::move(message),
                std::move(help));
  }

  Status check_text(const std::string& text, Reach reach, const std::string& pointer) {
    const auto parsed = TextTemplate::parse(text, reach);
    if (!parsed) return at(pointer, parsed.error().message, parsed.error().help);
    for (const auto& piece : parsed->pieces()) {
      if (!piece.placeholder) continue;
      const std::string& name = piece.placeholder->name;
      transaction_amounts |= name == "journal_entry" ||
                             (name.starts_with("transaction_") && piece.placeholder->field->reach == Reach::line);
      const bool alone = parsed->whole() != nullptr;
      if (!alone &&
          (piece.placeholder->as_number || piece.placeholder->optional || piece.placeholder->field->kind == Kind::json))
        return at(pointer, "`{" + name + "}` must be the whole string here");
    }
    return {};
  }

  Status check_loop(const Json& loop, Reach reach, const std::string& pointer) {
    const Json* over = loop.find(kEach);
    const Json* body = loop.find(kDo);
    if (loop.as_object()->size() != 2 || body == nullptr || over->as_string() == nullptr ||
        *over->as_string() != "lines")
      return at(pointer, "this is no loop", "write {\"$each\": \"lines\", \"$do\": what stands for each line}");
    if (reach != Reach::entry) return at(pointer, "a loop over lines stands within one");
    return check(*body, Reach::line, pointer + pointer_step(kDo));
  }
};

Result<std::optional<Json>> filled(const Json& value, const Scope& scope);

Result<Json::Array> filled_loop(const Json& body, const Scope& scope) {
  Json::Array out;
  Scope inner = scope;
  for (const JournalLine& line : scope.entry->lines()) {
    inner.line = &line;
    ++inner.number;
    GLMAP_TRY(item, filled(body, inner));
    if (item) out.push_back(std::move(*item));
  }
  return out;
}

Result<std::optional<Json>> filled_text(const std::string& text, const Scope& scope) {
  const Reach reach = scope.line != nullptr ? Reach::line : scope.entry != nullptr ? Reach::entry : Reach::entity;
  GLMAP_TRY(parsed, TextTemplate::parse(text, reach));
  if (const Placeholder* whole = parsed.whole()) {
    GLMAP_TRY(value, inserted(*whole, scope));
    if (whole->optional && value.is_null()) return std::optional<Json>();
    return std::optional(std::move(value));
  }
  GLMAP_TRY(out, parsed.fill(scope));
  return std::optional(Json(std::move(out)));
}

/// Nothing: to be left out.
Result<std::optional<Json>> filled(const Json& value, const Scope& scope) {
  if (const auto* text = value.as_string()) return filled_text(*text, scope);
  if (const auto* array = value.as_array()) {
    Json::Array out;
    for (const Json& item : *array) {
      if (const Json* body = item.find(kDo)) {  // a loop among others stands for its items
        GLMAP_TRY(items, filled_loop(*body, scope));
        std::ranges::move(items, std::back_inserter(out));
        continue;
      }
      GLMAP_TRY(made, filled(item, scope));
      if (made) out.push_back(std::move(*made));
    }
    return std::optional(Json(std::move(out)));
  }
  const auto* object = value.as_object();
  if (object == nullptr) return std::optional(value);
  if (const Json* body = value.find(kDo)) {
    GLMAP_TRY(items, filled_loop(*body, scope));
    return std::optional(Json(std::move(items)));
  }
  Json::Object out;
  for (const auto& [name, member] : *object) {
    GLMAP_TRY(made, filled(member, scope));
    if (made) out.emplace_back(name, std::move(*made));
  }
  return std::optional(Json(std::move(out)));
}

}  // namespace

Result<TextTemplate> TextTemplate::parse(std::string_view text, Reach reach) {
  TextTemplate out;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) out.pieces_.push_back({std::exchange(literal, {}), std::nullopt});
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool doubled = at + 1 < text.size() && text[at + 1] == c;
    if ((c == '{' || c == '}') && doubled) {
      literal += c;
      ++at;
    } else if (c == '}') {
      return wrong("column " + std::to_string(at + 1) + ": `}` without its `{`", "a brace itself is written twice");
    } else if (c == '{') {
      const std::size_t end = text.find('}', at);
      if (end == std::string_view::npos)
        return wrong("column " + std::to_string(at + 1) + ": `{` without its `}`", "a brace itself is written twice");
      auto placeholder = read_placeholder(text.substr(at + 1, end - at - 1), reach);
      if (!placeholder) {
        return wrong("column " + std::to_string(at + 1) + ": " + placeholder.error().message, placeholder.error().help);
      }
      flush();
      out.pieces_.push_back({"", std::move(*placeholder)});
      at = end;
    } else {
      literal += c;
    }
  }
  flush();
  return out;
}

const Placeholder* TextTemplate::whole() const {
  return pieces_.size() == 1 && pieces_[0].placeholder ? &*pieces_[0].placeholder : nullptr;
}

Result<std::string> TextTemplate::fill(const Scope& scope) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.text;
    if (!piece.placeholder) continue;
    GLMAP_TRY(value, inserted(*piece.placeholder, scope));
    out += text_of(value);
  }
  return out;
}

Result<std::string> TextTemplate::fill_url(const Scope& scope) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.text;
    if (!piece.placeholder) continue;
    GLMAP_TRY(value, inserted(*piece.placeholder, scope));
    out += percent_encoded(text_of(value));
  }
  return out;
}

Result<BodyTemplate> BodyTemplate::parse(std::string_view json) {
  BodyTemplate out;
  auto root = parse_json(json);
  if (!root) {
    const SourceRef& where = root.error().where;
    const std::string place =
        where.line == 0 ? "at `" + where.pointer + "`: "
                        : "line " + std::to_string(where.line) + ", column " + std::to_string(where.column) + ": ";
    return wrong(place + root.error().message, root.error().help);
  }
  Checker checker;
  GLMAP_CHECK(checker.check(*root, Reach::entry, ""));
  out.root_ = std::move(*root);
  out.transaction_amounts_ = checker.transaction_amounts;
  return out;
}

Result<std::string> BodyTemplate::fill(const Scope& scope) const {
  GLMAP_TRY(value, filled(root_, scope));
  return write_json(value ? *value : Json());
}

}  // namespace glmap::gateway::connectors::rest
