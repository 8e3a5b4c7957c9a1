// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/payload_reader.hpp"

#include <algorithm>
#include <map>

#include "compiler/runtime/rules/payload_event.hpp"
#include "compiler/runtime/rules/payload_known.hpp"

namespace glmap::rules {
namespace {

constexpr std::size_t kNamesShown = 3;

}  // namespace

std::string_view to_text(Drift::Kind kind) {
  switch (kind) {
    case Drift::Kind::unknown:
      return "unknown";
    case Drift::Kind::missing:
      return "missing";
    case Drift::Kind::renamed:
      return "renamed";
    case Drift::Kind::retyped:
      return "retyped";
    case Drift::Kind::new_code:
      return "new code";
  }
  GLMAP_ASSERT(!"a kind of drift");
  return {};
}

struct PayloadReader::Known {
  std::vector<KindKnown> kinds;                  // by Intake::kinds
  std::map<std::uint32_t, TableMatcher> tables;  // those that some field asks
  std::vector<std::vector<std::string>> parts;   // the different `for each of`
};

namespace {

/// The members that a payload has and the book does not know, and among them other names of what is missing.
class DriftFinder {
 public:
  explicit DriftFinder(PayloadResult& result) : result_(result) {}

  void find(const KnownMembers& known, const PayloadSpot& from, PayloadPath::From where,
            const std::vector<NeededMember>& missing) {
    std::vector<Stranger> strangers;
    known.find_strangers(from, [&](const KnownMembers::Stranger& found) {
      strangers.push_back({found.parent, std::string(found.spot.value.key()), found.spot});
    });
    for (const NeededMember& needed : missing)
      if ((needed.from == PayloadPath::From::body) == (where == PayloadPath::From::body))
        tell(needed, strangers, where);
    for (const Stranger& one : strangers)
      if (!one.is_other_name)
        result_.drift.push_back({Drift::Kind::unknown, name_of(one.parent, one.name, where), one.spot.pointer, "",
                                 std::string(one.spot.value.kind_in_words())});
  }

 private:
  struct Stranger {
    std::vector<std::string> parent;
    std::string name;
    PayloadSpot spot;
    bool is_other_name = false;
  };

  static std::string name_of(std::vector<std::string> parent, const std::string& name, PayloadPath::From where) {
    parent.push_back(name);
    return (where == PayloadPath::From::body ? "body." : "") + path_text(parent);
  }

  void tell(const NeededMember& needed, std::vector<Stranger>& strangers, PayloadPath::From where) {
    std::vector<Stranger*> others;
    for (Stranger& one : strangers) {
      if (one.parent != needed.parent || needed.field == nullptr) continue;
      const bool stands_there = one.spot.pointer.substr(0, one.spot.pointer.rfind('/')) ==
                                needed.pointer.substr(0, needed.pointer.rfind('/'));
      if (stands_there && read_leaf(*needed.field, one.spot.value, needed.context)) others.push_back(&one);
    }
    Drift drift{Drift::Kind::missing, name_of(needed.parent, needed.name, where), needed.pointer,
                needed.field == nullptr ? "a list of lines" : in_words(*needed.field), ""};
    if (!others.empty()) drift.kind = Drift::Kind::renamed;
    if (others.size() == 1) others.front()->is_other_name = true;
    for (std::size_t i = 0; i < std::min(others.size(), kNamesShown); ++i)
      drift.found += (i == 0 ? "" : ", ") + others[i]->name;
    if (others.size() > kNamesShown) drift.found += " and " + std::to_string(others.size() - kNamesShown) + " more";
    result_.drift.push_back(std::move(drift));
  }

  PayloadResult& result_;
};

}  // namespace

PayloadReader::PayloadReader(const RuleBook& book, const Intake& intake) : book_(book), intake_(intake) {
  auto known = std::make_unique<Known>();
  for (const PayloadKind& kind : intake.kinds) {
    known->kinds.push_back(known_to(kind));
    add_tests(intake.only_when, known->kinds.back());
    if (!kind.each.empty() && std::ranges::find(known->parts, kind.each) == known->parts.end())
      known->parts.push_back(kind.each);
    const auto note_tables = [&](const std::vector<PayloadField>& fields) {
      for (const PayloadField& field : fields)
        if (field.reading == PayloadReading::table)
          known->tables.try_emplace(field.table, book, book.tables[field.table]);
    };
    note_tables(kind.fields);
    if (kind.lines) note_tables(kind.lines->fields);
  }
  known_ = std::move(known);
}

PayloadReader::~PayloadReader() = default;

namespace {

/// One body: which payloads are in it, and of which kind each is.
class BodyReader {
 public:
  BodyReader(const RuleBook& book, const Intake& intake, const std::vector<KindKnown>& known,
             const std::map<std::uint32_t, TableMatcher>& tables, const PayloadSpot& body,
             std::vector<PayloadResult>& results)
      : book_(book), intake_(intake), known_(known), tables_(tables), body_(body), results_(results) {}

