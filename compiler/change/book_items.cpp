// SPDX-License-Identifier: Apache-2.0
// What is compared as it is written: accounts, lists, schemas, intakes, and all that depends on what happened before -
// order, approvals, exchange rates. Also who answers for what, and why: it moves nothing, and a person wants to see it.
#include <algorithm>
#include <map>
#include <set>

#include "compiler/change/book_diff.hpp"
#include "compiler/change/changed_parts.hpp"
#include "compiler/change/rule_text.hpp"
#include "compiler/resolve/print_intake.hpp"
#include "compiler/verify/grown_lists.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::change {
namespace {

using verify::tick;
using Texts = std::map<std::string, std::string>;  // what -> what the book says of it

std::string minutes_words(std::int64_t minutes) {
  if (minutes % 1440 == 0) return verify::counted(static_cast<verify::Count>(minutes / 1440), "day");
  if (minutes % 60 == 0) return verify::counted(static_cast<verify::Count>(minutes / 60), "hour");
  return verify::counted(static_cast<verify::Count>(minutes), "minute");
}

std::string day_words(const std::optional<Date>& day) {
  return day ? day->to_text() : "nothing";
}

class ItemList {
 public:
  ItemList(const rules::RuleBook& before, const rules::RuleBook& after) : before_(before), after_(after) {}

  std::vector<Item> run() {
    add_policies();
    add_entities();
    add_accounts();
    add_roles();
    add_lists();
    add_schemas();
    add_order();
    add_reasons();
    add_intakes();
    return std::move(items_);
  }

 private:
  void add(const std::string& section, const std::string& what, const std::string& before, const std::string& after,
           bool moves) {
    if (before != after) items_.push_back({section, what, before, after, moves});
  }
  /// Everything that one of the two has, or both in other words.
  void add_all(const std::string& section, const Texts& before, const Texts& after, bool moves) {
    const auto text = [](const Texts& of, const std::string& key) {
      const auto at = of.find(key);
      return at == of.end() ? std::string() : at->second;
    };
    for (const auto& [what, words] : before) add(section, what, words, text(after, what), moves);
    for (const auto& [what, words] : after)
      if (!before.contains(what)) add(section, what, "", words, moves);
  }

  // ---- policies

  static std::string rate_words(const rules::RuleBook& book) {
    if (!book.foreign_currency) return "";
    const rules::ForeignCurrency& of = *book.foreign_currency;
    std::string text = of.rate_source.empty() ? "rate is " + of.rate_field
                                              : "rate from " + of.rate_source + " on " + of.rate_date + ", at most " +
                                                    std::to_string(of.rate_age_days_max) + " days old";
    text += "; rounding to " + book.roles[of.rounding_role].name + ", at most " + of.cap_per_line.to_text() +
            " per line, " + std::string(to_text(of.mode));
    std::vector<std::string> never;
    for (const std::uint32_t role : of.never_in) never.push_back(book.roles[role].name);
    return never.empty() ? text : text + "; never in " + verify::all_of(never);
  }
  static std::string joined(const std::vector<std::string>& words) {
    return words.empty() ? "" : verify::all_of(words);
  }
  static std::string soft_words(const rules::RuleBook& book) {
    return std::string(book.soft_closed_schedules ? "schedules " : "") +
           (book.soft_closed_reversals ? "reversals" : "");
  }

  void add_policies() {
    add("owner", "the book", before_.owner, after_.owner, false);
    add("policies", "title", before_.title, after_.title, false);
    add("policies", "unknown events", before_.reject_unknown ? "reject" : "hold",
        after_.reject_unknown ? "reject" : "hold", true);
    add("policies", "ledgers", joined(before_.ledgers), joined(after_.ledgers), false);
    add("policies", "posting date", joined(before_.posting_date_fields), joined(after_.posting_date_fields), true);
    const auto closed = [](const rules::RuleBook& book) {
      return book.closed == rules::ClosedPolicy::hold ? "hold" : "first open day";
    };
    add("policies", "closed periods", closed(before_), closed(after_), false);
    add("policies", "soft-closed periods allow", soft_words(before_), soft_words(after_), true);
    add("policies", "foreign currency", rate_words(before_), rate_words(after_), true);
    const auto pairs = [](const rules::RuleBook& book) {
      Texts texts;
      for (const auto& pair : book.intercompany)
        texts[book.roles[pair.due_from].name + " faces " + book.roles[pair.due_to].name] = "partner " + pair.partner;
      return texts;
    };
    add_all("policies", pairs(before_), pairs(after_), false);
  }

