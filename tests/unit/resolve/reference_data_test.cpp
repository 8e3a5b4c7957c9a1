// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;

TEST_CASE("the reference data of a sound book is read as written", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const EventCatalog& catalog = outcome.model->book.catalog;
  REQUIRE(catalog.entities.size() == 2);
  const LegalEntity& de = catalog.entities[1];
  CHECK(de.code == "DE");
  CHECK(de.functional.code() == "EUR");
  CHECK(de.closed_through->to_text() == "2026-08-31");
  REQUIRE(de.find_account("0400") != nullptr);
  CHECK(de.find_account("400") == nullptr);
  CHECK(de.find_account("4200")->open_until->to_text() == "2026-12-31");
  CHECK_FALSE(catalog.entities[0].find_account("1000")->postable);
  const EventType& invoice = catalog.types[*catalog.type_index("invoice.issued")];
  CHECK(invoice.object == "invoice");
  CHECK_FALSE(invoice.header[*invoice.header_index("rate")].required);
  const Field& gross = invoice.line[*invoice.line_index("gross")];
  REQUIRE(gross.definition.size() == 2);
  CHECK(gross.definition[0].field == *invoice.line_index("net"));
  const Field& total = invoice.header[*invoice.header_index("total")];
  REQUIRE(total.definition.size() == 1);
  CHECK(total.definition[0].over_lines);
  REQUIRE(outcome.model->book.calendars.size() == 1);
  CHECK(outcome.model->book.calendars[0].periods().size() == 36);
}

TEST_CASE("an account code keeps its leading zero, in quotes or not", "[resolve]") {
  for (const char* code : {"\"0400\"", "'0400'", "0400"}) {
    const Outcome outcome = resolve_files(small_book_with(kAccounts, "\"0400\"", code));
    INFO(outcome.text);
    REQUIRE(outcome.model);
    CHECK(outcome.model->book.catalog.entities[1].find_account("0400") != nullptr);
  }
}

TEST_CASE("a file of reference data that is missing is told at its name", "[resolve]") {
  BookFiles files = small_book();
  files.erase(kCalendars);
  require_found(files, {{ErrorCode::FileNotReadable, kBook, "calendars \"reference", "reference/calendars.yaml"}});
}

TEST_CASE("a book without entities is told to name the file", "[resolve]") {
  require_fault(kBook, "  entities  \"reference/entities.yaml\"\n", "", ErrorCode::MissingClause, "entities",
                "mapping small");
}

TEST_CASE("text that is not YAML is told where its cause stands, with what to write", "[resolve]") {
  const auto refused = [](const std::string& path, const std::string& from, const std::string& to,
                          const std::string& words, const std::string& needle) {
    require_fault(path, from, to, ErrorCode::BadYaml, words, needle);
  };
  refused(kCalendars, "through: 2028-12}", "through: 2028-12]", "`]` stands where `{` is to be closed // write `}`",
          "from: 2026-01, through");
  refused(kCalendars, "through: 2028-12}", "through: 2028-12", "`{` is not closed", "from: 2026-01, through");
  refused(kCalendars, "    months: {from", "\tmonths: {from", "a tab stands before", "from: 2026-01, through");
  refused(kCalendars, "months: {from: 2026-01,", "months: from: 2026-01,", "`{` is missing before `from`",
          "from: 2026-01, through");
  refused(kCalendars, "through: 2028-12}", "through: 2028-12}}", "`}` closes nothing", "from: 2026-01, through");
  refused(kEvents, "    title: Invoice issued\n", "    title Invoice issued\n", "`title` stands without a colon",
          "    title Invoice issued");
  refused(kAccounts, "code: \"1060\"", "code: \"1060", "the quotation mark is not closed on this line", "code: \"1060");
  refused(kAccounts, "\"1060\", name", "\"1060\" name", "a comma is missing before `name`", "code: \"1060");
  refused(kAccounts, "name: Bank, type: asset}\n    - {code: \"1200\", name: Trade",
          "name: Bank type: asset}\n    - {code: \"1200\", name: Trade", "a comma is missing before `type`",
          "name: Bank type");
  refused(kEvents, "    title: Invoice issued\n", "    title: Invoice: issued\n",
          "a second key, `Invoice`, stands on this line // begin a new line before it, or put a text with a colon in",
          "    title: Invoice: issued");
  refused(kEvents, "      region: {type: list region}\n", "      region: {type: list region} ",
          "a second key, `business`, stands on this line", "      region: {type: list region}");
  refused(kEvents, "      region: {type: list region}\n", "       region: {type: list region}\n",
          "begins with 7 blanks, the line above with 6", "       region:");
  refused(kEvents, "      region: {type: list region}\n", "      region {type: list region}\n",
          "a colon is missing behind `region` // write `region: {...}`", "      region {");
  refused(kEvents, "region: {type: list region}", "region: {type list region}",
          "a colon is missing behind `type` // write `type: list region`", "region: {type list");
  refused(kEvents, "gross: {type: money, is: net + tax}", "gross: {type: money, net + tax}",
          "stands without its key // write `is: net + tax`", "gross: {type: money, net");
  refused(kEvents, "gross: {type: money, is: net + tax}", "gross: {type: money, = net + tax}",
          "stands without its key // write `is: net + tax`", "gross: {type: money, = net");
  refused(kEvents, "gross: {type: money, is: net + tax}", "gross: net + tax", "write `{type: money, is: net + tax}`",
          "gross: net");
  refused(kEvents, "region: {type: list region}", "region: list region", "write `{type: list region}`",
          "region: list region");
}

