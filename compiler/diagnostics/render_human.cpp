// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/diagnostics/plain_text.hpp"
#include "compiler/diagnostics/render.hpp"

namespace glmap::diagnostics {
namespace {

// A line longer than this is shown as a window around the place, so that one long line cannot flood the screen.
constexpr std::size_t kWindow = 160;

std::string place(const Span& span) {
  std::string result = printable_utf8(span.where.file, false);
  if (span.where.line != 0) {
    result += ":" + std::to_string(span.where.line);
    if (span.where.column != 0) result += ":" + std::to_string(span.where.column);
  }
  if (!span.where.pointer.empty()) result += " at " + printable_utf8(span.where.pointer, false);
  return result;
}

/// "message", with further lines of a paragraph set under its first.
std::string paragraph(std::string_view text, std::size_t indent) {
  std::string result;
  for (char c : printable_utf8(text, true)) {
    result.push_back(c);
    if (c == '\n') result.append(indent, ' ');
  }
  return result;
}

struct Excerpt {
  std::string text;
  std::size_t before = 0;  // characters in front of the marks
  std::size_t marks = 0;
};

Excerpt excerpt(std::string_view line, const Span& span) {
  const std::u32string all = printable(line, false);
  const std::size_t column = std::max<std::size_t>(span.where.column, 1) - 1;
  const std::size_t start = std::min(column, all.size());
  const std::size_t length =
      std::max<std::size_t>(1, std::min<std::size_t>(span.length, all.size() > start ? all.size() - start : 1));
  if (all.size() <= kWindow) return {to_utf8(all), start, length};
  const std::size_t from = start > kWindow / 2 ? std::min(start - kWindow / 2, all.size() - kWindow) : 0;
  Excerpt result;
  if (from != 0) result.text = "...";
  result.before = result.text.size() + (start - from);
  result.text += to_utf8(std::u32string_view(all).substr(from, kWindow));
  result.marks = std::min(length, std::max<std::size_t>(1, from + kWindow - start));
  if (from + kWindow < all.size()) result.text += "...";
  return result;
}

struct Snippet {
  const Span& span;
  std::string_view arrow;
  char mark;
  std::string_view message;
};

void write_snippet(std::string& out, const Snippet& snippet, const Sources& sources, std::size_t gutter) {
  const std::string margin(gutter + 1, ' ');
  out.append(gutter, ' ').append(snippet.arrow).append(" ").append(place(snippet.span)).append("\n");
  const SourceRef& where = snippet.span.where;
  const std::string* text = sources.text(where.file);
  if (where.line == 0 || text == nullptr) {
    if (!snippet.message.empty()) out += margin + "= " + paragraph(snippet.message, gutter + 3) + "\n";
    return;
  }
  const std::string number = std::to_string(where.line);
  Excerpt shown = excerpt(sources.line(where.file, where.line), snippet.span);
  shown.text.erase(shown.text.find_last_not_of(' ') + 1);
  out += margin + "|\n";
  out += number + std::string(gutter - number.size(), ' ') + " |" + (shown.text.empty() ? "" : " ") + shown.text + "\n";
  out += margin + "| " + std::string(shown.before, ' ') + std::string(shown.marks, snippet.mark);
  if (!snippet.message.empty()) out += " " + printable_utf8(snippet.message, false);
  out += "\n";
}

bool has_own_heading(std::string_view note) {
  return note.starts_with("example:") || note.starts_with("note:") || note.starts_with("source:");
}

void write_one(std::string& out, const Diagnostic& diagnostic, const Sources& sources) {
  std::uint32_t line_max = diagnostic.primary.where.line;
  for (const Label& label : diagnostic.labels) line_max = std::max(line_max, label.span.where.line);
  const std::size_t gutter = std::max<std::size_t>(2, std::to_string(line_max).size());
  const std::string margin(gutter + 1, ' ');
  out.append(to_text(diagnostic.severity)).append("[").append(code_text(diagnostic.code)).append("]: ");
  out += paragraph(diagnostic.message, 2) + "\n";
  if (!diagnostic.primary.where.file.empty()) write_snippet(out, {diagnostic.primary, "-->", '^', {}}, sources, gutter);
  for (const Label& label : diagnostic.labels) {
    out += margin + "|\n";
    write_snippet(out, {label.span, ":::", '-', label.message}, sources, gutter);
  }
  for (const std::string& note : diagnostic.notes) {
    out += margin + "= " + paragraph(has_own_heading(note) ? note : "note: " + note, gutter + 5) + "\n";
  }
  if (!diagnostic.help.empty()) out += margin + "= " + paragraph("help: " + diagnostic.help, gutter + 5) + "\n";
}

/// Where the text of a line ends: before a comment that is not inside quotes, and before trailing blanks.
std::size_t text_end(const std::u32string& line) {
  bool quoted = false;
  std::size_t end = line.size();
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == U'"' && (i == 0 || line[i - 1] != U'\\')) quoted = !quoted;
    if (quoted || line[i] != U'-' || i + 1 == line.size() || line[i + 1] != U'-') continue;
    if (i != 0 && line[i - 1] != U' ') continue;
    end = i;
    break;
  }
  while (end > 0 && (line[end - 1] == U' ' || line[end - 1] == U'\t')) --end;
  return end;
}

/// Gives a length to a place that has none of its own.
void measure(Span& span, const Sources& sources) {
  if (span.length != kRestOfLine) return;
  const std::size_t end = text_end(decode(sources.line(span.where.file, span.where.line)));
  const std::size_t start = std::max<std::size_t>(span.where.column, 1) - 1;
  span.length = end > start ? static_cast<std::uint32_t>(end - start) : 0;
}

}  // namespace

std::string render_human(const std::vector<Diagnostic>& diagnostics, const Sources& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!out.empty()) out += "\n";
    write_one(out, diagnostic, sources);
  }
  return out;
}

std::string render(const std::vector<Diagnostic>& diagnostics, const Sources& sources, Format format) {
  std::vector<Diagnostic> measured = diagnostics;
  for (Diagnostic& diagnostic : measured) {
    measure(diagnostic.primary, sources);
    for (Label& label : diagnostic.labels) measure(label.span, sources);
  }
  switch (format) {
    case Format::human:
      return render_human(measured, sources);
    case Format::json:
      return render_json(measured);
    case Format::sarif:
      return render_sarif(measured, sources);
  }
  GLMAP_ASSERT(false);
  return {};
}

}  // namespace glmap::diagnostics
