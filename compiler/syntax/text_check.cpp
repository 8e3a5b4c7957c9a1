// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/text_check.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "compiler/diagnostics/plain_text.hpp"
#include "compiler/syntax/characters.hpp"

namespace glmap::syntax {
namespace {

using diagnostics::Sink;
using diagnostics::Span;

constexpr std::string_view kQuoteMarks = "\u201C\u201D\u201E\u201F\u00AB\u00BB\u2018\u2019";

bool is_typographic_quote(char32_t c) {
  static const std::u32string marks = diagnostics::decode(kQuoteMarks);
  return marks.find(c) != std::u32string::npos;
}

std::string utf8(char32_t c) {
  std::string result;
  diagnostics::append_utf8(result, c);
  return result;
}

/// Walks the text once, character by character, knowing whether it is inside quotes, a comment or a table row.
class Scan {
 public:
  Scan(const std::string& file, std::string_view text, Sink& sink, const TextLimits& limits)
      : file_(file), text_(text), sink_(sink), limits_(limits) {}

  CheckedText run() {
    CheckedText result;
    if (!check_lines()) return result;
    out_.reserve(text_.size());
    while (at_ < text_.size() && !stopped_) {
      const std::size_t length = diagnostics::utf8_sequence_length(text_.substr(at_));
      if (length == 0) {
        report_not_utf8();
        return result;
      }
      step(diagnostics::decode(text_.substr(at_, length)).front());
      at_ += length;
    }
    end_line();
    result.readable = !stopped_;
    result.text = std::move(out_);
    return result;
  }

 private:
  enum class State : std::uint8_t { plain, quoted, comment };

  Span here(std::uint32_t length = 1) const { return Span{SourceRef{file_, line_, column_, {}}, length}; }

  void stop(ErrorCode code, Span span, std::string message, std::string help) {
    sink_.error(code, std::move(span), std::move(message), std::move(help));
    stopped_ = true;
  }

  /// Sizes are checked on bytes first, so that hostile text costs one pass.
  bool check_lines() {
    if (text_.size() > limits_.bytes_max) {
      stop(ErrorCode::TooLarge, Span{SourceRef{file_, 0, 0, {}}, 0},
           fmt::format("the file has {} bytes; a file of a book has at most {}", text_.size(), limits_.bytes_max),
           "put large tables into a CSV file and name it by `rows from`");
      return false;
    }
    std::uint32_t line = 1;
    for (std::size_t from = 0; from < text_.size(); ++line) {
      const std::size_t until = std::min(text_.find('\n', from), text_.size());
      if (until - from > limits_.line_bytes_max) {
        stop(ErrorCode::TooLarge, Span{SourceRef{file_, line, 1, {}}, 1},
             fmt::format("the line has {} bytes; a line has at most {}", until - from, limits_.line_bytes_max),
             "break the line; line breaks may stand between any two words, only a table row stays on one line");
        return false;
      }
      from = until + 1;
    }
    return true;
  }

  void report_not_utf8() {
    stop(ErrorCode::NotUtf8, here(),
         fmt::format("byte 0x{:02X} at offset {} is not UTF-8 text", static_cast<unsigned char>(text_[at_]), at_),
         "save the file as UTF-8");
  }

  void step(char32_t c) {
    if (c == U'\n') {
      end_line();
      out_.push_back('\n');
      ++line_;
      column_ = 1;
      return;
    }
    if (const Hidden kind = hidden_kind(c); kind != Hidden::no && is_refused(kind, c)) {
      report_hidden(kind, c);
    } else {
      visible(c);
    }
    previous_ = c;
    ++column_;
  }

  void end_line() {
    end_word();
    if (state_ == State::quoted && !in_row_ && !stopped_ && !typographic_) {
      sink_.error(ErrorCode::UnexpectedText, Span{SourceRef{file_, line_, quote_column_, {}}, column_ - quote_column_},
                  "the quotation mark is not closed on this line", "close the text with `\"`");
    }
    state_ = State::plain;
    in_row_ = false;
    previous_ = 0;
    typographic_ = false;
  }

  bool is_refused(Hidden kind, char32_t c) const {
    if (kind == Hidden::direction || kind == Hidden::control) return true;
    if (state_ == State::comment) return false;
    // Scripts that need joiners, and blanks that do not break, are at home in titles and reasons.
    if (state_ == State::quoted) return kind == Hidden::zero_width && c != 0x200C && c != 0x200D;
    return true;
  }

  void report_hidden(Hidden kind, char32_t c) {
    sink_.error(ErrorCode::ConfusableText, here(),
                fmt::format("{} (U+{:04X}) stands here", hidden_in_words(kind), static_cast<std::uint32_t>(c)),
                kind == Hidden::blank ? "write an ordinary blank" : "delete the character");
    count_finding();
    // One plain character for one: places stay right, and a name broken by an invisible character stays one name.
    const bool in_word = state_ == State::plain && kind != Hidden::blank && is_word_character(previous_);
    out_.push_back(in_word ? '_' : ' ');
    if (!in_word) end_word();
  }

  void count_finding() {
    if (++findings_ == limits_.findings_max) stopped_ = true;
  }

