// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;
using rules::Operand;

namespace {

const rules::EventProgram& program_of(const resolve::ResolvedModel& model, std::string_view type) {
  const auto* program = model.book.program_of(*model.book.catalog.type_index(type));
  REQUIRE(program != nullptr);
  return *program;
}

}  // namespace

TEST_CASE("an invoice's rules look at each line, with the look-ups they need and no other", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  REQUIRE(outcome.model);
  const auto& program = program_of(*outcome.model, "invoice.issued");
  CHECK(program.each_line);
  REQUIRE(program.lookups.size() == 3);
  CHECK(outcome.model->book.tables[program.lookups[0].table].name == "treatment");
  CHECK(outcome.model->book.tables[program.lookups[1].table].name == "department");
  CHECK(outcome.model->book.tables[program.lookups[2].table].name == "tax_code");
  CHECK(program.lookups[0].on_line);
  REQUIRE(program.lookups[2].must_agree);
  CHECK(program.lookups[2].must_agree->kind == Operand::Kind::line);
  REQUIRE(program.rules.size() == 2);
  const auto& condition = program.rules[0].when.at(0);
  CHECK(condition.subject.kind == Operand::Kind::attribute);
  CHECK(condition.values.values == std::vector<std::uint32_t>{0, 2});
  const auto& lines = program.rules[1].blocks.at(0).lines;
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].side == Side::credit);
  REQUIRE(lines[1].dimensions.size() == 3);
  CHECK(lines[1].dimensions[0].name == "customer");
  CHECK(lines[1].dimensions[1].name == "department");
  CHECK(lines[1].account_inputs.size() == 3);
  CHECK(lines[0].account_inputs.empty());
}

TEST_CASE("a payment in the currency of the books is told from one that is not", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  REQUIRE(outcome.model);
  const auto& program = program_of(*outcome.model, "payment.received");
  CHECK_FALSE(program.each_line);
  CHECK(program.lookups.empty());
  REQUIRE(program.rules.size() == 2);
  CHECK(program.rules[0].when[0].kind == rules::Condition::Kind::same);
  CHECK(program.rules[0].when[0].other.kind == Operand::Kind::functional);
  CHECK(program.rules[1].when[0].negated);
  const auto& block = program.rules[1].blocks[0];
  CHECK(block.gain_role.has_value());
  CHECK(block.lines[0].functional.has_value());
  CHECK(block.lines[1].rate.has_value());
}

TEST_CASE("what the book says about an event posts as its tests expect", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  REQUIRE(outcome.model);
  CHECK(program_of(*outcome.model, "invoice.drafted").rules[0].outcome == rules::Rule::Outcome::no_entry);
  CHECK(program_of(*outcome.model, "dispute.opened").rules[0].outcome == rules::Rule::Outcome::hold);
  CHECK(program_of(*outcome.model, "invoice.drafted").rules[0].name.starts_with("no entry (book.glmap:"));
}

TEST_CASE("rules for one event look at its lines or at the whole, not at both", "[resolve]") {
  require_fault(kBook, "  for each line of invoice.issued\n  when treatment is usage\n",
                "  for invoice.issued\n  when treatment is usage\n", ErrorCode::WrongType,
                "looks at the whole of `invoice.issued`", "");
}

TEST_CASE("no entry adapts to rules that look at each line", "[resolve]") {
  const Outcome outcome = resolve_files(small_book_with(kBook, "no entry for invoice.drafted\n",
                                                        "no entry for invoice.issued when business is yes and product "
                                                        "is SETUP because \"test\"\n\nno entry for invoice.drafted\n"));
  INFO(outcome.text);
  REQUIRE(outcome.model);
  CHECK(program_of(*outcome.model, "invoice.issued").rules.size() == 3);
}

TEST_CASE("an event without lines has no rule for each line", "[resolve]") {
  require_fault(kBook, "  for delivery.completed\n", "  for each line of delivery.completed\n", ErrorCode::WrongType,
                "has no lines");
}

TEST_CASE("a line's field is not seen by a rule about the whole event", "[resolve]") {
  BookFiles files = small_book_with(kBook, "no entry for invoice.drafted\n",
                                    "hold invoice.drafted when line.product is SETUP because \"test\"\n");
  files[kEvents] = with_change(files[kEvents], "    title: Invoice drafted\n",
                               "    title: Invoice drafted\n    lines: {product: {type: list product}}\n");
  files[kBook] = with_change(files[kBook], "  because \"no right, obligation or cash has changed\"\n", "");
  require_found(files, {{ErrorCode::WrongType, kBook, "hold invoice.drafted", "a value for each line"}});
}

