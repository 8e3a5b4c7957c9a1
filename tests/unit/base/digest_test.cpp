// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/digest.hpp"

#include <catch2/catch.hpp>

#include "compiler/runtime/base/error.hpp"

TEST_CASE("SHA-256 gives the digests of FIPS 180-4", "[digest]") {
  CHECK(glmap::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(glmap::sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a short reference is the first 80 bits of the digest in base 32", "[digest]") {
  // ba7816bf8f01cfea4141 (hex) in RFC 4648 base 32, worked out by `basenc --base32`.
  CHECK(glmap::short_reference("abc") == "XJ4BNP4PAHH6UQKB");
  CHECK(glmap::short_reference("").size() == 16);
}

TEST_CASE("a code is read in the forms people type", "[errors]") {
  CHECK(glmap::parse_code("GLM-7003") == glmap::ErrorCode::EntryOutOfBalance);
  CHECK(glmap::parse_code("glm-7003") == glmap::ErrorCode::EntryOutOfBalance);
  CHECK(glmap::parse_code("7003") == glmap::ErrorCode::EntryOutOfBalance);
  CHECK_FALSE(glmap::parse_code("7999").has_value());
  CHECK_FALSE(glmap::parse_code("GLM-70031").has_value());
  CHECK_FALSE(glmap::parse_code("").has_value());
  CHECK(glmap::code_text(glmap::ErrorCode::NotJson) == "GLM-6001");
}

TEST_CASE("only what may pass by itself is tried again", "[errors]") {
  CHECK(glmap::is_transient(glmap::ErrorCode::ErpUnreachable));
  CHECK_FALSE(glmap::is_transient(glmap::ErrorCode::ErpRefused));
}

TEST_CASE("an error in one line names code, place and help", "[errors]") {
  glmap::Error error{glmap::ErrorCode::WrongFieldType, "`net` holds text", "write digits", {}};
  error.where.pointer = "/data/lines/0/net";
  CHECK(error.to_text() == "GLM-6005: `net` holds text (at /data/lines/0/net); write digits");
  error.where = {.file = "book.glmap", .line = 3, .column = 7};
  CHECK(error.to_text() == "GLM-6005: `net` holds text (book.glmap:3:7); write digits");
}
