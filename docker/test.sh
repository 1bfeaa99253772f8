#!/usr/bin/env bash
# docker/test.sh: builds the image from the Dockerfile and runs it the way a cluster does: not as root, on a read-only
# root file system, without capabilities; answers, health check, a stop on SIGTERM; then as a sidecar in a pod.
#
# Needs neither a Docker engine nor a registry: podman builds, and where debian:bookworm-slim cannot be pulled, it is made
# from Debian packages. Exit status 77: this machine cannot do it (no podman and none installable, or no namespaces).
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
image=localhost/errata:test base=docker.io/library/debian:bookworm-slim name=errata-test-$$
work=$(mktemp -d)

say() { printf '   %s\n' "$*" >&2; }
fail() { printf 'docker/test.sh: %s\n' "$*" >&2; exit 1; }
skip() { printf 'docker/test.sh: skipped: %s\n' "$*" >&2; exit 77; }
# shellcheck disable=SC2317 # called by the trap
clean()
{
  podman rm -f -t 1 "$name" >/dev/null 2>&1 || true
  podman play kube --down "$work/pod.yaml" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean EXIT

tools()
{
  local need=(podman buildah runc mmdebstrap conmon netavark aardvark-dns catatonit iptables curl) missing=() p
  for p in "${need[@]}"; do
    dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing+=("$p")
  done
  [ ${#missing[@]} = 0 ] && return
  [ "$(id -u)" = 0 ] || skip "not installed, and not root: ${missing[*]}"
  say "installing ${missing[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq \
    --no-install-recommends "${missing[@]}"; } >"$work/apt" 2>&1 || skip "cannot install ${missing[*]}"
}

runtime() # a root that may not raise limits needs them spelt out; soft and hard alike, since podman 4.3 swaps them in pods
{
  local files; files=$(ulimit -Hn)
  { [ "$files" != unlimited ] && [ "$files" -lt 16384 ]; } || files=16384
  cat >"$work/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=$files:$files", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
  export CONTAINERS_CONF=$work/containers.conf
}

base_image()
{
  podman image exists "$base" 2>/dev/null && return
  timeout 60 podman pull -q "$base" >/dev/null 2>&1 && return
  say "making $base from Debian packages"
  local sources=()
  # shellcheck disable=SC2016 # mmdebstrap's shell expands it
  [ ! -f /etc/apt/sources.list.d/debian.sources ] || sources=(
    '--customize-hook=rm -f "$1"/etc/apt/sources.list'
    '--customize-hook=copy-in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d')
  mmdebstrap --format=tar --variant=minbase "${sources[@]}" bookworm "$work/base.tar" >"$work/base.log" 2>&1 ||
    { tail -3 "$work/base.log" >&2; skip "cannot make a Debian root"; }
  podman import -q --change 'CMD ["bash"]' "$work/base.tar" "$base" >/dev/null 2>"$work/import.log" ||
    { tail -3 "$work/import.log" >&2; skip "podman cannot store images"; }
  rm "$work/base.tar"
}

build()
{
  # What apt on this machine needs to reach its mirror (a proxy), for the build only.
  local mounts=()
  apt-config dump | grep -E '^Acquire::((https?|ftp)::([^ ]*)?(Proxy|Verify|CA)|Check-(Valid-Until|Date) "(false|0)")' \
    >"$work/apt.conf" || true
  [ ! -s "$work/apt.conf" ] || mounts=(-v "$work/apt.conf:/etc/apt/apt.conf.d/99host:ro")
  local command=(podman build --format docker --network host "${mounts[@]}" -t "$image")
  "${command[@]}" . >"$work/build.log" 2>&1 && return
  grep -q 'while running runtime' "$work/build.log" &&
    "${command[@]}" --isolation chroot . >"$work/build.log" 2>&1 && return
  tail -40 "$work/build.log" >&2
  fail "the image does not build"
}

free_port() # one where nobody listens now
{
  local port
  while port=$((20000 + RANDOM % 10000)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

answers() # answers URL: waits up to 10 s for a 2xx
{
  local i
  for ((i = 0; i < 100; ++i)); do
    curl -fsS -m 2 -o "$work/answer" "$1" 2>"$work/curl.log" && return
    sleep 0.1
  done
  cat "$work/curl.log" >&2
  return 1
}

alone() # nothing listens behind it: the gateway is up, says so, and answers with an error of its own
{
  local clients telemetry; clients=$(free_port); telemetry=$(free_port)
  podman run -d --name "$name" --network host --read-only --cap-drop ALL --security-opt no-new-privileges \
    -e UPSTREAM_URL=http://127.0.0.1:9 -e "LISTEN=127.0.0.1:$clients" -e "TELEMETRY=127.0.0.1:$telemetry" "$image" \
    >/dev/null 2>"$work/run.log" || { tail -3 "$work/run.log" >&2; skip "podman cannot run containers here"; }
  answers "http://127.0.0.1:$telemetry/readyz" || { podman logs "$name" >&2; fail "it does not become ready"; }
  local got; got=$(curl -sS -m 5 -w '\n%{http_code}' "http://127.0.0.1:$clients/")
  grep -q '"code":"UPSTREAM_REFUSED"' <<<"$got" || fail "no canonical error: $got"
  [ "${got##*$'\n'}" = 502 ] || fail "not a 502: $got"
  local pid; pid=$(podman inspect "$name" --format '{{.State.Pid}}')
  grep -q '^Uid:.10001.10001' "/proc/$pid/status" || fail "does not run as 10001"
  podman healthcheck run "$name" >/dev/null 2>"$work/health" || { cat "$work/health" >&2; fail "not healthy"; }
  podman stop -t 10 "$name" >/dev/null 2>&1
  local code; code=$(podman inspect "$name" --format '{{.State.ExitCode}}')
  [ "$code" = 0 ] || fail "exit status $code after SIGTERM"
}

sidecar() # two containers share a network: what the application says wrongly, clients get canonically
{
  local clients telemetry application; clients=$(free_port); telemetry=$(free_port); application=$(free_port)
  sed -e "s/18080/$clients/; s/19902/$telemetry/; s/18000/$application/" docker/pod.yaml >"$work/pod.yaml"
  podman play kube "$work/pod.yaml" >/dev/null 2>"$work/kube.log" || { cat "$work/kube.log" >&2; fail "the pod does not start"; }
  answers "http://127.0.0.1:$telemetry/readyz" || fail "the pod does not become ready"
  answers "http://127.0.0.1:$clients/" || fail "the application is not reached"
  drains "$clients" "$telemetry"
}

drains() # drains CLIENTS TELEMETRY: a stop while requests are under way: each gets its answer, then the gateway ends well
{
  local slow=20 gateway=errata-pod-test-errata i
  for ((i = 0; i < slow; ++i)); do
    curl -sS -m 30 -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$1/slow?ms=5000" >"$work/slow.$i" 2>&1 &
  done
  for ((i = 0; i < 100; ++i)); do
    curl -sS "http://127.0.0.1:$2/metrics" | grep -qx "errata_requests_active $slow" && break
    sleep 0.1
  done
  [ "$i" -lt 100 ] || fail "the slow requests do not reach the application"
  podman kill --signal TERM "$gateway" >/dev/null
  wait
  grep -qvx 200 "$work"/slow.* && { cat "$work"/slow.* >&2; fail "requests that were under way failed"; }
  local code; code=$(podman wait "$gateway")
  [ "$code" = 0 ] || fail "exit status $code after draining"
}

tools
runtime
say "base image"; base_image
say "building the image"; build
say "running it"; alone
say "running it as a sidecar"; sidecar
say "image: $(podman image inspect "$image" --format '{{.Size}}' | awk '{printf "%.0f MB", $1 / 1e6}')"
