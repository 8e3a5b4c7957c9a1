// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/approval/statement.hpp"

#include "compiler/runtime/approval/fields.hpp"
#include "compiler/runtime/base/digest.hpp"

namespace glmap::approval {

namespace {

constexpr ErrorCode kCode = ErrorCode::ReleaseUnreadable;
constexpr std::int64_t kNumberMax = 1'000'000'000;
constexpr std::int64_t kBytesMax = std::int64_t{1} << 40;

Json object_of(const std::map<std::string, std::string>& texts) {
  Json json{Json::Object{}};
  for (const auto& [key, value] : texts) json.set(key, value);
  return json;
}

Result<std::map<std::string, std::string>> texts_of(const Fields& fields, std::string_view key) {
  GLMAP_TRY(object, fields.object(key));
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : *object->as_object()) {
    if (value.as_string() == nullptr) return fields.wrong(key, in_backticks(name) + " is no text");
    texts.emplace(name, *value.as_string());
  }
  return texts;
}

Result<std::map<std::string, FileDigest>> files_of(const Fields& fields) {
  GLMAP_TRY(object, fields.object("files"));
  std::map<std::string, FileDigest> files;
  for (const auto& [name, value] : *object->as_object()) {
    const Fields one(value, "a file", fields.place("files") + pointer_step(name), kCode);
    GLMAP_CHECK(one.only({"bytes", "sha256"}));
    GLMAP_TRY(bytes, one.number("bytes", 0, kBytesMax));
    GLMAP_TRY(digest, one.text("sha256"));
    files.emplace(name, FileDigest{bytes, digest});
  }
  return files;
}

Result<Statement> statement_of(const Json& json) {
  const Fields fields(json, "the statement of the release", "", kCode);
  GLMAP_CHECK(fields.only({"version", "book", "release", "number", "base", "authors", "effective", "expires",
                           "emergency", "follows_up", "bundle", "compiler", "files", "sources", "tests"}));
  GLMAP_CHECK(fields.number("version", 1, 1));
  Statement statement;
  const std::pair<std::string_view, std::string*> texts[] = {
      {"book", &statement.book},           {"release", &statement.release},       {"base", &statement.base},
      {"emergency", &statement.emergency}, {"follows_up", &statement.follows_up}, {"bundle", &statement.bundle},
      {"compiler", &statement.compiler}};
  for (const auto& [key, into] : texts) {
    GLMAP_TRY(text, fields.text(key));
    *into = text;
  }
  GLMAP_TRY(number, fields.number("number", 1, kNumberMax));
  GLMAP_TRY(authors, fields.texts("authors"));
  GLMAP_TRY(effective, fields.date("effective"));
  GLMAP_TRY(expires, fields.date("expires"));
  GLMAP_TRY(files, files_of(fields));
  GLMAP_TRY(sources, texts_of(fields, "sources"));
  GLMAP_TRY(tests, texts_of(fields, "tests"));
  statement.number = number;
  statement.authors = authors;
  statement.effective = effective;
  statement.expires = expires;
  statement.files = files;
  statement.sources = sources;
  statement.test_counts = tests;
  if (authors.empty()) return fields.wrong("authors", "the release names no author");
  return statement;
}

}  // namespace

std::string write_statement(const Statement& statement) {
  Json::Array authors;
  for (const std::string& author : statement.authors) authors.emplace_back(author);
  Json files{Json::Object{}};
  for (const auto& [name, digest] : statement.files)
    files.set(name, Json::Object{{"bytes", Json::number(digest.bytes)}, {"sha256", digest.sha256}});
  return canonical_json(Json::Object{{"version", Json::number(1)},
                                     {"book", statement.book},
                                     {"release", statement.release},
                                     {"number", Json::number(statement.number)},
                                     {"base", statement.base},
                                     {"authors", std::move(authors)},
                                     {"effective", statement.effective.to_text()},
                                     {"expires", statement.expires.to_text()},
                                     {"emergency", statement.emergency},
                                     {"follows_up", statement.follows_up},
                                     {"bundle", statement.bundle},
                                     {"compiler", statement.compiler},
                                     {"files", std::move(files)},
                                     {"sources", object_of(statement.sources)},
                                     {"tests", object_of(statement.test_counts)}});
}

Result<Statement> read_statement(std::string_view bytes) {
  if (!bytes.ends_with('}'))
    return fail(ErrorCode::ReleaseTruncated,
                "the statement of the release ends after " + std::to_string(bytes.size()) + " bytes",
                "copy the release anew");
  const auto json = parse_json(bytes);
  if (!json)
    return fail(kCode, "the statement of the release cannot be read: " + json.error().message,
                "copy the release anew, or make it again with `glmapc release`");
  GLMAP_TRY(statement, statement_of(*json));
  if (write_statement(statement) != bytes)
    return fail(kCode, "the statement of the release is not written as glmapc writes it",
                "make the release again with `glmapc release`");
  return statement;
}

std::string release_digest(std::string_view statement_bytes) {
  return "sha256:" + sha256_hex(statement_bytes);
}

}  // namespace glmap::approval
