// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/faults.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace glmap::gateway::sandbox {

namespace {

constexpr std::array kKinds = {
    std::pair{std::string_view("delay"), FaultKind::delay},
    std::pair{std::string_view("drop_before_commit"), FaultKind::drop_before_commit},
    std::pair{std::string_view("commit_then_drop"), FaultKind::commit_then_drop},
    std::pair{std::string_view("status"), FaultKind::status},
    std::pair{std::string_view("commit_then_status"), FaultKind::commit_then_status},
    std::pair{std::string_view("html_page"), FaultKind::html_page},
    std::pair{std::string_view("commit_then_html"), FaultKind::commit_then_html},
    std::pair{std::string_view("error_200"), FaultKind::error_200},
    std::pair{std::string_view("commit_then_error_200"), FaultKind::commit_then_error_200},
    std::pair{std::string_view("leave_draft"), FaultKind::leave_draft},
    std::pair{std::string_view("end_session"), FaultKind::end_session},
    std::pair{std::string_view("drip"), FaultKind::drip},
    std::pair{std::string_view("alter"), FaultKind::alter},
    std::pair{std::string_view("unbalance"), FaultKind::unbalance},
};

long long whole_or(const Json& object, std::string_view key, long long otherwise) {
  const Json* value = object.find(key);
  if (value == nullptr || value->as_number() == nullptr) return otherwise;
  const std::string& text = value->as_number()->text;
  long long out = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string text_or(const Json& object, std::string_view key, std::string otherwise) {
  const Json* value = object.find(key);
  return value == nullptr || value->as_string() == nullptr ? std::move(otherwise) : *value->as_string();
}

Result<Fault> read_fault(const Json& object) {
  const std::string kind = text_or(object, "kind", "");
  const auto parsed = parse_fault_kind(kind);
  if (!parsed) return fail(ErrorCode::BadRequest, "there is no fault of kind `" + kind + "`");
  Fault out;
  out.kind = *parsed;
  out.on = text_or(object, "on", "");
  out.skip = static_cast<int>(whole_or(object, "skip", 0));
  out.times = static_cast<int>(whole_or(object, "times", 1));
  out.permille = static_cast<int>(whole_or(object, "permille", 1000));
  out.bytes = static_cast<std::size_t>(whole_or(object, "bytes", 0));
  out.delay_ms = static_cast<int>(whole_or(object, "delay_ms", 0));
  out.status = static_cast<int>(whole_or(object, "status", 503));
  out.retry_after = text_or(object, "retry_after", "");
  return out;
}

}  // namespace

std::optional<FaultKind> parse_fault_kind(std::string_view text) {
  for (const auto& [name, kind] : kKinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

Status FaultPlan::replace(const Json& plan) {
  std::vector<Fault> faults;
  const Json* list = plan.find("faults");
  if (list == nullptr || list->as_array() == nullptr) {
    return fail(ErrorCode::BadRequest, "the plan has no list `faults`", R"(write {"faults": [{"kind": ...}]})");
  }
  for (const Json& each : *list->as_array()) {
    GLMAP_TRY(fault, read_fault(each));
    faults.push_back(std::move(fault));
  }
  const std::lock_guard lock(mutex_);
  faults_ = std::move(faults);
  draw_.seed(static_cast<std::uint64_t>(whole_or(plan, "seed", 1)));
  return {};
}

void FaultPlan::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

void FaultPlan::clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::optional<Fault> FaultPlan::take(std::string_view method) {
  const std::lock_guard lock(mutex_);
  for (Fault& fault : faults_) {
    if (fault.times == 0 || method.find(fault.on) == std::string_view::npos) continue;
    if (fault.permille < 1000 && static_cast<int>(draw_() % 1000) >= fault.permille) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.times > 0) --fault.times;
    return fault;
  }
  return std::nullopt;
}

}  // namespace glmap::gateway::sandbox
