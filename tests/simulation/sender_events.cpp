// SPDX-License-Identifier: Apache-2.0
// What billing systems say: good events, events with one fault each, and what is no event at all.
#include "tests/simulation/own_money.hpp"
#include "tests/simulation/senders.hpp"

namespace glmap::simulation {

namespace {

using Data = std::map<std::string, std::string>;

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

void replace(std::string& text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), by);
}

}  // namespace

std::string Senders::event_text(const SentKey& key, const std::string& type, const Data& data) {
  std::string text = R"({"specversion":"1.0","source":")" + key.first + R"(","id":")" + key.second + R"(","type":")" +
                     type + R"(","data":{)";
  bool first = true;
  for (const auto& [name, value] : data) {
    text += (first ? "\"" : ",\"") + name + "\":\"" + value + "\"";
    first = false;
  }
  return text + "}}";
}

std::string Senders::new_event(bool& bad) {
  static const std::vector<std::string> kTypes = {"invoice.issued",  "invoice.issued",   "invoice.issued",
                                                  "credit.issued",   "payment.received", "charge.shared",
                                                  "invoice.drafted", "dispute.opened"};
  static const std::vector<std::string> kEntities = {"DE", "AT", "US", "JP"};
  // Two sources that number their events alike: an id means nothing without its source.
  const SentKey key = {chance_.permille(500) ? "billing" : "usage", "E-" + std::to_string(events_ / 2)};
  if (sent_.contains(key)) {
    const SentKey other = {key.first == "billing" ? "usage" : "billing", key.second};
    if (sent_.contains(other)) return changed(texts_.back());
    return new_event(bad);
  }
  std::string type = chance_.pick(kTypes);
  const std::string entity = type == "charge.shared" ? (chance_.permille(500) ? "DE" : "AT") : chance_.pick(kEntities);
  const std::string currency = entity == "US" ? "USD" : entity == "JP" ? "JPY" : "EUR";
  // Mostly everyday amounts; some beyond what a binary fraction holds exactly.
  const bool huge = chance_.permille(60);
  const Minor net = huge ? Minor{9'007'199'254'740'993} + chance_.between(0, 9999) : chance_.between(1, 5'000'000);
  const Minor tax = chance_.permille(200) ? 0 : net * chance_.between(1, 25) / 100;
  Data data = {
      {"invoice", "I-" + std::to_string(chance_.below(12))},
      {"entity", entity},
      {"currency", currency},
      {"document_date", "2026-" + two_digits(chance_.between(9, 12)) + "-" + two_digits(chance_.between(1, 30))},
      {"product", chance_.permille(500) ? "PLATFORM" : "API"},
      {"net", text_of(net, currency)},
      {"tax", text_of(tax, currency)},
      {"total", text_of(net + tax, currency)}};
  if (type == "charge.shared") data["partner"] = entity == "DE" ? "AT" : "DE";
  if (faults_.hits(Fault::malformed)) {
    bad = true;
    const auto kind = chance_.below(3);
    std::string text = event_text(key, type, data);
    if (kind == 0) replace(text, R"("id":")" + key.second + R"(",)", "");                       // no identity
    if (kind == 1) text.resize(text.size() / 2);                                                // cut off
    if (kind == 2) replace(text, R"("specversion":"1.0")", R"("specversion":"1.0","id":"X")");  // a key twice
    if (kind == 2) text += "]";
    return text;
  }
  if (faults_.hits(Fault::closed_period)) {
    type = "invoice.issued";
    const auto kind = chance_.below(10);
    std::string& day = data["document_date"];
    day = "2026-" + two_digits(chance_.between(6, 8)) + "-20";
    if (kind < 2) day = "2028-01-15";                                          // beyond the calendar
    if (kind >= 6) day = chance_.permille(500) ? "2026-07-31" : "2026-08-31";  // the last day of a closed month
  } else if (faults_.hits(Fault::unknown_value)) {
    type = "invoice.issued";
    const auto kind = chance_.below(5);
    if (kind == 0) type = "invoice.reissued";
    if (kind == 1) data["entity"] = "XX";
    if (kind == 2) data["product"] = "LEGACY";
    if (kind >= 3) data["product"] = "SETUP";  // known from release 2 on
  } else if (faults_.hits(Fault::broken_amounts)) {
    type = "invoice.issued";
    const auto kind = chance_.below(4);
    if (kind == 0) data["total"] = text_of(net + tax + 1, currency);
    if (kind == 1) data["tax"] = "0.0001";
    if (kind == 2) data.erase("product");
    if (kind == 3) data["currency"] = currency == "USD" ? "EUR" : "USD";  // without a rate
    if (kind == 3) data["net"] = data["total"] = "7.50";
    if (kind == 3) data["tax"] = "0.00";
  }
  return event_text(key, type, data);
}

/// The same identity with another amount.
std::string Senders::changed(const std::string& text) {
  const OwnJson event = OwnJson::read(text);
  Data data;
  for (const auto& [name, value] : event["data"].object) data[name] = value.text;
  data["invoice"] = "I-" + std::to_string(chance_.below(12)) + "-changed-" + std::to_string(chance_.below(3));
  return event_text({event["source"].text, event["id"].text}, event["type"].text, data);
}

/// The same content with other blanks and another order of its members.
std::string Senders::other_blanks(const std::string& text) {
  const OwnJson event = OwnJson::read(text);
  std::string data;
  for (auto at = event["data"].object.rbegin(); at != event["data"].object.rend(); ++at) {
    data += (data.empty() ? " \"" : " ,  \"") + at->first + "\" : \"" + at->second.text + "\"";
  }
  return R"({ "data": {)" + data + R"(}, "type":")" + event["type"].text + R"(", "id":")" + event["id"].text +
         R"(", "source":")" + event["source"].text + R"(", "specversion" : "1.0" })";
}

}  // namespace glmap::simulation
