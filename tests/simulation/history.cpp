// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <cstdio>

#include "tests/simulation/book.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/twin_connector.hpp"

namespace glmap::simulation {

namespace {

constexpr std::uint64_t kEventsMin = 60;
constexpr std::uint64_t kFaultsMin = 5;
constexpr int kStepsMax = 1500;
constexpr int kCalmRoundsMax = 6000;

class History {
 public:
  History(std::uint64_t seed, const HistoryOptions& options)
      : options_(options),
        chance_(seed),
        faults_(chance_.split()),
        disk_(machine_, chance_.split()),
        twin_(machine_, faults_, chance_.split()),
        senders_(machine_, faults_, chance_.split()),
        people_(machine_, faults_, chance_.split()),
        remembers_(Chance(seed).permille(400)),
        auditor_(machine_, senders_, twin_, people_, remembers_) {
    report_.seed = seed;
    settings_.checkpoint_pages = static_cast<int>(chance_.permille(300) ? 1000 : chance_.between(2, 60));
    settings_.keys.run_bits =
        static_cast<int>(chance_.between(0, 4));  // a history has few keys: small runs, many merges
    settings_.keys.part_bits = static_cast<int>(chance_.between(0, 2));
    settings_.keys.fan_bits = static_cast<int>(chance_.between(1, 2));
    settings_.jitter_seed = chance_.next();
    by_wire_ = chance_.permille(300);
    if (faults_.has(Fault::queue_burst)) settings_.queue = {.events_max = 6, .events_per_commit = 4};
    settings_.release = static_cast<int>(chance_.between(1, kReleases));
    settings_.remembers = remembers_;
    disk_.judge = [this](DiskOperation operation) { return judge(operation); };
    if (options_.trace) faults_.on_fault = [this](Fault fault) { tell(name_of(fault).name.data()); };
    for (const std::string& lane : lane_names()) (void)twin_.connection(lane);
  }

  HistoryReport run() {
    const std::int64_t began = machine_.real();
    storm();
    if (!report_.finding) calm();
    report_.faults = faults_.counts();
    report_.faults_total = faults_.total();
    report_.events = senders_.events();
    report_.entries = auditor_.entries_seen();
    report_.posted = auditor_.posted_seen();
    report_.documents = twin_.documents().size();
    report_.syncs = disk_.syncs();
    report_.simulated_micros = machine_.real() - began;
    report_.fingerprint = fingerprint();
    end_process();
    return report_;
  }

 private:
  // ---- the machine
  // ------------------------------------------------------------------------------------------------------

  DiskAnswer judge(DiskOperation operation) {
    if (operation == DiskOperation::read) return hard_error(Fault::disk_read_error);
    if (operation == DiskOperation::sync) return hard_error(Fault::disk_sync_error);
    if (in_second_worker_) return DiskAnswer::done;  // it does not live long enough to write it down later
    if (faults_.hits(Fault::disk_full)) disk_full_until_ = machine_.real() + chance_.between(kSecond, 10 * kMinute);
    if (machine_.real() < disk_full_until_) return DiskAnswer::full;
    return hard_error(Fault::disk_write_error);
  }

  DiskAnswer hard_error(Fault fault) {
    if (!faults_.hits(fault)) return DiskAnswer::done;
    disk_failed_ = true;
    return DiskAnswer::error;
  }

  void tell(const char* what) const {
    if (options_.trace)
      std::fprintf(stderr, "%12.3f  %s\n", static_cast<double>(machine_.real() % (1000 * kHour)) / 1e6, what);
  }

  MakeConnector connectors(bool with_second_worker) {
    return [this, with_second_worker](const std::string& lane) {
      TwinAccess access{lane, {}};
      if (with_second_worker) access.during_look = [this, lane] { second_worker(lane); };
      return by_wire_ ? make_wire_connector(twin_, std::move(access)) : make_twin_connector(twin_, std::move(access));
    };
  }