TEST_CASE("a name that can mean two things is refused", "[resolve]") {
  const BookFiles files =
      small_book_with(kEvents, "      product: {type: list product}\n      charge_kind",
                      "      customer: {type: text}\n      product: {type: list product}\n      charge_kind");
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  CHECK(outcome.text.find("`customer` is a field of the event and of its lines") != std::string::npos);
  const BookFiles two = small_book_with(
      kBook, "table department \"Who earns what\"",
      "table other_treatment\n  | region || treatment |\n  | any || usage |\n\ntable department \"Who earns what\"");
  require_found(two, {{ErrorCode::AmbiguousName, kBook, "when treatment is ratable", "table `treatment` and by table"},
                      {ErrorCode::AmbiguousName, kBook, "when treatment is usage", "let one table answer it"}});
}

TEST_CASE("conditions ask closed values of their subject", "[resolve]") {
  require_fault(kBook, "when treatment is usage", "when treatment is usge", ErrorCode::UnknownListValue,
                "did you mean `usage`?");
  require_fault(kBook, "when treatment is usage", "when customer is C1", ErrorCode::NotClosed, "`customer` is text");
  require_fault(kBook, "when treatment is usage", "when customer is given", ErrorCode::WrongType, "always given");
  require_fault(kBook, "when treatment is usage", "when treatment is region", ErrorCode::WrongType, "cannot be equal");
  require_fault(kBook, "when treatment is usage", "when tretment is usage", ErrorCode::UnknownField,
                "did you mean `treatment`?");
  require_fault(kBook, "when currency is functional", "when currency is EUX", ErrorCode::UnknownListValue, "ISO 4217");
}

TEST_CASE("an optional field can be asked whether it is given", "[resolve]") {
  const Outcome outcome =
      resolve_files(small_book_with(kBook, "when treatment is usage", "when treatment is usage and rate is not given"));
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const auto& condition = program_of(*outcome.model, "invoice.issued").rules[1].when[1];
  CHECK(condition.kind == rules::Condition::Kind::given);
  CHECK(condition.negated);
}

TEST_CASE("a dimension that the event does not carry is told once, at the first line whose role needs it",
          "[resolve]") {
  const BookFiles files =
      small_book_with(kBook, "| cash             | 1060               | 1800 |                               |",
                      "| cash             | 1060               | 1800 | product                       |");
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  REQUIRE(outcome.found.size() == 1);
  CHECK(outcome.found[0].code == ErrorCode::DimensionNotDerivable);
  CHECK(outcome.found[0].primary.where.line == line_of(files.at(kBook), "debit  cash       amount\n"));
  CHECK(outcome.found[0].message.find("no field `product`") != std::string::npos);
  CHECK(outcome.found[0].help.find("with product") != std::string::npos);
  REQUIRE(outcome.found[0].labels.size() == 1);
  CHECK(outcome.found[0].labels[0].span.where.line == line_of(files.at(kBook), "| cash "));
}

TEST_CASE("a line may state a dimension, unless the role forbids it", "[resolve]") {
  const Outcome outcome = resolve_files(small_book_with(
      kBook, "debit  deferred_revenue amount", "debit  deferred_revenue amount with department 200, note \"by hand\""));
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const auto& line = program_of(*outcome.model, "delivery.completed").rules[0].blocks[0].lines[0];
  REQUIRE(line.dimensions.size() == 4);
  CHECK(line.dimensions[1].value.kind == Operand::Kind::constant);
  CHECK(line.dimensions[1].value.text == "200");
  CHECK(line.dimensions[2].value.text == "by hand");
  require_fault(kBook, "debit  receivable line.gross", "debit  receivable line.gross with department 200",
                ErrorCode::DimensionNotDerivable, "role `receivable` forbids the dimension `department`");
  require_fault(kBook, "debit  deferred_revenue amount", "debit  deferred_revenue amount with department 400",
                ErrorCode::UnknownListValue, "`400`");
}

TEST_CASE("an account table asks only for what the event carries", "[resolve]") {
  // Deliveries carry no region, and no table answers one.
  BookFiles changed = small_book_with(kBook, "| role    | entity | product       || account |",
                                      "| role    | entity | region        || account |");
  std::string& book = changed[kBook];
  const std::size_t from = book.find("  | revenue | US     | PLATFORM");
  const std::size_t until = book.find("table tax_account");
  book = book.substr(0, from) +
         "  | revenue | US     | any           || 4010    | 2026-01-01 |            |\n"
         "  | revenue | DE     | any           || 4210    | 2026-01-01 |            |\n\n" +
         book.substr(until);
  require_found(changed, {{ErrorCode::UnknownField, kBook, "credit revenue          amount",
                           "table `revenue_account` asks for `region`, and event `delivery.completed` has no such"}});
}