  void visible(char32_t c) {
    switch (state_) {
      case State::comment:
        break;
      case State::quoted:
        return in_quotes(c);
      case State::plain:
        if (is_word_character(c)) {
          in_word(c);
        } else {
          end_word();
          if (is_typographic_quote(c)) return open_typographic(c);
          if (c == U'"') open_quote();
          sign(c);
        }
        break;
    }
    append(c);
  }

  void append(char32_t c) { diagnostics::append_utf8(out_, c); }

  void in_quotes(char32_t c) {
    const bool closes = c == U'"' || (typographic_ && is_typographic_quote(c));
    if (escaped_) {
      escaped_ = false;
      if (c != U'"' && c != U'\\' && !in_row_) {
        sink_.error(ErrorCode::UnexpectedText, Span{SourceRef{file_, line_, column_ - 1, {}}, 2},
                    "`\\" + utf8(c) + "` has no meaning in quotes",
                    "write `\\\"` for a quotation mark and `\\\\` for a backslash");
        count_finding();
      }
    } else if (c == U'\\') {
      escaped_ = true;
    } else if (closes) {
      state_ = State::plain;
      typographic_ = false;
      out_.push_back('"');
      return;
    }
    append(c);
  }

  void open_quote() {
    state_ = State::quoted;
    escaped_ = false;
    quote_column_ = column_;
    count_word();
  }

  void open_typographic(char32_t c) {
    sink_.error(ErrorCode::UnexpectedText, here(), "`" + utf8(c) + "` is a typographic quotation mark",
                "write a straight quotation mark `\"` before and after the text");
    count_finding();
    open_quote();
    typographic_ = true;
    out_.push_back('"');
  }

  void sign(char32_t c) {
    if (c == U'-' && previous_ == U'-') {
      state_ = State::comment;
    } else if (in_row_ || c == U' ' || c == U'\t' || c == U'\r') {
      return;
    } else if (c == U'|') {
      in_row_ = true;
      count_word();
    } else if (c == U'(') {
      count_word();
      if (++depth_ > limits_.nesting_max) {
        stop(ErrorCode::TooLarge, here(), fmt::format("parentheses nest deeper than {}", limits_.nesting_max),
             "close parentheses, or split the amount");
      }
    } else {
      count_word();
      if (c == U')' && depth_ > 0) --depth_;
    }
  }

  void count_word() {
    if (++words_ <= limits_.words_max || stopped_) return;
    stop(ErrorCode::TooLarge, here(), fmt::format("the file has more than {} words", limits_.words_max),
         "split the file, or put large tables into a CSV file and name it by `rows from`");
  }

  void in_word(char32_t c) {
    if (word_length_ == 0) {
      word_column_ = column_;
      if (!in_row_) count_word();
    }
    ++word_length_;
    const Script script = script_of(c);
    if (script == Script::latin) has_latin_ = true;
    if (script == Script::cyrillic || script == Script::greek) {
      (latin_look_alike(c) != 0 ? has_look_alike_ : has_other_) = true;
      if (!foreign_) foreign_ = c;
    } else if (script == Script::wide || script == Script::combining) {
      refused_ = c;
    } else if (script == Script::other) {
      has_other_ = true;
    }
  }

  /// A name made of two alphabets, or wholly of letters that look Latin and are not, can pass for another name.
  void end_word() {
    if (word_length_ == 0) return;
    std::optional<char32_t> culprit = refused_;
    if (!culprit && foreign_ && (has_latin_ || (has_look_alike_ && !has_other_))) culprit = foreign_;
    if (culprit) report_confusable(*culprit);
    word_length_ = 0;
    has_latin_ = has_look_alike_ = has_other_ = false;
    foreign_.reset();
    refused_.reset();
  }

  void report_confusable(char32_t c) {
    std::string message = fmt::format("`{}` (U+{:04X}) in this name is {}", utf8(c), static_cast<std::uint32_t>(c),
                                      script_in_words(script_of(c)));
    if (const char32_t latin = latin_look_alike(c)) message += fmt::format(" that looks like `{}`", utf8(latin));
    const bool accent = script_of(c) == Script::combining;
    sink_.error(
        ErrorCode::ConfusableText, Span{SourceRef{file_, line_, word_column_, {}}, word_length_}, std::move(message),
        accent ? "write the letter and its accent as one character (NFC)" : "type the name again in one alphabet");
    count_finding();
  }

  const std::string& file_;
  std::string_view text_;
  Sink& sink_;
  const TextLimits& limits_;
  std::string out_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
  State state_ = State::plain;
  bool in_row_ = false;
  bool escaped_ = false;
  bool typographic_ = false;
  bool stopped_ = false;
  char32_t previous_ = 0;
  std::uint32_t quote_column_ = 0;
  std::size_t depth_ = 0;
  std::size_t words_ = 0;
  std::size_t findings_ = 0;
  std::uint32_t word_column_ = 0;
  std::uint32_t word_length_ = 0;
  bool has_latin_ = false;
  bool has_look_alike_ = false;
  bool has_other_ = false;
  std::optional<char32_t> foreign_;
  std::optional<char32_t> refused_;
};

}  // namespace

CheckedText check_text(const std::string& file, std::string_view text, Sink& sink, const TextLimits& limits) {
  return Scan(file, text, sink, limits).run();
}

}  // namespace glmap::syntax
