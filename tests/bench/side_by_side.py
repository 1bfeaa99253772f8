#!/usr/bin/env python3
"""The gateway beside nginx and HAProxy: processor time per request, in interleaved rounds.

  side_by_side.py PROGRAM [--rounds 5] [--seconds 2] [--only pass,error,...] [--log | --cost-of-log]

All three run at the same time, each on one thread, on one core; wrk and the upstream (another nginx) on the other one;
one proxy at a time gets load, in turn. What is compared is the processor time of all of a proxy's processes for one
request: it survives a busy machine better than throughput does. A ratio is taken within each round; the table has their
median. Errors are rewritten by the gateway and passed through by the other two. With --cost-of-log it is compared with
itself: without, and with an access log.
"""
import argparse, os, re, resource, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

# name: (wrk's arguments, path, statuses of 2xx expected?, https?, what it is)
WORKLOADS = {
    "pass": ("-c 64", "/s128", "keep-alive, 128 B"),
    "pass4k": ("-c 64", "/j4k", "keep-alive, 4 KiB"),
    "error": ("-c 64", "/err", "error of 88 B: rewritten / passed through"),
    "error-new": ("-c 64", "/err/new", "the same, each another"),
    "error1k": ("-c 64", "/err1k", "error of 1 KiB: rewritten / passed through"),
    "error1k-new": ("-c 64", "/err1k/new", "the same, each another"),
    "download": ("-c 8", "/d1m", "download of 1 MiB"),
    "upload": ("-c 8 -s {folder}/upload.lua", "/up", "upload of 1 MiB"),
    "connect": ("-c 32 -H Connection:close", "/s128", "a new connection each"),
    "refused": ("-c 64", "/dead/x", "upstream refuses: an own 502"),
    "tls": ("-c 64", "/s128", "TLS, keep-alive, 128 B"),
    "tls1m": ("-c 8", "/d1m", "TLS, download of 1 MiB"),
}
LOAD_CORE, PROXY_CORE = 0, min(1, os.cpu_count() - 1)
IDLE = 5000

NGINX = """
daemon off; user root; worker_processes 1; pid {folder}/{name}.pid; error_log stderr crit; worker_rlimit_nofile 20000;
events {{ worker_connections 16000; }}
http {{
  access_log {log}; keepalive_requests 1000000000; keepalive_timeout 1h; client_max_body_size 0; tcp_nodelay on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s; default_type application/json;
  {http}
}}
"""
UPSTREAM = """server {{ listen 127.0.0.1:{up} backlog=4096;
  location /s128 {{ return 200 "{s128}"; }}  location /j4k {{ alias {folder}/j4k; }}
  location /err {{ return 503 '{err}'; }}  location /err/new {{ return 503 '{err_new}'; }}
  location /err1k {{ return 422 '{err1k}'; }}  location /err1k/new {{ return 422 '{err1k_new}'; }}
  location /d1m {{ alias {folder}/d1m; }}
  location /up {{ client_body_buffer_size 2m; proxy_pass_request_body off; proxy_set_header Content-Length "";
    proxy_pass http://127.0.0.1:{up}/s128; }} }}"""
NGINX_PROXY = """upstream up {{ server 127.0.0.1:{up}; keepalive 512; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{port} backlog=4096; listen 127.0.0.1:{tls} ssl backlog=4096;
  ssl_certificate {folder}/site.pem; ssl_certificate_key {folder}/site.pem;
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_request_buffering off; proxy_max_temp_file_size 0;
  location / {{ proxy_pass http://up; }}  location /dead/ {{ proxy_pass http://127.0.0.1:{dead}; }} }}"""
