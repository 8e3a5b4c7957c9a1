// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/intake_cells.hpp"

#include <boost/range/iterator_range.hpp>
#include <boost/spirit/home/x3.hpp>

#include "compiler/diagnostics/plain_text.hpp"

namespace glmap::syntax {
namespace {

namespace x3 = boost::spirit::x3;
using Iterator = std::string_view::const_iterator;
using Piece = boost::iterator_range<Iterator>;

// clang-format off
const auto blanks = *x3::char_(" \t\r");
const auto word_char = x3::char_("a-zA-Z0-9_") | x3::char_('\x80', '\xFF');  // bytes of other letters
const auto quoted = '"' >> *('\\' >> x3::char_ | (x3::char_ - '"' - '\\')) >> '"';
const auto plain = word_char >> *(word_char | (x3::char_('-') >> &word_char));
const auto step = quoted | plain;
const auto dotted = step >> *('.' >> step);
const auto sign = x3::char_(",+-");
// Each takes `take`, the action that collects a piece of the text.
const auto pieces = [](const auto& take) { return blanks >> *(x3::raw[dotted | sign][take] >> blanks); };
const auto steps = [](const auto& take) { return x3::raw[step][take] % '.'; };
// clang-format on

std::string_view view(const Piece& piece) {
  return std::string_view(piece.begin(), piece.end());
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return text.substr(0, 0);
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

/// Collects what `grammar` finds; what is left behind it.
template <class Grammar>
std::string_view collect(std::string_view text, const Grammar& grammar, std::vector<std::string_view>& found) {
  found.clear();
  const auto take = [&found](const auto& context) { found.push_back(view(x3::_attr(context))); };
  Iterator at = text.begin();
  x3::parse(at, text.end(), grammar(take));
  return std::string_view(at, text.end());
}

bool is_text(std::string_view piece) {
  return piece.starts_with('"') && piece.find("\".") == std::string_view::npos;
}

std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string_view> found;
  if (!collect(path, steps, found).empty()) return {};
  std::vector<std::string> result;
  for (const std::string_view one : found) result.push_back(one.starts_with('"') ? unquoted(one) : std::string(one));
  return result;
}

constexpr std::string_view kTermHelp =
    "write a path such as `data.object.total`, a text in quotes, several of them joined by commas or added by `+` and "
    "`-`, or `sum of PATH of LIST`, `first PATH of LIST where MEMBER is VALUE`, `only PATH of LIST`";

/// The middle cell of a row.
class TermReader {
 public:
  TermReader(const RowText& row, std::string_view cell, diagnostics::Sink& sink)
      : row_(row), cell_(cell), sink_(sink) {}

  bool read(PayloadRowDecl& result) {
    const std::string_view rest = collect(cell_, pieces, pieces_);
    if (!rest.empty()) return refuse(rest, "cannot be read here");
    if (pieces_.empty()) return refuse(cell_, "names nothing");
    do {
      TermDecl term;
      if (!sign(result, term) || !this->term(term)) return false;
      result.terms.push_back(std::move(term));
    } while (at_ < pieces_.size());
    return true;
  }

 private:
  bool at(std::string_view word) const { return at_ < pieces_.size() && pieces_[at_] == word; }
  bool at_sign(std::size_t index) const {
    return index >= pieces_.size() || pieces_[index] == "," || pieces_[index] == "+" || pieces_[index] == "-";
  }

  bool refuse(std::string_view part, std::string_view what) {
    const std::string_view shown = trimmed(part);
    Span span = span_in_row(row_, shown);
    if (span.length == 0) span.length = 1;
    const std::string seen = shown.empty() ? "the cell" : "`" + diagnostics::printable_utf8(shown, false) + "`";
    sink_.error(ErrorCode::BadCell, span, seen + " " + std::string(what), std::string(kTermHelp));
    return false;
  }

  bool sign(PayloadRowDecl& result, TermDecl& term) {
    const bool first = result.terms.empty();
    if (first && !at_sign(at_)) return true;
    const std::string_view seen = pieces_[at_];
    if (!at_sign(at_)) return refuse(seen, "stands behind another path, and nothing says how they belong together");
    if (seen == "," && (first || (result.terms.size() > 1 && !result.joined)))
      return refuse(seen, "joins nothing here");
    if (seen != "," && result.joined) return refuse(seen, "stands where texts are joined");
    result.joined = seen == ",";
    term.negative = seen == "-";
    if (++at_ == pieces_.size()) return refuse(seen, "has nothing behind it");
    return true;
  }

  bool term(TermDecl& term) {
    const std::string_view start = pieces_[at_];
    if (is_text(start)) {
      term.constant = {unquoted(start), span_in_row(row_, start), true};
      term.span = term.constant.span;
      ++at_;
      return true;
    }
    if (at("sum") && at_ + 1 < pieces_.size() && pieces_[at_ + 1] == "of") {
      term.take = TermDecl::Take::sum;
      at_ += 2;
    } else if ((at("first") || at("only")) && !at_sign(at_ + 1)) {
      term.take = at("first") ? TermDecl::Take::first : TermDecl::Take::only;
      ++at_;
    }
    if (!path(term.path)) return false;
    if (at("of") && (++at_, !path(term.list))) return false;
    if (at("where") && !where(term)) return false;
    const std::string_view last = pieces_[at_ - 1];
    term.span = span_in_row(row_, std::string_view(start.begin(), last.end()));
    return true;
  }

