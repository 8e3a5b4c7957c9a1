// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/sums.hpp"

#include <algorithm>

namespace glmap::resolve {
namespace {

/// One term as written: `net`, `line.net` or `sum of line.net`.
struct WrittenTerm {
  bool negative = false;
  bool summed = false;   // `sum of`
  bool of_line = false;  // `line.` before the name
  bool after_equals = false;
  Word name;  // without `line.`
};

struct Token {
  std::string text;
  std::size_t offset = 0;
};

class SumParser {
 public:
  SumParser(Context& context, const YamlNode& node) : context_(context), node_(node) {}

  /// Terms of one side, or of both sides of `=`. nullopt after a report.
  std::optional<std::vector<WrittenTerm>> parse(bool with_equals) {
    if (node_.kind != YamlNode::Kind::scalar || !split()) {
      if (node_.kind != YamlNode::Kind::scalar) complain(0, 0, "a sum of fields is expected here");
      return std::nullopt;
    }
    if (!side(false)) return std::nullopt;
    if (with_equals) {
      if (at_ == tokens_.size() || tokens_[at_].text != "=") return refuse("`=` is expected here");
      ++at_;
      if (!side(true)) return std::nullopt;
    }
    if (at_ != tokens_.size()) return refuse(tick(tokens_[at_].text) + " stands where `+` or `-` is expected");
    return std::move(terms_);
  }

  Span span_at(std::size_t offset, std::size_t length) const {
    Span span = node_.span;
    if (span.length == 0) return span;  // folded over several lines: the start must do
    span.where.column += static_cast<std::uint32_t>(offset + (node_.quoted ? 1 : 0));
    span.length = static_cast<std::uint32_t>(length);
    return span;
  }

 private:
  std::nullopt_t refuse(std::string message) {
    const std::size_t offset = at_ < tokens_.size() ? tokens_[at_].offset : node_.text.size();
    complain(offset, at_ < tokens_.size() ? tokens_[at_].text.size() : 0, std::move(message));
    return std::nullopt;
  }
  void complain(std::size_t offset, std::size_t length, std::string message) {
    context_.error(ErrorCode::BadLiteral, span_at(offset, length), std::move(message),
                   "write sums such as `net + tax`, `a - b`, `sum of line.gross`, `total = net + tax`");
  }

  /// Names and signs; `-` belongs to a name only inside it, so `a - b` needs its blanks.
  bool split() {
    const std::string& text = node_.text;
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n') {
        ++i;
      } else if (text[i] == '+' || text[i] == '-' || text[i] == '=') {
        tokens_.push_back({std::string(1, text[i]), i});
        ++i;
      } else {
        std::size_t end = i;
        while (end < text.size() && is_word(std::string_view(&text[end], 1))) ++end;
        if (end == i) {
          complain(i, 1, "this character cannot stand in a sum");
          return false;
        }
        tokens_.push_back({text.substr(i, end - i), i});
        i = end;
      }
    }
    return true;
  }

  bool side(bool after_equals) {
    for (bool first = true;; first = false) {
      WrittenTerm term;
      term.after_equals = after_equals;
      const bool more = at_ < tokens_.size();
      const bool sign = more && (tokens_[at_].text == "+" || tokens_[at_].text == "-");
      if (!first && !sign) return true;
      if (sign) term.negative = tokens_[at_++].text == "-";
      if (!name_into(term)) return false;
      terms_.push_back(std::move(term));
    }
  }

  bool name_into(WrittenTerm& term) {
    if (at_ + 1 < tokens_.size() && tokens_[at_].text == "sum" && tokens_[at_ + 1].text == "of") {
      term.summed = true;
      at_ += 2;
    }
    if (at_ == tokens_.size() || tokens_[at_].text.find_first_of("+-=") == 0) {
      refuse("the name of a field is expected here");
      return false;
    }
    const Token& token = tokens_[at_++];
    term.of_line = token.text.starts_with("line.");
    term.name = {term.of_line ? token.text.substr(5) : token.text, span_at(token.offset, token.text.size())};
    if (term.summed && !term.of_line) {
      context_.error(ErrorCode::WrongType, term.name.span,
                     "`sum of` adds up a field of the lines, and " + tick(term.name.text) + " is not written as one",
                     "write " + tick("sum of line." + term.name.text));
      return false;
    }
    return true;
  }

  Context& context_;
  const YamlNode& node_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::vector<WrittenTerm> terms_;
};

bool is_number(FieldKind kind) {
  return kind == FieldKind::money || kind == FieldKind::money_functional || kind == FieldKind::decimal;
}

std::vector<std::string> number_fields(const std::vector<Field>& fields, std::string_view prefix) {
  std::vector<std::string> names;
  for (const Field& field : fields)
    if (is_number(field.kind)) names.push_back(std::string(prefix) + field.name);
  return names;
}

/// `net-tax` is one word; with blanks around its minus it may be a subtraction.
std::optional<std::string> minus_help(const EventType& type, const std::string& name, bool on_line) {
  for (std::size_t minus = name.find('-'); minus != std::string::npos; minus = name.find('-', minus + 1)) {
    const std::string first = name.substr(0, minus);
    if (on_line ? type.line_index(first) : type.header_index(first))
      return "write blanks around the minus: " + tick(first + " - " + name.substr(minus + 1));
  }
  return std::nullopt;
}

