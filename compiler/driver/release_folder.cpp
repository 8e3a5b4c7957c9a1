// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/release_folder.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/resolve/yaml_tree.hpp"
#include "compiler/runtime/rules/bundle.hpp"

namespace glmap::driver {

namespace {

/// A number stays a number where it was not put in quotes.
Json to_json(const resolve::YamlNode& node) {
  switch (node.kind) {
    case resolve::YamlNode::Kind::nothing:
      return Json();
    case resolve::YamlNode::Kind::scalar: {
      const bool digits =
          !node.quoted && !node.text.empty() && node.text.size() < 10 &&
          std::all_of(
              node.text.begin(), node.text.end(), [](unsigned char letter) { return std::isdigit(letter) != 0; });
      return digits ? Json(JsonNumber{node.text}) : Json(node.text);
    }
    case resolve::YamlNode::Kind::sequence: {
      Json::Array list;
      for (const resolve::YamlNode& item : node.items) list.push_back(to_json(item));
      return Json(std::move(list));
    }
    case resolve::YamlNode::Kind::map: {
      Json object{Json::Object{}};
      for (std::size_t at = 0; at < node.items.size(); ++at) object.set(node.keys[at].text, to_json(node.items[at]));
      return object;
    }
  }
  GLMAP_ASSERT(false);
}

}  // namespace

Result<approval::Release> read_release_folder(const std::string& folder) {
  GLMAP_TRY(names, list_files(folder, ""));
  approval::Files files;
  for (const std::string& name : names) {
    GLMAP_TRY(bytes, read_file(folder + "/" + name));
    files.emplace(name, std::move(bytes));
  }
  GLMAP_TRY(release, approval::open_release(std::move(files)));
  GLMAP_TRY(bundle, rules::read_bundle(release.bundle));
  GLMAP_CHECK(approval::check_bundle(release.statement, bundle.digest, bundle.book.name));
  return std::move(release);
}

Status write_release_folder(const std::string& folder, const approval::Files& files) {
  std::error_code error;
  if (std::filesystem::exists(folder, error))
    return fail(ErrorCode::FileNotReadable, "`" + folder + "` is there already",
                "give each release a folder of its own");
  std::filesystem::create_directories(folder, error);
  if (error)
    return fail(ErrorCode::FileNotReadable, "`" + folder + "` cannot be made: " + error.message(),
                "check the path and the rights");
  for (const auto& [name, bytes] : files) GLMAP_CHECK(write_file(folder + "/" + name, bytes));
  return {};
}

Result<approval::Policy> read_policy_source(const std::string& text) {
  diagnostics::Sink sink;
  const auto tree = resolve::read_yaml(kPolicySource, text, sink);
  if (!tree || sink.has_errors()) {
    const diagnostics::Diagnostic found = sink.sorted().front();
    return fail(ErrorCode::PolicyUnsound, found.message, found.help, found.primary.where);
  }
  auto policy = approval::read_policy(to_json(*tree));
  if (policy) return policy;
  Error error = std::move(policy).error();
  error.where.file = kPolicySource;
  return std::unexpected(std::move(error));
}

int tell_refusal(const Error& error) {
  std::fprintf(stderr, "glmapc: %s\n", error.to_text().c_str());
  return error.code == ErrorCode::FileNotReadable ? kNoInput : kFindings;
}

}  // namespace glmap::driver