  // ---- reference data

  void add_entities() {
    const auto texts = [](const rules::RuleBook& book, bool moving) {
      Texts of;
      for (const LegalEntity& one : book.catalog.entities) {
        if (moving) {
          of[one.code + ", connection"] = one.erp;
          of[one.code + ", reversals"] = one.reversal == ReversalStyle::swap ? "swap" : "storno";
          of[one.code + ", time zone"] = one.zone;
        } else {
          of[one.code] = one.name;
          of[one.code + ", currency of the books"] = std::string(one.functional.code());
          of[one.code + ", closed through"] = day_words(one.closed_through);
          of[one.code + ", soft-closed through"] = day_words(one.soft_closed_through);
          of[one.code + ", calendar"] = one.calendar;
          of[one.code + ", chart"] = one.chart;
        }
      }
      return of;
    };
    Texts before = texts(before_, true);
    Texts after = texts(after_, true);
    // Of an entity that is new or gone only that is said.
    std::erase_if(before, [&](const auto& one) { return !after.contains(one.first); });
    std::erase_if(after, [&](const auto& one) { return !before.contains(one.first); });
    add_all("entities", before, after, true);
    before = texts(before_, false);
    after = texts(after_, false);
    const auto is_detail_of_one = [](const Texts& other) {
      return
          [&other](const auto& one) { return one.first.find(", ") != std::string::npos && !other.contains(one.first); };
    };
    const Texts all_before = before;
    std::erase_if(before, is_detail_of_one(after));
    std::erase_if(after, is_detail_of_one(all_before));
    add_all("entities", before, after, false);
  }

  static std::string account_words(const Account& account) {
    std::string text = account.name + ", " + std::string(to_text(account.type));
    if (!account.postable) text += ", not postable";
    if (account.open_from) text += ", open from " + account.open_from->to_text();
    if (account.open_until) text += ", open until " + account.open_until->to_text();
    return text;
  }

  void add_accounts() {
    for (const LegalEntity& entity : after_.catalog.entities) {
      const auto known = before_.catalog.entity_index(entity.code);
      if (known) compare_charts(before_.catalog.entities[*known], entity);
    }
  }

  void compare_charts(const LegalEntity& before, const LegalEntity& after) {
    std::multimap<std::string, const Account*> gone;  // by all but the number
    for (const Account& account : before.accounts)
      if (after.find_account(account.code) == nullptr) gone.emplace(account_words(account), &account);
    for (const Account& account : after.accounts) {
      const Account* known = before.find_account(account.code);
      if (known != nullptr) {
        add("accounts", after.code + " " + account.code, account_words(*known), account_words(account), false);
        continue;
      }
      const auto same = gone.find(account_words(account));
      if (same == gone.end()) {
        add("accounts", after.code + " " + account.code, "", account_words(account), false);
        continue;
      }
      add("accounts", after.code + ", renumbered: " + account_words(account), same->second->code, account.code, false);
      gone.erase(same);
    }
    for (const auto& [words, account] : gone) add("accounts", after.code + " " + account->code, words, "", false);
  }

  // ---- roles

  /// Roles that take a difference of conversion: no single event need show that their account changes.
  static std::set<std::string> difference_roles(const rules::RuleBook& book) {
    std::set<std::string> roles;
    if (book.foreign_currency) roles.insert(book.roles[book.foreign_currency->rounding_role].name);
    for (const rules::EventProgram& program : book.programs)
      for (const rules::Rule& rule : program.rules)
        for (const rules::PostBlock& block : rule.blocks)
          for (const auto& role : {block.gain_role, block.loss_role})
            if (role) roles.insert(book.roles[*role].name);
    return roles;
  }

  void add_roles() {
    const auto texts = [](const rules::RuleBook& book) {
      Texts of;
      for (const rules::Role& role : book.roles)
        for (std::size_t e = 0; e < role.by_entity.size(); ++e) {
          const rules::RoleAccount& account = role.by_entity[e];
          of[role.name + " in " + book.catalog.entities[e].code] =
              account.kind == rules::RoleAccount::Kind::none    ? "no account"
              : account.kind == rules::RoleAccount::Kind::fixed ? account.account
                                                                : "by table " + book.tables[account.table].name;
        }
      return of;
    };
    std::set<std::string> moving = difference_roles(before_);
    moving.merge(difference_roles(after_));
    const std::size_t first = items_.size();
    add_all("roles", texts(before_), texts(after_), false);
    for (std::size_t i = first; i < items_.size(); ++i)
      items_[i].moves = moving.contains(items_[i].what.substr(0, items_[i].what.rfind(" in ")));
  }

