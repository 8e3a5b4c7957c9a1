// SPDX-License-Identifier: Apache-2.0
#include "gateway/engine/states.hpp"

namespace glmap::gateway::engine {

namespace {

constexpr std::array<std::string_view, kEventStateCount> kEventStateNames = {"accepted", "posted",   "no_entry",
                                                                             "held",     "rejected", "waiting"};
constexpr std::array<std::string_view, kEntryStateCount> kEntryStateNames = {
    "ready", "sending", "unknown", "draft_found", "posted", "rejected", "held", "reversed"};
constexpr std::array<std::string_view, 13> kDeliveryInputNames = {
    "claimed",       "confirmed", "refused", "not_sent", "unclear",  "found_absent", "found_draft",
    "found_differs", "recovered", "gave_up", "retried",  "reversed", "restored"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t index = 0; index < N; ++index) {
    if (names[index] == text) return static_cast<Enum>(index);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(EventState state) {
  return kEventStateNames.at(static_cast<std::size_t>(state));
}
std::string_view to_text(EntryState state) {
  return kEntryStateNames.at(static_cast<std::size_t>(state));
}
std::string_view to_text(DeliveryInput input) {
  return kDeliveryInputNames.at(static_cast<std::size_t>(input));
}

std::optional<EventState> parse_event_state(std::string_view text) {
  return parse<EventState>(kEventStateNames, text);
}
std::optional<EntryState> parse_entry_state(std::string_view text) {
  return parse<EntryState>(kEntryStateNames, text);
}

}  // namespace glmap::gateway::engine
