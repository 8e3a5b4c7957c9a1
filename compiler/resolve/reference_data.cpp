// SPDX-License-Identifier: Apache-2.0
// Entities, charts of accounts and fiscal calendars from YAML, and what they say about each other.
#include <algorithm>

#include "compiler/resolve/context.hpp"
#include "compiler/resolve/yaml_reader.hpp"

namespace glmap::resolve {
namespace {

const std::vector<std::string> kKinds = {"entities", "accounts", "calendars", "events"};

/// Printable ASCII without what the language uses to separate: an invisible character in a code is never meant.
bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '|' && c != ',';
  });
}

// ---- calendars ------------------------------------------------------------------------------------------------------

std::optional<Date> read_month(Context& context, const YamlNode* node) {
  if (node == nullptr) return std::nullopt;
  if (node->kind == YamlNode::Kind::scalar && node->text.size() == 7)
    if (auto first_day = Date::parse(node->text + "-01")) return *first_day;
  context.error(ErrorCode::BadLiteral, node->span, tick(node->text) + " is not a month", "write a month as YYYY-MM");
  return std::nullopt;
}

void add_calendar(Context& context, Result<FiscalCalendar> made, const Span& span) {
  if (made)
    context.book().calendars.push_back(std::move(*made));
  else
    context.error(made.error().code, span, made.error().message, made.error().help);
}

void read_periods(Context& context, const std::string& name, const YamlNode& node, const Span& span) {
  if (node.kind != YamlNode::Kind::sequence || node.items.empty()) {
    context.error(ErrorCode::BadYaml, node.span, "calendar " + tick(name) + " lists no periods",
                  "write one `- {name: 2026-P01, from: ..., until: ...}` line for each");
    return;
  }
  std::vector<Period> periods;
  std::map<std::string, Span> names;
  bool sound = true;
  for (const YamlNode& item : node.items) {
    MapReader reader(context, item, "a period", {"name", "from", "until"});
    const std::string period = reader.text("name");
    const auto from = reader.date("from");
    const auto until = reader.date("until");
    if (period.empty() || !from || !until) {
      sound = false;
      continue;
    }
    const auto [first, added] = names.emplace(period, item.span);
    if (!added) context.twice("period", period, item.span, first->second);
    if (*until < *from)
      context.error(
          ErrorCode::BadReferenceData, item.span,
          "period " + tick(period) + " ends on " + until->to_text() + ", before it begins on " + from->to_text(),
          "exchange the days");
    if (!periods.empty() && *from != periods.back().until.plus_days(1))
      context.error(ErrorCode::BadReferenceData, item.span,
                    "period " + tick(period) + " begins on " + from->to_text() + "; the one before ends on " +
                        periods.back().until.to_text(),
                    "let each period begin on the day after the one before");
    sound = sound && added && *until >= *from && (periods.empty() || *from == periods.back().until.plus_days(1));
    periods.push_back({period, *from, *until});
  }
  if (sound) add_calendar(context, FiscalCalendar::make(name, std::move(periods)), span);
}

void read_calendars(Context& context, const YamlNode& root) {
  const YamlNode* list = top_level(context, root, "calendars", YamlNode::Kind::sequence);
  if (list == nullptr) {
    context.calendars_known = false;
    return;
  }
  for (const YamlNode& item : list->items) {
    MapReader reader(context, item, "a calendar", {"name", "months", "periods"});
    const std::string name = reader.text("name");
    if (name.empty()) continue;
    const auto [first, added] = context.calendars.emplace(name, item.span);
    if (!added) {
      context.twice("calendar", name, item.span, first->second);
      continue;
    }
    const YamlNode* months = reader.find("months");
    const YamlNode* periods = reader.find("periods");
    if ((months == nullptr) == (periods == nullptr)) {
      context.error(ErrorCode::BadYaml, item.span,
                    "calendar " + tick(name) + " has " +
                        (months == nullptr ? "neither `months` nor `periods`" : "both `months` and `periods`"),
                    "write one: `months: {from: 2026-01, through: 2032-12}`, or `periods:` with a line for each");
    } else if (periods != nullptr) {
      read_periods(context, name, *periods, item.span);
    } else {
      MapReader range(context, *months, "months", {"from", "through"});
      const auto from = read_month(context, range.need("from"));
      const auto through = read_month(context, range.need("through"));
      if (from && through) add_calendar(context, FiscalCalendar::months(name, *from, *through), months->span);
    }
  }
}

// ---- charts of accounts ---------------------------------------------------------------------------------------------