HAPROXY = """
global
  no strict-limits
  nbthread 1
  maxconn 8000
  {log}
defaults
  mode http
  {option}
  option forwardfor
  http-reuse always
  retries 0
  backlog 4096
  timeout connect 5s
  timeout client 1h
  timeout server 60s
frontend f
  bind 127.0.0.1:{port}
  bind 127.0.0.1:{tls} ssl crt {folder}/site.pem ssl-min-ver TLSv1.2
  use_backend dead if {{ path_beg /dead/ }}
  default_backend up
backend up
  server s 127.0.0.1:{up}
backend dead
  server s 127.0.0.1:{dead}
"""
ERRATA = """
version: 1
threads: 1
listeners:
  - {{address: "127.0.0.1:{port}", timeouts: {{idle: 1h}}}}
  - {{address: "127.0.0.1:{tls}", timeouts: {{idle: 1h}},
     tls: {{certificates: [{{certificate: {folder}/site.pem, key: {folder}/site.pem}}]}}}}
upstreams:
  up: {{endpoints: ["http://127.0.0.1:{up}"], pool: {{idle_per_endpoint: 512}}}}
  dead: {{endpoints: ["http://127.0.0.1:{dead}"]}}
routes:
  - {{match: {{path_prefix: /dead}}, upstream: dead}}
  - {{match: {{path_prefix: /}}, upstream: up}}
access_log: {log}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    return path


class Process:
    def __init__(self, core, command, out=subprocess.DEVNULL):
        self.begun = time.monotonic()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                        preexec_fn=lambda: os.sched_setaffinity(0, {core}))

    def family(self):
        found = [self.process.pid]
        for pid in found:
            for task in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/children" % (pid, task)) as f:
                    found += map(int, f.read().split())
        return found

    def cpu(self):
        """Seconds on a processor, of all its threads (nanoseconds from the scheduler, not ticks)."""
        total = 0
        for pid in self.family():
            for task in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                    total += int(f.read().split()[0])
        return total / 1e9

    def memory(self):
        """Proportional set size in KiB."""
        return sum(int(re.search(r"Pss: *(\d+)", open("/proc/%d/smaps_rollup" % pid).read()).group(1))
                   for pid in self.family())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Proxy(Process):
    def __init__(self, command, port, tls, out=subprocess.DEVNULL):
        super().__init__(PROXY_CORE, command, out)
        self.port, self.tls, self.conversations = port, tls, []
        while time.monotonic() - self.begun < 20 and self.process.poll() is None:
            try:
                if b" 200 " in self.converse()[:16]:
                    self.start_ms = (time.monotonic() - self.begun) * 1e3
                    return
            except OSError:
                time.sleep(0.001)
        said = open(out.name).read() if out != subprocess.DEVNULL else ""
        self.stop()
        sys.exit("did not start: %s\n%s" % (" ".join(command), said))

    def converse(self, keep=False):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(b"GET /s128 HTTP/1.1\r\nHost: bench.test\r\n\r\n")
        answer = connection.recv(4096)
        self.conversations.append(connection) if keep else connection.close()
        return answer

    def idle(self):
        """Bytes for each of many connections that have been idle for a while, milliseconds of processor per second."""
        before = self.memory()
        for _ in range(IDLE):
            self.converse(keep=True)
        time.sleep(4)
        each, spent = (self.memory() - before) * 1024 / IDLE, self.cpu()
        time.sleep(2)
        spent = (self.cpu() - spent) * 1e3 / 2
        while self.conversations:
            self.conversations.pop().close()
        return each, spent


def load(proxy, name, folder, seconds):
    """One round: processor microseconds for each request."""
    arguments, path, _ = WORKLOADS[name]
    address = ("https://127.0.0.1:%d" % proxy.tls if name.startswith("tls") else "http://127.0.0.1:%d" % proxy.port)
    before = proxy.cpu()
    wrk = subprocess.run(["wrk", "-t1", "-d%ss" % seconds] + arguments.format(folder=folder).split() + [address + path],
                         capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE}))
    spent = proxy.cpu() - before
    requests = int(re.search(r"(\d+) requests in", wrk.stdout).group(1))
    errors = "Non-2xx" in wrk.stdout
    if errors != (path.startswith("/err") or path.startswith("/dead")) or "Socket errors" in wrk.stdout:
        print("  %s: %s" % (name, re.sub(r"\s+", " ", wrk.stdout)), file=sys.stderr)
    return spent * 1e6 / max(1, requests)


def start(program, folder, log, itself, started):
    names = {"folder": folder, "up": free_port(), "dead": free_port()}
    error = '{"error":{"code":"RATE_LIMITED","message":"The service is overloaded, try again %s"%s}}'
    details = ',"details":[%s]' % ",".join('{"field":"items[%d].quantity","issue":"must be a positive integer"}' % i
                                           for i in range(13))
    item = '{"id":1234,"name":"item number 1234","ok":true},'
    new = "$connection.$connection_requests"
    web = UPSTREAM.format(s128="a" * 128, j4k="[" + item * 84 + '"' + "x" * 60 + '"]', err=error % ("later", ""),
                          err_new=error % (new, ""), err1k=error % ("later", details), err1k_new=error % (new, details),
                          **names)
    write(folder + "/j4k", "[" + item * 83 + '"' + "x" * 26 + '"]')
    write(folder + "/d1m", "b" * (1 << 20))
    write(folder + "/upload.lua", 'wrk.method = "POST"\nwrk.body = string.rep("b", 1048576)\n')
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    folder + "/key.pem", "-out", folder + "/cert.pem", "-days", "30", "-subj", "/CN=bench.test"],
                   check=True, stderr=subprocess.DEVNULL)
    write(folder + "/site.pem", open(folder + "/cert.pem").read() + open(folder + "/key.pem").read())

    def ports():
        return {"port": free_port(), "tls": free_port()}

    def gateway(name, log):
        p = ports()
        started[name] = Proxy([program, "--config", write(folder + "/%s.yaml" % name, ERRATA.format(
            log="{format: json, path: %s/%s.log}" % (folder, name) if log else "off", **p, **names))], **p)

    started["upstream"] = Process(LOAD_CORE, ["nginx", "-p", folder, "-c", write(
        folder + "/upstream.conf", NGINX.format(name="upstream", log="off", http=web, **names))])
    time.sleep(0.5)

    if itself:
        gateway("without", False)
        gateway("with log", True)
        return

    p = ports()
    http = NGINX_PROXY.format(**p, **names)
    started["nginx"] = Proxy(["nginx", "-p", folder, "-c", write(folder + "/nginx.conf", NGINX.format(
        name="nginx", log=folder + "/nginx.log" if log else "off", http=http, **names))], **p)
    p = ports()
    started["haproxy"] = Proxy(["haproxy", "-db", "-f", write(folder + "/haproxy.cfg", HAPROXY.format(
        log="log stdout format raw local0" if log else "", option="log global\n  option httplog" if log else "", **p,
        **names))], **p, out=open(folder + "/haproxy.log", "w") if log else subprocess.DEVNULL)
    gateway("errata", log)


def compare_logs(proxies, folder, a):
    for p in proxies.values():
        load(p, "pass", folder, 1)
    rounds = [{n: load(p, "pass", folder, a.seconds) for n, p in proxies.items()} for _ in range(a.rounds)]
    ratios = [r["with log"] / r["without"] for r in rounds]
    print("\n%s, microseconds: %s; ratio %.3f (%.2f..%.2f)" % (
        WORKLOADS["pass"][2], ", ".join("%s %.1f" % (n, statistics.median(r[n] for r in rounds)) for n in proxies),
        statistics.median(ratios), min(ratios), max(ratios)))


def versions(program):
    for command in (["nginx", "-v"], ["haproxy", "-v"], [program, "--version"]):
        said = subprocess.run(command, capture_output=True, text=True)
        print("- " + (said.stdout + said.stderr).splitlines()[0])
    print("- %s, %d processors, Linux %s, %s" % (
        re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read() + "\nmodel name : unknown").group(1), os.cpu_count(),
        os.uname().release, time.strftime("%Y-%m-%d")))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--only", default=",".join(WORKLOADS) + ",idle")
    options.add_argument("--log", action="store_true", help="access logs on, everywhere")
    options.add_argument("--cost-of-log", action="store_true", help="the gateway with and without access log")
    a = options.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    folder = tempfile.mkdtemp(prefix="errata-bench-")
    os.chmod(folder, 0o755)
    started = {}
    try:
        start(os.path.abspath(a.program), folder, a.log, a.cost_of_log, started)
        proxies = {name: p for name, p in started.items() if name != "upstream"}
        versions(a.program)
        if a.cost_of_log:
            return compare_logs(proxies, folder, a)
        print("\nProcessor time per request in microseconds, access log %s; ratios: median (least..most) of %d rounds.\n"
              % ("on" if a.log else "off", a.rounds))
        print("| | nginx | HAProxy | Errata | Errata / nginx | Errata / HAProxy |\n|---|---|---|---|---|---|")
        for name in [n for n in a.only.split(",") if n != "idle"]:
            for p in proxies.values():
                load(p, name, folder, 1)
            rounds = [{n: load(p, name, folder, a.seconds) for n, p in proxies.items()} for _ in range(a.rounds)]
            row = ["%.1f" % statistics.median(r[n] for r in rounds) for n in proxies]
            for base in ("nginx", "haproxy"):
                ratios = [r["errata"] / r[base] for r in rounds]
                row.append("%.2f (%.2f..%.2f)" % (statistics.median(ratios), min(ratios), max(ratios)))
            print("| %s | %s |" % (WORKLOADS[name][2], " | ".join(row)), flush=True)
        print("\n| | nginx | HAProxy | Errata |\n|---|---|---|---|")
        print("| from start to the first answer, ms | %s |" % " | ".join("%.0f" % p.start_ms for p in proxies.values()))
        print("| memory after that (PSS), MiB | %s |" % " | ".join("%.1f" % (p.memory() / 1024) for p in proxies.values()))
        if "idle" in a.only:
            idle = [p.idle() for p in proxies.values()]
            print("| bytes for each of %d idle connections | %s |" % (IDLE, " | ".join("%.0f" % i[0] for i in idle)))
            print("| processor time with them, ms per second | %s |" % " | ".join("%.2f" % i[1] for i in idle))
    finally:
        for p in started.values():
            p.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