  /// While the answer to a look-up is on its way, its lease runs out and another worker takes the entry.
  void second_worker(const std::string& lane) {
    if (in_second_worker_ || machine_.dead() || machine_.real() < disk_full_until_ ||
        twin_.connection(lane).throttled_until > machine_.real())
      return;
    if (!faults_.hits(Fault::stale_worker)) return;
    tell("a second worker");
    in_second_worker_ = true;
    machine_.pass(601 * kSecond);
    const auto worker = host_->second_worker(lane, connectors(false));
    const std::int64_t rounds = chance_.between(1, 3);
    for (int round = 0; round < rounds && !machine_.dead(); ++round) {
      worker->run_round();
      machine_.pass(static_cast<std::int64_t>(chance_.below(40)) * kSecond);
    }
    in_second_worker_ = false;
    twin_.connection(lane).throttled_until = 0;  // what the other one was told, this one does not know
  }

  void end_process() {
    machine_.die();  // whatever its destructors would write, a killed process does not write
    host_.reset();
    machine_.live();
  }

  void start_process() {
    ++report_.starts;
    disk_failed_ = false;
    twin_.forget_throttling();
    auto started = Host::start(settings_, machine_, connectors(true));
    if (machine_.dead()) {  // at its start already
      started = fail(ErrorCode::StoreFailed, "the process died");
      end_process();
    }
    if (started) {
      host_ = std::move(*started);
      return;
    }
    start_error_ = started.error().to_text();
    tell(start_error_.c_str());
  }

