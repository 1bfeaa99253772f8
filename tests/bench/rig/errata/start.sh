#!/bin/bash
# Starts the gateway for a side-by-side benchmark: LISTEN_PORT, TLS_PORT, UPSTREAM_PORT, DEAD_PORT, WORKERS, CERT, KEY, ACCESS_LOG (0 or 1),
# RUN_DIR and PROXY_DIR (this folder) come from the environment; everything that a deployment has on is on.
set -e
BIN=${ERRATA_BIN:-${ERRATA_SRC:-.}/build/release/errata}
ACCESS=$([ "$ACCESS_LOG" = 1 ] && echo "{format: json, path: $RUN_DIR/access.log}" || echo off)
export ACCESS
envsubst < "$PROXY_DIR/errata.yaml.in" > "$RUN_DIR/errata.yaml"
exec "$BIN" --config "$RUN_DIR/errata.yaml"
