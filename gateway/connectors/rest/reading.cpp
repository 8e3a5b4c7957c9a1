// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/rest/reading.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace glmap::gateway::connectors::rest {

namespace {

struct ClassName {
  std::string_view name;
  AnswerClass meaning;
};
constexpr std::array kClasses = {ClassName{"duplicate", AnswerClass::duplicate},
                                 ClassName{"closed_period", AnswerClass::closed_period},
                                 ClassName{"bad_account", AnswerClass::bad_account},
                                 ClassName{"bad_dimension", AnswerClass::bad_dimension},
                                 ClassName{"unbalanced", AnswerClass::unbalanced},
                                 ClassName{"too_large", AnswerClass::too_large},
                                 ClassName{"refused", AnswerClass::refused},
                                 ClassName{"entity", AnswerClass::entity},
                                 ClassName{"authorisation", AnswerClass::authorisation},
                                 ClassName{"address", AnswerClass::address},
                                 ClassName{"throttled", AnswerClass::throttled},
                                 ClassName{"transient", AnswerClass::transient},
                                 ClassName{"unknown", AnswerClass::unknown}};

std::unexpected<Error> wrong(std::string message, std::string help = {}) {
  return fail(ErrorCode::BadConfiguration, std::move(message), std::move(help));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool contains(std::string_view text, std::string_view part) {
  return lower(text).find(lower(part)) != std::string::npos;
}

/// "422", "4xx", "*"
std::optional<std::pair<int, int>> parse_status(std::string_view text) {
  if (text == "*") return std::pair(0, 999);
  if (text.size() != 3) return std::nullopt;
  if (text.ends_with("xx") && text[0] >= '1' && text[0] <= '5')
    return std::pair((text[0] - '0') * 100, (text[0] - '0') * 100 + 99);
  int status = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (fault != std::errc{} || end != text.data() + text.size() || status < 100) return std::nullopt;
  return std::pair(status, status);
}

Result<AnswerRow> parse_row(std::string_view line) {
  const std::size_t arrow = line.rfind("->");
  const std::size_t blank = line.find(' ');
  if (arrow == std::string_view::npos || blank > arrow) return wrong("there is no `->`");
  AnswerRow out;
  const auto status = parse_status(line.substr(0, blank));
  if (!status) return wrong("`" + std::string(line.substr(0, blank)) + "` is no status", "write 422, 4xx or *");
  std::tie(out.status_from, out.status_to) = *status;
  const std::string_view name = trimmed(line.substr(arrow + 2));
  const auto known = std::ranges::find(kClasses, name, &ClassName::name);
  if (known == kClasses.end()) {
    std::string names;
    for (const ClassName& each : kClasses) names += (names.empty() ? "" : ", ") + std::string(each.name);
    return wrong("`" + std::string(name) + "` is no class", "the classes are " + names);
  }
  out.meaning = known->meaning;
  const std::string_view middle = trimmed(line.substr(blank, arrow - blank));
  if (middle.starts_with('~')) {
    out.words = trimmed(middle.substr(1));
    if (out.words->empty()) return wrong("there are no words behind the `~`");
  } else if (!middle.empty()) {
    GLMAP_TRY(condition, parse_condition(middle));
    out.condition = std::move(condition);
  }
  return out;
}

}  // namespace

const Json* at_pointer(const Json& json, std::string_view pointer) {
  const Json* at = &json;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string step(pointer.substr(0, end));
    pointer.remove_prefix(end);
    if (const auto* array = at->as_array()) {
      std::size_t index = 0;
      const auto [stop, fault] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (fault != std::errc{} || stop != step.data() + step.size() || index >= array->size()) return nullptr;
      at = &(*array)[index];
      continue;
    }
    for (const auto& [from, to] : {std::pair("~1", '/'), std::pair("~0", '~')}) {
      for (std::size_t found = step.find(from); found != std::string::npos; found = step.find(from, found + 1))
        step.replace(found, 2, 1, to);
    }
    at = at->find(step);
    if (at == nullptr) return nullptr;
  }
  return at->is_null() ? nullptr : at;
}

std::string text_at(const Json& json, std::string_view pointer) {
  const Json* found = at_pointer(json, pointer);
  if (found == nullptr) return "";
  if (const auto* text = found->as_string()) return *text;
  if (const auto* number = found->as_number()) return number->text;
  if (const auto* truth = found->as_bool()) return *truth ? "true" : "false";
  return "";
}

Status check_pointer(std::string_view pointer) {
  if (pointer.empty() || pointer.front() == '/') return {};
  return wrong("`" + std::string(pointer) + "` is no place in JSON", "write /member/0/member");
}

bool Condition::holds(const Json& json) const {
  const std::string found = text_at(json, pointer);
  return contains ? rest::contains(found, value) : found == value;
}

Result<Condition> parse_condition(std::string_view text) {
  const std::size_t sign = text.find_first_of("=~");
  if (sign == std::string_view::npos || sign == 0)
    return wrong("`" + std::string(text) + "` is no condition", "write /pointer = value, or /pointer ~ words");
  Condition out{std::string(trimmed(text.substr(0, sign))), text[sign] == '~',
                std::string(trimmed(text.substr(sign + 1)))};
  GLMAP_CHECK(check_pointer(out.pointer));
  if (out.contains && out.value.empty()) return wrong("there are no words behind the `~`");
  return out;
}

std::optional<Money> money_from(const Json& json, Currency otherwise) {
  std::string text;
  if (const auto* number = json.as_number()) text = number->text;
  if (const auto* words = json.as_string()) text = *words;
  if (const std::size_t blank = text.find(' '); blank != std::string::npos) {
    const auto named = Currency::parse(text.substr(blank + 1));
    if (!named) return std::nullopt;
    otherwise = *named;
    text.resize(blank);
  }
  const auto amount = Decimal::parse_json_number(text);
  if (!amount) return std::nullopt;
  const auto money = Money::from_decimal(*amount, otherwise);
  return money ? std::optional(*money) : std::nullopt;
}

Result<std::vector<AnswerRow>> parse_answer_rows(std::string_view text) {
  std::vector<AnswerRow> out;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t newline = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, newline));
    text.remove_prefix(std::min(newline + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    auto row = parse_row(line);
    if (!row) return wrong("line " + std::to_string(number) + ": " + row.error().message, row.error().help);
    out.push_back(std::move(*row));
  }
  return out;
}

AnswerClass classify(const std::vector<AnswerRow>& rows, int status, const std::string& body) {
  const auto json = parse_json(body);
  for (const AnswerRow& row : rows) {
    if (status < row.status_from || status > row.status_to) continue;
    if (row.words && !contains(body, *row.words)) continue;
    if (row.condition && (!json || !row.condition->holds(*json))) continue;
    return row.meaning;
  }
  if (status == 401) return AnswerClass::authorisation;
  if (status == 429) return AnswerClass::throttled;
  return AnswerClass::unknown;
}

}  // namespace glmap::gateway::connectors::rest