  // ---- lists

  void add_lists() {
    std::set<std::string> names;
    for (const rules::RuleBook* book : {&before_, &after_})
      for (const ValueList& list : book->catalog.lists) names.insert(list.name);
    for (const std::string& name : names) {
      const auto values = [&](const rules::RuleBook& book) {
        const auto index = book.catalog.list_index(name);
        return index ? book.catalog.lists[*index].values : std::vector<std::string>();
      };
      const auto old = values(before_);
      const auto now = values(after_);
      const auto lacks = [](const std::vector<std::string>& from, const std::vector<std::string>& in) {
        std::vector<std::string> left;
        for (const std::string& one : from)
          if (std::find(in.begin(), in.end(), one) == in.end()) left.push_back(one);
        return joined(left);
      };
      add("lists", name + ", values", lacks(old, now), lacks(now, old), false);
    }
    resolve::ResolvedModel model;
    model.book = after_;
    diagnostics::Sink sink;
    verify::check_grown_lists(before_, model, sink);
    for (const diagnostics::Diagnostic& found : sink.sorted()) {
      std::string text = found.message;
      for (const std::string& note : found.notes) text += "; " + note;
      const SourceRef& where = found.primary.where;
      add("any", where.file + ":" + std::to_string(where.line), "", text, false);
    }
  }

  // ---- schemas

  static std::string field_words(const rules::RuleBook& book, const Field& field) {
    std::string text(to_text(field.kind));
    if (field.kind == FieldKind::list) text += " " + book.catalog.lists[field.list].name;
    return field.required ? text : text + ", optional";
  }

  void add_schemas() {
    const auto fields = [](const rules::RuleBook& book, const rules::RuleBook& other) {
      Texts of;
      for (const EventType& type : book.catalog.types) {
        of[type.name] = "an event";
        if (!other.catalog.type_index(type.name)) continue;
        for (const Field& field : type.header) of[type.name + " " + field.name] = field_words(book, field);
        for (const Field& field : type.line) of[type.name + " line." + field.name] = field_words(book, field);
      }
      return of;
    };
    add_all("events", fields(before_, after_), fields(after_, before_), false);
    for (const EventType& type : after_.catalog.types) {
      const auto known = before_.catalog.type_index(type.name);
      if (!known) continue;
      const EventType& old = before_.catalog.types[*known];
      add("events", type.name + ", what must hold", schema_text(old), schema_text(type), true);
      add("events", type.name + ", title", old.title, type.title, false);
    }
  }

  // ---- what happened before

  static std::string joint(const EventType& needs, std::uint32_t field) { return " by " + needs.header[field].name; }

  void add_order() {
    const auto order = [](const rules::RuleBook& book, bool owners) {
      Texts of;
      for (const rules::Prerequisite& one : book.order) {
        const EventType& type = book.catalog.types[one.type];
        of[type.name + " needs " + book.catalog.types[one.needs].name + joint(type, one.field)] =
            owners ? one.owner : "wait " + minutes_words(one.wait_minutes);
      }
      return of;
    };
    const auto expectations = [](const rules::RuleBook& book, bool owners) {
      Texts of;
      for (const rules::BusinessExpectation& one : book.expectations) {
        const EventType& type = book.catalog.types[one.expected];
        of[type.name + " after " + book.catalog.types[one.after].name + joint(type, one.expected_field)] =
            owners ? one.owner : "within " + minutes_words(one.within_minutes);
      }
      return of;
    };
    const auto approvals = [](const rules::RuleBook& book) {
      Texts of;
      for (const rules::Approval& one : book.approvals) {
        std::vector<std::string> types, entities;
        for (const std::uint32_t type : one.types) types.push_back(book.catalog.types[type].name);
        for (const std::uint32_t entity : one.entities) entities.push_back(book.catalog.entities[entity].code);
        of[(one.late ? "late entries" : joined(types)) + (entities.empty() ? "" : " in " + joined(entities))] =
            "over " + one.over.to_text() + " by " + one.by;
      }
      return of;
    };
    add_all("order", order(before_, false), order(after_, false), true);
    add_owners(order(before_, true), order(after_, true));
    add_all("expectations", expectations(before_, false), expectations(after_, false), false);
    add_owners(expectations(before_, true), expectations(after_, true));
    add_all("approvals", approvals(before_), approvals(after_), true);
  }
  /// Of what both books have.
  void add_owners(const Texts& before, const Texts& after) {
    for (const auto& [what, owner] : before)
      if (const auto now = after.find(what); now != after.end()) add("owner", what, owner, now->second, false);
  }

