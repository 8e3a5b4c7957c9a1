// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/approval/keys.hpp"

#include <array>

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/signature.hpp"

namespace glmap::approval {

namespace {

constexpr std::string_view kSshType = "ssh-ed25519";
constexpr std::size_t kKeyBytes = 32;
// RFC 8410: what stands before the 32 bytes of a key.
constexpr std::string_view kPublicPrefix("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);
constexpr std::string_view kPrivatePrefix("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);

std::unexpected<Error> unreadable(std::string message, std::string help) {
  return fail(ErrorCode::ReleaseUnreadable, std::move(message), std::move(help));
}

std::unexpected<Error> no_public_key(std::string_view text) {
  return unreadable(in_backticks(text) + " is no Ed25519 key",
                    "write the line of the file id_ed25519.pub, `ssh-ed25519 AAAA...`");
}

Result<PrivateKey> from_openssh(std::string_view file) {
  GLMAP_TRY(bytes, read_armour(file, "OPENSSH PRIVATE KEY"));
  SshReader reader(bytes);
  std::string_view cipher, derivation, options, key, secret;
  std::uint32_t count = 0;
  const bool framed = reader.take(std::string_view("openssh-key-v1\0", 15)) && reader.text(cipher) &&
                      reader.text(derivation) && reader.text(options) && reader.number(count) && reader.text(key) &&
                      reader.text(secret);
  if (framed && cipher != "none")
    return unreadable("the private key is protected by a password",
                      "sign with `ssh-keygen -Y sign -n glmap-release -f KEY release.json` and hand in "
                      "release.json.sig with --signature");
  SshReader inner(secret);
  std::uint32_t first = 0, second = 0;
  std::string_view type, owner, both;
  const bool good = framed && count == 1 && inner.number(first) && inner.number(second) && first == second &&
                    inner.text(type) && type == kSshType && inner.text(owner) && inner.text(both) &&
                    both.size() == 2 * kKeyBytes && both.substr(kKeyBytes) == owner;
  if (!good) return unreadable("the file is no Ed25519 key of OpenSSH", "make one with `ssh-keygen -t ed25519`");
  return PrivateKey{std::string(both.substr(0, kKeyBytes))};
}

}  // namespace

bool SshReader::number(std::uint32_t& into) {
  if (rest_.size() < 4) return false;
  into = 0;
  for (std::size_t at = 0; at < 4; ++at) into = into << 8 | static_cast<unsigned char>(rest_[at]);
  rest_.remove_prefix(4);
  return true;
}

bool SshReader::text(std::string_view& into) {
  std::uint32_t length = 0;
  if (!number(length) || rest_.size() < length) return false;
  into = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return true;
}

bool SshReader::take(std::string_view expected) {
  if (!rest_.starts_with(expected)) return false;
  rest_.remove_prefix(expected.size());
  return true;
}

std::string ssh_string(std::string_view text) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(text.size() >> shift & 255);
  return bytes += text;
}

std::string ssh_key_blob(const PublicKey& key) {
  return ssh_string(kSshType) + ssh_string(key.bytes);
}

Result<PublicKey> read_public_key(std::string_view text) {
  std::string_view word = text;
  const bool ssh = word.starts_with("ssh-ed25519 ");
  if (ssh) {
    word.remove_prefix(kSshType.size() + 1);
    word = word.substr(0, word.find(' '));
  }
  const auto bytes = decode_base64(word);
  if (!bytes) return no_public_key(text);
  if (!ssh) {
    if (bytes->size() != kPublicPrefix.size() + kKeyBytes || !bytes->starts_with(kPublicPrefix))
      return no_public_key(text);
    return PublicKey{bytes->substr(kPublicPrefix.size())};
  }
  SshReader reader(*bytes);
  std::string_view type, key;
  const bool good = reader.text(type) && type == kSshType && reader.text(key) && key.size() == kKeyBytes;
  if (!good || !reader.rest().empty()) return no_public_key(text);
  return PublicKey{std::string(key)};
}

std::string to_text(const PublicKey& key) {
  return std::string(kSshType) + " " + encode_base64(ssh_key_blob(key));
}

std::string fingerprint(const PublicKey& key) {
  const Sha256 digest = sha256(ssh_key_blob(key));
  std::string text = encode_base64(std::string(digest.begin(), digest.end()));
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

Result<std::string> read_armour(std::string_view file, std::string_view label) {
  const std::string begin = "-----BEGIN " + std::string(label) + "-----";
  const std::string end = "-----END " + std::string(label) + "-----";
  const std::size_t from = file.find(begin);
  const std::size_t to = file.find(end);
  const std::string what = "the file holds no `" + begin + "` ... `" + end + "`";
  if (from == std::string_view::npos || to == std::string_view::npos || to < from + begin.size())
    return unreadable(what, "give the file as the program wrote it");
  std::string text;
  for (const char letter : file.substr(from + begin.size(), to - from - begin.size()))
    if (letter != '\n' && letter != '\r') text += letter;
  auto bytes = decode_base64(text);
  if (!bytes) return unreadable("what stands between `" + begin + "` and its end is no base 64", "copy the file anew");
  return *std::move(bytes);
}

Result<PrivateKey> read_private_key(std::string_view file) {
  if (file.find("OPENSSH PRIVATE KEY") != std::string_view::npos) return from_openssh(file);
  GLMAP_TRY(bytes, read_armour(file, "PRIVATE KEY"));
  if (bytes.size() != kPrivatePrefix.size() + kKeyBytes || !bytes.starts_with(kPrivatePrefix))
    return unreadable("the private key is no Ed25519 key", "make one with `openssl genpkey -algorithm ed25519`");
  return PrivateKey{bytes.substr(kPrivatePrefix.size())};
}

}  // namespace glmap::approval
