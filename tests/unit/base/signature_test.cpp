// SPDX-License-Identifier: Apache-2.0
// Ed25519 against RFC 8032 and Project Wycheproof; base 64 against RFC 4648.
#include "compiler/runtime/base/signature.hpp"

#include <catch2/catch.hpp>

#include "compiler/runtime/base/json.hpp"
#include "tests/unit/base/shared_vectors.hpp"

namespace {

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2)
    bytes += static_cast<char>(std::stoi(text.substr(at, 2), nullptr, 16));
  return bytes;
}

const std::string& member(const glmap::Json& json, const char* key) {
  return *json.find(key)->as_string();
}

}  // namespace

TEST_CASE("the first signature of RFC 8032 section 7.1 is made and holds", "[signature]") {
  const std::string seed = from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  const auto key = glmap::ed25519_public_key(seed);
  const auto signature = glmap::sign_ed25519(seed, "");
  REQUIRE(key);
  REQUIRE(signature);
  CHECK(*key == from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  CHECK(*signature == from_hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e397"
                               "01cf9b46bd25bf5f0595bbe24655141438e7a100b"));
  CHECK(glmap::verify_ed25519(*key, "", *signature));
  CHECK_FALSE(glmap::verify_ed25519(*key, "x", *signature));
  CHECK_FALSE(glmap::verify_ed25519(key->substr(1), "", *signature));
  CHECK_FALSE(glmap::verify_ed25519(*key, "", signature->substr(1)));
  CHECK_FALSE(glmap::sign_ed25519("short", "").has_value());
}

TEST_CASE("signatures of Project Wycheproof hold, or do not, as it says", "[signature][vectors]") {
  const auto folder = glmap::testing::unpacked_vector("wycheproof-subset.tar.gz");
  if (!folder) return;
  const auto file = glmap::parse_json(glmap::testing::read_file(*folder / "wycheproof" / "ed25519_test.json"));
  REQUIRE(file);
  int tried = 0;
  for (const glmap::Json& group : *file->find("testGroups")->as_array()) {
    const std::string key = from_hex(member(*group.find("publicKey"), "pk"));
    for (const glmap::Json& one : *group.find("tests")->as_array()) {
      INFO(member(one, "comment"));
      const bool holds = glmap::verify_ed25519(key, from_hex(member(one, "msg")), from_hex(member(one, "sig")));
      CHECK(holds == (member(one, "result") == "valid"));
      tried += 1;
    }
  }
  CHECK(std::to_string(tried) == file->find("numberOfTests")->as_number()->text);
}

TEST_CASE("base 64 is that of RFC 4648 section 10, and no text that is not written so is taken", "[signature]") {
  const std::pair<std::string, std::string> pairs[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : pairs) {
    CHECK(glmap::encode_base64(bytes) == text);
    CHECK(glmap::decode_base64(text) == bytes);
  }
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "====", "Zm 9v", "Zm9v\n", "Zm-v", "Z"})
    CHECK_FALSE(glmap::decode_base64(text).has_value());
}
