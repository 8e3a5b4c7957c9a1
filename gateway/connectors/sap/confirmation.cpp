// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/sap/confirmation.hpp"

#include <algorithm>
#include <climits>
#include <memory>

#include <libxml/parser.h>
#include <libxml/tree.h>

namespace glmap::gateway::connectors::sap {

namespace {

constexpr std::size_t kBytesMax = std::size_t{16} << 20;

struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using Document = std::unique_ptr<xmlDoc, FreeDocument>;

std::unexpected<Error> unreadable(std::string_view why) {
  return fail(ErrorCode::ErpUnclear, "SAP's answer " + std::string(why));
}

std::string_view name_of(const xmlNode* node) {
  return reinterpret_cast<const char*>(node->name);
}

const xmlNode* child(const xmlNode* parent, std::string_view name) {
  for (const xmlNode* node = parent == nullptr ? nullptr : parent->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && name_of(node) == name) return node;
  }
  return nullptr;
}

std::string text_of(const xmlNode* node) {
  std::string out;
  for (const xmlNode* part = node == nullptr ? nullptr : node->children; part != nullptr; part = part->next) {
    if (part->type == XML_TEXT_NODE || part->type == XML_CDATA_SECTION_NODE)
      out += reinterpret_cast<const char*>(part->content);
  }
  while (!out.empty() && static_cast<unsigned char>(out.back()) <= ' ') out.pop_back();
  out.erase(0, out.find_first_not_of(" \t\r\n") == std::string::npos ? out.size() : out.find_first_not_of(" \t\r\n"));
  return out;
}

int severity_of(const xmlNode* node) {
  const std::string text = text_of(node);
  return text.size() == 1 && text[0] >= '0' && text[0] <= '9' ? text[0] - '0' : 0;
}

std::vector<LogItem> log_of(const xmlNode* log) {
  std::vector<LogItem> out;
  for (const xmlNode* node = log == nullptr ? nullptr : log->children; node != nullptr; node = node->next) {
    if (node->type != XML_ELEMENT_NODE || name_of(node) != "Item") continue;
    out.push_back(
        {text_of(child(node, "TypeID")), severity_of(child(node, "SeverityCode")), text_of(child(node, "Note"))});
  }
  return out;
}

/// The worst that a log says, also where its own summary says less.
int worst(const xmlNode* log, const std::vector<LogItem>& items) {
  int out = severity_of(child(log, "MaximumLogItemSeverityCode"));
  for (const LogItem& item : items) out = std::max(out, item.severity);
  return out;
}

Confirmed confirmed_of(const xmlNode* node) {
  Confirmed out;
  out.message = text_of(child(child(node, "MessageHeader"), "ReferenceID"));
  const xmlNode* entry = child(node, "JournalEntryCreateConfirmation");
  out.document = text_of(child(entry, "AccountingDocument"));
  out.company_code = text_of(child(entry, "CompanyCode"));
  out.fiscal_year = text_of(child(entry, "FiscalYear"));
  const xmlNode* log = child(node, "Log");
  out.log = log_of(log);
  out.severity = worst(log, out.log);
  return out;
}

}  // namespace

Result<BulkConfirmation> read_confirmation(std::string_view xml) {
  if (xml.size() > kBytesMax) return unreadable("is too long to be one");
  const Document document(xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  if (!document) return unreadable("is no XML");
  if (xmlGetIntSubset(document.get()) != nullptr) return unreadable("declares a document type, which SAP's does not");
  const xmlNode* root = xmlDocGetRootElement(document.get());
  const xmlNode* body = child(root, "Body");
  if (root == nullptr || name_of(root) != "Envelope" || body == nullptr) return unreadable("is no SOAP envelope");
  BulkConfirmation out;
  if (const xmlNode* fault = child(body, "Fault")) {
    out.fault = text_of(child(fault, "faultstring"));
    if (out.fault.empty()) out.fault = text_of(child(child(fault, "Reason"), "Text"));
    if (out.fault.empty()) out.fault = "a fault without words";
    return out;
  }
  const xmlNode* bulk = child(body, "JournalEntryBulkCreateConfirmation");
  if (bulk == nullptr) return unreadable("confirms no journal entries");
  for (const xmlNode* node = bulk->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && name_of(node) == "JournalEntryCreateConfirmation")
      out.entries.push_back(confirmed_of(node));
  }
  const xmlNode* log = child(bulk, "Log");
  out.log = log_of(log);
  out.severity = worst(log, out.log);
  return out;
}

}  // namespace glmap::gateway::connectors::sap