  bool path(PathDecl& result) {
    if (at_sign(at_)) return refuse(at_ < pieces_.size() ? pieces_[at_] : cell_, "stands where a path is missing");
    result.steps = steps_of(pieces_[at_]);
    result.span = span_in_row(row_, pieces_[at_]);
    ++at_;
    return true;
  }

  bool where(TermDecl& term) {
    const std::string_view start = pieces_[at_];
    if (term.list.empty())
      return refuse(start, "chooses among the members of a list, and no `of LIST` stands before it");
    ++at_;
    PayloadTestDecl test;
    if (!path(test.subject)) return false;
    if (!at("is")) return refuse(start, "goes on with `MEMBER is VALUE`");
    ++at_;
    test.negated = at("not");
    at_ += test.negated ? 1 : 0;
    for (;;) {
      if (at_sign(at_)) return refuse(start, "names no value");
      const std::string_view value = pieces_[at_++];
      test.values.push_back(
          {is_text(value) ? unquoted(value) : std::string(value), span_in_row(row_, value), is_text(value)});
      if (!at(",")) break;
      ++at_;
    }
    test.span = span_in_row(row_, std::string_view(start.begin(), pieces_[at_ - 1].end()));
    term.where = std::move(test);
    return true;
  }

  const RowText& row_;
  std::string_view cell_;
  diagnostics::Sink& sink_;
  std::vector<std::string_view> pieces_;
  std::size_t at_ = 0;
};

/// The last cell of a row: words between commas, quotes kept.
bool read_readings(const RowText& row, std::string_view cell, diagnostics::Sink& sink, std::vector<Word>& result) {
  std::vector<std::string_view> found;
  const std::string_view rest = trimmed(collect(cell, pieces, found));
  if (!rest.empty()) {
    sink.error(ErrorCode::BadCell, span_in_row(row, rest),
               "`" + diagnostics::printable_utf8(rest, false) + "` cannot be read in this cell",
               "write how the value is read, such as `minor units` or `unix seconds in zone of entity`");
    return false;
  }
  std::string_view start;
  for (std::size_t index = 0; index <= found.size(); ++index) {
    const bool ends = index == found.size() || found[index] == ",";
    if (!ends) {
      if (start.empty()) start = found[index];
      continue;
    }
    if (start.empty()) continue;
    std::string text;
    const std::string_view whole(start.begin(), found[index - 1].end());
    for (const std::string_view one : found)
      if (one.begin() >= whole.begin() && one.end() <= whole.end())
        text += (text.empty() ? "" : " ") + std::string(one);
    result.push_back({std::move(text), span_in_row(row, whole)});
    start = {};
  }
  return true;
}

}  // namespace

std::optional<PathDecl> read_path(const Word& word, diagnostics::Sink& sink) {
  PathDecl result;
  result.span = word.span;
  result.steps = steps_of(word.text);
  if (!result.steps.empty()) return result;
  sink.error(ErrorCode::BadCell, word.span, "`" + diagnostics::printable_utf8(word.text, false) + "` is not a path",
             "write members with dots between them, such as `data.object.lines`; one made of other signs stands in "
             "quotes of its own");
  return std::nullopt;
}

std::optional<PayloadRowDecl> read_payload_row(const RowText& row, diagnostics::Sink& sink) {
  const std::size_t errors = sink.error_count();
  const std::optional<RawRow> raw = cut_cells(row, sink);
  if (!raw || sink.error_count() != errors) return std::nullopt;
  if (!raw->divided || raw->asked.size() != 1 || raw->answered.size() != 2) {
    sink.error(ErrorCode::RowWidth, raw->span, "this row does not have the three cells of an intake",
               "write `| FIELD || where it stands in the payload | how it is read |`; the last cell is blank for a "
               "fixed text");
    return std::nullopt;
  }
  PayloadRowDecl result;
  result.span = raw->span;
  const std::string_view field = trimmed(raw->asked.front());
  result.field = {std::string(field), span_in_row(row, field)};
  std::vector<std::string_view> found;
  if (!collect(field, pieces, found).empty() || found.size() != 1 || found.front().starts_with('"') ||
      !trimmed(field).ends_with(found.front())) {
    sink.error(ErrorCode::BadCell, field.empty() ? raw->span : result.field.span, "this cell names no field",
               "write a field of the event, or `event.id`, `event.time`, `event.revision` or `event.subject`");
    return std::nullopt;
  }
  result.terms_span = span_in_row(row, trimmed(raw->answered[0]));
  result.reading_span = span_in_row(row, trimmed(raw->answered[1]));
  if (!TermReader(row, raw->answered[0], sink).read(result)) return std::nullopt;
  if (!read_readings(row, raw->answered[1], sink, result.readings)) return std::nullopt;
  return result;
}

}  // namespace glmap::syntax
