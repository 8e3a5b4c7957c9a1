// SPDX-License-Identifier: Apache-2.0
// Intercompany groups: what one entity owes another is what the other is owed, for every event; the partner on both
// sides names the other entity of the group; and a group is never between an entity and itself. Amounts are compared in
// the currency of the event, as polynomials. Each block by itself balances: balanced.cpp.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/feasible.hpp"
#include "compiler/verify/posted_amounts.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

using rules::Operand;
using rules::PostBlock;
using rules::PostingLine;
using Pair = rules::RuleBook::IntercompanyPair;

class GroupCheck {
 public:
  GroupCheck(const rules::RuleBook& book, const ProgramSpace& in, std::size_t rule, Findings& findings)
      : book_(book), in_(in), index_(rule), rule_(in.program->rules[rule]), findings_(findings) {}
  std::size_t mirrored = 0;

  void run() {
    if (rule_.blocks.size() < 2) return;
    bool named = true;
    for (std::size_t b = 0; b < rule_.blocks.size(); ++b)
      for (const PostingLine& line : rule_.blocks[b].lines) named = names_partner(b, line) && named;
    for (std::size_t a = 0; a < rule_.blocks.size(); ++a)
      for (std::size_t b = a + 1; b < rule_.blocks.size(); ++b) {
        if (!faces(a, b) && !faces(b, a)) continue;
        if (!differ(a, b) || !named) continue;
        for (const Pair& pair : book_.intercompany)
          if (!mirror(pair, a, b) || !mirror(pair, b, a)) return;
      }
  }

 private:
  const EventType& type() const { return in_.type(); }
  std::string rule_name() const { return rule_words(book_, *in_.program, rule_); }
  std::string entity_words(std::size_t block) const {
    return tick(operand_words(book_, *in_.program, rule_.blocks[block].entity));
  }

  /// The pair the role belongs to, if any.
  const Pair* pair_of(std::uint32_t role) const {
    for (const Pair& pair : book_.intercompany)
      if (pair.due_from == role || pair.due_to == role) return &pair;
    return nullptr;
  }

  static const Operand* partner_of(const PostingLine& line, const Pair& pair) {
    for (const rules::DimensionSource& source : line.dimensions)
      if (source.name == pair.partner) return &source.value;
    return nullptr;
  }

  /// The one entity a field or constant can stand for, where the rule's conditions or the constant say so.
  std::optional<std::string> only_entity(const Operand& operand) const {
    if (operand.kind == Operand::Kind::constant) return operand.text;
    for (const rules::Condition& condition : rule_.when)
      if (condition.kind == rules::Condition::Kind::in && condition.subject == operand && !condition.negated &&
          condition.domain.kind == rules::Domain::Kind::entity && condition.values.values.size() == 1)
        return book_.catalog.entities[condition.values.values.front()].code;
    return std::nullopt;
  }

  bool is_entity_of(const Operand& partner, const PostBlock& block) const {
    if (partner == block.entity) return true;
    const auto one = only_entity(partner);
    return one && one == only_entity(block.entity);
  }

  bool faces(std::size_t a, std::size_t b) const {
    return std::any_of(rule_.blocks[a].lines.begin(), rule_.blocks[a].lines.end(), [&](const PostingLine& line) {
      const Pair* pair = pair_of(line.role);
      const Operand* partner = pair == nullptr ? nullptr : partner_of(line, *pair);
      return partner != nullptr && is_entity_of(*partner, rule_.blocks[b]);
    });
  }

