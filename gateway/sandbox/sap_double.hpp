// SPDX-License-Identifier: Apache-2.0
// A double of two services of SAP S/4HANA: "Journal Entry - Post (Synchronous)" (SOAP) and
// API_OPLACCTGDOCITEMCUBE_SRV (OData 2). Written from their WSDL and metadata; shares no code with the connector. Each
// legal entity of the seed is a company code of the same name. References are not unique, as in SAP. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"
#include "gateway/sandbox/erp_double.hpp"
#include "gateway/sandbox/seed.hpp"
#include "gateway/sandbox/xml_text.hpp"

namespace glmap::gateway::sandbox {

class SapDouble final : public ErpDouble {
 public:
  explicit SapDouble(const Seed& seed);
  DoorReply handle(const DoorRequest& request, FaultPlan& faults) override;

  // -- knobs
  void set_unique_reference(bool) override {}  // SAP keeps none unique
  void set_visibility_lag_ms(std::int64_t lag_ms) override;
  bool close_period(const std::string& company, const std::string& period, bool open) override;
  bool close_account(const std::string& company, const std::string& code, bool open) override;
  bool rename_company(const std::string& from, const std::string& to) override;
  bool edit(const std::string& reference) override;
  bool remove(const std::string& reference) override;
  bool post_draft(const std::string&) override { return false; }  // the service makes none

  /// Every document: [{"document", "reference", "company_code", "date", "items": [...]}], oldest first.
  Json documents() const override;
  std::size_t count() const;
  /// The body of the last posting that was read.
  std::string last_body() const;

 private:
  struct Item {
    std::string account, code, text;
    Money transaction, functional;  // signed: credit negative
    bool negative = false;
  };
  struct Document {
    std::int64_t number = 0;
    std::string reference, company_code, header_text;
    Date date;
    std::int64_t born_ms = 0;
    bool reversed = false;
    std::vector<Item> items;
  };
  struct Company {
    std::string name;
    Currency currency;
    std::set<std::string> accounts, closed_accounts, closed_periods;
  };
  struct Note {
    std::string type, text;
  };

  DoorReply post(const DoorRequest& request);
  std::string confirm(const XmlElement& request);
  /// Posts, or says why not.
  std::vector<Note> take(const XmlElement& entry, Document& document);
  std::vector<Note> take_reversal(const XmlElement& entry, Document& document);
  std::vector<Note> take_items(const XmlElement& entry, const Company& books, Document& document);
  DoorReply items(const std::string& query) const;
  Json row(const Document& document, std::size_t index) const;
  Company* named(const std::string& name);
  static void grow(Document& document);

  mutable std::mutex mutex_;
  std::string authorization_;
  std::map<std::string, Company> companies_;  // by company code
  std::vector<Document> documents_;
  std::int64_t last_number_ = 100'000'000, visibility_lag_ms_ = 0;
  std::string last_body_;
};

}  // namespace glmap::gateway::sandbox