std::optional<Account> read_account(Context& context, const YamlNode& item) {
  MapReader reader(context, item, "an account", {"code", "name", "type", "postable", "open_from", "open_until"});
  Account account;
  account.code = reader.text("code");
  account.name = reader.text("name");
  if (const std::string type = reader.text("type"); !type.empty()) {
    if (const auto known = parse_account_type(type))
      account.type = *known;
    else
      context.error(ErrorCode::UnknownListValue, reader.find("type")->span, tick(type) + " is not a type of account",
                    "write one of " + choices({"asset", "liability", "equity", "income", "expense"}));
  }
  account.postable = reader.yes_or("postable", true);
  account.open_from = reader.date_if_any("open_from");
  account.open_until = reader.date_if_any("open_until");
  if (account.open_from && account.open_until && *account.open_until < *account.open_from)
    context.error(ErrorCode::BadReferenceData, reader.find("open_until")->span,
                  "account " + tick(account.code) + " is open until " + account.open_until->to_text() +
                      " but only from " + account.open_from->to_text(),
                  "exchange the days");
  if (account.code.empty()) return std::nullopt;
  if (!is_code(account.code)) {
    context.error(ErrorCode::ConfusableText, reader.find("code")->span,
                  "account code " + tick(account.code) + " has blanks, separators, or characters outside ASCII",
                  account.code.find('"') != std::string::npos
                      ? "write a quotation mark on both sides of the code, or on none"
                      : "write the code as the ledger shows it, at most 40 characters");
    return std::nullopt;
  }
  return account;
}

void read_charts(Context& context, const YamlNode& root) {
  const YamlNode* charts = top_level(context, root, "charts", YamlNode::Kind::map);
  if (charts == nullptr) {
    context.charts_known = false;
    return;
  }
  for (std::size_t i = 0; i < charts->items.size(); ++i) {
    const YamlNode& key = charts->keys[i];
    const YamlNode& list = charts->items[i];
    if (const auto known = context.charts.find(key.text); known != context.charts.end()) {
      context.twice("chart of accounts", key.text, key.span, known->second.span);
      continue;
    }
    Chart& chart = context.charts[key.text];
    chart.span = key.span;
    if (list.kind != YamlNode::Kind::sequence || list.items.empty()) {
      context.error(ErrorCode::BadYaml, list.span, "chart " + tick(key.text) + " lists no accounts",
                    "write one `- {code: \"1200\", name: ..., type: asset}` line for each");
      continue;
    }
    std::map<std::string, Span> codes;
    for (const YamlNode& item : list.items) {
      auto account = read_account(context, item);
      if (!account) chart.broken = true;
      if (!account) continue;
      const Span& place = item.find("code")->span;
      const auto [first, added] = codes.emplace(account->code, place);
      if (added)
        chart.accounts.push_back(std::move(*account));
      else
        context.twice("account", account->code, place, first->second);
    }
    std::sort(chart.accounts.begin(), chart.accounts.end(),
              [](const Account& a, const Account& b) { return a.code < b.code; });
  }
}

// ---- entities -------------------------------------------------------------------------------------------------------

void read_reversal(Context& context, MapReader& reader, LegalEntity& entity) {
  const std::string style = reader.text_if_any("reversal");
  if (style == "storno") entity.reversal = ReversalStyle::storno;
  if (!style.empty() && style != "swap" && style != "storno")
    context.error(ErrorCode::UnknownListValue, reader.find("reversal")->span,
                  tick(style) + " is not a way to write a reversal",
                  "write `swap` (debit and credit change sides) or `storno` (the same sides, negative amounts)");
}

void read_entity(Context& context, const YamlNode& item) {
  MapReader reader(context, item, "an entity",
                   {"code", "name", "functional", "zone", "calendar", "chart", "erp", "closed_through",
                    "soft_closed_through", "reversal"});
  LegalEntity entity;
  entity.code = reader.text("code");
  entity.name = reader.text("name");
  entity.zone = reader.text("zone");
  entity.calendar = reader.text("calendar");
  entity.chart = reader.text("chart");
  entity.erp = reader.text("erp");
  entity.closed_through = reader.date_if_any("closed_through");
  entity.soft_closed_through = reader.date_if_any("soft_closed_through");
  if (entity.closed_through && entity.soft_closed_through && *entity.soft_closed_through <= *entity.closed_through)
    context.error(ErrorCode::BadReferenceData, reader.find("soft_closed_through")->span,
                  "the books of " + entity.code + " are closed through " + entity.closed_through->to_text() +
                      " and soft-closed only through " + entity.soft_closed_through->to_text(),
                  "write a later day, or delete `soft_closed_through`");
  read_reversal(context, reader, entity);
  if (const std::string functional = reader.text("functional"); !functional.empty()) {
    if (auto currency = Currency::parse(functional))
      entity.functional = *currency;
    else
      context.error(currency.error().code, reader.find("functional")->span, currency.error().message,
                    currency.error().help);
  }
  if (!entity.zone.empty() && !zone_exists(entity.zone))
    context.error(ErrorCode::UnknownName, reader.find("zone")->span, tick(entity.zone) + " is not a time zone",
                  "write an IANA name, such as `Europe/Berlin` or `America/New_York`");
  if (entity.code.empty()) return;
  const Span& place = item.find("code")->span;
  if (!check_word(context, "entity code", entity.code, place, false)) return;
  if (const auto known = context.catalog().entity_index(entity.code)) {
    context.twice("entity", entity.code, place, context.entity_places[*known]);
    return;
  }
  context.entity_places.push_back(place);
  context.catalog().entities.push_back(std::move(entity));
  if (const YamlNode* calendar = reader.find("calendar"); calendar != nullptr && context.calendars_known)
    if (!calendar->text.empty() && !context.calendars.contains(calendar->text)) {
      std::vector<std::string> known;
      for (const auto& [name, span] : context.calendars) known.push_back(name);
      context.error(
          ErrorCode::UnknownName, calendar->span, "calendar " + tick(calendar->text) + " is not defined",
          suggest(calendar->text, known, known.empty() ? "define it" : "the calendars are " + choices(known)));
    }
  if (const YamlNode* chart = reader.find("chart"); chart != nullptr && context.charts_known)
    if (!chart->text.empty() && !context.charts.contains(chart->text)) {
      std::vector<std::string> known;
      for (const auto& [name, one] : context.charts) known.push_back(name);
      context.error(ErrorCode::UnknownName, chart->span, "chart of accounts " + tick(chart->text) + " is not defined",
                    suggest(chart->text, known, known.empty() ? "define it" : "the charts are " + choices(known)));
    }
}

