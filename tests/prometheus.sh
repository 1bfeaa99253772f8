#!/usr/bin/env bash
# tests/prometheus.sh GATEWAY: a real Prometheus scrapes the running gateway, and promtool reads what it scrapes.
#
# Both come from Debian's package `prometheus`, which is unpacked beside the build and not installed: its installation
# would start a service. Exit status 77: the package cannot be had on this machine.
set -euo pipefail
gateway=$(readlink -f "${1:?the gateway\'s binary}")
cd "$(dirname "$(readlink -f "$0")")/.."
export LC_ALL=C.UTF-8
tools=$PWD/build/prometheus
work=$(mktemp -d)
started=()

say() { printf '   %s\n' "$*" >&2; }
fail() { printf 'tests/prometheus.sh: %s\n' "$*" >&2; tail -n 5 "$work"/*.log >&2 || true; exit 1; }
skip() { printf 'tests/prometheus.sh: skipped: %s\n' "$*" >&2; exit 77; }
# shellcheck disable=SC2317 # called by the trap
clean() { [ ${#started[@]} = 0 ] || kill "${started[@]}" 2>/dev/null || true; wait || true; rm -rf "$work"; }
trap clean EXIT

until_true() # until_true SECONDS COMMAND...: tries again until it succeeds
{
  local end=$((SECONDS + $1)); shift
  until "$@"; do [ "$SECONDS" -lt "$end" ] || return 1; sleep 0.2; done
}

get() { curl -sS --max-time 10 "$@"; }

tools() # promtool and prometheus in $tools
{
  [ -x "$tools/usr/bin/promtool" ] && return
  mkdir -p "$tools"
  (cd "$tools" && { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; } \
    && dpkg -x prometheus_*.deb .) >"$work/apt.log" 2>&1 || skip "Debian's package prometheus cannot be had"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

logged() { sed -n "s/.*$2.*127\.0\.0\.1:\([0-9]*\).*/\1/p" "$work/$1.log" | head -1; } # logged PROCESS WHAT: its port

start() # start NAME COMMAND...: in the background, with a log
{
  local name=$1; shift
  "$@" >"$work/$name.log" 2>&1 &
  started+=($!)
}

start_gateway() # with something to count: successes, upstream errors, failures of its own
{
  start upstream "$gateway" demo --upstream
  until_true 10 grep -q 'upstream listening' "$work/upstream.log" || fail "the upstream does not start"
  cat >"$work/errata.yaml" <<YAML
version: 1
threads: 2
listeners: [{address: 127.0.0.1:0}]
admin: {address: 127.0.0.1:0}
telemetry: {address: 127.0.0.1:0}
upstreams:
  demo: {endpoints: [http://127.0.0.1:$(logged upstream 'upstream listening')]}
  nobody: {endpoints: [http://127.0.0.1:$(logged upstream 'refuse ')]}
routes:
  - {name: refused, match: {path: /refused}, upstream: nobody}
  - {name: observed, match: {path_prefix: /error/xml}, upstream: demo, errors: {mode: observe}}
  - {name: all, upstream: demo}
YAML
  start gateway "$gateway" run --config "$work/errata.yaml"
  until_true 10 grep -q 'telemetry port' "$work/gateway.log" || fail "the gateway does not start"
  local path port; port=$(logged gateway 'listening on')
  for path in /status/200 /status/204 /convention/1 /convention/3/backoff /error/html /error/leak /error/xml /close /refused; do
    get -o /dev/null "http://127.0.0.1:$port$path"
  done
}

promtool_agrees()
{
  get "http://127.0.0.1:$(logged gateway 'telemetry port')/metrics" >"$work/metrics"
  "$tools/usr/bin/promtool" check metrics <"$work/metrics" >"$work/findings" 2>&1 || { cat "$work/findings" >&2; return 1; }
  [ ! -s "$work/findings" ] || { cat "$work/findings" >&2; return 1; }
  say "promtool: no findings in $(grep -c '^# TYPE' "$work/metrics") families, $(grep -vc '^#' "$work/metrics") series"
}

ask_prometheus() # ask_prometheus QUERY: the value of its only result
{
  get -G --data-urlencode "query=$1" "http://127.0.0.1:$port/api/v1/query" |
    python3 -c 'import json, sys; r = json.load(sys.stdin)["data"]["result"]; print(r[0]["value"][1] if len(r) == 1 else len(r))'
}

gives() { [ "$(ask_prometheus "$1")" = "$2" ]; } # gives QUERY VALUE

scraped()
{
  cat >"$work/prometheus.yml" <<YAML
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: errata
    static_configs: [{targets: ["127.0.0.1:$(logged gateway 'telemetry port')", "127.0.0.1:$(logged gateway 'admin port')"]}]
YAML
  port=$(free_port)
  start prometheus "$tools/usr/bin/prometheus" --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
    --web.listen-address="127.0.0.1:$port" --log.level=warn
  until_true 30 get -f -o /dev/null "http://127.0.0.1:$port/-/ready" 2>/dev/null || fail "Prometheus does not start"
  until_true 30 gives 'sum(up)' 2 || fail "both ports should be scraped, got $(ask_prometheus 'sum(up)')"
  # What came through the network, parsed and stored, is what happened.
  local telemetry; telemetry="instance=\"127.0.0.1:$(logged gateway 'telemetry port')\""
  gives "sum(errata_requests_total{$telemetry})" 9 || fail "requests: $(ask_prometheus "sum(errata_requests_total{$telemetry})")"
  gives "sum(errata_errors_total{origin=\"gateway\",cause=\"connect_refused\",$telemetry})" 1 || fail "a refused connect is missing"
  gives "errata_observed_total{route=\"observed\",$telemetry}" 1 || fail "an observed error is missing"
  gives "histogram_quantile(0.5, sum by (le) (errata_request_duration_seconds_bucket{$telemetry})) > bool 0" 1 || fail "no median"
  say "Prometheus: both ports scraped, the figures are those of what was sent"
}

tools
start_gateway
promtool_agrees || fail "promtool objects"
scraped