/// Looks the terms up; `on_line` says whose names stand bare. `kind` is the kind they must share; text: the first
/// term's.
std::optional<std::vector<SumTerm>> look_up(Context& context, const EventType& type,
                                            const std::vector<WrittenTerm>& written, bool on_line, FieldKind kind) {
  std::vector<SumTerm> terms;
  bool sound = true;
  for (const WrittenTerm& one : written) {
    const bool from_line = on_line || one.of_line;
    if (one.of_line && !one.summed && !on_line) {
      context.error(ErrorCode::WrongType, one.name.span,
                    tick("line." + one.name.text) + " has a value for each line, and one for the event is needed",
                    "write " + tick("sum of line." + one.name.text));
      sound = false;
      continue;
    }
    if (one.summed && on_line) {
      context.error(ErrorCode::WrongType, one.name.span, "a line cannot rest on the sum of all lines",
                    "put the sum into a field of the event");
      sound = false;
      continue;
    }
    const std::vector<Field>& fields = from_line ? type.line : type.header;
    const auto index = from_line ? type.line_index(one.name.text) : type.header_index(one.name.text);
    if (!index) {
      context.error(ErrorCode::UnknownField, one.name.span,
                    (from_line ? "a line of " : "event ") + tick(type.name) + " has no field " + tick(one.name.text),
                    minus_help(type, one.name.text, from_line)
                        .value_or(suggest(one.name.text, number_fields(fields, ""),
                                          "the fields with numbers are " + choices(number_fields(fields, "")))));
      sound = false;
      continue;
    }
    const Field& field = fields[*index];
    if (kind == FieldKind::text && is_number(field.kind)) kind = field.kind;
    if (!is_number(field.kind) || field.kind != kind) {
      const bool currencies = is_number(field.kind) && field.kind != FieldKind::decimal && kind != FieldKind::decimal;
      context.error(currencies ? ErrorCode::MixedCurrencies : ErrorCode::WrongType, one.name.span,
                    tick(one.name.text) + " is " + std::string(to_text(field.kind)) + " and cannot be added to " +
                        (is_number(kind) ? std::string(to_text(kind)) : "a sum"),
                    "add up fields of one kind");
      sound = false;
      continue;
    }
    terms.push_back({one.negative != one.after_equals, one.summed, *index});
  }
  if (!sound) return std::nullopt;
  return terms;
}

}  // namespace

std::optional<std::vector<SumTerm>> read_definition(Context& context, const EventType& type, const YamlNode& node,
                                                    const Field& field, bool on_line) {
  SumParser parser(context, node);
  const auto written = parser.parse(false);
  if (!written) return std::nullopt;
  if (!is_number(field.kind)) {
    context.error(ErrorCode::WrongType, node.span,
                  tick(field.name) + " is " + std::string(to_text(field.kind)) + " and cannot be a sum",
                  "give the field the type `money`, `functional money` or `decimal`");
    return std::nullopt;
  }
  return look_up(context, type, *written, on_line, field.kind);
}

std::optional<Invariant> read_invariant(Context& context, const EventType& type, const YamlNode& node) {
  SumParser parser(context, node);
  const auto written = parser.parse(true);
  if (!written) return std::nullopt;
  // About each line when it names only fields of lines and sums nothing up.
  const bool on_line = std::all_of(written->begin(), written->end(), [&](const WrittenTerm& term) {
    return !term.summed && type.line_index(term.name.text) && (term.of_line || !type.header_index(term.name.text));
  });
  auto terms = look_up(context, type, *written, on_line, FieldKind::text);
  if (!terms) return std::nullopt;
  return Invariant{node.text, on_line, std::move(*terms)};
}

namespace {

enum class Mark : std::uint8_t { fresh, open, done };

/// Walks one level (header or line); sums over lines leave it and cannot come back.
bool rests_on_itself(const std::vector<Field>& fields, std::size_t index, std::vector<Mark>& marks,
                     std::vector<std::size_t>& path) {
  if (marks[index] == Mark::done) return false;
  path.push_back(index);
  if (marks[index] == Mark::open) return true;
  marks[index] = Mark::open;
  for (const SumTerm& term : fields[index].definition)
    if (!term.over_lines && rests_on_itself(fields, term.field, marks, path)) return true;
  marks[index] = Mark::done;
  path.pop_back();
  return false;
}

void check_level(Context& context, const std::vector<Field>& fields, const std::vector<Span>& spans) {
  std::vector<Mark> marks(fields.size(), Mark::fresh);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::vector<std::size_t> path;
    if (!rests_on_itself(fields, i, marks, path)) continue;
    std::string way;
    for (const std::size_t step : path) way += (way.empty() ? "" : " is made of ") + tick(fields[step].name);
    context.error(ErrorCode::BadReferenceData, spans[path.back()], "the definition rests on itself: " + way,
                  "let one of these fields come with the event, without `is`");
    return;
  }
}

}  // namespace

void check_definitions_end(Context& context, const EventType& type, const TypePlaces& places) {
  check_level(context, type.header, places.header);
  check_level(context, type.line, places.line);
}

}  // namespace glmap::resolve
