// SPDX-License-Identifier: Apache-2.0
// ERPs to try things against, doubles of each on one loopback port, with faults on demand.
//   POST /<database>/           Tryton's JSON-RPC            (tryton_double.hpp)
//   /ledger/v1/...              the plain ledger             (json_ledger.hpp)
//   /netsuite/services/rest/... NetSuite                     (netsuite_double.hpp)
//   /odoo/json/2/...            Odoo                         (odoo_double.hpp)
//   /erpnext/api/resource/...   ERPNext                      (erpnext_double.hpp)
//   /sap/...                    SAP S/4HANA                  (sap_double.hpp)
//   POST /_faults, DELETE /_faults    what is to go wrong    (faults.hpp)
//   POST /_settings             what both of them do from now on: docs/connectors/sandbox.md
//   GET /_documents             every document of the Tryton double; /_documents/NAME: of the others
// Shares no code with connectors/. Threading: any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/sandbox/door.hpp"
#include "gateway/sandbox/erpnext_double.hpp"
#include "gateway/sandbox/faults.hpp"
#include "gateway/sandbox/json_ledger.hpp"
#include "gateway/sandbox/netsuite_double.hpp"
#include "gateway/sandbox/odoo_double.hpp"
#include "gateway/sandbox/sap_double.hpp"
#include "gateway/sandbox/tryton_double.hpp"

namespace glmap::gateway::sandbox {

struct SandboxSettings {
  std::uint16_t port = 0;  // 0: a free one
  Seed seed;
  std::string journal_path;  // every change of a document as a JSON line; empty: none
};

class Sandbox {
 public:
  /// Errors: GLM-9012 the port is taken.
  static Result<std::unique_ptr<Sandbox>> start(const SandboxSettings& settings);

  std::uint16_t port() const { return door_->port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  TrytonDouble& tryton() { return tryton_; }
  JsonLedger& ledger() { return ledger_; }
  NetsuiteDouble& netsuite() { return netsuite_; }
  ErpnextDouble& erpnext() { return erpnext_; }
  OdooDouble& odoo() { return odoo_; }
  SapDouble& sap() { return sap_; }
  FaultPlan& faults() { return faults_; }
  const Door& door() const { return *door_; }

 private:
  explicit Sandbox(const SandboxSettings& settings)
      : tryton_(settings.seed, settings.journal_path),
        ledger_(settings.seed),
        netsuite_(settings.seed),
        erpnext_(settings.seed),
        odoo_(settings.seed),
        sap_(settings.seed) {}
  DoorReply handle(const DoorRequest& request);
  /// The doubles by the beginning of the paths they answer to; the last one answers to all others.
  struct Place {
    std::string_view path, name;
    ErpDouble& erp;
  };
  std::array<Place, 6> places() {
    return {Place{"/ledger/", "ledger", ledger_},
            Place{"/netsuite/", "netsuite", netsuite_},
            Place{"/erpnext/", "erpnext", erpnext_},
            Place{"/odoo/", "odoo", odoo_},
            Place{"/sap/", "sap", sap_},
            Place{"/", "tryton", tryton_}};
  }
  DoorReply documents(std::string_view path);
  DoorReply change_settings(const Json& settings);
  DoorReply change_switches(const Json& settings);

  TrytonDouble tryton_;
  JsonLedger ledger_;
  NetsuiteDouble netsuite_;
  ErpnextDouble erpnext_;
  OdooDouble odoo_;
  SapDouble sap_;
  FaultPlan faults_;
  std::atomic<std::int64_t> out_until_ms_ = 0;  // of an outage
  std::unique_ptr<Door> door_;                  // last: its threads use the others
};

}  // namespace glmap::gateway::sandbox
