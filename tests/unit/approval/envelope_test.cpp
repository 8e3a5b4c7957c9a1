// SPDX-License-Identifier: Apache-2.0
// Envelopes against the vectors of DSSE, and keys in the forms in which people have them.
#include <catch2/catch.hpp>

#include "tests/unit/approval/people.hpp"
#include "tests/unit/base/shared_vectors.hpp"

using namespace glmap::approval;
using glmap::ErrorCode;

TEST_CASE("what is signed is encoded as in DSSE's protocol.md", "[approval]") {
  CHECK(pre_authentication_encoding("http://example.com/HelloWorld", "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(pre_authentication_encoding("", "") == "DSSEv1 0  0 ");
}

TEST_CASE("what is signed is encoded as in the vectors of DSSE", "[approval][vectors]") {
  const auto path = glmap::testing::shared_vector("dsse-vectors.json");
  if (!path) return;
  const auto vector = glmap::parse_json(glmap::testing::read_file(*path));
  REQUIRE(vector);
  const auto text = [&](const char* key) { return *vector->find(key)->as_string(); };
  CHECK(pre_authentication_encoding(text("payload_type"), text("body")) == text("pae"));
  CHECK(glmap::encode_base64(text("body")) == *vector->find("envelope")->find("payload")->as_string());
  // Its payload is of another type than a release: it approves nothing here.
  CHECK(read_envelope(canonical_json(*vector->find("envelope"))).error().code == ErrorCode::ReleaseUnreadable);
}

TEST_CASE("a key is the same as OpenSSH and as OpenSSL write it", "[approval]") {
  // The public key of RFC 8032 section 7.1, test 1, within RFC 8410 and within RFC 8709.
  const auto spki = read_public_key("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  REQUIRE(spki);
  const auto ssh = read_public_key(to_text(*spki) + " erika@example.com");
  REQUIRE(ssh);
  CHECK(*ssh == *spki);
  CHECK(to_text(*ssh).starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
  for (const char* text : {"", "ssh-rsa AAAAB3NzaC1yc2E=", "ssh-ed25519 AAAA", "ssh-ed25519", "MCow"})
    CHECK(read_public_key(text).error().code == ErrorCode::ReleaseUnreadable);
}

TEST_CASE("an envelope is read as it was written, and in no other form", "[approval]") {
  const std::string payload = "{}";
  const Envelope envelope{payload, {*sign(glmap::testing::secret_of("bert"), payload)}};
  const std::string bytes = write_envelope(envelope);
  const auto read = read_envelope(bytes);
  REQUIRE(read);
  CHECK(read->payload == payload);
  CHECK(read->signatures == envelope.signatures);
  CHECK(read_envelope(bytes + "\n").error().code == ErrorCode::ReleaseTruncated);
  CHECK(read_envelope(" " + bytes).error().code == ErrorCode::ReleaseUnreadable);
}

TEST_CASE("a signature that ssh-keygen made for something else approves nothing", "[approval]") {
  const std::string armour_of_nothing = "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n";
  CHECK(read_ssh_signature(armour_of_nothing).error().code == ErrorCode::ReleaseUnreadable);
  const PublicKey key = glmap::testing::key_of("bert");
  const std::string blob = std::string("SSHSIG\0\0\0\1", 10) + ssh_string(ssh_key_blob(key)) + ssh_string("git") +
                           ssh_string("") + ssh_string("sha512") +
                           ssh_string(ssh_string("ssh-ed25519") + ssh_string(std::string(64, 'x')));
  const std::string file =
      "-----BEGIN SSH SIGNATURE-----\n" + glmap::encode_base64(blob) + "\n-----END SSH SIGNATURE-----\n";
  CHECK(read_ssh_signature(file).error().code == ErrorCode::SignatureWrong);
}
