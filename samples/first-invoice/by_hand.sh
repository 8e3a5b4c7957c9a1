#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Section 4 of the README beside this script, as somebody types it: compiles the Acme book, starts glmapd with the glmapd.yaml that stands there, posts
# the German invoice twice, and looks into the folder of journals. GLMAP_BIN: the folder with glmapc and glmapd.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
bin=${GLMAP_BIN:-$root/build/ci/bin}
work=$(mktemp -d "${TMPDIR:-/tmp}/glmap-by-hand.XXXXXX")
gateway=
finish() {
  [ -z "$gateway" ] || { kill "$gateway" 2>/dev/null && wait "$gateway" 2>/dev/null; } || true
  rm -rf "$work"
}
trap finish EXIT
die() { echo "by_hand: $*" >&2; cat "$work/glmapd.log" >&2 2>/dev/null || true; exit 1; }

cd "$work"
"$bin/glmapc" compile "$root/mappings/acme" -o acme.bundle
# Any free port in place of the README's, since tests run side by side.
sed -n '/^```text/,/^```/p' "$root/samples/first-invoice/README.md" | grep -v '^```' | sed 's/:8080$/:0/' >glmapd.yaml
[ -s glmapd.yaml ] || die "the README shows no glmapd.yaml"
"$bin/glmapd" serve --config glmapd.yaml >glmapd.out 2>glmapd.log &
gateway=$!
for _ in $(seq 100); do
  grep -q 'listening on' glmapd.out && break
  kill -0 "$gateway" 2>/dev/null || die "glmapd did not start"
  sleep 0.1
done
url=$(sed -n 's/.*listening on //p' glmapd.out | head -n 1)

send() { curl -sS "$url/v1/events" -H 'Content-Type: application/cloudevents+json' --data-binary "@$root/samples/first-invoice/invoice.json"; }
send | grep -q '"accepted"' || die "the invoice was not accepted"
send | grep -q '"duplicate"' || die "the same invoice again is no duplicate"
for _ in $(seq 100); do
  [ -s ledger/DE/entries.journal ] && grep -q '5950.00 USD' ledger/DE/entries.journal && break
  sleep 0.1
done
grep -q '5950.00 USD' ledger/DE/entries.journal 2>/dev/null || die "nothing was posted to ledger/DE/entries.journal"
hledger -f ledger/DE/entries.journal check --strict
hledger -f ledger/DE/entries.journal print