  /// A line of a paired role says which other entity of the group it faces.
  bool names_partner(std::size_t block, const PostingLine& line) const {
    const Pair* pair = pair_of(line.role);
    const Operand* partner = pair == nullptr ? nullptr : partner_of(line, *pair);
    if (partner == nullptr) return true;
    for (std::size_t other = 0; other < rule_.blocks.size(); ++other)
      if (other != block && is_entity_of(*partner, rule_.blocks[other])) return true;
    const bool itself = is_entity_of(*partner, rule_.blocks[block]);
    Diagnostic found = finding(line.where, "names");
    found.message = rule_name() + " posts " + tick(book_.roles[line.role].name) + " in " + entity_words(block) +
                    " with " + pair->partner + " " + tick(operand_words(book_, *in_.program, *partner)) +
                    (itself ? ", which is the entity itself" : ", which is no other entity of its group");
    for (std::size_t other = 0; other < rule_.blocks.size(); ++other)
      if (other != block)
        found.labels.push_back({place(rule_.blocks[other].where), entity_words(other) + " posts here"});
    const std::size_t other = block == 0 ? 1 : 0;
    found.help = "write " +
                 tick("with " + pair->partner + " " + operand_words(book_, *in_.program, rule_.blocks[other].entity)) +
                 " at the end of the line";
    findings_.add(std::move(found));
    return false;
  }

  /// No event leads both blocks into the books of one entity, which would then owe itself.
  bool differ(std::size_t a, std::size_t b) const {
    for (std::uint32_t entity = 0; entity < book_.catalog.entities.size(); ++entity) {
      Steps steps;
      const Question question{.box = in_.space.rows[index_],
                              .restrictions = {{rule_.blocks[a].entity, {entity}}, {rule_.blocks[b].entity, {entity}}}};
      const Feasible event = find_event(in_, question, steps);
      if (event.infeasible == Covered::yes) continue;
      Diagnostic found = finding(rule_.blocks[b].where, "itself");
      if (!event.witness) {
        findings_.add(rules_not_decided(rule_.blocks[b].where, rule_name() + " posts in two entities of a group",
                                        found.fingerprint));
        return false;
      }
      found.message = rule_name() + " can post both sides of a group in the books of " +
                      book_.catalog.entities[entity].code + ", which would owe itself";
      found.labels.push_back({place(rule_.blocks[a].where), "the other side is here"});
      found.notes.push_back("example: " + event_words(in_, *event.witness));
      found.help = "keep such events away with `when " + operand_words(book_, *in_.program, rule_.blocks[b].entity) +
                   " is not " + operand_words(book_, *in_.program, rule_.blocks[a].entity) +
                   "`, and write a rule for them that posts in one entity";
      findings_.add(std::move(found));
      return false;
    }
    return true;
  }

  /// What block `a` posts on `side` of `role` for partner `b`; what it posts on the other side counts against it.
  std::optional<Polynomial> posted_for(const std::vector<Polynomial>& posted, std::uint32_t role, Side side,
                                       const Pair& pair, std::size_t a, std::size_t b) const {
    std::optional<Polynomial> sum = Polynomial();
    for (std::size_t i = 0; i < posted.size() && sum; ++i) {
      const PostingLine& line = rule_.blocks[a].lines[i];
      const Operand* partner = line.role == role ? partner_of(line, pair) : nullptr;
      if (partner == nullptr || !is_entity_of(*partner, rule_.blocks[b])) continue;
      sum = line.side == side ? add(*sum, posted[i]) : subtract(*sum, posted[i]);
    }
    return sum;
  }

  /// What `owing` owes `owed` is what `owed` is owed.
  bool mirror(const Pair& pair, std::size_t owing, std::size_t owed) {
    std::vector<const rules::Amount*> amounts;
    for (const std::size_t block : {owing, owed})
      for (const PostingLine& line : rule_.blocks[block].lines) amounts.push_back(&line.amount);
    bool sound = true;
    for_each_answer(book_, *in_.program, amounts, [&](AmountTerms& terms, const std::string& answers) {
      sound = mirror_case(pair, owing, owed, amounts, terms, answers);
      return sound;
    });
    mirrored += sound ? 1 : 0;
    return sound;
  }

