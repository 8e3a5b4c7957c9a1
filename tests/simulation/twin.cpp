// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/twin.hpp"

#include <algorithm>

#include "tests/simulation/own_money.hpp"

namespace glmap::simulation {

namespace {

constexpr const char* kStranger = "Another Company";

}  // namespace

Twin::Twin(Machine& on, FaultMix& mix, Chance drawn) : machine(on), faults(mix), chance(drawn) {
  unique_reference_ = chance.permille(300);
  draft_step_ = chance.permille(500);
  // Shorter than the gateway's horizon, even for what is committed late: that is the promise an ERP's connector gives.
  if (faults.has(Fault::visibility_lag)) lag_max_ = chance.between(1, 20) * kSecond;
}

TwinAnswer Twin::verdict(const TwinDocument& document) const {
  if (closed_periods_.contains({document.company, document.date.substr(0, 7)})) return TwinAnswer::period_closed;
  Minor debit = 0;
  Minor credit = 0;
  for (const TwinLine& line : document.lines) {
    if (closed_accounts_.contains({document.company, line.account})) return TwinAnswer::account_closed;
    const auto minor = minor_of(line.amount, line.currency);
    if (!minor) return TwinAnswer::unbalanced;
    (line.debit ? debit : credit) += *minor;
  }
  return debit == credit && debit > 0 ? TwinAnswer::taken : TwinAnswer::unbalanced;
}

TwinAnswer Twin::take(TwinDocument& document) {
  catch_up();
  return take_at(document, machine.real());
}

TwinAnswer Twin::take_at(TwinDocument& document, std::int64_t when) {
  if (const TwinAnswer answer = verdict(document); answer != TwinAnswer::taken) return answer;
  if (unique_reference_) {
    for (const TwinDocument& other : documents_) {
      const bool same = other.company == document.company && other.reference == document.reference && !other.removed;
      if (same) return TwinAnswer::duplicate;
    }
  }
  document.number = static_cast<int>(documents_.size()) + 1;
  document.visible_at = when;
  if (lag_max_ > 0 && faults.hits(Fault::visibility_lag)) document.visible_at += chance.between(1, lag_max_);
  documents_.push_back(document);
  return TwinAnswer::taken;
}

TwinAnswer Twin::post(int number) {
  catch_up();
  if (number < 1 || static_cast<std::size_t>(number) > documents_.size()) return TwinAnswer::absent;
  TwinDocument& document = documents_[static_cast<std::size_t>(number) - 1];
  if (document.removed) return TwinAnswer::absent;
  if (document.posted) return TwinAnswer::duplicate;
  if (const TwinAnswer answer = verdict(document); answer != TwinAnswer::taken) return answer;
  document.posted = true;
  return TwinAnswer::taken;
}

bool Twin::remove(int number) {
  catch_up();
  if (number < 1 || static_cast<std::size_t>(number) > documents_.size()) return true;
  TwinDocument& document = documents_[static_cast<std::size_t>(number) - 1];
  if (document.posted) return false;
  document.removed = true;
  return true;
}

std::vector<TwinDocument*> Twin::search(const std::string& company, const std::string& reference) {
  catch_up();
  std::vector<TwinDocument*> found;
  for (TwinDocument& document : documents_) {
    const bool here = document.company == company && document.reference == reference && !document.removed;
    if (here && document.visible_at <= machine.real()) found.push_back(&document);
  }
  return found;
}

Twin::Way Twin::knock(const std::string& lane, std::int64_t& asked) {
  Connection& line = connections_[lane];
  machine.pass(faults.hits(Fault::slow) ? chance.between(1, 30) * kSecond : 20'000);
  if (machine.real() < line.down_until) return Way::refused;
  if (machine.real() < line.throttled_until) {
    complaints.emplace_back("E8", "lane " + lane + " called the ERP before the time it was asked to wait");
  }
  if (line.session_lost) return Way::session_lost;
  if (faults.hits(Fault::unreachable)) return Way::refused;
  if (faults.hits(Fault::bad_credentials)) return Way::bad_credentials;
  if (!faults.hits(Fault::throttled)) return Way::open;
  asked = chance.between(1, 1800) * kSecond;
  line.throttled_until = machine.real() + asked;
  return Way::throttled;
}

void Twin::take_later(TwinDocument document) {
  late_.emplace_back(machine.real() + chance.between(1, 9 * kSecond), std::move(document));
}

void Twin::catch_up() {
  std::vector<std::pair<std::int64_t, TwinDocument>> due;
  std::erase_if(late_, [&](auto& each) {
    if (each.first > machine.real()) return false;
    due.push_back(std::move(each));
    return true;
  });
  for (auto& [at, document] : due) (void)take_at(document, at);
}

/// A unit more on a debit and on a credit: it still balances.
void Twin::change(TwinDocument& document) {
  document.before_hand = document.lines;
  bool debit_done = false;
  bool credit_done = false;
  for (TwinLine& line : document.lines) {
    bool& done = line.debit ? debit_done : credit_done;
    if (done) continue;
    line.amount = text_of(*minor_of(line.amount, line.currency) + 1, line.currency);
    done = true;
  }
}

void Twin::change_by_hand() {
  std::vector<TwinDocument*> mine;
  for (TwinDocument& document : documents_) {
    if (document.posted && !document.removed && !document.before_hand) mine.push_back(&document);
  }
  if (mine.empty()) return;
  // Mostly what was just posted: the gateway may not have seen it yet.
  change(chance.permille(700) ? *mine.back() : *chance.pick(mine));
}

void Twin::act_on_draft(bool post_it) {
  std::vector<TwinDocument*> drafts;
  for (TwinDocument& document : documents_) {
    if (!document.posted && !document.removed) drafts.push_back(&document);
  }
  if (drafts.empty()) return;
  TwinDocument& draft = *chance.pick(drafts);
  (post_it ? draft.posted : draft.removed) = true;
}

/// Another database behind the address. Sessions do not survive it.
void Twin::swap_company() {
  stand_in_ = stand_in_.empty() ? kStranger : "";
  for (auto& [lane, connection] : connections_) connection.session_lost = true;
}

void Twin::something_happens() {
  catch_up();
  const std::vector<std::string> companies = {"Company DE", "Company AT", "Company US", "Company JP"};
  const std::vector<std::string> periods = {"2026-09", "2026-10", "2026-11", "2026-12"};
  const std::vector<std::string> accounts = {"4200", "3806", "1200", "1800"};
  for (auto& [lane, connection] : connections_) {
    if (faults.hits(Fault::outage)) connection.down_until = machine.real() + chance.between(kHour, 72 * kHour);
  }
  if (faults.hits(Fault::erp_period_closed)) closed_periods_.emplace(chance.pick(companies), chance.pick(periods));
  if (faults.hits(Fault::erp_account_closed)) closed_accounts_.emplace(chance.pick(companies), chance.pick(accounts));
  if (faults.hits(Fault::hand_edit)) change_by_hand();
  if (faults.hits(Fault::draft_removed)) act_on_draft(false);
  if (faults.hits(Fault::draft_posted_by_hand)) act_on_draft(true);
  if (faults.hits(Fault::wrong_company)) swap_company();
}

void Twin::reconnect() {
  if (!stand_in_.empty()) swap_company();
  for (auto& [lane, connection] : connections_) connection.down_until = 0;
}

void Twin::put_right() {
  closed_periods_.clear();
  closed_accounts_.clear();
  for (TwinDocument& document : documents_) {
    if (!document.before_hand) continue;
    document.lines = *document.before_hand;
    document.before_hand.reset();
  }
}

}  // namespace glmap::simulation
