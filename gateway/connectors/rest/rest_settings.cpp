// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/rest/rest_settings.hpp"

#include <algorithm>
#include <charconv>

namespace glmap::gateway::connectors::rest {

namespace {

/// Reads setting by setting; what was not asked for at the end is a misspelling.
class Reader {
 public:
  Reader(std::string place, const Values& values) : place_(std::move(place)), values_(values) {}

  std::unexpected<Error> wrong(const std::string& key, const Error& error) const {
    return fail(ErrorCode::BadConfiguration, place_ + ", setting `" + key + "`: " + error.message, error.help);
  }
  std::unexpected<Error> wrong(const std::string& key, std::string message, std::string help = {}) const {
    return wrong(key, Error{ErrorCode::BadConfiguration, std::move(message), std::move(help), {}});
  }

  bool has(const std::string& key) const { return values_.contains(key); }
  std::string text(const std::string& key, std::string otherwise = {}) {
    asked_.insert(key);
    const auto found = values_.find(key);
    return found == values_.end() ? std::move(otherwise) : found->second;
  }
  Result<std::string> required(const std::string& key) {
    std::string value = text(key);
    if (value.empty()) return fail(ErrorCode::BadConfiguration, place_ + " lacks the setting `" + key + "`");
    return value;
  }
  Values with_prefix(const std::string& prefix) {
    Values out;
    for (const auto& [key, value] : values_) {
      if (!key.starts_with(prefix)) continue;
      asked_.insert(key);
      out[key.substr(prefix.size())] = value;
    }
    return out;
  }

  Result<TextTemplate> text_template(const std::string& key, Reach reach) {
    auto parsed = TextTemplate::parse(text(key), reach);
    if (!parsed) return wrong(key, parsed.error());
    return parsed;
  }
  Result<RequestTemplate> request(const std::string& key, Reach reach) {
    GLMAP_TRY(value, required(key));
    const std::size_t blank = value.find(' ');
    const std::string method = value.substr(0, blank);
    const bool known = method == "GET" || method == "POST" || method == "PUT" || method == "PATCH";
    if (!known || blank == std::string::npos || value[blank + 1] != '/')
      return wrong(key, "`" + value + "` is no request", "write a method and a path: POST /entries");
    auto path = TextTemplate::parse(value.substr(blank + 1), reach);
    if (!path) return wrong(key, path.error());
    return RequestTemplate{method, std::move(*path)};
  }
  Result<BodyTemplate> body(const std::string& key, const std::string& otherwise = "") {
    auto parsed = BodyTemplate::parse(text(key, otherwise));
    if (!parsed) return wrong(key, parsed.error());
    return parsed;
  }
  Result<std::vector<std::pair<std::string, TextTemplate>>> headers(const std::string& prefix, Reach reach) {
    std::vector<std::pair<std::string, TextTemplate>> out;
    for (const auto& [name, value] : with_prefix(prefix)) {
      auto parsed = TextTemplate::parse(value, reach);
      if (!parsed) return wrong(prefix + name, parsed.error());
      if (name.find_first_of(" :\r\n") != std::string::npos || name.empty())
        return wrong(prefix + name, "this is no name of a field");
      out.emplace_back(name, std::move(*parsed));
    }
    return out;
  }
  Result<std::string> pointer(const std::string& key, const std::string& otherwise = {}) {
    std::string value = text(key, otherwise);
    if (Status good = check_pointer(value); !good) return wrong(key, good.error());
    return value;
  }
  Result<std::optional<std::string>> pointer_if_set(const std::string& key) {
    if (!has(key)) return std::optional<std::string>();
    GLMAP_TRY(value, pointer(key));
    return std::optional(std::move(value));
  }
  Result<std::string> required_pointer(const std::string& key) {
    GLMAP_CHECK(required(key));
    return pointer(key);
  }
  Result<std::optional<Condition>> condition(const std::string& key) {
    const std::string value = text(key);
    if (value.empty()) return std::optional<Condition>();
    auto parsed = parse_condition(value);
    if (!parsed) return wrong(key, parsed.error());
    return std::optional(std::move(*parsed));
  }
  Result<std::set<int>> statuses(const std::string& key, std::set<int> otherwise) {
    const std::string value = text(key);
    if (value.empty()) return otherwise;
    std::set<int> out;
    std::string word;
    for (const char c : value + " ") {
      if (c != ' ' && c != ',') {
        word += c;
      } else if (!word.empty()) {
        int status = 0;
        const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), status);
        if (fault != std::errc{} || end != word.data() + word.size() || status < 100 || status > 599)
          return wrong(key, "`" + word + "` is no HTTP status");
        out.insert(status);
        word.clear();
      }
    }
    return out;
  }
  Result<std::size_t> count(const std::string& key, std::size_t otherwise) {
    const std::string value = text(key);
    if (value.empty()) return otherwise;
    std::size_t out = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), out);
    if (fault != std::errc{} || end != value.data() + value.size() || out == 0)
      return wrong(key, "`" + value + "` is no count");
    return out;
  }

  Status nothing_left() const {
    for (const auto& [key, value] : values_) {
      if (!asked_.contains(key))
        return fail(ErrorCode::BadConfiguration, place_ + " has the setting `" + key + "`, which is not known here");
    }
    return {};
  }

 private:
  std::string place_;
  const Values& values_;
  std::set<std::string> asked_;
};

