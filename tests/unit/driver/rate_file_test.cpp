// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/rate_file.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.hpp"

namespace {

using namespace glmap;

Result<std::vector<rules::PublishedRate>> read(const std::string& text) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.file("rates.csv"), std::ios::binary) << text;
  return driver::read_rate_file(folder.file("rates.csv"));
}
const std::string kHeader = "source,from,to,date,rate\n";

}  // namespace

TEST_CASE("published rates are read as they stand, line by line", "[rates]") {
  const auto rates = read(kHeader + "ECB,USD,EUR,2026-10-01,0.95\r\n\nTREASURY,EUR,PLN,2026-10-02,4.2675\n");
  if (!rates) FAIL(rates.error().to_text());
  REQUIRE(rates->size() == 2);
  CHECK((*rates)[0].source == "ECB");
  CHECK((*rates)[0].rate.to_text() == "0.95");
  CHECK((*rates)[1].to.code() == "PLN");
  CHECK((*rates)[1].date.to_text() == "2026-10-02");
}

TEST_CASE("a rate that cannot be meant is refused with its line", "[rates]") {
  const auto code = [](const std::string& line) {
    const auto rates = read(kHeader + "ECB,USD,EUR,2026-10-01,0.95\n" + line + "\n");
    REQUIRE_FALSE(rates.has_value());
    CHECK(rates.error().where.line == 3);
    return rates.error().code;
  };
  CHECK(code("ECB,USD,EUR,2026-10-02") == ErrorCode::RowWidth);
  CHECK(code("ECB,USD,EUX,2026-10-02,0.95") == ErrorCode::UnknownListValue);
  CHECK(code("ECB,USD,EUR,02.10.2026,0.95") == ErrorCode::BadLiteral);
  CHECK(code("ECB,USD,EUR,2026-10-02,\"0,95\"") == ErrorCode::RowWidth);
  CHECK(code("ECB,USD,EUR,2026-10-02,0") == ErrorCode::BadLiteral);
  CHECK(code("ECB,USD,EUR,2026-10-02,-0.95") == ErrorCode::BadLiteral);
  CHECK(code("ECB,USD,EUR,2026-10-01,0.96") == ErrorCode::DuplicateName);
}

TEST_CASE("the same rate twice is no fault; a file without its header is one", "[rates]") {
  CHECK(read(kHeader + "ECB,USD,EUR,2026-10-01,0.95\nECB,USD,EUR,2026-10-01,0.950\n").has_value());
  CHECK(read("ECB,USD,EUR,2026-10-01,0.95\n").error().code == ErrorCode::BadLiteral);
}
