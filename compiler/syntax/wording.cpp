// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/wording.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "compiler/diagnostics/plain_text.hpp"

namespace glmap::syntax {
namespace {

constexpr std::size_t kShownMax = 40;

struct Phrase {
  Rule rule;
  std::string_view text;
};

/// What the list of constructs consists of, said when something else begins there.
std::string_view list_phrase(Rule rule) {
  static constexpr Phrase kPhrases[] = {
      {Rule::mapping_section,
       "the properties of a mapping are `language`, `release`, `owner`, `unknown` and `ledgers`"},
      {Rule::reference_section, "reference data is `entities`, `accounts`, `calendars` or `events`"},
      {Rule::lists_section, "a list reads `product is PLATFORM, API`"},
      {Rule::table_section, "a table consists of rows between bars, `impossible`, `remaining` and `rows from`"},
      {Rule::accounts_section, "the accounts section consists of rows between bars"},
      {Rule::dates_section, "the dates section consists of `posting date is`, `closed` and `soft_closed`"},
      {Rule::currency_section, "foreign currency is stated by `rate is`, `rounding to`, `never in` and `round`"},
      {Rule::order_section, "an order reads `EVENT needs EVENT by FIELD, wait 3 days, else hold for OWNER`"},
      {Rule::expectations_section,
       "an expectation reads `EVENT within 15 minutes after EVENT by FIELD, else exception for OWNER`"},
      {Rule::approvals_section, "an approval reads `EVENT, EVENT over 25000.00 by ROLE`"},
      {Rule::intercompany_section, "a pair reads `pair due_from, due_to by partner`"},
      {Rule::rule_section,
       "a rule consists of `because`, `in ledger`, `for`, `when`, `post in`, `recognise` and `reverse`"},
      {Rule::post_block, "a posting line starts with `debit` or `credit`"},
      {Rule::recognise_block, "behind `recognise` stand `for`, `rounding` and lines with `debit` or `credit`"},
      {Rule::no_entry_section, "`no entry for` goes on with `in ledger`, `when` or `because`"},
      {Rule::hold_section, "`hold` goes on with `in ledger`, `when` or `because`"},
      {Rule::intake_section,
       "an intake consists of `source`, `because`, `only when`, `also known`, `no event`, and kinds of payload that "
       "end "
       "in `gives EVENT`"},
      {Rule::intake_kind, "below `gives EVENT` stand rows between bars, `for each line of` and `also known`"},
      {Rule::test_section, "a step of a test starts with `event`, `payload`, `expect`, `rate` or `through`"},
      {Rule::test_event, "an event of a test consists of fields and then of lines that start with `line`"},
      {Rule::expectation, "an expected line starts with `debit` or `credit`"},
  };
  for (const Phrase& phrase : kPhrases) {
    if (phrase.rule == rule) return phrase.text;
  }
  return "a section starts here";
}

/// How the parts of an intake are written; empty for other constructs.
std::string_view intake_phrase(Rule rule) {
  static constexpr Phrase kPhrases[] = {
      {Rule::intake_head, "an intake starts with `intake NAME \"title\"`"},
      {Rule::source_clause, "the source of the events reads `source \"billing.example\"`"},
      {Rule::only_clause, "it reads `only when PATH is VALUE because \"reason\"`"},
      {Rule::nothing_clause, "it reads `no event when PATH is VALUE because \"reason\"`"},
      {Rule::kind_head, "a kind of payload reads `when PATH is VALUE gives EVENT`"},
      {Rule::payload_when, "a condition reads `PATH is VALUE`, conditions are joined by `and`"},
      {Rule::payload_test, "a condition reads `PATH is VALUE`, conditions are joined by `and`"},
      {Rule::part_clause, "several payloads in one body read `for each of PATH`"},
      {Rule::lines_clause, "the lines of an event read `for each line of PATH`"},
      {Rule::known_clause, "members that are not read say `also known PATH, everything in PATH`"},
      {Rule::known_path, "members that are not read say `also known PATH, everything in PATH`"},
      {Rule::test_payload, "a payload reads `payload INTAKE \"file.json\"`"},
  };
  for (const Phrase& phrase : kPhrases) {
    if (phrase.rule == rule) return phrase.text;
  }
  return {};
}

/// How the construct is written.
std::string_view construct_phrase(Rule rule) {
  static constexpr Phrase kPhrases[] = {
      {Rule::mapping_head, "a mapping starts with `mapping NAME \"title\"`"},
      {Rule::property, "a property reads `owner revenue-accounting`, several values are separated by commas"},
      {Rule::reference_item, "reference data reads `entities \"reference/entities.yaml\"`"},
      {Rule::list_item, "a list reads `product is PLATFORM, API`, its values are separated by commas"},
      {Rule::table_head, "a table starts with `table NAME \"title\"`"},
      {Rule::table_part, "a row ends with its line"},
      {Rule::remaining, "the remainder reads `remaining 3 impossible because \"reason\"`"},
      {Rule::csv_rows, "rows kept in a file read `rows from \"file.csv\"`"},
      {Rule::posting_date, "the posting date reads `posting date is FIELD, else occurred_at in zone of entity`"},
      {Rule::date_field, "the posting date reads `posting date is FIELD, else occurred_at in zone of entity`"},
      {Rule::closed_clause, "a closed period is met by `closed hold` or `closed first open day`"},
      {Rule::soft_closed, "what a soft-closed period takes reads `soft_closed allow schedules, reversals`"},
      {Rule::rate_clause, "the rate reads `rate is FIELD` or `rate from SOURCE on DATE_FIELD, at most 3 days old`"},
      {Rule::rounding_clause, "rounding reads `rounding to ROLE, at most 0.01 per line`"},
      {Rule::never_clause, "roles without rounding read `never in ROLE, ROLE`"},
      {Rule::round_clause, "the mode reads `round half_away_from_zero`"},
      {Rule::rule_head, "a rule starts with `rule NAME \"title\"`"},
      {Rule::because_clause, "a reason reads `because \"policy and paragraph\"`"},
      {Rule::for_clause, "the event reads `for EVENT` or `for each line of EVENT`"},
      {Rule::when_clause, "a condition reads `FIELD is VALUE`, conditions are joined by `and`"},
      {Rule::condition, "a condition reads `FIELD is VALUE`, conditions are joined by `and`"},
      {Rule::ledger_clause, "the ledger reads `in ledger NAME`"},
      {Rule::post_head, "an entry reads `post in ENTITY, journal CODE`"},
      {Rule::entry_line, "a posting line reads `debit ROLE AMOUNT`, then `at`, `worth` or `with`"},
      {Rule::line_option, "a posting line reads `debit ROLE AMOUNT`, then `at`, `worth` or `with`"},
      {Rule::limit,
       "a limit reads `, at most its balance for FIELD` or `, over its open items by FIELD for FIELD, oldest first`"},
      {Rule::dimension, "dimensions read `with DIMENSION VALUE, DIMENSION VALUE`"},
      {Rule::difference, "the difference reads `difference to GAIN_ROLE, LOSS_ROLE`"},
      {Rule::recognise_head,
       "a schedule reads `recognise AMOUNT over FROM to UNTIL by CONVENTION [in ENTITY], journal CODE`"},
      {Rule::schedule_for, "what a schedule is for reads `for FIELD, FIELD when changed prospective`"},
      {Rule::schedule_rounding, "the rounding of a schedule reads `rounding cumulative` or `rounding rest_in_last`"},
      {Rule::reverse_clause, "a reversal reads `reverse everything for FIELD`"},
      {Rule::amount, "an amount reads like `line.net`, `line.gross - line.tax` or `12 % of line.net`"},
      {Rule::share, "a share reads `share of event.discount by line.net`"},
      {Rule::no_entry_head, "it reads `no entry for EVENT, EVENT`"},
      {Rule::hold_head, "it reads `hold EVENT, EVENT`"},
      {Rule::test_head, "a test starts with `test \"title\"`"},
      {Rule::test_rate, "a published rate reads `rate SOURCE USD EUR 0.95 on 2026-10-01`"},
      {Rule::test_through, "time passes by `through 2026-12-31`"},
      {Rule::event_head, "an event reads `event TYPE ID`"},
      {Rule::event_fields, "fields of an event read `FIELD VALUE`, separated by commas"},
      {Rule::event_line, "a line of an event reads `line FIELD VALUE, FIELD VALUE`"},
      {Rule::expect_head,
       "it reads `expect ENTITY JOURNAL DATE CURRENCY`, `expect no entry` or `expect held \"reason\"`"},
      {Rule::expect_option, "behind the currency stand `in ledger NAME`, `storno` and `reverses EVENT_ID`"},
      {Rule::expected_balance, "it reads `expect balance of ROLE, ROLE on DATE is 0.00 CURRENCY DIMENSION VALUE`"},
      {Rule::expected_line,
       "an expected line reads `debit ACCOUNT ROLE AMOUNT`, then `CURRENCY AMOUNT` and dimensions"},
  };
  if (rule == Rule::term || rule == Rule::factor || rule == Rule::prefix || rule == Rule::operand) rule = Rule::amount;
  if (rule == Rule::first_field || rule == Rule::next_field || rule == Rule::field_value) rule = Rule::event_fields;
  if (rule == Rule::expected_pair || rule == Rule::signed_number) rule = Rule::expected_line;
  if (rule == Rule::take) rule = Rule::amount;
  if (rule == Rule::item_order) rule = Rule::limit;
  for (const Phrase& phrase : kPhrases) {
    if (phrase.rule == rule) return phrase.text;
  }
  if (const std::string_view phrase = intake_phrase(rule); !phrase.empty()) return phrase;
  return list_phrase(rule);
}

bool is_dash(std::string_view seen) {
  return seen == "\u2013" || seen == "\u2014" || seen == "\u2212" || seen == "\u2010";
}

std::string help_by_sign(const Misfit& misfit) {
  if (is_dash(misfit.seen)) return "write a plain hyphen `-`, and two of them `--` for a comment";
  if (misfit.seen == "'") return "write double quotes `\"`";
  if (misfit.seen == "/")
    return "there is no division; write a percentage such as `50 % of line.net`, or let `recognise line.net over FROM "
           "to "
           "UNTIL by equal_months` spread it over months";
  if (misfit.seen == ";" || misfit.seen == "{" || misfit.seen == "}")
    return "delete it; a construct ends where the next one starts";
  if (misfit.seen == "#") return "write `--` for a comment";
  if (misfit.seen == "=") return "write `is`";
  return {};
}

bool in_condition(const Misfit& misfit) {
  return misfit.rule == Rule::condition || misfit.rule == Rule::when_clause || misfit.rule == Rule::payload_test ||
         misfit.rule == Rule::payload_when;
}

bool in_amount(const Misfit& misfit) {
  return misfit.rule == Rule::amount || misfit.rule == Rule::take || misfit.rule == Rule::term ||
         misfit.rule == Rule::factor || misfit.rule == Rule::prefix || misfit.rule == Rule::operand;
}

/// What other languages and ledgers write, where our nearest word would mean something else, or there is none near.
std::string help_by_other_language(const Misfit& misfit) {
  const std::string& seen = misfit.seen;
  if (misfit.kind == Misfit::Kind::cut_short) {
    if (misfit.before == "%") return "a percentage stands before what it is taken of: `19 % of line.net`";
    if (misfit.rule != Rule::expect_head) return {};
    if (misfit.before == "nothing" || misfit.before == "none") return "write `expect no entry`";
    return misfit.before == "error" ? "write `expect held \"reason\"`" : std::string();
  }
  if (in_condition(misfit)) {
    if (seen == "!" || seen == "isn" || (seen == "<" && misfit.next == ">")) return "write `is not`";
    if (seen == "not") return "write `FIELD is not VALUE`";
    if (seen == "is" && misfit.before_kind == TokenKind::word)
      return "write `and` before `" + misfit.before + "`, not a comma";
  }
  if (seen == "=" && in_amount(misfit)) return "delete it; the amount stands behind the role";
  if (seen == "," && in_amount(misfit)) return "delete the comma; the amount stands behind the role";
  if (seen == ":" && misfit.rule == Rule::entry_line) return "delete the colon";
  if (misfit.seen_kind == TokenKind::text && misfit.name_fits && !misfit.text_fits)
    return "a name stands without quotation marks";
  if (misfit.kind != Misfit::Kind::start) return {};
  if (misfit.rule == Rule::dates_section && (seen == "posting_date" || seen == "posting-date"))
    return "write `posting date is FIELD`";
  if (misfit.rule == Rule::rule_section && (seen == "if" || seen == "where")) return "write `when`";
  if (misfit.rule != Rule::post_block && misfit.rule != Rule::recognise_block && misfit.rule != Rule::expectation)
    return {};
  for (const std::string_view debit : {"Dr", "DR", "dr", "Soll"})
    if (seen == debit) return "write `debit`";
  for (const std::string_view credit : {"Cr", "CR", "cr", "Haben"})
    if (seen == credit) return "write `credit`";
  return {};
}

/// Constructs whose parts are separated by commas.
bool has_commas(Rule rule) {
  static constexpr Rule kRules[] = {
      Rule::property,     Rule::list_item,       Rule::posting_date, Rule::soft_closed,      Rule::rate_clause,
      Rule::never_clause, Rule::rounding_clause, Rule::for_clause,   Rule::no_entry_head,    Rule::hold_head,
      Rule::condition,    Rule::when_clause,     Rule::post_head,    Rule::recognise_head,   Rule::schedule_for,
      Rule::limit,        Rule::difference,      Rule::pair_item,    Rule::approval_item,    Rule::order_item,
      Rule::event_fields, Rule::event_line,      Rule::line_option,  Rule::expectation_item, Rule::known_clause,
      Rule::payload_test, Rule::payload_when};
  return std::find(std::begin(kRules), std::end(kRules), rule) != std::end(kRules);
}

bool is_word(TokenKind kind) {
  return kind == TokenKind::word || kind == TokenKind::keyword || kind == TokenKind::text;
}

std::string joined_name(const Misfit& misfit, char joint) {
  return "`" + misfit.before + joint + misfit.seen + "`";
}

/// What other languages have and this one does not, and names and lists written as in a letter.
std::string help_by_habit(const Misfit& misfit) {
  const std::string& seen = misfit.seen;
  if (misfit.kind == Misfit::Kind::cut_short) {
    return misfit.before == "," ? "delete the comma, or write behind it what belongs to it" : std::string();
  }
  if (seen == "otherwise" || seen == "default" || (seen == "else" && misfit.rule != Rule::posting_date)) {
    return "there is no `" + seen +
           "`: say for which values it holds, so that a new value is noticed and not swallowed";
  }
  if (in_condition(misfit) && (seen == "<" || seen == ">" || seen == "over" || seen == "above" || seen == "below"))
    return "conditions never compare amounts; write `sign: positive` at the amount in events.yaml, or let billing send "
           "another event type";
  if (seen == "or" && in_condition(misfit)) return "write the values behind `is` with commas, or a second rule";
  if (misfit.row_follows) return "begin the row with `|`";
  if (misfit.rule == Rule::list_item && misfit.next == "is" && misfit.before_kind == TokenKind::word) {
    return "a name is one word: write " + joined_name(misfit, '-') + " or " + joined_name(misfit, '_');
  }
  if (seen == "and" && has_commas(misfit.rule) && !in_condition(misfit)) return "write a comma instead of `and`";
  if (misfit.only_comma_fits) return "write a comma before `" + seen + "`";
  const bool one_behind_other = is_word(misfit.seen_kind) && is_word(misfit.before_kind);
  if (misfit.kind != Misfit::Kind::surplus || !one_behind_other) return {};
  const bool head = misfit.rule == Rule::rule_head || misfit.rule == Rule::table_head ||
                    misfit.rule == Rule::mapping_head || misfit.rule == Rule::intake_head;
  if (head && misfit.seen_kind == TokenKind::word && misfit.before_kind == TokenKind::word) {
    return "a name is one word: write " + joined_name(misfit, '-') + " or " + joined_name(misfit, '_') +
           ", or put the title in double quotes";
  }
  if (misfit.rule == Rule::entry_line && seen == "over") return "write a comma before `over`";
  return has_commas(misfit.rule) ? "write a comma before `" + seen + "`" : std::string();
}

std::string choice(const std::vector<std::string>& words) {
  std::string result;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index != 0) result += index + 1 == words.size() ? " or " : ", ";
    result += "`" + words[index] + "`";
  }
  return result;
}

