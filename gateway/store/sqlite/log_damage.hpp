// SPDX-License-Identifier: Apache-2.0
// Where SQLite's write-ahead log is damaged. SQLite reads it up to the first frame whose checksum does not hold and
// takes that for its end. Only for people who look for what is missing; decides nothing. Any thread.
#pragma once

#include <string>

namespace glmap::gateway::store {

/// "frame 7 of `x-wal` (byte 49504) does not match its checksum", "the header of `x-wal` ..."; "" when nothing is
/// found.
std::string log_damage(const std::string& log);

}  // namespace glmap::gateway::store
