#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# format.sh CLANG_FORMAT ROOT: every C++ file is formatted; `./dev fmt` does it.
set -euo pipefail
cd "$2"
find compiler gateway tests \( -name '*.cpp' -o -name '*.hpp' \) -print0 | xargs -0 "$1" --dry-run --Werror
