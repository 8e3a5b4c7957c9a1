// SPDX-License-Identifier: Apache-2.0
// POST /v1/events: read, decide, hand over to the one writer, answer when it is on disk.
#include <array>

#include "gateway/api/gateway_api.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/record_json.hpp"

namespace glmap::gateway::api {

namespace {

using platform::Answer;
using posting::Receipt;
using posting::ReceiptStatus;

constexpr std::string_view kPath = "/v1/events";

Answer single_answer(const Receipt& receipt) {
  switch (receipt.status) {
    case ReceiptStatus::refused:
      return problem(*receipt.reason, kPath);
    case ReceiptStatus::conflict:
    case ReceiptStatus::rejected: {
      Answer answer = problem(*receipt.reason, kPath, 422);
      answer.fields.emplace_back("Location", std::string(kPath) + "/" + std::to_string(receipt.sequence));
      return answer;
    }
    case ReceiptStatus::duplicate:
    case ReceiptStatus::accepted:
    case ReceiptStatus::held:
    case ReceiptStatus::waiting:
    case ReceiptStatus::no_entry:
      break;
  }
  Answer answer = json_answer(receipt.status == ReceiptStatus::duplicate ? 200 : 202, receipt_json(receipt));
  answer.fields.emplace_back("Location", std::string(kPath) + "/" + std::to_string(receipt.sequence));
  return answer;
}

Answer batch_answer(const std::vector<Receipt>& receipts) {
  std::array<long long, posting::kReceiptStatusCount> counts{};
  std::string body = R"({"results":[)";
  for (const Receipt& receipt : receipts) {
    if (body.back() != '[') body += ',';
    body += write_json(receipt_json(receipt));
    counts.at(static_cast<std::size_t>(receipt.status)) += 1;
  }
  body += R"(],"counts":{)";
  for (std::size_t index = 0; index < counts.size(); ++index) {
    if (index > 0) body += ',';
    body += '"';
    body += posting::to_text(static_cast<ReceiptStatus>(index));
    body += "\":" + std::to_string(counts[index]);
  }
  body += "}}";
  return {200, "application/json", std::move(body), {}};
}

/// The body's kind; binary mode is turned into the structured form, in `body`.
Result<intake::BodyKind> read_kind(const platform::IncomingRequest& request, std::string& body) {
  if (const std::string* coding = request.field("content-encoding"); coding != nullptr && *coding != "identity") {
    return fail(ErrorCode::UnsupportedMediaType, "the body is coded as `" + *coding + "`, plain text is expected",
                "send it without Content-Encoding");
  }
  GLMAP_TRY(structured, intake::structured_from_binary(request.fields, body));
  if (structured) {
    body = std::move(*structured);
    return intake::BodyKind::single;
  }
  const std::string* type = request.field("content-type");
  return intake::body_kind(type != nullptr ? std::string_view(*type) : std::string_view());
}

}  // namespace

void GatewayApi::post_events(platform::IncomingRequest request, const Target& target, platform::Respond respond) {
  if (Status known = target.only({}); !known) return respond(problem(known.error(), kPath));
  if (request.body.size() <= settings_.small_body_bytes) return take_events(std::move(request), respond);
  // A task can be copied, as std::function asks for; the body is not.
  auto shared = std::make_shared<platform::IncomingRequest>(std::move(request));
  if (parsers_.submit([this, shared, respond] { take_events(std::move(*shared), respond); })) return;
  respond(problem(Error{ErrorCode::Busy, "too many large requests wait to be read", "try again a little later", {}},
                  kPath));
}

void GatewayApi::take_events(platform::IncomingRequest request, const platform::Respond& respond) {
  auto text = std::make_unique<std::string>(std::move(request.body));
  const auto kind = read_kind(request, *text);
  if (!kind) return respond(problem(kind.error(), kPath));
  const auto arrivals = intake::read_events(*kind, *text, settings_.limits);
  if (!arrivals) return respond(problem(arrivals.error(), kPath));

  posting::Request work;
  const auto book = book_.get();
  const Instant now{clock_.utc_micros()};
  work.events.reserve(arrivals->size());
  for (const intake::Arrival& arrival : *arrivals) work.events.push_back(posting::prepare(*book, arrival, now));
  work.body = std::move(text);
  const bool single = *kind == intake::BodyKind::single;
  if (single && !work.events.front()) return respond(problem(work.events.front().error(), kPath));
  work.answer = [respond, single](Result<std::vector<Receipt>> receipts) {
    if (!receipts) return respond(problem(receipts.error(), kPath));
    respond(single ? single_answer(receipts->front()) : batch_answer(*receipts));
  };
  if (Status taken = queue_.submit(std::move(work)); !taken) respond(problem(taken.error(), kPath));
}

}  // namespace glmap::gateway::api