  void crash(bool power) {
    tell(power ? "power cut" : "killed");
    end_process();
    if (power) disk_.cut_power();
    machine_.set_clock_right();
    machine_.pass(chance_.between(100'000, 15 * kSecond));
  }

  // ---- the storm
  // --------------------------------------------------------------------------------------------------------

  bool found(Moment moment) {
    if (report_.finding || !host_) return report_.finding.has_value();
    ++report_.audits;
    const auto judge = std::move(disk_.judge);  // the auditor's own reading does not fail
    disk_.judge = nullptr;
    report_.finding = auditor_.audit(*host_, moment);
    disk_.judge = judge;
    return report_.finding.has_value();
  }

  void storm() {
    // Mostly as long as it takes to say sixty events; now and then long enough for the same thing to go wrong many
    // times.
    const int steps_min = chance_.permille(60) ? 900 : 0;
    int step = 0;
    while (!report_.finding && step < kStepsMax &&
           (senders_.events() < kEventsMin || faults_.total() < kFaultsMin || step < steps_min)) {
      ++step;
      one_step();
      if (step > kStepsMax / 2 && faults_.total() < kFaultsMin) {
        faults_.note(Fault::kill);
        crash(false);
      }
    }
    (void)found(Moment::any);
  }

  void one_step() {
    if (!host_) {
      machine_.pass(chance_.between(kSecond, kMinute));
      start_process();
      if (host_ && chance_.permille(500)) (void)found(Moment::any);
      return;
    }
    twin_.something_happens();
    if (faults_.hits(Fault::cut_at_operation)) machine_.die_in(chance_.between(1, 40));
    act();
    if (machine_.dead()) {
      tell("died in the middle");
      return crash(chance_.permille(500));
    }
    if (!host_->healthy() && !disk_failed_) {
      report_.finding = Finding{"M12", "the store has stopped, and no operation of its disk has failed"};
      return;
    }
    if (faults_.hits(Fault::kill)) return crash(false);
    if (faults_.hits(Fault::power_cut)) return crash(true);
    if (!host_->healthy() && chance_.permille(200)) return crash(chance_.permille(300));
    if (faults_.hits(Fault::graceful_stop)) {
      tell("orderly stop");
      host_->stop();
      host_.reset();
      machine_.live();
      return;
    }
    if (remembers_ && chance_.permille(100)) host_->work_off();  // time passes
    if (chance_.permille(60)) (void)found(Moment::any);
  }

  void act() {
    const auto which = chance_.below(100);
    if (which < 30 && senders_.events() < 3 * kEventsMin) {
      senders_.write_letter();
      if (chance_.permille(700)) senders_.deliver(*host_);
    } else if (which < 40) {
      if (!senders_.all_said()) senders_.deliver(*host_);
    } else if (which < 75) {
      for (gateway::delivery::Lane* lane : host_->lanes()) {
        if (chance_.permille(600)) lane->run_round();
      }
    } else if (which < 90) {
      const auto how_long = chance_.below(20);
      machine_.pass(how_long < 12   ? chance_.between(100'000, 10 * kSecond)
                    : how_long < 19 ? chance_.between(kSecond, 10 * kMinute)
                                    : chance_.between(kMinute, 8 * kHour));
    } else if (people_.something_happens(*host_)) {
      twin_.forget_throttling();
    }
    if (faults_.hits(Fault::queue_burst)) {
      for (int i = 0; i < 8; ++i) senders_.write_letter();
      senders_.deliver_burst(*host_);
    }
    if (faults_.hits(Fault::clock_step)) machine_.step_clock(-chance_.between(kSecond, 2 * kHour));
    if (faults_.hits(Fault::bundle_switch)) {
      settings_.release = static_cast<int>(chance_.between(1, kReleases));
      (void)host_->put_in_force(settings_.release);
    }
  }

  // ---- the calm
  // ---------------------------------------------------------------------------------------------------------

  void calm() {
    tell("calm");
    faults_.calm();
    disk_full_until_ = 0;
    machine_.live();
    twin_.reconnect();
    if (!host_ || !host_->healthy() || machine_.utc_micros() != machine_.monotonic_micros() || chance_.permille(300)) {
      crash(chance_.permille(500));
      start_process();
    }
    if (!host_) {
      report_.finding = Finding{"M11", "the gateway does not start again: " + start_error_};
      return;
    }
    if (found(Moment::any)) return;
    for (int tries = 0; tries < 400 && !senders_.all_said(); ++tries) senders_.deliver(*host_);
    people_.resume_all(*host_);
    twin_.forget_throttling();
    until_quiet();
    if (found(Moment::quiet)) return;
    twin_.put_right();
    people_.retry_all(*host_);
    until_quiet();
    for (int week = 0; week < (remembers_ ? 30 : 0); ++week) {  // until nothing has time to wait any more
      machine_.pass(7 * 24 * kHour);
      until_quiet();
    }
    if (found(Moment::settled)) return;
    if (!senders_.all_said()) report_.finding = Finding{"M12", "with nothing wrong any more, senders are not answered"};
    if (!host_->healthy()) report_.finding = Finding{"M12", "with nothing wrong any more, the store does not work"};
  }

  void until_quiet() {
    for (int round = 0; round < kCalmRoundsMax; ++round) {
      std::int64_t next = -1;
      bool worked = false;
      for (gateway::delivery::Lane* lane : host_->lanes()) {
        worked = lane->run_round() > 0 || worked;
        const auto due = host_->store().next_due(lane->status().name);
        if (due && *due) next = next < 0 ? (*due)->micros : std::min(next, (*due)->micros);
      }
      if (worked || host_->work_off()) continue;
      if (next < 0) return;
      machine_.pass(std::clamp(next - machine_.utc_micros(), 5 * kSecond, 10 * kMinute));
    }
  }

  std::uint64_t fingerprint() const {
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;
    const auto mix = [&](const std::string& text) {
      for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 1'099'511'628'211ULL;
    };
    for (const Acknowledgement& told : senders_.acknowledged())
      mix(told.status + told.key.second + std::to_string(told.sequence));
    for (const TwinDocument& document : twin_.documents())
      mix(document.reference + document.company + std::to_string(document.visible_at));
    mix(std::to_string(disk_.syncs()) + "/" + std::to_string(machine_.real()));
    return hash;
  }

  HistoryOptions options_;
  HistoryReport report_;
  Machine machine_;
  Chance chance_;
  FaultMix faults_;
  Disk disk_;
  Twin twin_;
  Senders senders_;
  People people_;
  const bool remembers_;  // the books of this history keep state
  Auditor auditor_;
  HostSettings settings_;
  std::int64_t disk_full_until_ = 0;
  bool disk_failed_ = false;  // since the process started
  bool in_second_worker_ = false;
  bool by_wire_ = false;  // the real connector over the simulated network
  std::string start_error_;
  std::unique_ptr<Host> host_;  // last: it goes before the disk
};

}  // namespace

HistoryReport run_history(std::uint64_t seed, const HistoryOptions& options) {
  return History(seed, options).run();
}

}  // namespace glmap::simulation