TEST_CASE("a table that leaves a choice needs an event that carries the answer", "[resolve]") {
  BookFiles files =
      small_book_with(kEvents, "      gross: {type: money, is: net + tax}\n      tax_code: {type: list tax_code}\n",
                      "      gross: {type: money, is: net + tax}\n");
  std::string& book = files[kBook];
  for (std::size_t at = book.find(", tax_code "); at != std::string::npos; at = book.find(", tax_code ", at))
    book.erase(at, book.find('\n', at) - at);
  require_found(files, {{ErrorCode::WrongType, kBook, "credit output_tax       line.tax",
                         "table `tax_code` answers several values of `tax_code`"}});
}

TEST_CASE("tables that ask each other in a circle are refused", "[resolve]") {
  const BookFiles files = small_book_with(kBook, "  | product  | charge_kind    || treatment   |",
                                          "  | department | charge_kind    || treatment   |");
  BookFiles circle = files;
  std::string& book = circle[kBook];
  const std::size_t from = book.find("table treatment");
  const std::size_t until = book.find("table tax_code");
  book = book.substr(0, from) +
         "table treatment\n  | department || treatment |\n  | 200 || usage |\n  | 300 || ratable |\n\n"
         "table department\n  | treatment || department |\n  | usage || 200 |\n  | ratable, on_delivery || 300 |\n\n" +
         book.substr(until);
  const Outcome outcome = resolve_files(circle);
  INFO(outcome.text);
  CHECK_FALSE(outcome.model);
  CHECK(outcome.text.find("tables ask each other in a circle: `treatment` asks `department` asks `treatment`") !=
        std::string::npos);
}

TEST_CASE("an entry is in the event's currency or in that of the books", "[resolve]") {
  require_fault(kBook, "debit  cash       amount worth settled_amount", "debit  cash       settled_amount",
                ErrorCode::WrongCurrency, "worth settled_amount");
  require_fault(kBook, "amount at invoice_rate", "amount at customer", ErrorCode::WrongType, "a rate is expected");
  require_fault(kBook, "amount worth settled_amount", "amount worth amount", ErrorCode::WrongType,
                "currency of the books");
}

TEST_CASE("a block names an entity field and known roles", "[resolve]") {
  require_fault(kBook, "post in entity, journal REVREC", "post in customer, journal REVREC", ErrorCode::WrongType,
                "a field with an entity");
  require_fault(kBook, "difference to fx_gain, fx_loss", "difference to fx_gain, fx_los", ErrorCode::UnknownRole,
                "did you mean `fx_loss`?");
}

TEST_CASE("an event that posts carries a date to post on", "[resolve]") {
  BookFiles files = small_book_with(kBook, ", else occurred_at in zone of entity", "");
  CHECK(resolve_files(files).model.has_value());
  files[kEvents] =
      with_change(files[kEvents],
                  "  payment.received:\n    title: Payment received\n    fields:\n      entity: {type: entity}\n"
                  "      currency: {type: currency}\n      document_date: {type: date}\n",
                  "  payment.received:\n    title: Payment received\n    fields:\n      entity: {type: entity}\n"
                  "      currency: {type: currency}\n      value_date: {type: date}\n");
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  CHECK(outcome.text.find("event `payment.received` posts and carries no date") != std::string::npos);
}

TEST_CASE("another entity's books are reached by a rate of their own", "[resolve]") {
  const BookFiles files = [] {
    BookFiles made = small_book_with(kEvents, "      settled_amount: {type: functional money}\n",
                                     "      settled_amount: {type: functional money}\n      holder: {type: entity}\n"
                                     "      holder_rate: {type: decimal}\n");
    made[kBook] = with_change(made[kBook], "    credit receivable amount\n",
                              "    credit receivable amount\n  post in holder, journal HELD\n"
                              "    debit  cash       2 * amount\n    credit receivable 2 * amount at holder_rate\n");
    return made;
  }();
  require_found(files, {{ErrorCode::WrongCurrency, kBook, "debit  cash       2 * amount", "belongs to `holder`"}});
  BookFiles sound = files;
  sound[kBook] =
      with_change(sound[kBook], "debit  cash       2 * amount", "debit  cash       2 * amount at holder_rate");
  const Outcome outcome = resolve_files(sound);
  INFO(outcome.text);
  CHECK(outcome.model);
  BookFiles worth = sound;
  worth[kBook] = with_change(worth[kBook], "debit  cash       2 * amount at holder_rate",
                             "debit  cash       2 * amount worth settled_amount");
  const Outcome refused = resolve_files(worth);
  CHECK(refused.text.find("is in the currency of the books of `entity`, and the entry belongs to `holder`") !=
        std::string::npos);
}
