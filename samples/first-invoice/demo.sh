#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From finance's text to posted journal entries: compiles the Acme book, starts the gateway, sends a month of billing
# events, then the same batch again and one event altered, delivers, and prints what an accountant wants to see.
#
#   samples/first-invoice/demo.sh [--erp file|tryton|netsuite|sap|odoo|erpnext|ledger] [--keep DIR]
#
# file: journals in a folder. tryton: a real ERP. netsuite, ledger: their doubles in `glmapd sandbox`.
#
# GLMAP_BIN: the folder with glmapc and glmapd (default build/ci/bin). Everything is written below a temporary folder,
# or below DIR with --keep, which then stays. Servers listen on 127.0.0.1 only and end with the script.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
bin=${GLMAP_BIN:-$root/build/ci/bin}
erp=file
keep=
while [ $# -gt 0 ]; do
  case $1 in
    --erp) erp=$2; shift 2 ;;
    --erp=*) erp=${1#--erp=}; shift ;;
    --keep) keep=$2; shift 2 ;;
    *) echo "demo: unknown option $1; there are --erp file|tryton|netsuite|sap|odoo|erpnext|ledger and --keep DIR" >&2; exit 2 ;;
  esac
done
case $erp in file | tryton | netsuite | sap | odoo | erpnext | ledger) ;; *) echo "demo: --erp takes file, tryton, netsuite, sap, odoo, erpnext or ledger, not $erp" >&2; exit 2 ;; esac

work=${keep:-$(mktemp -d "${TMPDIR:-/tmp}/glmap-demo.XXXXXX")}
mkdir -p "$work"
chmod 711 "$work"  # the ERP runs as a user of its own and has its folder below
gateway=
sandbox=
finish() {
  [ -z "$sandbox" ] || { kill "$sandbox" 2>/dev/null && wait "$sandbox" 2>/dev/null; } || true
  [ -z "$gateway" ] || { kill "$gateway" 2>/dev/null && wait "$gateway" 2>/dev/null; } || true
  [ "$erp" != tryton ] || "$root/samples/tryton/setup.sh" stop "$work/tryton" >/dev/null 2>&1 || true
  [ -n "$keep" ] || rm -rf "$work"
}
trap finish EXIT

title() { printf '\n== %s\n' "$*"; }

cd "$root"
title "1. Finance's text is proved and compiled (mappings/acme)"
"$bin/glmapc" check mappings/acme
"$bin/glmapc" compile mappings/acme -o "$work/acme.bundle" >/dev/null

title "2. The gateway starts with that bundle"
case $erp in
  tryton) samples/tryton/setup.sh start "$work/tryton" ;;
  netsuite | sap | odoo | erpnext | ledger)
    python3 samples/tryton/accounts_from_book.py mappings/acme "$work/entities.csv" "$work/accounts.csv"
    "$bin/glmapd" sandbox --entities "$work/entities.csv" --accounts "$work/accounts.csv" >"$work/sandbox.out" &
    sandbox=$!
    for _ in $(seq 100); do
      grep -q 'listening on' "$work/sandbox.out" && break
      sleep 0.1
    done
    sed -n 's/.*listening on //p' "$work/sandbox.out" >"$work/sandbox.url"
    echo "a double of $erp answers at $(cat "$work/sandbox.url")"
    ;;
esac
python3 samples/first-invoice/demo.py config --erp "$erp" --work "$work" >"$work/glmapd.yaml"
"$bin/glmapd" serve --config "$work/glmapd.yaml" >"$work/glmapd.out" 2>"$work/glmapd.log" &
gateway=$!
for _ in $(seq 100); do
  grep -q 'listening on' "$work/glmapd.out" && break
  kill -0 "$gateway" 2>/dev/null || { cat "$work/glmapd.log" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 's/.*listening on //p' "$work/glmapd.out" | head -n 1)
echo "glmapd serves $url, stores in $work/gateway.db, posts to $erp"

python3 samples/first-invoice/demo.py walk --erp "$erp" --work "$work" --url "$url" --glmapc "$bin/glmapc"
