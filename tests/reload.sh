#!/usr/bin/env bash
# tests/reload.sh GATEWAY [RELOADS]: wrk keeps 64 connections busy while the configuration is loaded again, hundreds of
# times: other routes, other settings of the upstream, listeners that come and go, every tenth one broken. No request
# may be lost and no answer may be another one.
set -euo pipefail
gateway=$(readlink -f "${1:?the gateway\'s binary}") reloads=${2:-300}
export LC_ALL=C.UTF-8
work=$(mktemp -d)
started=()

fail() { printf 'tests/reload.sh: %s\n' "$*" >&2; tail -n 5 "$work"/*.log >&2 || true; exit 1; }
# shellcheck disable=SC2317 # called by the trap
clean() { [ ${#started[@]} = 0 ] || kill "${started[@]}" 2>/dev/null || true; wait || true; rm -rf "$work"; }
trap clean EXIT
command -v wrk >/dev/null || { echo "tests/reload.sh: skipped: no wrk" >&2; exit 77; }

free_port() # none of those that connections get, which could hold it while no listener does
{
  python3 -c '
import random, socket
while True:
  try: s = socket.create_server(("127.0.0.1", random.randrange(20000, 32000)))
  except OSError: continue
  print(s.getsockname()[1]); break'
}

start() # start NAME PORT COMMAND...: in the background, with a log; waits for the port
{
  local name=$1 port=$2 i; shift 2
  "$@" >"$work/$name.log" 2>&1 &
  started+=($!)
  for ((i = 0; i < 100; ++i)); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return; sleep 0.1; done
  fail "$name does not listen"
}

configuration() # configuration N: the N-th
{
  local i=$1 more=''; local idle=$((60 + i % 3))
  [ $((i % 2)) = 0 ] || more=", {address: \"127.0.0.1:$spare\"}"
  cat <<YAML
version: 1
threads: 2
listeners: [{address: "127.0.0.1:$port"}$more]
admin: {address: "127.0.0.1:$admin"}
access_log: {path: $work/access}
upstreams:
  up: {endpoints: ["http://127.0.0.1:$up"], pool: {idle_timeout: ${idle}s}}
  other$((i % 5)): {endpoints: ["http://127.0.0.1:$up"]}
routes:
  - {name: r$((i % 7)), match: {path_prefix: /}, upstream: $([ $((i % 4)) = 3 ] && echo "other$((i % 5))" || echo up)}
errors: {max_body: $((100 + i % 4))KiB}
YAML
}

publish() # publish N: as a file that takes the other's place; every tenth one is broken
{
  if [ $(($1 % 10)) = 9 ]; then echo 'routes: nonsense' >"$work/next"; else configuration "$1" >"$work/next"; fi
  mv "$work/next" "$work/errata.yaml"
}

up=$(free_port) port=$(free_port) admin=$(free_port) spare=$(free_port)
start upstream "$up" "$gateway" demo --upstream --upstream-port "$up"
configuration 0 >"$work/errata.yaml"
start gateway "$port" "$gateway" run --config "$work/errata.yaml"

# Half of the requests succeed, half are errors that are rewritten; every answer is looked at.
cat >"$work/look.lua" <<'LUA'
local threads, n = {}, 0
function setup(thread) table.insert(threads, thread) end
function init() right, wrong, example = 0, 0, "" end
function request() n = n + 1; return wrk.format("GET", n % 2 == 0 and "/ok" or "/status/404") end
function response(status, headers, body)
  if status == 200 and body:find('"ok"') or status == 404 and body:find('"RESOURCE_NOT_FOUND"') then right = right + 1
  else wrong = wrong + 1; example = status .. " " .. body end
end
function done()
  local right, wrong, example = 0, 0, ""
  for _, t in ipairs(threads) do
    right, wrong = right + t:get("right"), wrong + t:get("wrong")
    if t:get("example") ~= "" then example = t:get("example") end
  end
  print("right " .. right .. " wrong " .. wrong .. " " .. example)
end
LUA
wrk -t2 -c64 -d600s --timeout 30s -s "$work/look.lua" "http://127.0.0.1:$port" >"$work/wrk.log" 2>&1 &
load=$!
good=0 refused=0
for ((i = 1; i <= reloads; ++i)); do
  publish "$i"
  case $(curl -sS -m 30 -o "$work/said" -w '%{http_code}' -X POST "http://127.0.0.1:$admin/reload") in
    200) good=$((good + 1)) ;;
    409)
      [ $((i % 10)) = 9 ] || fail "reload $i was refused: $(cat "$work/said")"
      refused=$((refused + 1)) ;;
    *) fail "reload $i: $(cat "$work/said")" ;;
  esac
done
kill -INT "$load"; wait "$load" || true
cat "$work/wrk.log"
[ "$refused" = $((reloads / 10)) ] || fail "only $refused of $reloads configurations were refused"
grep -q 'Socket errors' "$work/wrk.log" && fail "requests were lost"
grep -Eq '^right [1-9][0-9]* wrong 0 $' "$work/wrk.log" || fail "wrong answers"
printf 'reloads: %s good, %s refused\n' "$good" "$refused"
