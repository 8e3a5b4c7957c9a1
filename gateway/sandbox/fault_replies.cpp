// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/fault_replies.hpp"

#include "compiler/runtime/base/json.hpp"

namespace glmap::gateway::sandbox {

namespace {

/// HTTP says that all is well, the body says that nothing is.
DoorReply error_with_200() {
  DoorReply reply;
  reply.body = write_json(Json::Object{{"status", "error"}, {"message", "the sandbox was told to say so"}});
  return reply;
}

}  // namespace

DoorReply html_page(int status) {
  DoorReply reply;
  reply.status = status;
  reply.content_type = "text/html; charset=utf-8";
  reply.body = "<!doctype html>\n<html lang=en>\n<title>" + std::to_string(status) + "</title>\n<h1>Sandbox</h1>\n";
  return reply;
}

std::optional<DoorReply> instead_of_work(const Fault& fault) {
  DoorReply reply;
  switch (fault.kind) {
    case FaultKind::drop_before_commit:
      reply.drop_after_bytes = 0;
      return reply;
    case FaultKind::status:
    case FaultKind::html_page:
      reply = html_page(fault.kind == FaultKind::status ? fault.status : 200);
      if (!fault.retry_after.empty()) reply.fields.emplace_back("Retry-After", fault.retry_after);
      return reply;
    case FaultKind::error_200:
      return error_with_200();
    default:
      return std::nullopt;
  }
}

DoorReply spoiled(const Fault& fault, DoorReply reply) {
  if (fault.kind == FaultKind::commit_then_status) reply = html_page(fault.status);
  if (fault.kind == FaultKind::commit_then_html) reply = html_page(200);
  if (fault.kind == FaultKind::commit_then_error_200) reply = error_with_200();
  if (fault.kind == FaultKind::commit_then_drop) reply.drop_after_bytes = fault.bytes;
  (fault.kind == FaultKind::drip ? reply.drip_ms : reply.delay_ms) = fault.delay_ms;
  return reply;
}

}  // namespace glmap::gateway::sandbox
