// SPDX-License-Identifier: Apache-2.0
// Which members of a payload the book knows: those it reads, tests, or lists as known. Private to rules. Built once,
// then read by any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/rules/payload_map.hpp"
#include "compiler/runtime/rules/payload_walk.hpp"

namespace glmap::rules {

/// Known members, one in the other; positions in lists do not count.
class KnownMembers {
 public:
  void add(const std::vector<std::string>& steps, bool everything = false);

  /// A member that is not known; what stands below it is not looked at.
  struct Stranger {
    const std::vector<std::string>& parent;
    PayloadSpot spot;  // its key is spot.value.key()
  };
  void find_strangers(const PayloadSpot& from, const std::function<void(const Stranger&)>& tell) const;

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> members;
    bool everything = false;
  };
  static void walk(const Node& node, const PayloadSpot& spot, std::vector<std::string>& path,
                   const std::function<void(const Stranger&)>& tell);
  Node top_;
};

/// What a kind knows of its payload and of the body around it.
struct KindKnown {
  KnownMembers payload, body;
};
KindKnown known_to(const PayloadKind& kind);
/// Of conditions that every payload is asked.
void add_tests(const std::vector<PayloadTest>& tests, KindKnown& known);

}  // namespace glmap::rules