TEST_CASE("a type of another language, or a list without its word, is told with the type to write", "[resolve]") {
  require_fault(kEvents, "region: {type: list region}", "region: {type: region}", ErrorCode::UnknownName,
                "did you mean `list region`?", "region: {type: region");
  require_fault(kEvents, "gross: {type: money, is: net + tax}", "gross: {type: amount, is: net + tax}",
                ErrorCode::UnknownName, "did you mean `money`?", "gross: {type: amount");
}

TEST_CASE("half a pair of quotation marks around an account code is told once", "[resolve]") {
  require_fault(kAccounts, "code: \"1060\"", "code: 1060\"", ErrorCode::ConfusableText, "on both sides of the code",
                "code: 1060");
}

TEST_CASE("a subtraction without blanks is read as a name and told as such", "[resolve]") {
  require_fault(kEvents, "gross: {type: money, is: net + tax}", "gross: {type: money, is: net-tax}",
                ErrorCode::UnknownField, "write blanks around the minus: `net - tax`", "is: net-tax");
}

TEST_CASE("a day that no month has is told in words", "[resolve]") {
  require_fault(kEntities, "closed_through: 2026-08-31", "closed_through: 2026-02-30", ErrorCode::BadLiteral,
                "there is no 30 February 2026");
}

TEST_CASE("columns of a fault count characters, not bytes", "[resolve]") {
  const BookFiles files = small_book_with(kAccounts, "name: Bank, type: asset}\n    - {code: \"3806\"",
                                          "name: \"Bänk ä\", kind: asset, type: asset}\n    - {code: \"3806\"");
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  REQUIRE(outcome.found.size() == 1);
  CHECK(outcome.found[0].primary.where.column == 38);
  CHECK(outcome.found[0].message.find("`kind`") != std::string::npos);
}

TEST_CASE("anchors, aliases, tags and a second document are refused", "[resolve]") {
  require_fault(kEntities, "name: Small Inc.", "name: &name Small Inc.", ErrorCode::BadYaml, "anchor");
  require_fault(kEntities, "name: Small Inc.", "name: *name", ErrorCode::BadYaml, "");
  require_fault(kAccounts, "{code: \"1060\"", "{code: !!int \"1060\"", ErrorCode::BadYaml, "tag");
  BookFiles files = small_book();
  files[kCalendars] += "---\ncalendars: []\n";
  require_found(files, {{ErrorCode::BadYaml, kCalendars, "calendars: []", "second document"}});
}

TEST_CASE("a file that is not UTF-8, nests too deep or is empty is refused", "[resolve]") {
  require_fault(kEntities, "Small GmbH", "Small \xE4 GmbH", ErrorCode::NotUtf8, "UTF-8", "Small \xE4");
  require_fault(kEntities, "Small GmbH", "Small \x01 GmbH", ErrorCode::BadYaml, "control", "Small \x01");
  BookFiles files = small_book();
  files[kCalendars] = "calendars: " + std::string(20, '[') + std::string(20, ']') + "\n";
  require_found(files, {{ErrorCode::TooLarge, kCalendars, "calendars", "nested deeper"}});
  files[kCalendars] = "# nothing\n";
  const Outcome outcome = resolve_files(files);
  REQUIRE(outcome.found.size() == 1);
  CHECK(outcome.found[0].message == "the file is empty");
}

