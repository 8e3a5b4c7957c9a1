// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/change/diff_report.hpp"

namespace glmap::change {
namespace {

Json count(std::size_t number) {
  return Json::number(static_cast<long long>(number));
}

Json texts(const std::vector<std::string>& words) {
  Json::Array array;
  for (const std::string& word : words) array.emplace_back(word);
  return array;
}

Json name_json(const BookName& name) {
  Json json;
  json.set("given", name.given);
  json.set("name", name.name);
  json.set("release", name.release);
  json.set("digest", name.digest);
  return json;
}

Json part_json(const RegionPart& part) {
  Json json;
  Json fields = Json(Json::Object{});
  for (const FieldPart& field : part.fields) {
    Json::Array values;
    for (const std::string& value : field.values) values.emplace_back(value);
    if (field.absent) values.emplace_back(nullptr);
    fields.set(field.name, Json(std::move(values)));
  }
  json.set("fields", std::move(fields));
  if (part.first) json.set("first", part.first->to_text());
  if (part.last) json.set("last", part.last->to_text());
  return json;
}

/// Without what tells nothing of a posting: which bundle made it, and the key of an event that was made up.
Json entry_json(const JournalEntry& entry) {
  Json json = entry.to_json();
  if (Json::Object* members = json.as_object())
    std::erase_if(*members, [](const Json::Member& one) { return one.first == "origin" || one.first == "key"; });
  return json;
}

Json ran_json(const Ran& ran) {
  Json json;
  json.set("outcome", to_text(ran.kind));
  if (ran.kind != Ran::Kind::posts) json.set("reason", ran.reason);
  Json::Array entries;
  for (const JournalEntry& entry : ran.entries) entries.push_back(entry_json(entry));
  json.set("entries", Json(std::move(entries)));
  return json;
}

Json region_json(const Region& region) {
  Json json;
  json.set("event", region.event);
  json.set("change", change_words(region));
  json.set("when", texts(region.when));
  Json::Array parts;
  for (const RegionPart& part : region.parts) parts.push_back(part_json(part));
  json.set("where", Json(std::move(parts)));
  json.set("removed", texts(region.removed));
  json.set("added", texts(region.added));
  if (!region.not_shown.empty()) {
    json.set("not_shown", region.not_shown);
    return json;
  }
  Json witness;
  witness.set("event", region.witness);
  witness.set("before", ran_json(region.ran_before));
  witness.set("after", ran_json(region.ran_after));
  json.set("witness", std::move(witness));
  return json;
}

Json item_json(const Item& item) {
  Json json;
  json.set("section", item.section);
  json.set("what", item.what);
  json.set("before", item.before.empty() ? Json(nullptr) : Json(item.before));
  json.set("after", item.after.empty() ? Json(nullptr) : Json(item.after));
  json.set("moves", item.moves);
  return json;
}

Json move_json(const MoneyMove& move) {
  Json json;
  json.set("entity", move.entity);
  if (!move.what.empty()) json.set("what", move.what);
  json.set("period", move.period);
  json.set("currency", move.currency);
  json.set("before", in_currency(move.before, move.currency));
  json.set("after", in_currency(move.after, move.currency));
  json.set("change", change_of(move));
  json.set("events", count(move.events));
  return json;
}

Json moves_json(const std::vector<MoneyMove>& moves) {
  Json::Array array;
  for (const MoneyMove& move : moves) array.push_back(move_json(move));
  return array;
}

Json money_json(const MoneyDiff& money) {
  Json json;
  json.set("events", count(money.events));
  json.set("same", count(money.same));
  json.set("moved", count(money.moved));
  json.set("repeated", count(money.repeated));
  json.set("unreadable", count(money.unreadable));
  json.set("now_held", count(money.now_held));
  json.set("no_longer_held", count(money.no_longer_held));
  Json::Array outcomes;
  for (const auto& [change, events] : money.outcomes) {
    Json one;
    one.set("before", change.first);
    one.set("after", change.second);
    one.set("events", count(events));
    outcomes.push_back(std::move(one));
  }
  json.set("outcomes", Json(std::move(outcomes)));
  json.set("entities", moves_json(money.entities));
  json.set("accounts", moves_json(money.accounts));
  json.set("dimensions", moves_json(money.dimensions));
  Json::Array largest;
  for (const MovedEvent& event : money.largest) {
    Json one;
    one.set("id", event.id);
    one.set("type", event.type);
    one.set("entity", event.entity);
    one.set("amount", in_currency(event.amount, event.currency));
    one.set("currency", event.currency);
    one.set("before", event.before);
    one.set("after", event.after);
    one.set("lines_before", texts(event.lines_before));
    one.set("lines_after", texts(event.lines_after));
    largest.push_back(std::move(one));
  }
  json.set("largest", Json(std::move(largest)));
  return json;
}

}  // namespace

std::string diff_json(const DiffReport& report) {
  Json json;
  json.set("format", "glmap-diff/1");
  json.set("before", name_json(report.before));
  json.set("after", name_json(report.after));
  json.set("moves", report.moves());
  json.set("decided", report.decided());
  Json::Array regions, items;
  for (const Region& region : report.diff.regions) regions.push_back(region_json(region));
  for (const Item& item : report.diff.items) items.push_back(item_json(item));
  json.set("regions", Json(std::move(regions)));
  json.set("items", Json(std::move(items)));
  json.set("not_decided", texts(report.diff.not_decided));
  if (report.moved_tests) {
    Json::Array moved;
    for (const MovedTest& test : *report.moved_tests) {
      Json one;
      one.set("title", test.title);
      one.set("events", texts(test.events));
      moved.push_back(std::move(one));
    }
    Json tests;
    tests.set("run", count(report.tests));
    tests.set("moved", Json(std::move(moved)));
    json.set("tests", std::move(tests));
  }
  if (report.money) json.set("money", money_json(*report.money));
  return write_json_pretty(json) + "\n";
}

}  // namespace glmap::change