  bool mirror_case(const Pair& pair, std::size_t owing, std::size_t owed,
                   const std::vector<const rules::Amount*>& amounts, AmountTerms& terms, const std::string& answers) {
    const auto there = terms.good() ? posted_amounts(book_, rule_.blocks[owing], terms) : std::nullopt;
    const auto here = terms.good() ? posted_amounts(book_, rule_.blocks[owed], terms) : std::nullopt;
    const auto due_to = there ? posted_for(*there, pair.due_to, Side::credit, pair, owing, owed) : std::nullopt;
    const auto due_from = here ? posted_for(*here, pair.due_from, Side::debit, pair, owed, owing) : std::nullopt;
    const auto difference = due_to && due_from ? subtract(*due_to, *due_from) : std::nullopt;
    if (difference && difference->is_zero()) return true;
    const auto refuted = difference ? find_difference(terms, *due_to, *due_from) : std::nullopt;
    Diagnostic found = finding(rule_.blocks[owing].where, book_.roles[pair.due_to].name);
    if (!refuted) {
      findings_.add(amounts_not_decided(rule_.blocks[owing].where,
                                        "the two sides of " + rule_name() + " mirror each other", found.fingerprint));
      return false;
    }
    // What is paid back is owed less.
    const bool paid_back = is_negative(due_to->is_zero() ? *due_from : *due_to);
    const auto amount_of = [&](const Polynomial& amount) {
      return terms.formula(paid_back ? subtract(Polynomial(), amount).value_or(amount) : amount);
    };
    const auto words = [&](const Polynomial& amount) {
      return amount.is_zero() ? std::string("nothing") : tick(amount_of(amount)) + (paid_back ? " less" : "");
    };
    found.message = rule_name() + ": " + entity_words(owing) + " owes " + entity_words(owed) + " " + words(*due_to) +
                    " (" + tick(book_.roles[pair.due_to].name) + "), and " + entity_words(owed) + " is owed " +
                    words(*due_from) + " (" + tick(book_.roles[pair.due_from].name) + ")";
    found.labels.push_back({place(rule_.blocks[owed].where), "the other side is here"});
    found.labels.push_back({place(pair.where), "the two roles are a pair"});
    found.notes.push_back("example: " + std::string(in_.program->each_line ? "a line of " : "") + type().name +
                          " with " + terms.words(refuted->event, amounts) +
                          (answers.empty() ? "" : " (" + answers + ")") + ": " + amount_words(refuted->left, true) +
                          " against " + amount_words(refuted->right, true));
    found.help = "write " + tick((paid_back ? "debit " : "credit ") + book_.roles[pair.due_to].name) + " in " +
                 entity_words(owing) + " and " +
                 tick((paid_back ? "credit " : "debit ") + book_.roles[pair.due_from].name) + " in " +
                 entity_words(owed) + " with one amount, " + tick(amount_of(due_to->is_zero() ? *due_from : *due_to)) +
                 ", each with the other as " + pair.partner;
    findings_.add(std::move(found));
    return false;
  }

  static bool is_negative(const Polynomial& amount) {
    return std::all_of(amount.terms().begin(), amount.terms().end(),
                       [](const auto& term) { return term.second.numerator() < 0; });
  }

  Diagnostic finding(const SourceRef& where, const std::string& what) const {
    Diagnostic found{.code = ErrorCode::IntercompanyDiffers, .primary = place(where)};
    found.fingerprint = "intercompany/" + rule_.name + "/" + type().name + "/" + what;
    return found;
  }

  const rules::RuleBook& book_;
  const ProgramSpace& in_;
  std::size_t index_;
  const rules::Rule& rule_;
  Findings& findings_;
};

}  // namespace

void check_intercompany(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  if (model.book.intercompany.empty()) return;
  Findings findings(sink, "groups");
  std::size_t mirrored = 0;
  for (const rules::EventProgram& program : model.book.programs) {
    const ProgramSpace in = program_space(model.book, program);
    for (std::size_t r = 0; r < program.rules.size(); ++r) {
      GroupCheck group(model.book, in, r, findings);
      group.run();
      mirrored += group.mirrored;
    }
  }
  if (findings.empty()) proofs.results["intercompany pairs mirror"] = counted(mirrored, "mirrored pair");
}

}  // namespace glmap::verify