  void read(const std::vector<std::vector<std::string>>& parts) {
    if (const auto kind = kind_of(body_, {})) return one(body_, kind);
    bool found_any = false;
    for (const std::vector<std::string>& part : parts) {
      const PayloadFound found = reach_all(body_, part);
      if (!found.given || !is_meant(part)) continue;
      found_any = true;
      for (const PayloadSpot& payload : found.spots) one(payload, kind_of(payload, part));
    }
    if (!found_any) one(body_, std::nullopt);
  }

 private:
  bool fits(std::uint32_t index, const PayloadSpot& payload) const {
    return hold_all(intake_.kinds[index].when, PayloadScope{body_, payload});
  }
  std::optional<std::uint32_t> kind_of(const PayloadSpot& payload, const std::vector<std::string>& part) const {
    for (std::uint32_t i = 0; i < intake_.kinds.size(); ++i)
      if (intake_.kinds[i].each == part && fits(i, payload)) return i;
    return std::nullopt;
  }
  /// False when no kind there can be meant, whatever the payload: its conditions on the body do not hold.
  bool is_meant(const std::vector<std::string>& part) const {
    return std::any_of(intake_.kinds.begin(), intake_.kinds.end(), [&](const PayloadKind& kind) {
      return kind.each == part && std::all_of(kind.when.begin(), kind.when.end(), [&](const PayloadTest& test) {
               return test.subject.from != PayloadPath::From::body || holds(test, PayloadScope{body_, body_});
             });
    });
  }

  void one(const PayloadSpot& payload, std::optional<std::uint32_t> kind) {
    PayloadResult& result = results_.emplace_back();
    result.pointer = payload.pointer;
    result.kind = kind;
    if (!kind) {
      result.error = Error{ErrorCode::PayloadKindNotKnown,
                           "the payload is of no kind that intake `" + intake_.name + "` describes" + seen(payload),
                           "say in the intake what it gives, or `no event when ... because \"...\"`",
                           {.pointer = payload.pointer}};
      return;
    }
    if (!hold_all(intake_.only_when, PayloadScope{body_, payload})) {
      result.error = Error{ErrorCode::PayloadNotMeant,
                           "the payload is not meant for these books: " + intake_.only_because,
                           "find out why it was sent here",
                           {.pointer = payload.pointer}};
      return;
    }
    const PayloadKind& described = intake_.kinds[*kind];
    if (!described.type) {
      result.outcome = PayloadResult::Outcome::no_event;
      result.because = described.because;
      return;
    }
    PayloadEvent event(book_, intake_, described, tables_, body_, payload);
    event.make(result);
    DriftFinder finder(result);
    finder.find(known_[*kind].payload, payload, PayloadPath::From::payload, event.missing());
    if (!described.each.empty()) finder.find(known_[*kind].body, body_, PayloadPath::From::body, event.missing());
  }

  /// The values by which kinds are told apart.
  std::string seen(const PayloadSpot& payload) const {
    std::vector<std::string> told;
    std::string words;
    for (const PayloadKind& kind : intake_.kinds)
      for (const PayloadTest& test : kind.when) {
        const std::string name = test.subject.to_text();
        if (test.given || std::ranges::find(told, name) != told.end() || told.size() == kNamesShown) continue;
        const PayloadReached reached = reach(PayloadScope{body_, payload}.start(test.subject.from), test.subject.steps);
        if (!reached.obstacle.empty() || !reached.spot.value) continue;
        const JsonView value = reached.spot.value;
        told.push_back(name);
        words += (words.empty() ? ": `" : ", `") + name + "` is " +
                 (value.text().empty() ? std::string(value.kind_in_words()) : in_backticks(value.text()));
      }
    return words;
  }

  const RuleBook& book_;
  const Intake& intake_;
  const std::vector<KindKnown>& known_;
  const std::map<std::uint32_t, TableMatcher>& tables_;
  const PayloadSpot& body_;
  std::vector<PayloadResult>& results_;
};

}  // namespace

std::vector<PayloadResult> PayloadReader::read(JsonView body) const {
  std::vector<PayloadResult> results;
  const auto read_one = [&](const PayloadSpot& spot) {
    BodyReader(book_, intake_, known_->kinds, known_->tables, spot, results).read(known_->parts);
  };
  if (!body.is_array()) {
    read_one({body, ""});
    return results;
  }
  std::size_t index = 0;
  for (const JsonView element : body) read_one({element, "/" + std::to_string(index++)});
  return results;
}

}  // namespace glmap::rules