Result<AmountPlaces> read_places(Reader& reader, const std::string& prefix) {
  AmountPlaces out;
  for (const auto& [name, place] : {std::pair("debit", &out.debit), std::pair("credit", &out.credit),
                                    std::pair("amount", &out.amount), std::pair("size", &out.size)}) {
    GLMAP_TRY(value, reader.pointer_if_set(prefix + name));
    *place = std::move(value);
  }
  const bool sides = out.debit && out.credit && !out.amount && !out.size;
  const bool one = !out.debit && !out.credit && out.amount.has_value() != out.size.has_value();
  if (out.any() && !sides && !one)
    return reader.wrong(prefix + "...",
                        "an amount stands in `debit` and `credit`, in `amount` with its sign, or in `size`");
  return out;
}

/// What is read of one document's lines.
Status read_line_places(Reader& reader, FindTemplate& out) {
  GLMAP_TRY(lines, reader.required_pointer("find.lines"));
  GLMAP_TRY(account, reader.required_pointer("find.line.account"));
  GLMAP_TRY(functional, read_places(reader, "find.line."));
  GLMAP_TRY(transaction, read_places(reader, "find.line.transaction_"));
  GLMAP_TRY(side, reader.pointer("find.line.side"));
  GLMAP_TRY(currency, reader.pointer("find.line.currency"));
  if (!functional.any()) return reader.wrong("find.line.debit", "nothing says where the amounts of a line stand");
  const bool sized = functional.size || transaction.size;
  if (sized && side.empty()) return reader.wrong("find.line.side", "a `size` needs the place of its side");
  out.lines = lines;
  out.account = account;
  out.functional = functional;
  out.transaction = transaction;
  out.side = side;
  out.side_debit = reader.text("find.side.debit", out.side_debit);
  out.side_credit = reader.text("find.side.credit", out.side_credit);
  out.currency = currency;
  return {};
}

Result<FindTemplate> read_find(Reader& reader) {
  FindTemplate out;
  GLMAP_TRY(request, reader.request("find", Reach::entry));
  GLMAP_TRY(documents, reader.pointer("find.documents"));
  GLMAP_TRY(absent, reader.statuses("find.absent", {}));
  GLMAP_TRY(document, reader.required_pointer("find.document"));
  GLMAP_TRY(number, reader.pointer("find.number", document));
  GLMAP_TRY(date, reader.required_pointer("find.date"));
  GLMAP_TRY(posted, reader.condition("find.posted"));
  GLMAP_TRY(draft, reader.condition("find.draft"));
  GLMAP_TRY(same, reader.condition("find.same_entity"));
  if (request.method != "GET") return reader.wrong("find", "a search is a GET, which may be asked twice");
  out.request = std::move(request);
  out.documents = documents;
  out.absent = std::move(absent);
  out.document = document;
  out.number = number;
  out.date = date;
  out.dates = reader.text("find.dates", out.dates);
  if (out.dates.find("YYYY") == std::string::npos || out.dates.find("MM") == std::string::npos ||
      out.dates.find("DD") == std::string::npos)
    return reader.wrong("find.dates", "`" + out.dates + "` has not YYYY, MM and DD");
  out.posted = std::move(posted);
  out.draft = std::move(draft);
  if (same) {
    auto value = TextTemplate::parse(same->value, Reach::entry);
    if (!value) return reader.wrong("find.same_entity", value.error());
    out.same_entity = std::move(same);
    out.same_entity_value = std::move(*value);
  }
  GLMAP_CHECK(read_line_places(reader, out));
  return out;
}

