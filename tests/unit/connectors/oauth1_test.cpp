// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/auth/oauth1.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "compiler/runtime/base/json.hpp"
#include "gateway/platform/signing.hpp"
#include "tests/unit/connectors/test_keys.hpp"

using namespace glmap;
using namespace glmap::gateway;
using namespace glmap::gateway::connectors::auth;

TEST_CASE("a message code is that of RFC 4231, test case 2", "[oauth]") {
  CHECK(platform::base64(platform::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
}

TEST_CASE("what is signed is the base string of RFC 5849, section 3.4.1, without the body's parameters", "[oauth]") {
  const OAuth1Credentials who{"Example", "9djdj82h48djs9d2", "j49sk3j29djd", "kkk9d7dh3k39sjv7", "dh893hdasih9"};
  CHECK(oauth1_base_string(
            who, {"POST", "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", "7d8f3e4a", 137131201}) ==
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26"
        "oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA256%26"
        "oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7%26oauth_version%3D1.0");
}

TEST_CASE("signatures are those of the outside vectors", "[oauth]") {
  const std::string path = GLMAP_SOURCE_DIR "/../shared/erp/contracts/netsuite/tba_oauth1_test_vectors.json";
  std::ifstream file(path);
  if (!file) {
    std::fprintf(stderr, "SKIPPED: signatures of NetSuite's authentication, because %s is not there\n", path.c_str());
    return;
  }
  std::ostringstream text;
  text << file.rdbuf();
  const Json json = parse_json(text.str()).value();
  const auto said = [](const Json& of, const char* key) { return *of.find(key)->as_string(); };
  const OAuth1Credentials who{said(json, "realm"), said(json, "consumer_key"), said(json, "consumer_secret"),
                              said(json, "token"), said(json, "token_secret")};
  REQUIRE(json.find("vectors")->as_array()->size() == 2);
  for (const Json& vector : *json.find("vectors")->as_array()) {
    std::string url = said(vector, "url"), query;
    for (const auto& [name, value] : *vector.find("query")->as_object())
      query += (query.empty() ? "?" : "&") + name + "=" + percent_encoded(*value.as_string());
    url += query;
    const std::string method = said(vector, "method");
    const OAuth1Request request{method, url, "fjaLirsIcCGVZWzBX0pg", 1508242306};
    // The vectors' nonce and time stand in their base string.
    CHECK(oauth1_base_string(who, request) == said(vector, "base_string"));
    CHECK(oauth1_authorization(who, request) == said(vector, "authorization"));
  }
}

TEST_CASE("keys say by themselves how they sign; others are refused", "[oauth]") {
  CHECK(platform::SigningKey::from_pem(testing::kEcPrivateKey)->algorithm() == "ES256");
  CHECK(platform::SigningKey::from_pem(testing::kRsaPrivateKey)->algorithm() == "PS256");
  CHECK(platform::SigningKey::from_pem(testing::kEcPrivateKey)->sign("x").size() == 64);
  CHECK(platform::SigningKey::from_pem(testing::kEcPublicKey).error().code == ErrorCode::BadConfiguration);
  CHECK(platform::SigningKey::from_pem("").error().code == ErrorCode::BadConfiguration);
  CHECK(platform::random_name(8).size() == 16);
}
