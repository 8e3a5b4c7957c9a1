// SPDX-License-Identifier: Apache-2.0
#include "gateway/api/problem.hpp"

namespace glmap::gateway::api {

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::NotJson:
    case ErrorCode::DuplicateKey:
    case ErrorCode::BadRequest:
      return 400;
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::LimitExceeded:
      return 413;
    case ErrorCode::UnsupportedMediaType:
      return 415;
    case ErrorCode::Busy:
      return 429;
    case ErrorCode::StoreUnavailable:
    case ErrorCode::StoreFailed:
      return 503;
    case ErrorCode::StoreCorrupt:
    case ErrorCode::StoreVersion:
      return 500;
    default:
      return 422;
  }
}

Json reason_json(const Error& error) {
  Json json{Json::Object{}};
  json.set("code", code_text(error.code));
  json.set("title", code_title(error.code));
  json.set("message", error.message);
  if (!error.help.empty()) json.set("help", error.help);
  if (!error.where.pointer.empty()) json.set("pointer", error.where.pointer);
  if (!error.where.file.empty()) json.set("file", error.where.file);
  if (error.where.line != 0) json.set("line", Json::number(error.where.line));
  if (error.where.column != 0) json.set("column", Json::number(error.where.column));
  return json;
}

platform::Answer problem(std::span<const Error> faults, std::string_view instance, int status) {
  GLMAP_ASSERT(!faults.empty());
  const Error& error = faults.front();
  if (status == 0) status = status_of(error.code);
  Json json{Json::Object{}};
  json.set("type", "urn:glmap:error:" + code_text(error.code));
  json.set("title", code_title(error.code));
  json.set("status", Json::number(status));
  json.set("detail", error.message);
  json.set("instance", instance);
  if (!error.help.empty()) json.set("help", error.help);
  Json::Array places;
  for (const Error& fault : faults) {
    Json place{Json::Object{}};
    place.set("pointer", fault.where.pointer);
    place.set("detail", fault.message);
    place.set("code", code_text(fault.code));
    if (fault.where.line != 0) place.set("line", Json::number(fault.where.line));
    if (fault.where.column != 0) place.set("column", Json::number(fault.where.column));
    places.push_back(std::move(place));
  }
  json.set("errors", std::move(places));
  platform::Answer answer{status, "application/problem+json", write_json(json), {}};
  if (status == 429 || status == 503) answer.fields.emplace_back("Retry-After", "1");
  return answer;
}

platform::Answer problem(const Error& error, std::string_view instance, int status) {
  return problem(std::span(&error, 1), instance, status);
}

platform::Answer refusal(int status) {
  Error error{ErrorCode::BadRequest, "the request is not HTTP as RFC 9112 writes it", "", {}};
  if (status == 413) {
    error = {ErrorCode::LimitExceeded,
             "the body is larger than the gateway takes",
             "send the events in several requests",
             {}};
  }
  if (status == 431) error = {ErrorCode::LimitExceeded, "the header fields are larger than the gateway takes", "", {}};
  if (status == 429) {
    error = {ErrorCode::Busy,
             "the bodies of all requests under way are larger than the gateway holds at a time",
             "send it again a little later",
             {}};
  }
  if (status == 503) error = {ErrorCode::Busy, "too many connections are open", "try again a little later", {}};
  return problem(error, "", status);
}

platform::Answer json_answer(int status, const Json& body) {
  return {status, "application/json", write_json(body), {}};
}

}  // namespace glmap::gateway::api
