#!/usr/bin/env bash
# tests/clients/run.sh BINARY [TEST...]: drives real client libraries, from npm and from Debian, through the gateway. What
# they were seen to do is written as tables to build/clients; COMPARE=1 in the environment calls without the gateway too.
#
# Exit status 77: this machine cannot do it (no node and none installable, or the packages cannot be had), or everything
# passed but the browser, which cannot be had.
set -euo pipefail
binary=$(readlink -f "${1:?usage: tests/clients/run.sh BINARY [TEST...]}"); shift
[ -x "$binary" ] || { printf 'no such binary: %s\n' "$binary" >&2; exit 2; }
cd "$(dirname "$(readlink -f "$0")")"
export LC_ALL=C.UTF-8 ERRATA_BINARY=$binary CLIENT_RESULTS=${CLIENT_RESULTS:-$PWD/../../build/clients}

skip() { printf 'tests/clients/run.sh: skipped: %s\n' "$*" >&2; exit 77; }

missing() # prints those of the named Debian packages that are not installed
{
  local p
  for p in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || printf '%s ' "$p"
  done
}

install() # install PACKAGE...: those that are missing
{
  local wanted; read -ra wanted <<<"$(missing "$@")"
  [ ${#wanted[@]} != 0 ] || return 0
  local as=(env DEBIAN_FRONTEND=noninteractive)
  [ "$(id -u)" = 0 ] || as=(sudo env DEBIAN_FRONTEND=noninteractive)
  "${as[@]}" apt-get update -qq &&
    "${as[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
}

command -v npm >/dev/null || install nodejs npm || skip "no node"
install curl wget python3-urllib3 python3-requests python3-httpx python3-boto3 python3-github python3-authlib \
  python3-requests-oauthlib python3-stripe ruby-faraday || skip "Debian's clients cannot be installed"
# Anew only when the list has changed: it is a few hundred packages.
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --ignore-scripts --no-fund --no-audit --loglevel=error >/dev/null || skip "npm's clients cannot be installed"
  cp package-lock.json node_modules/.installed
fi

CHROMIUM=$(command -v chromium) || { install chromium && CHROMIUM=$(command -v chromium); } || CHROMIUM=
export CHROMIUM

tests=("$@"); [ ${#tests[@]} -gt 0 ] || tests=(*.test.mjs)
node --test "${tests[@]}"
[ -n "$CHROMIUM" ] || skip "the browser's part: no chromium"