TEST_CASE("a key that stands twice is refused at the second, with a label on the first", "[resolve]") {
  const BookFiles files = small_book_with(kEntities, "    erp: tryton-eu\n", "    erp: tryton-eu\n    erp: other\n");
  require_found(files, {{ErrorCode::DuplicateName, kEntities, "erp: other", "`erp`"}});
  const Outcome outcome = resolve_files(files);
  REQUIRE(outcome.found[0].labels.size() == 1);
  CHECK(outcome.found[0].labels[0].span.where.line == line_of(files.at(kEntities), "erp: tryton-eu"));
}

TEST_CASE("an unknown key is told with the closest that exists", "[resolve]") {
  const BookFiles files = small_book_with(kEntities, "functional: EUR", "funcional: EUR");
  require_found(files, {{ErrorCode::BadYaml, kEntities, "funcional", "did you mean `functional`?"},
                        {ErrorCode::BadYaml, kEntities, "code: DE", "no `functional`"}});
}

TEST_CASE("only true and false are yes and no in reference data", "[resolve]") {
  require_fault(kAccounts, "postable: false", "postable: no", ErrorCode::BadLiteral, "`no`");
  require_fault(kAccounts, "postable: false", "postable: \"false\"", ErrorCode::BadLiteral, "true or false");
}

TEST_CASE("what entities refer to must exist", "[resolve]") {
  require_fault(kEntities, "functional: EUR", "functional: EUX", ErrorCode::UnknownListValue, "EUX");
  require_fault(kEntities, "zone: Europe/Berlin", "zone: Europe/Bonn", ErrorCode::UnknownName, "`Europe/Bonn`");
  require_fault(kEntities, "chart: de", "chart: dee", ErrorCode::UnknownName, "`dee`");
  // Both entities name it: two findings, each at its own line.
  const BookFiles files = small_book_with(kCalendars, "- name: months", "- name: month");
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  REQUIRE(outcome.found.size() == 2);
  CHECK(outcome.found[0].primary.where.line != outcome.found[1].primary.where.line);
  CHECK(outcome.found[1].help == "did you mean `month`?");
}

TEST_CASE("entities and accounts that stand twice are refused", "[resolve]") {
  const BookFiles twice = small_book_with(kAccounts, "{code: \"1800\", name: Bank", "{code: \"1200\", name: Bank");
  const Outcome outcome = resolve_files(twice);
  INFO(outcome.text);
  REQUIRE_FALSE(outcome.found.empty());
  CHECK(outcome.text.find("account `1200` is defined twice") != std::string::npos);
  const BookFiles entities = small_book_with(kEntities, "code: DE", "code: US");
  CHECK(resolve_files(entities).text.find("entity `US` is defined twice") != std::string::npos);
}

TEST_CASE("an account code with a blank or an invisible character is refused", "[resolve][M9]") {
  require_fault(kAccounts, "{code: \"0400\"", "{code: \"04 00\"", ErrorCode::ConfusableText, "blanks");
  require_fault(kAccounts, "{code: \"0400\"", "{code: \"04\xE2\x80\x8B\x30\x30\"", ErrorCode::ConfusableText, "ASCII");
}

TEST_CASE("types and days of accounts are checked", "[resolve]") {
  require_fault(kAccounts, "name: Plant and machinery, type: asset", "name: Plant and machinery, type: assets",
                ErrorCode::UnknownListValue, "`assets`");
  require_fault(kAccounts, "open_until: 2026-12-31", "open_until: 2026-02-30", ErrorCode::BadLiteral, "2026-02-30");
  require_fault(kAccounts, "open_from: 2027-01-01", "open_from: 2027-01-01, open_until: 2026-01-01",
                ErrorCode::BadReferenceData, "open until 2026-01-01");
}

TEST_CASE("periods of a calendar leave no gap", "[resolve][M8]") {
  const std::string periods =
      "periods:\n"
      "      - {name: P1, from: 2026-01-01, until: 2026-01-28}\n"
      "      - {name: P2, from: 2026-01-30, until: 2026-02-25}\n";
  require_fault(kCalendars, "months: {from: 2026-01, through: 2028-12}", periods, ErrorCode::BadReferenceData,
                "period `P2` begins on 2026-01-30; the one before ends on 2026-01-28", "name: P2");
  require_fault(kCalendars, "from: 2026-01", "from: 2026-13", ErrorCode::BadLiteral, "`2026-13`");
  const BookFiles neither = small_book_with(kCalendars, "    months: {from: 2026-01, through: 2028-12}\n", "");
  require_found(neither, {{ErrorCode::BadYaml, kCalendars, "- name: months", "neither `months` nor `periods`"}});
}

