// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/payload_known.hpp"

namespace glmap::rules {
namespace {

std::vector<std::string> joined(std::vector<std::string> path, const std::vector<std::string>& behind) {
  path.insert(path.end(), behind.begin(), behind.end());
  return path;
}

class Collector {
 public:
  Collector(const PayloadKind& kind, KindKnown& known) : known_(known) {
    if (kind.lines) lines_ = kind.lines->path;
  }

  void add(const PayloadPath& path, bool everything = false) {
    if (path.from == PayloadPath::From::body)
      known_.body.add(path.steps, everything);
    else
      known_.payload.add(path.from == PayloadPath::From::line ? joined(lines_, path.steps) : path.steps, everything);
  }
  void add(const std::vector<PayloadTest>& tests) {
    for (const PayloadTest& test : tests) add(test.subject);
  }
  void add(const std::vector<PayloadField>& fields) {
    for (const PayloadField& field : fields)
      for (const PayloadTerm& term : field.terms)
        if (!term.is_constant) add(term);
  }

 private:
  void add(const PayloadTerm& term) {
    if (!term.list) return add(term.path);
    PayloadPath path = *term.list;
    if (term.filter) {
      path.steps = joined(path.steps, term.filter->subject.steps);
      add(path);
    }
    path.steps = joined(term.list->steps, term.path.steps);
    add(path);
  }

  KindKnown& known_;
  std::vector<std::string> lines_;
};

}  // namespace

void KnownMembers::add(const std::vector<std::string>& steps, bool everything) {
  Node* node = &top_;
  for (const std::string& step : steps) {
    std::unique_ptr<Node>& next = node->members[step];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  node->everything = node->everything || everything;
}

void KnownMembers::walk(const Node& node, const PayloadSpot& spot, std::vector<std::string>& path,
                        const std::function<void(const Stranger&)>& tell) {
  if (node.everything) return;
  if (spot.value.is_array()) {
    std::size_t index = 0;
    for (const JsonView element : spot.value)
      walk(node, {element, spot.pointer + "/" + std::to_string(index++)}, path, tell);
  } else if (spot.value.is_object()) {
    for (const JsonView member : spot.value) {
      const PayloadSpot below{member, spot.pointer + pointer_step(member.key())};
      const auto known = node.members.find(member.key());
      if (known == node.members.end()) {
        tell({path, below});
        continue;
      }
      path.emplace_back(member.key());
      walk(*known->second, below, path, tell);
      path.pop_back();
    }
  }
}

void KnownMembers::find_strangers(const PayloadSpot& from, const std::function<void(const Stranger&)>& tell) const {
  std::vector<std::string> path;
  walk(top_, from, path, tell);
}

KindKnown known_to(const PayloadKind& kind) {
  KindKnown known;
  Collector collector(kind, known);
  known.body.add(kind.each, true);  // looked at as payloads
  collector.add(kind.when);
  collector.add(kind.fields);
  if (kind.lines) {
    known.payload.add(kind.lines->path);
    collector.add(kind.lines->filter);
    collector.add(kind.lines->fields);
  }
  for (const KnownPath& path : kind.known) collector.add(path.path, path.everything);
  return known;
}

void add_tests(const std::vector<PayloadTest>& tests, KindKnown& known) {
  for (const PayloadTest& test : tests)
    (test.subject.from == PayloadPath::From::body ? known.body : known.payload).add(test.subject.steps);
}

}  // namespace glmap::rules
