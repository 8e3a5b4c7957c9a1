// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/sql_script.hpp"

#include <algorithm>
#include <cctype>

namespace glmap::emit {
namespace {

constexpr std::size_t kWidth = 116;
constexpr std::size_t kNameBytesMax = 56;  // leaves room for a number behind it

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out += quote;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

std::string sql_text(std::string_view text) {
  return doubled(text, '\'');
}

std::string sql_name(std::string_view name) {
  return doubled(name, '"');
}

std::string sql_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(sql_text(text));
  return "(" + join(quoted, ", ") + ")";
}

std::string place_text(const SourceRef& where) {
  return where.line == 0 ? where.file : where.file + ":" + std::to_string(where.line);
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) text += between;
    text += parts[i];
  }
  return text;
}

std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return out;
}

std::string UniqueNames::add(std::string_view wanted) {
  std::size_t length = std::min(wanted.size(), kNameBytesMax);
  // Never half a character.
  while (length < wanted.size() && length > 0 && (static_cast<unsigned char>(wanted[length]) & 0xC0) == 0x80) --length;
  const std::string base(wanted.substr(0, length));
  std::string name = base;
  for (int number = 2; !taken_.insert(lower(name)).second; ++number) name = base + "_" + std::to_string(number);
  return name;
}

std::string plain_identifier(std::string_view name) {
  std::string out = lower(name);
  for (char& c : out)
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) c = '_';
  return out;
}

std::string select_list(const std::vector<SelectColumn>& columns, std::string_view indent) {
  std::string text;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const SelectColumn& column = columns[i];
    text += indent;
    text += column.expression;
    if (!column.name.empty() && !column.expression.ends_with("." + column.name)) text += " AS " + column.name;
    if (i + 1 != columns.size()) text += ',';
    if (!column.note.empty()) text += "  -- " + one_line(column.note);
    text += '\n';
  }
  return text;
}

void SqlScript::heading(std::string_view title, std::string_view about) {
  text_ += "\n-- " + std::string(kWidth - 3, '=') + "\n-- " + std::string(title) + "\n";
  if (!about.empty()) comment(about);
  text_ += "-- " + std::string(kWidth - 3, '=') + "\n\n";
}

void SqlScript::comment(std::string_view text) {
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    while (line.size() > kWidth - 3) {
      std::size_t cut = line.rfind(' ', kWidth - 3);
      if (cut == std::string_view::npos || cut <= indent) cut = std::min(line.find(' ', indent), line.size());
      text_ += "-- " + std::string(line.substr(0, cut)) + "\n";
      line.remove_prefix(std::min(cut + 1, line.size()));
      if (line.empty()) break;
    }
    if (!line.empty() || end != std::string_view::npos || text.empty()) {
      text_ += line.empty() ? "--" : "-- " + one_line(line);
      text_ += '\n';
    }
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void SqlScript::add(std::string_view statement) {
  if (statement.empty()) return;
  text_ += statement;
  text_ += '\n';
}

}  // namespace glmap::emit