Status read_send(Reader& reader, RestSettings& out) {
  GLMAP_TRY(send, reader.request("send", Reach::entry));
  if (send.method == "GET") return reader.wrong("send", "a GET posts nothing", "write POST, PUT or PATCH");
  GLMAP_CHECK(reader.required("send.body"));
  GLMAP_TRY(body, reader.body("send.body"));
  GLMAP_TRY(send_headers, reader.headers("send.header.", Reach::entry));
  GLMAP_TRY(success, reader.statuses("send.success", out.success));
  GLMAP_TRY(success_when, reader.condition("send.success_when"));
  GLMAP_TRY(document, reader.required_pointer("send.document"));
  GLMAP_TRY(number, reader.pointer("send.number", document));
  GLMAP_TRY(draft, reader.condition("send.draft"));
  out.send = std::move(send);
  out.body = std::move(body);
  out.send_headers = std::move(send_headers);
  out.content_type = reader.text("send.content_type", out.content_type);
  out.success = std::move(success);
  out.success_when = std::move(success_when);
  out.document = document;
  out.number = number;
  out.draft = std::move(draft);
  return {};
}

Status read_rest(Reader& reader, RestSettings& out) {
  if (reader.has("find")) {
    GLMAP_TRY(find, read_find(reader));
    out.find = std::move(find);
  }
  if (reader.has("complete")) {
    GLMAP_TRY(complete, reader.request("complete", Reach::entry));
    GLMAP_TRY(complete_body, reader.body("complete.body", "{}"));
    out.complete = std::move(complete);
    out.complete_body = std::move(complete_body);
  }
  if (!out.find && (out.draft || out.complete)) {
    return reader.wrong("find", "an ERP with drafts needs `find`: a draft is looked at before it is posted");
  }
  if (out.find && out.find->draft && !out.complete)
    return reader.wrong("complete", "an ERP with drafts needs `complete`, the request that posts one");
  GLMAP_TRY(who, reader.required("who"));
  if (who == "unchecked") return {};
  GLMAP_TRY(request, reader.request("who", Reach::entity));
  if (request.method != "GET") return reader.wrong("who", "a question is a GET");
  GLMAP_TRY(name, reader.required_pointer("who.name"));
  GLMAP_TRY(currency, reader.required_pointer("who.currency"));
  out.who = std::move(request);
  out.who_name = name;
  out.who_currency = currency;
  return {};
}

}  // namespace

Result<RestSettings> read_rest_settings(const std::string& place, const Values& values,
                                        const std::map<std::string, Values>& entity_values,
                                        const std::vector<LegalEntity>& entities) {
  Reader reader(place, values);
  RestSettings out;
  GLMAP_CHECK(read_send(reader, out));
  GLMAP_CHECK(read_rest(reader, out));
  auto answers = parse_answer_rows(reader.text("answers"));
  if (!answers) return reader.wrong("answers", answers.error());
  GLMAP_TRY(headers, reader.headers("header.", Reach::entity));
  GLMAP_TRY(lines_max, reader.count("lines_max", out.lines_max));
  GLMAP_TRY(reference_length_max, reader.count("reference_length_max", out.reference_length_max));
  out.answers = std::move(*answers);
  out.headers = std::move(headers);
  out.lines_max = lines_max;
  out.reference_length_max = reference_length_max;
  out.mapped = reader.with_prefix("map.");
  GLMAP_CHECK(reader.nothing_left());
  for (const LegalEntity& entity : entities) {
    const auto own = entity_values.find(entity.code);
    Values& into = out.own[entity.code];
    if (own != entity_values.end()) into = own->second;
    into.try_emplace("company", entity.name);
    out.entities.emplace(entity.code, entity);
  }
  return out;
}

}  // namespace glmap::gateway::connectors::rest