constexpr std::string_view kSections[] = {
    "mapping",      "reference", "lists",        "table", "accounts", "dates", "foreign_currency", "order",
    "expectations", "approvals", "intercompany", "rule",  "no",       "hold",  "intake",           "test"};

/// The words of the language that may have been meant.
std::vector<std::string> candidates(const Misfit& misfit) {
  std::vector<std::string> result = misfit.keywords;
  if (misfit.kind == Misfit::Kind::start && misfit.rule == Rule::book) {
    result.insert(result.end(), std::begin(kSections), std::end(kSections));
  }
  if (misfit.kind == Misfit::Kind::start && misfit.rule == Rule::test_section)
    result.insert(result.end(), {"event", "payload", "expect", "rate", "through"});
  if (misfit.kind == Misfit::Kind::surplus) {
    // In the middle of a line a word like `accounting` is no misspelt `accounts`.
    std::erase_if(result, [](const std::string& word) {
      return std::find(std::begin(kSections), std::end(kSections), word) != std::end(kSections);
    });
  }
  return result;
}

std::string help_of(const Misfit& misfit) {
  if (std::string by_other = help_by_other_language(misfit); !by_other.empty()) return by_other;
  if (std::string by_sign = help_by_sign(misfit); !by_sign.empty()) return by_sign;
  if (misfit.kind != Misfit::Kind::cut_short && misfit.seen_kind == TokenKind::word) {
    const std::string near = diagnostics::closest(misfit.seen, candidates(misfit));
    if (!near.empty()) return "did you mean `" + near + "`?";
  }
  if (std::string by_habit = help_by_habit(misfit); !by_habit.empty()) return by_habit;
  if (misfit.rule == Rule::rounding_clause && misfit.seen == "at")
    return "write `to` and the role that takes the difference";
  // `at most` begins a limit, and a limit begins with a comma.
  if (misfit.seen == "most" && misfit.before == "at") return "write a comma before `at most`";
  if (misfit.kind == Misfit::Kind::inside && misfit.seen_kind == TokenKind::keyword && misfit.name_fits) {
    return "`" + misfit.seen + "` is a word of the language; choose another name here, or put a value in quotes";
  }
  if (misfit.kind == Misfit::Kind::surplus) return {};
  if (misfit.kind == Misfit::Kind::start) {
    if (misfit.rule != Rule::book) return {};
    return "a section starts with `mapping`, `reference`, `lists`, `table`, `accounts`, `dates`, `foreign_currency`, "
           "`order`, `expectations`, `approvals`, `intercompany`, `rule`, `no entry for`, `hold`, `intake` or `test`";
  }
  if (misfit.text_fits && !misfit.name_fits && misfit.keywords.empty()) return "put the text in double quotes";
  if ((misfit.rule == Rule::rounding_clause || misfit.rule == Rule::rate_clause) &&
      misfit.keywords == std::vector<std::string>{"at"})
    return "write `at most`";
  if (!misfit.name_fits && !misfit.keywords.empty() && misfit.keywords.size() <= 3)
    return "write " + choice(misfit.keywords);
  return {};
}

}  // namespace

