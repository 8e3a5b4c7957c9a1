// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/book_diff.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/change/changed_parts.hpp"
#include "compiler/change/region_search.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::change {
namespace {

// So many events are made up for a region until one shows it.
constexpr std::uint32_t kAttempts = 64;

/// Differences that are the same news: the same lines gone and come, whatever else is posted.
struct Group {
  std::vector<verify::Box> boxes;
  Outcome before, after;  // of the first box
};
using GroupKey = std::tuple<Outcome::Kind, Outcome::Kind, std::vector<std::string>, std::vector<std::string>>;

std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& others) {
  std::vector<std::string> left;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(), std::back_inserter(left));
  return left;
}

GroupKey key_of(const Outcome& before, const Outcome& after) {
  GroupKey key{before.kind, after.kind, {}, {}};
  if (before.kind != Outcome::Kind::posts || after.kind != Outcome::Kind::posts) return key;
  std::get<2>(key) = without(before.lines, after.lines);
  std::get<3>(key) = without(after.lines, before.lines);
  return key;
}

Ran::Kind kind_of(const Outcome& outcome) {
  return outcome.kind == Outcome::Kind::posts      ? Ran::Kind::posts
         : outcome.kind == Outcome::Kind::no_entry ? Ran::Kind::no_entry
                                                   : Ran::Kind::held;
}

RegionPart part_of(const EventFrame& frame, const verify::Box& box) {
  RegionPart part;
  for (std::size_t c = 0; c < frame.variables.size(); ++c) {
    if (box[c].any) continue;
    const Variable& variable = frame.variables[c];
    FieldPart& field = part.fields.emplace_back();
    field.name = variable.name;
    for (const std::uint32_t value : box[c].values) {
      if (value == variable.absent())
        field.absent = true;
      else
        field.values.push_back(variable.values[value]);
    }
  }
  const verify::Cell& days = box[frame.day_column()];
  if (days.any) return part;
  part.first = Date::from_days(days.first);
  part.last = Date::from_days(days.last);
  return part;
}

class Comparison {
 public:
  Comparison(const rules::RuleBook& before, const rules::RuleBook& after, verify::Steps& steps)
      : books_{&before, &after}, steps_(steps), tables_(books_) {}

  BookDiff run() {
    result_.items = compare_items(*books_[kOld], *books_[kNew]);
    std::vector<std::string> types;
    for (const rules::RuleBook* book : books_)
      for (const EventType& type : book->catalog.types)
        if (std::find(types.begin(), types.end(), type.name) == types.end()) types.push_back(type.name);
    for (const std::string& type : types) compare(type);
    return std::move(result_);
  }

 private:
  void compare(const std::string& type) {
    const EventFrame frame = event_frame(books_, type);
    if (!frame.changed_kinds.empty()) {
      result_.not_decided.push_back("`" + type + "`: " + verify::all_of(frame.changed_kinds) +
                                    (frame.changed_kinds.size() == 1 ? " is" : " are") +
                                    " of another kind than before, so that no event is one to both books");
      return;
    }
    const std::vector<verify::Box> parts = changed_parts(frame, tables_);
    RegionSearch search = search_regions(frame, parts, steps_);
    if (search.undecided)
      result_.not_decided.push_back("`" + type + "`: not gone through to the end, for want of steps; it stopped at " +
                                    frame.words(*search.undecided));
    std::map<GroupKey, Group> groups;
    for (Difference& one : search.found) {
      GroupKey key = key_of(one.before, one.after);
      Group& group = groups[std::move(key)];
      if (group.boxes.empty()) {
        group.before = std::move(one.before);
        group.after = std::move(one.after);
      }
      group.boxes.push_back(std::move(one.box));
    }
    for (auto& [key, group] : groups) add_region(frame, key, std::move(group));
  }