  // ---- reasons

  /// Why rules post as they do, of rules that are otherwise the same; names where only they differ.
  void add_reasons() {
    const auto texts = [](const rules::RuleBook& book) {
      std::map<std::string, const rules::Rule*> of;
      for (const rules::EventProgram& program : book.programs)
        for (const rules::Rule& rule : program.rules)
          of[book.catalog.types[program.type].name + "\n" + rule_text(book, program, rule)] = &rule;
      return of;
    };
    const auto old = texts(before_);
    for (const auto& [text, rule] : texts(after_)) {
      const auto known = old.find(text);
      if (known == old.end()) continue;
      const bool named = rule->outcome == rules::Rule::Outcome::post;
      if (named) add("policies", "rule, its name", known->second->name, rule->name, false);
      const std::string type = text.substr(0, text.find('\n'));
      add("policies", (named ? "rule " + rule->name : "what " + type + " posts nothing for") + ", because",
          known->second->because, rule->because, false);
    }
  }

  // ---- intakes

  void add_intakes() {
    const auto texts = [](const rules::RuleBook& book) {
      Texts of;
      for (const rules::Intake& intake : book.intakes) of[intake.name] = resolve::print_intake(book, intake);
      return of;
    };
    const Texts before = texts(before_);
    for (const auto& [name, text] : texts(after_)) {
      const auto known = before.find(name);
      if (known == before.end())
        add("intakes", name, "", "new", true);
      else if (known->second != text)
        add_lines(name, known->second, text);
    }
    for (const auto& [name, text] : before)
      if (after_.find_intake(name) == nullptr) add("intakes", name, "there", "", true);
    add_intake_tables();
  }

  /// The lines that the two texts do not share.
  void add_lines(const std::string& name, const std::string& before, const std::string& after) {
    const auto lines_of = [](const std::string& text) {
      std::multiset<std::string> lines;
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::size_t first = std::min(text.find_first_not_of(' ', at), end);
        lines.insert(text.substr(first, end - first));
        at = end + 1;
      }
      return lines;
    };
    const auto left = [](const std::multiset<std::string>& from, const std::multiset<std::string>& in) {
      std::vector<std::string> lines;
      std::set_difference(from.begin(), from.end(), in.begin(), in.end(), std::back_inserter(lines));
      std::string text;
      for (const std::string& line : lines) text += (text.empty() ? "" : "; ") + line;
      return text;
    };
    const auto old = lines_of(before);
    const auto now = lines_of(after);
    if (old == now)
      add("intakes", name, "in another order", "in this order", true);
    else
      add("intakes", name, left(old, now), left(now, old), true);
  }

  void add_intake_tables() {
    if (before_.intakes.empty() && after_.intakes.empty()) return;
    const ChangedTables changed({&before_, &after_});
    const auto asked = [](const rules::RuleBook& book) {
      std::set<std::uint32_t> tables;
      const auto collect = [&](const std::vector<rules::PayloadField>& fields) {
        for (const rules::PayloadField& field : fields)
          if (field.reading == rules::PayloadReading::table) tables.insert(field.table);
      };
      for (const rules::Intake& intake : book.intakes)
        for (const rules::PayloadKind& kind : intake.kinds) {
          collect(kind.fields);
          if (kind.lines) collect(kind.lines->fields);
        }
      return tables;
    };
    std::map<std::string, std::array<std::size_t, 2>> counts;
    for (const std::size_t book : {kOld, kNew}) {
      const rules::RuleBook& of = book == kOld ? before_ : after_;
      for (const std::uint32_t table : asked(of))
        counts[of.tables[table].name][book] = changed.rows[book][table].size();
    }
    for (const auto& [table, count] : counts)
      if (count[kOld] + count[kNew] != 0)
        items_.push_back({"intakes", "table " + table + ", rows of one book alone", std::to_string(count[kOld]),
                          std::to_string(count[kNew]), true});
  }

  const rules::RuleBook& before_;
  const rules::RuleBook& after_;
  std::vector<Item> items_;
};

}  // namespace

std::vector<Item> compare_items(const rules::RuleBook& before, const rules::RuleBook& after) {
  return ItemList(before, after).run();
}

}  // namespace glmap::change
