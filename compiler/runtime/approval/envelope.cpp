// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/approval/envelope.hpp"

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/json.hpp"
#include "compiler/runtime/base/signature.hpp"

namespace glmap::approval {

namespace {

constexpr std::string_view kSshMagic = "SSHSIG";
constexpr std::size_t kSignatureBytes = 64;

std::unexpected<Error> no_envelope(std::string message) {
  return fail(ErrorCode::ReleaseUnreadable, "the approvals cannot be read: " + std::move(message),
              "take approvals.json from where the release was made, or approve it again");
}

/// What an SSHSIG says, and what its signature is over.
struct SshSignature {
  std::string_view key_blob, purpose, reserved, hash, signature;

  std::string signed_bytes(std::string_view payload) const {
    std::string digest = sha512(payload);
    if (hash == "sha256") {
      const Sha256 shorter = sha256(payload);
      digest.assign(shorter.begin(), shorter.end());
    }
    return std::string(kSshMagic) + ssh_string(purpose) + ssh_string(reserved) + ssh_string(hash) + ssh_string(digest);
  }
};

bool read_sshsig(std::string_view bytes, SshSignature& into) {
  SshReader reader(bytes);
  std::uint32_t version = 0;
  std::string_view blob, type;
  if (!reader.take(kSshMagic) || !reader.number(version) || version != 1 || !reader.text(into.key_blob) ||
      !reader.text(into.purpose) || !reader.text(into.reserved) || !reader.text(into.hash) || !reader.text(blob) ||
      !reader.rest().empty())
    return false;
  SshReader inner(blob);
  if (!inner.text(type) || type != "ssh-ed25519" || !inner.text(into.signature) || !inner.rest().empty()) return false;
  return (into.hash == "sha512" || into.hash == "sha256") && into.reserved.empty();
}

}  // namespace

std::string pre_authentication_encoding(std::string_view type, std::string_view payload) {
  std::string text = "DSSEv1 " + std::to_string(type.size()) + " ";
  text += type;
  text += " " + std::to_string(payload.size()) + " ";
  return text += payload;
}

std::string write_envelope(const Envelope& envelope) {
  Json::Array signatures;
  for (const Signature& one : envelope.signatures) {
    Json signature;
    signature.set("keyid", one.key);
    signature.set("sig", encode_base64(one.bytes));
    signatures.push_back(std::move(signature));
  }
  Json json;
  json.set("payload", encode_base64(envelope.payload));
  json.set("payloadType", kPayloadType);
  json.set("signatures", std::move(signatures));
  return canonical_json(json);
}

Result<Envelope> read_envelope(std::string_view bytes) {
  if (!bytes.ends_with('}'))
    return fail(ErrorCode::ReleaseTruncated, "the approvals end after " + std::to_string(bytes.size()) + " bytes",
                "copy approvals.json anew");
  const auto json = parse_json(bytes, {.bytes_max = std::size_t{16} << 20, .depth_max = 8});
  if (!json) return no_envelope(json.error().message);
  const auto text = [](const Json& of, std::string_view key) {
    const Json* value = of.find(key);
    return value != nullptr ? value->as_string() : nullptr;
  };
  const std::string *payload = text(*json, "payload"), *type = text(*json, "payloadType");
  const Json* list = json->find("signatures");
  if (payload == nullptr || type == nullptr || list == nullptr || list->as_array() == nullptr)
    return no_envelope("`payload`, `payloadType` or `signatures` is missing");
  if (*type != kPayloadType)
    return no_envelope("they are for " + in_backticks(*type) + ", `" + std::string(kPayloadType) + "` is expected");
  auto decoded = decode_base64(*payload);
  if (!decoded) return no_envelope("`payload` is no base 64");
  Envelope envelope{*std::move(decoded), {}};
  for (const Json& one : *list->as_array()) {
    const std::string *key = text(one, "keyid"), *signature = text(one, "sig");
    if (key == nullptr || signature == nullptr) return no_envelope("a signature lacks its `keyid` or its `sig`");
    auto made = decode_base64(*signature);
    if (!made) return no_envelope("the signature of " + in_backticks(*key) + " is no base 64");
    envelope.signatures.push_back({*key, *std::move(made)});
  }
  if (write_envelope(envelope) != bytes) return no_envelope("they are not written as glmapc writes them");
  return envelope;
}

bool signature_holds(const Signature& signature, const PublicKey& key, std::string_view payload) {
  if (signature.bytes.size() == kSignatureBytes)
    return verify_ed25519(key.bytes, pre_authentication_encoding(kPayloadType, payload), signature.bytes);
  SshSignature ssh;
  return read_sshsig(signature.bytes, ssh) && ssh.key_blob == ssh_key_blob(key) && ssh.purpose == kSshNamespace &&
         verify_ed25519(key.bytes, ssh.signed_bytes(payload), ssh.signature);
}

Result<Signature> sign(const PrivateKey& key, std::string_view payload) {
  const auto owner = ed25519_public_key(key.seed);
  auto bytes = sign_ed25519(key.seed, pre_authentication_encoding(kPayloadType, payload));
  GLMAP_ASSERT(owner && bytes);
  return Signature{fingerprint({*owner}), *std::move(bytes)};
}

Result<Signature> read_ssh_signature(std::string_view file) {
  GLMAP_TRY(bytes, read_armour(file, "SSH SIGNATURE"));
  SshSignature ssh;
  if (!read_sshsig(bytes, ssh))
    return fail(ErrorCode::ReleaseUnreadable, "the signature was not made by an ssh-ed25519 key",
                "sign with a key of `ssh-keygen -t ed25519`");
  if (ssh.purpose != kSshNamespace)
    return fail(ErrorCode::SignatureWrong,
                "the signature was made for " + in_backticks(ssh.purpose) + ", `" + std::string(kSshNamespace) +
                    "` is expected",
                "sign with `ssh-keygen -Y sign -n glmap-release`");
  GLMAP_TRY(key, read_public_key("ssh-ed25519 " + encode_base64(ssh.key_blob)));
  return Signature{fingerprint(key), bytes};
}

}  // namespace glmap::approval