bool looks_like_number(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (point == std::string_view::npos) return digits(text);
  return digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

Wording wording_of_number(const std::vector<std::string_view>& groups) {
  std::string written;
  std::string plain;
  bool thousands = true;
  for (std::size_t index = 0; index < groups.size(); ++index) {
    const std::string_view group = groups[index];
    written += (index == 0 ? "" : ",") + std::string(group);
    plain += group;
    const std::string_view whole = group.substr(0, group.find('.'));
    // 1,000.00 has groups of three before its point; 1.000,00 has its point first.
    if (index == 0 ? group.find('.') != std::string_view::npos : whole.size() != 3) thousands = false;
  }
  if (!thousands) {
    plain.clear();
    for (const std::string_view group : std::span(groups).first(groups.size() - 1))
      for (const char c : group)
        if (c != '.') plain += c;
    plain += "." + std::string(groups.back());
  }
  Wording result;
  result.message = "`" + written + "` is written with a comma; commas separate one thing from the next";
  result.help = thousands ? "write `" + plain + "` without separators" : "write `" + plain + "` with a decimal point";
  return result;
}

std::string shown(const Token& token) {
  if (token.kind == TokenKind::row) return "a table row";
  std::u32string text = diagnostics::printable(token.text, false);
  if (text.size() > kShownMax) text = text.substr(0, kShownMax) + U"...";
  return diagnostics::to_utf8(text);
}

Wording wording_of(const Misfit& misfit) {
  const bool is_row = misfit.seen_kind == TokenKind::row;
  const std::string seen = is_row ? misfit.seen : "`" + misfit.seen + "`";
  Wording result;
  result.help = help_of(misfit);
  switch (misfit.kind) {
    case Misfit::Kind::start:
      result.message = misfit.rule == Rule::book
                           ? fmt::format("{} does not start a section", seen)
                           : fmt::format("{} is not expected here; {}", seen, list_phrase(misfit.rule));
      break;
    case Misfit::Kind::surplus:
    case Misfit::Kind::inside:
      result.message = fmt::format("{} is not expected here; {}", seen, construct_phrase(misfit.rule));
      break;
    case Misfit::Kind::cut_short:
      result.message =
          fmt::format("something is missing behind `{}`; {}", misfit.before, construct_phrase(misfit.rule));
      break;
  }
  return result;
}

}  // namespace glmap::syntax
