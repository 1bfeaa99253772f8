#!/usr/bin/env python3
"""What one request costs, in instructions: exact where time is noisy.

  instructions.py PROGRAM [--check]

Runs the gateway under callgrind, between a client and an upstream of a few lines each, one request after the other over
kept connections. One run for warming up alone, then for each kind of request another one with REQUESTS more of it: the
difference is theirs. Counts user instructions of the whole process, and calls to the memory allocator. With --check it
fails where a count is above its limit.
"""
import itertools, re, signal, socket, subprocess, sys, tempfile, threading

REQUESTS, WARM = 400, 40


def error_body(size):
    body = '{"error":{"code":"VALIDATION_FAILED","message":"Some fields are wrong","details":['
    entries = []
    while len(body) + sum(map(len, entries)) + 80 < size:
        entries.append('{"field":"items[%d].quantity","issue":"must be a positive integer"}' % len(entries))
    return body + ",".join(entries) + "]}}"


# What is asked for: status, content type, content. Limits: what was measured and 15 % (docs/benchmarks.md), memory
# allocations not at all where nothing is rewritten. In place of NUMBER each answer has another one, so that none is
# known from before.
NUMBER = "000000"
ERROR = '{"error":{"code":"RATE_LIMITED","message":"The service is overloaded, try again %s"}}'
KINDS = {
    "/pass": ("a request that is passed on, 128 B", "200 OK", "text/plain", "x" * 128, 11_600, 0),
    "/error": ("an error that is rewritten, 88 B", "503 Service Unavailable", "application/json",
               ERROR % "later ", 22_100, None),
    "/error/new": ("the same, each another", "503 Service Unavailable", "application/json",
                   ERROR % NUMBER, 34_200, None),
    "/error1k": ("an error that is rewritten, 1 KiB", "422 Unprocessable Entity", "application/json",
                 error_body(1024), 29_600, None),
    "/error1k/new": ("the same, each another", "422 Unprocessable Entity", "application/json",
                     error_body(1024).replace("Some fields", NUMBER + " field"), 86_000, None),
}
ALLOCATORS = {"malloc", "calloc", "realloc", "memalign", "posix_memalign", "aligned_alloc"}

CONFIGURATION = """
version: 1
threads: 1
listeners: [{address: "127.0.0.1:0"}]
upstreams: {up: {endpoints: ["http://127.0.0.1:%d"]}}
routes: [{match: {path_prefix: /}, upstream: up}]
access_log: %s
"""
# The same as "/pass" with a line in the access log: limit of instructions, of allocations.
LOGGED = 13_200, 0


def read_message(connection, buffer):
    """Reads one message with Content-Length or none; returns its head, its content and what lies behind it."""
    while b"\r\n\r\n" not in buffer:
        piece = connection.recv(65536)
        if not piece:
            return None, b"", b""
        buffer += piece
    head, _, buffer = buffer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
    length = int(length.group(1)) if length else 0
    while len(buffer) < length:
        buffer += connection.recv(65536)
    return head, buffer[:length], buffer[length:]


def answer(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    rest = b""
    for serial in itertools.count():
        head, _, rest = read_message(connection, rest)
        if head is None:
            return
        _, status, kind, body, _, _ = KINDS[head.split(b" ")[1].decode()]
        body = body.replace(NUMBER, "%06d" % serial)
        connection.sendall(("HTTP/1.1 %s\r\nServer: up\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: %s\r\n"
                            "Content-Length: %d\r\n\r\n%s" % (status, kind, len(body), body)).encode())


def start_upstream():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def port_of(gateway, log):
    for line in gateway.stdout:
        log.append(line)
        found = re.search(r'listening on [^\s"]*:(\d+)', line)
        if found:
            threading.Thread(target=log.extend, args=(gateway.stdout,), daemon=True).start()
            return int(found.group(1))
    sys.exit("the gateway did not start:\n" + "".join(log))


def ask(port, paths):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    rest = b""
    for path in paths:
        connection.sendall(("GET %s HTTP/1.1\r\nHost: bench.test\r\nUser-Agent: bench/1\r\nAccept: application/json\r\n\r\n"
                            % path).encode())
        head, body, rest = read_message(connection, rest)
        if head is None or head.split(b" ")[1] != KINDS[path][1].split()[0].encode():
            sys.exit("%s was answered: %s" % (path, head))
        # What is counted must be the whole work: each complaint of the upstream as an entry of its own.
        if body.count(b'"pointer"') != KINDS[path][3].count('"field"'):
            sys.exit("%s was not rewritten: %s" % (path, body))
    connection.close()


def counted(program, upstream, paths, log=False):
    """Instructions and allocations of a whole run that serves these."""
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as folder:
        with open(folder + "/errata.yaml", "w") as f:
            f.write(CONFIGURATION % (upstream, "{path: %s/log}" % folder if log else "off"))
        said = []
        gateway = subprocess.Popen(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + folder + "/out", program,
                                    "--config", folder + "/errata.yaml"],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            ask(port_of(gateway, said), paths)
            gateway.send_signal(signal.SIGTERM)
            gateway.wait(120)
        finally:
            gateway.kill()
        return read_profile(folder + "/out")


def read_profile(path):
    instructions, allocations, names, callee = 0, 0, {}, ""
    with open(path) as profile:
        for line in profile:
            if function := re.match(r"c?fn=\((\d+)\)(?: (.*))?", line):
                if function.group(2):
                    names[function.group(1)] = function.group(2)
                callee = names.get(function.group(1), "")
            elif line.startswith("calls=") and re.sub(r"[@'].*", "", callee) in ALLOCATORS:
                allocations += int(line[6:].split()[0])
            elif line.startswith(("summary:", "totals:")):
                instructions = int(line.split()[1])
    return instructions, allocations


def main():
    program, check = sys.argv[1], "--check" in sys.argv[2:]
    upstream = start_upstream()
    warm = [path for path in KINDS for _ in range(WARM)]
    rows = [(path, what, limit, most, False) for path, (what, _, _, _, limit, most) in KINDS.items()]
    rows.append(("/pass", "the first one, with access log", *LOGGED, True))
    before = {log: counted(program, upstream, warm, log) for log in (False, True)}
    failed = False
    for path, what, limit, most, log in rows:
        more, called = counted(program, upstream, warm + [path] * REQUESTS, log)
        instructions, allocations = before[log]
        each, calls = (more - instructions) / REQUESTS, (called - allocations) / REQUESTS
        print("%-40s %8.0f instructions %6.2f allocations" % (what, each, calls), flush=True)
        if check and each > limit:
            print("  more than its limit of %d instructions" % limit)
            failed = True
        # A timer that happens to run out allocates, too: a few calls in all are not one in each request.
        if check and most is not None and calls > most + 0.1:
            print("  more than its limit of %d allocations" % most)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