  void add_region(const EventFrame& frame, const GroupKey& key, Group group) {
    Region region;
    region.event = frame.type;
    region.before = kind_of(group.before);
    region.after = kind_of(group.after);
    region.removed = std::get<2>(key);
    region.added = std::get<3>(key);
    find_witness(frame, group, region);
    const std::vector<verify::Box> boxes = merged(frame.space, std::move(group.boxes));
    for (const verify::Box& box : boxes) region.parts.push_back(part_of(frame, box));
    std::vector<verify::Box> wider;
    for (const verify::Box& box : boxes) wider.push_back(whatever_the_rate(frame, key, box));
    for (const verify::Box& box : merged(frame.space, std::move(wider))) region.when.push_back(frame.words(box));
    if (!region.not_shown.empty() && !group.before.by_state && !group.after.by_state) {
      result_.not_decided.push_back("`" + frame.type + "`, " + region.when.front() + ": " + region.not_shown);
      return;
    }
    result_.regions.push_back(std::move(region));
  }

  /// The box with every currency and whether or not there is a rate, where that changes nothing but who waits for a
  /// rate.
  verify::Box whatever_the_rate(const EventFrame& frame, const GroupKey& key, const verify::Box& box) {
    verify::Box wide = box;
    for (std::size_t c = 0; c < frame.variables.size(); ++c)
      if (is_currency_or_number(frame, c)) wide[c] = verify::Cell{};
    const std::array<BookSide, 2> sides{BookSide(frame, kOld), BookSide(frame, kNew)};
    std::size_t boxes_left = 64;
    return is_all(frame, sides, key, wide, boxes_left) ? wide : box;
  }

  /// Every event of the box is news of this kind, rates left out of account.
  bool is_all(const EventFrame& frame, const std::array<BookSide, 2>& sides, const GroupKey& key,
              const verify::Box& box, std::size_t& boxes_left) {
    if (verify::is_empty(frame.space, box)) return true;
    if (boxes_left == 0) return false;
    --boxes_left;
    Narrowed here;
    const auto before = sides[kOld].read(box, false, here, steps_);
    const auto after = before ? sides[kNew].read(box, false, here, steps_) : before;
    if (before && after) return key_of(*before, *after) == key;
    const Split& by = before ? after.error().split : before.error().split;
    const verify::Column& column = frame.space.columns[by.column];
    verify::Box part = box;
    part[by.column] = verify::intersect(column, box[by.column], by.part);
    if (!is_all(frame, sides, key, part, boxes_left)) return false;
    for (verify::Cell& outside : verify::without(column, box[by.column], by.part)) {
      part[by.column] = std::move(outside);
      if (!is_all(frame, sides, key, part, boxes_left)) return false;
    }
    return true;
  }

  static bool is_currency_or_number(const EventFrame& frame, std::size_t column) {
    const std::size_t book = frame.type_in(kNew) != nullptr ? kNew : kOld;
    const Variable& variable = frame.variables[column];
    if (!variable.in[book].field || variable.on_line) return false;
    const FieldKind kind = frame.type_in(book)->header[*variable.in[book].field].kind;
    return kind == FieldKind::currency || kind == FieldKind::decimal;
  }

  void find_witness(const EventFrame& frame, const Group& group, Region& region) {
    if (!runners_[kOld]) {
      runners_[kOld].emplace(*books_[kOld]);
      runners_[kNew].emplace(*books_[kNew]);
    }
    for (std::uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
      region.witness = make_event(frame, group.boxes[attempt % group.boxes.size()], attempt);
      region.ran_before = runners_[kOld]->run(region.witness);
      region.ran_after = runners_[kNew]->run(region.witness);
      if (!post_the_same(region.ran_before, region.ran_after)) return;
    }
    region.not_shown = group.before.by_state || group.after.by_state
                           ? "it depends on what was posted before, so that no single event shows it"
                           : "the books are written differently, and every event that was tried posts the same";
  }

  Books books_;
  verify::Steps& steps_;
  ChangedTables tables_;
  std::array<std::optional<Runner>, 2> runners_;
  BookDiff result_;
};

}  // namespace

bool BookDiff::moves() const {
  return !regions.empty() || std::any_of(items.begin(), items.end(), [](const Item& item) { return item.moves; });
}

BookDiff diff_books(const rules::RuleBook& before, const rules::RuleBook& after, verify::Steps& steps) {
  return Comparison(before, after, steps).run();
}

}  // namespace glmap::change
