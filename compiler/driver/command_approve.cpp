// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/release_folder.hpp"

namespace glmap::driver {

namespace {

/// 64 bytes of `openssl pkeyutl -sign` do not say whose they are: the key is the one that they fit.
Result<approval::Signature> raw_signature(const std::string& bytes, const approval::Release& release) {
  for (const approval::Person& person : release.policy.people) {
    for (const approval::PersonKey& key : person.keys) {
      approval::Signature signature{approval::fingerprint(key.key), bytes};
      if (approval::signature_holds(signature, key.key, release.statement_bytes)) return signature;
    }
  }
  return fail(ErrorCode::SignatureWrong, "the signature fits the release with no key of its policy",
              "sign the pre-authentication encoding of release.json, as docs/operations/approvals.md shows");
}

Result<approval::Signature> make_signature(const ApproveOptions& options, const approval::Release& release) {
  GLMAP_TRY(file, read_file(options.key.empty() ? options.signature : options.key));
  if (!options.key.empty()) {
    GLMAP_TRY(key, approval::read_private_key(file));
    return approval::sign(key, release.statement_bytes);
  }
  if (file.size() == 64) return raw_signature(file, release);
  return approval::read_ssh_signature(file);
}

/// What can be said already by the release's own policy; the policy in force decides.
Status check_signer(const approval::Signature& signature, const approval::Release& release) {
  const approval::Policy::Owner owner = release.policy.find_key(signature.key);
  if (owner.person == nullptr) {
    std::fprintf(stderr, "note: the release's policy does not know the key %s; the policy in force decides\n",
                 signature.key.c_str());
    return {};
  }
  const auto& authors = release.statement.authors;
  if (std::find(authors.begin(), authors.end(), owner.person->name) != authors.end())
    return fail(ErrorCode::AuthorApproves, in_backticks(owner.person->name) + " has made the release",
                "let somebody else approve it");
  if (approval::signature_holds(signature, owner.key->key, release.statement_bytes)) return {};
  return fail(ErrorCode::SignatureWrong,
              "the signature of " + in_backticks(owner.person->name) + " does not fit the release",
              "sign the release.json of this release");
}

}  // namespace

int run_approve(const ApproveOptions& options) {
  auto release = read_release_folder(options.release);
  if (!release) return tell_refusal(release.error());
  auto signature = make_signature(options, *release);
  if (!signature) return tell_refusal(signature.error());
  if (Status good = check_signer(*signature, *release); !good) return tell_refusal(good.error());
  auto& signatures = release->approvals.signatures;
  const bool there = std::any_of(signatures.begin(), signatures.end(),
                                 [&](const approval::Signature& one) { return one.key == signature->key; });
  if (there) {
    std::printf("%s has approved %s already\n", signature->key.c_str(), release->digest.c_str());
    return kGood;
  }
  signatures.push_back(*signature);
  const std::string path = options.release + "/" + std::string(approval::kApprovalsFile);
  if (Status written = write_file(path, approval::write_envelope(release->approvals)); !written)
    return tell_refusal(written.error());
  const approval::Policy::Owner owner = release->policy.find_key(signature->key);
  std::printf("%s approves %s release %s, number %lld\n%s\n",
              owner.person != nullptr ? owner.person->name.c_str() : signature->key.c_str(),
              release->statement.book.c_str(), release->statement.release.c_str(),
              static_cast<long long>(release->statement.number), release->digest.c_str());
  return kGood;
}

}  // namespace glmap::driver
