// SPDX-License-Identifier: Apache-2.0
// The book of the simulation in three releases, made by hand for the gateway's evaluator. Four companies, three ERP
// connections; invoices, credits, payments, charges shared between two companies, drafts that post nothing, disputes
// that are held. What it posts is written down a second time, independently, in auditor_book.cpp.
#pragma once

#include <memory>
#include <string>

#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::simulation {

inline constexpr int kReleases = 3;
/// Release 1, 2 or 3. Made once a process.
/// `remembers`: with an order that payments wait for; all products are then known in every release.
std::shared_ptr<const rules::Evaluator> release(int number, bool remembers);
/// "sim:1"
std::string digest_of_release(int number);

}  // namespace glmap::simulation