void read_entities(Context& context, const YamlNode& root) {
  const YamlNode* list = top_level(context, root, "entities", YamlNode::Kind::sequence);
  if (list == nullptr) {
    context.entities_known = false;
    return;
  }
  for (const YamlNode& item : list->items) {
    const std::size_t before = context.catalog().entities.size();
    read_entity(context, item);
    if (context.catalog().entities.size() == before) context.entities_known = false;
  }
  for (LegalEntity& entity : context.catalog().entities)
    if (const auto chart = context.charts.find(entity.chart); chart != context.charts.end())
      entity.accounts = chart->second.accounts;
}

// ---- files ----------------------------------------------------------------------------------------------------------

void forget_kind(Context& context, const std::string& kind) {
  if (kind == "entities") context.entities_known = false;
  if (kind == "accounts") context.charts_known = false;
  if (kind == "calendars") context.calendars_known = false;
  if (kind == "events") context.events_known = false;
}

void read_file_of(Context& context, const syntax::ReferenceDecl& decl, const ReadFile& read_file,
                  diagnostics::Sources& sources) {
  auto text = read_file(decl.path.text);
  if (!text) {
    context.error(ErrorCode::FileNotReadable, decl.path.span,
                  tick(decl.path.text) + " cannot be opened: " + text.error().message,
                  "write the path from the book's directory");
    return forget_kind(context, decl.kind.text);
  }
  const std::string file = path_beside(decl.path.span.where.file, decl.path.text);
  sources.add(file, *text);
  const auto root = read_yaml(file, *text, context.sink);
  if (!root) return forget_kind(context, decl.kind.text);
  if (decl.kind.text == "calendars") return read_calendars(context, *root);
  if (decl.kind.text == "accounts") return read_charts(context, *root);
  if (decl.kind.text == "entities") return read_entities(context, *root);
  read_events(context, *root);
}

}  // namespace

void resolve_reference(Context& context, const ReadFile& read_file, diagnostics::Sources& sources) {
  std::map<std::string, Span> paths;
  for (const syntax::ReferenceDecl& decl : context.spec.references) {
    if (std::find(kKinds.begin(), kKinds.end(), decl.kind.text) == kKinds.end())
      context.error(ErrorCode::UnknownName, decl.kind.span, tick(decl.kind.text) + " is not a kind of reference data",
                    suggest(decl.kind.text, kKinds, "write one of " + choices(kKinds)));
    const auto [first, added] = paths.emplace(decl.path.text, decl.path.span);
    if (!added) context.twice("file", decl.path.text, decl.path.span, first->second);
  }
  // Entities speak of calendars and charts, events of nothing else; a kind may be spread over several files.
  const Span at = context.book_span();
  for (const char* kind : {"calendars", "accounts", "entities", "events"}) {
    bool found = false;
    std::map<std::string, bool> done;
    for (const syntax::ReferenceDecl& decl : context.spec.references) {
      if (decl.kind.text != kind || !done.emplace(decl.path.text, true).second) continue;
      found = true;
      read_file_of(context, decl, read_file, sources);
    }
    if (found) continue;
    forget_kind(context, kind);
    context.error(ErrorCode::MissingClause, at, std::string("the book names no ") + kind,
                  "write under `reference`: " + tick(std::string(kind) + " \"reference/" + kind + ".yaml\""));
  }
}

}  // namespace glmap::resolve