TEST_CASE("a calendar of thirteen periods can be written out", "[resolve]") {
  const Outcome outcome =
      resolve_files(small_book_with(kCalendars, "months: {from: 2026-01, through: 2028-12}",
                                    "periods:\n      - {name: P1, from: 2026-01-01, until: 2026-01-28}\n"
                                    "      - {name: P2, from: 2026-01-29, until: 2026-02-25}\n"));
  INFO(outcome.text);
  REQUIRE(outcome.model);
  CHECK(outcome.model->book.calendars[0].periods()[1].name == "P2");
}

TEST_CASE("event schemas name types and lists that exist", "[resolve]") {
  require_fault(kEvents, "settled_amount: {type: functional money}", "settled_amount: {type: functional mony}",
                ErrorCode::UnknownName, "did you mean `functional money`?");
  require_fault(kEvents, "region: {type: list region}", "region: {type: list regions}", ErrorCode::UnknownName,
                "did you mean `region`?");
  require_fault(kEvents, "object: invoice", "object: invoise", ErrorCode::UnknownField, "did you mean `invoice`?");
}

TEST_CASE("an event says whose books it belongs to and in which currency its amounts are", "[resolve]") {
  require_fault(kEvents, "  dispute.opened:\n    title: Dispute opened\n    fields:\n      entity: {type: entity}\n",
                "  dispute.opened:\n    title: Dispute opened\n    fields:\n      entity: {type: text}\n",
                ErrorCode::BadReferenceData, "whose books", "entity: {type: text}");
  require_fault(kEvents, "title: Dispute opened\n    fields:\n",
                "title: Dispute opened\n    fields:\n      amount: {type: money}\n", ErrorCode::BadReferenceData,
                "no currency", "dispute.opened:");
}

TEST_CASE("a definition adds up fields of one kind and does not rest on itself", "[resolve]") {
  require_fault(kEvents, "is: net + tax", "is: net + taxx", ErrorCode::UnknownField, "did you mean `tax`?");
  require_fault(kEvents, "is: net + tax", "is: net * tax", ErrorCode::BadLiteral, "cannot stand in a sum");
  require_fault(kEvents, "is: net + tax", "is: net + product", ErrorCode::WrongType, "`product` is list");
  require_fault(kEvents, "is: sum of line.gross", "is: line.gross", ErrorCode::WrongType, "sum of line.gross");
  require_fault(kEvents, "tax: {type: money}", "tax: {type: money, is: gross - net}", ErrorCode::BadReferenceData,
                "rests on itself");
  const BookFiles files = small_book_with(kEvents, "is: net + tax", "is: net + taxx");
  CHECK(resolve_files(files).found[0].primary.where.column == 38);
}

TEST_CASE("amounts of the event and of the books are never added up", "[resolve]") {
  require_fault(kEvents, "settled_amount: {type: functional money}",
                "settled_amount: {type: functional money, is: amount}", ErrorCode::MixedCurrencies, "functional money");
}

TEST_CASE("an invariant is kept as a sum that is zero", "[resolve]") {
  const Outcome outcome = resolve_files(small_book_with(
      kEvents, "  delivery.completed:",
      "    invariants: [\"total = sum of line.net + sum of line.tax\", gross = net + tax]\n  delivery.completed:"));
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const auto& type = outcome.model->book.catalog.types[0];
  REQUIRE(type.invariants.size() == 2);
  CHECK_FALSE(type.invariants[0].on_line);
  REQUIRE(type.invariants[0].terms.size() == 3);
  CHECK_FALSE(type.invariants[0].terms[0].negative);
  CHECK(type.invariants[0].terms[1].negative);
  CHECK(type.invariants[0].terms[1].over_lines);
  CHECK(type.invariants[1].on_line);
  require_fault(kEvents,
                "  delivery.completed:", "    invariants: [total + net]\n  delivery.completed:", ErrorCode::BadLiteral,
                "`=` is expected", "invariants:");
}
