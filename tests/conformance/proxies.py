"""Proxies under test, each with a configuration that is as strict as it can be made: started before a port, ended after."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

TIMES = 1  # seconds that an upstream may be silent


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def wait_for(port, process):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit(f"{process.args[0]} did not start")


@contextlib.contextmanager
def running(name, text, *command):
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        path = os.path.join(directory, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text.replace("PORT", str(port)).replace("DIRECTORY", directory))
        with open(os.path.join(directory, "log"), "wb") as log:
            process = subprocess.Popen([*command, path], stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def program(name):
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    if not found:
        raise SystemExit(f"{name} is not installed: the comparison needs the Debian packages nginx and haproxy")
    return found


def errata(binary, upstream):
    return running("errata.yaml", f"""\
version: 1
threads: 1
access_log: off
listeners: [{{address: 127.0.0.1:PORT}}]
upstreams: {{app: {{endpoints: [http://127.0.0.1:{upstream}], timeouts: {{response: {TIMES}s, idle: {TIMES}s}}}}}}
routes: [{{upstream: app}}]
""", binary, "run", "--config")


def nginx(upstream):
    return running("nginx.conf", f"""\
daemon off;
master_process off;
error_log DIRECTORY/error.log crit;
pid DIRECTORY/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path DIRECTORY; proxy_temp_path DIRECTORY; fastcgi_temp_path DIRECTORY; uwsgi_temp_path DIRECTORY;
    scgi_temp_path DIRECTORY;
    ignore_invalid_headers off;
    upstream app {{ server 127.0.0.1:{upstream}; keepalive 8; }}
    server {{
        listen 127.0.0.1:PORT;
        location / {{
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_request_buffering off;
            proxy_connect_timeout {TIMES}s;
            proxy_read_timeout {TIMES}s;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
        }}
    }}
}}
""", program("nginx"), "-c")


def haproxy(upstream):
    return running("haproxy.cfg", f"""\
global
    strict-limits
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server {TIMES}s
    timeout http-request 5s
    http-reuse always
frontend in
    bind 127.0.0.1:PORT
    default_backend app
backend app
    server app 127.0.0.1:{upstream}
""", program("haproxy"), "-f")


def version(name, *arguments):
    said = subprocess.run([program(name), *arguments], capture_output=True, text=True, check=True)
    return re.search(r"[0-9]+\.[0-9.]+[0-9]", said.stdout + said.stderr)[0]


def introduction():
    return f"""\
# HTTP conformance, case by case

Each case is bytes from a client or from an upstream, and a judgement from what the other side saw. The same cases were run
against Errata, nginx {version("nginx", "-v")} and HAProxy {version("haproxy", "-v")} (Debian packages; configurations in `tests/conformance/proxies.py`), with
the same patience. Here any error is accepted as a refusal; for Errata the test suite also asks for the exact status, with
every build. "no" says what happened instead. What is asked is more than the RFCs demand of a recipient: what two parsers
could read differently is to be refused, also where a recipient may repair it (a bare LF, a folded line, both framings), so
not every "no" is a violation.

Made by `tests/conformance/run.py compare`; not edited by hand.

"""
