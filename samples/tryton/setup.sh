#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real ERP to post to: Tryton 6.0 from Debian's packages, with the companies and charts of the Acme group.
#
#   setup.sh start DIR [ENTITIES.csv ACCOUNTS.csv]   start (and fill, the first time) a Tryton whose state lives in DIR
#   setup.sh stop DIR                                stop it; its books stay in DIR and the next start goes on with them
#   setup.sh status DIR                              its address, or exit code 1
#
# Without the two files, companies and accounts are taken from mappings/acme. The files: ENTITIES is
# code,name,currency; ACCOUNTS is entity,code,name,type with the types asset, liability, equity, income, expense,
# receivable, payable (the last two want a party on each line).
# In DIR afterwards: url, password (of the user glmap), trytond.log. Journals are called GLMAP-<entity>, for example
# GLMAP-DE; the database is called acme; the years 2026 and 2027 are open, month by month.
# Environment: GLMAP_TRYTON_PORT (default: a free one), GLMAP_TRYTON_CACHE (default: ~/.cache/glmap/tryton; filled
# databases are kept there, so that the second start takes seconds), GLMAP_TRYTON_UNIQUE=1 (let the database refuse a
# second move under one number, which Tryton itself does not).
# Listens on 127.0.0.1 only. For trying things out: the passwords are no secret.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
packages=(tryton-server tryton-modules-account tryton-modules-analytic-account)
modules=(account analytic_account)

die() { printf 'setup.sh: %s\n' "$*" >&2; exit 1; }

[ $# -ge 2 ] || { sed -n '3,8p' "$0" | cut -c3- >&2; exit 2; }
verb=$1
dir=$(readlink -m "$2")

as_tryton() { # the packaged user when we are root, for a server should not be root
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=tryton --regid=tryton --init-groups env HOME=/tmp "$@"; else "$@"; fi
}

running() { # is the recorded process still that server?
  local pid
  pid=$(cat "$dir/trytond.pid" 2>/dev/null) && [ -n "$pid" ] &&
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$dir/trytond.conf"
}

stop() {
  local pid
  running || { rm -f "$dir/trytond.pid"; return 0; }
  pid=$(cat "$dir/trytond.pid")
  kill "$pid"
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
  kill -0 "$pid" 2>/dev/null && kill -9 "$pid"
  rm -f "$dir/trytond.pid"
}

install_packages() {
  local missing=() name
  for name in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || die "these packages are missing: apt-get install --no-install-recommends ${missing[*]}"
  echo "installing ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends \
    "${missing[@]}" >"$dir/apt.log" 2>&1 || die "apt-get could not install them, see $dir/apt.log"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

write_conf() { # write_conf PORT
  cat >"$dir/trytond.conf" <<CONF
[database]
uri = sqlite://
path = $dir/data
[web]
listen = 127.0.0.1:$1
[session]
timeout = 86400
[password]
length = 4
entropy = 0
CONF
  chmod 644 "$dir/trytond.conf"
}

launch() { # launch PORT: the server, and wait until it answers
  # Started without a shell in between, so that the recorded process is the server's own.
  if [ "$(id -u)" = 0 ]; then
    HOME=/tmp setsid setpriv --reuid=tryton --regid=tryton --init-groups \
      trytond -c "$dir/trytond.conf" -d acme >>"$dir/trytond.log" 2>&1 </dev/null &
  else
    setsid trytond -c "$dir/trytond.conf" -d acme >>"$dir/trytond.log" 2>&1 </dev/null &
  fi
  echo $! >"$dir/trytond.pid"
  python3 "$here/bootstrap.py" wait "$1" "$(cat "$dir/trytond.pid")" ||
    { tail -n 5 "$dir/trytond.log" >&2; stop; die "trytond does not start, see $dir/trytond.log"; }
}

cache_key() {
  { cat "$here/bootstrap.py" "$1" "$2"; dpkg-query -W "${packages[@]}"; echo "${modules[@]}"; } | sha256sum | cut -c1-16
}

make_database() { # make_database PORT ENTITIES ACCOUNTS: from nothing to filled books, the server running
  local admin=admin-of-a-sandbox
  as_tryton touch "$dir/data/acme.sqlite"
  printf %s "$admin" >"$dir/admin" && chmod 644 "$dir/admin"
  as_tryton env TRYTONPASSFILE="$dir/admin" trytond-admin -c "$dir/trytond.conf" -d acme -u "${modules[@]}" \
    --activate-dependencies --email admin@example.invalid >"$dir/init.log" 2>&1 ||
    { tail -n 5 "$dir/init.log" >&2; die "the database cannot be made, see $dir/init.log"; }
  rm -f "$dir/admin"
  launch "$1"
  python3 "$here/bootstrap.py" fill "$1" "$admin" "$2" "$3" "$(cat "$dir/password")" ||
    { stop; rm -f "$dir/data/acme.sqlite"; die "the books cannot be made"; }
}

keep_copy() { # keep_copy FILE: a consistent copy of the database, put there in one step
  mkdir -p "$(dirname "$1")"
  python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))' \
    "$dir/data/acme.sqlite" "$1.$$"
  mv "$1.$$" "$1"
}

start() { # start [ENTITIES ACCOUNTS]
  running && { cat "$dir/url"; return 0; }
  mkdir -p "$dir/data"
  install_packages
  if [ "$(id -u)" = 0 ]; then
    chmod 755 "$dir"
    chown -R tryton: "$dir/data"
    as_tryton test -w "$dir/data" || die "user tryton cannot reach $dir; choose a folder that others may enter"
  fi
  local entities=${1:-} accounts=${2:-} port copy
  if [ -z "$entities" ]; then
    entities=$dir/entities.csv accounts=$dir/accounts.csv
    python3 "$here/accounts_from_book.py" "$here/../../mappings/acme" "$entities" "$accounts"
  fi
  port=${GLMAP_TRYTON_PORT:-$(free_port)}
  write_conf "$port"
  echo "http://127.0.0.1:$port" >"$dir/url"
  echo glmap-sandbox >"$dir/password" && chmod 600 "$dir/password"
  copy=${GLMAP_TRYTON_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/glmap/tryton}/$(cache_key "$entities" "$accounts").sqlite
  if [ -s "$dir/data/acme.sqlite" ]; then
    launch "$port"
  elif [ -s "$copy" ]; then
    as_tryton touch "$dir/data/acme.sqlite"
    cat "$copy" >"$dir/data/acme.sqlite"
    launch "$port"
  else
    echo "making the Acme group's books in Tryton; once, about 15 seconds" >&2
    make_database "$port" "$entities" "$accounts"
    keep_copy "$copy"
  fi
  if [ "${GLMAP_TRYTON_UNIQUE:-0}" = 1 ]; then
    as_tryton python3 -c 'import sqlite3, sys
base = sqlite3.connect(sys.argv[1], timeout=30)
base.execute("CREATE UNIQUE INDEX IF NOT EXISTS account_move_reference ON account_move (company, number)")
base.commit()' "$dir/data/acme.sqlite"
  fi
  cat "$dir/url"
}

case $verb in
  start) shift 2; [ $# = 0 ] || [ $# = 2 ] || die "start DIR takes both files or none"; start "$@" ;;
  stop) stop ;;
  status) running && cat "$dir/url" ;;
  *) die "there is no verb \`$verb\`; write start, stop or status" ;;
esac
