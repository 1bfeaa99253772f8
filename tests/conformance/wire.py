"""Both ends of a proxy as bytes: strict messages, a client, an upstream that records what reaches it."""

import re
import socket
import struct
import threading
import time

PATIENCE = 5.0  # seconds for anything that must happen; a proxy that takes longer has failed the case

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
FIELD = re.compile(rb"(" + TOKEN + rb"):[ \t]*([\x20-\x7e\x80-\xff\t]*?)[ \t]*")
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) [\x20-\x7e\x80-\xff\t]*")
REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([!-~\x80-\xff]+) HTTP/1\.1")


class Malformed(Exception):
    """What arrived is no HTTP/1.1 message (RFC 9112)."""


class Ended(Exception):
    """The connection ended inside a message."""


class Message:
    """A request or response as it was on the wire; whatever is not exactly RFC 9112 raises Malformed."""

    def __init__(self, head):
        lines = head[:-4].split(b"\r\n")
        status, request = STATUS_LINE.fullmatch(lines[0]), REQUEST_LINE.fullmatch(lines[0])
        if not status and not request:
            raise Malformed(f"start line {lines[0][:80]!r}")
        self.status = int(status[1]) if status else 0
        self.method, self.target = (request[1], request[2]) if request else (b"", b"")
        self.fields, self.body, self.trailers, self.complete = [], b"", b"", True
        for line in lines[1:]:
            field = FIELD.fullmatch(line)
            if not field:
                raise Malformed(f"field line {line[:80]!r}")
            self.fields.append((field[1].lower(), field[2]))

    def all(self, name):
        return [v for n, v in self.fields if n == name.lower()]

    def value(self, name):
        return b", ".join(self.all(name))


class Link:
    """One connection: buffered reading with a bound on every wait."""

    def __init__(self, sock):
        self.sock, self.buffer, self.received, self.reset = sock, b"", b"", False
        sock.settimeout(PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fill(self):
        """Takes what comes next; False at the end, TimeoutError when nothing comes."""
        try:
            data = self.sock.recv(65536)
        except ConnectionError:
            self.reset, data = True, b""
        self.buffer += data
        self.received += data
        return bool(data)

    def until(self, end):
        while end not in self.buffer:
            if not self.fill():
                raise Ended(self.buffer[:200])
        at = self.buffer.index(end) + len(end)
        out, self.buffer = self.buffer[:at], self.buffer[at:]
        return out

    def exactly(self, count):
        while len(self.buffer) < count:
            if not self.fill():
                out, self.buffer = self.buffer, b""
                raise Ended(out)
        out, self.buffer = self.buffer[:count], self.buffer[count:]
        return out

    def rest(self):
        while self.fill():
            pass
        out, self.buffer = self.buffer, b""
        return out

    def send(self, data):
        """Sends what the peer takes: a refusal may come before the end."""
        try:
            self.sock.sendall(data)
        except (ConnectionError, TimeoutError):
            pass

    def end(self):
        """Ends it from another thread than the one that reads."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def close(self, reset=False):
        try:
            if reset:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.close()
        except OSError:
            pass


def read_message(link, method=b"GET"):
    """The next message; `complete` is False when the connection ended inside its content."""
    m = Message(link.until(b"\r\n\r\n"))
    if m.status and (m.status < 200 or m.status in (204, 304) or method == b"HEAD"):
        return m
    codings, lengths = m.all(b"transfer-encoding"), m.all(b"content-length")
    if len(codings) + len(lengths) > 1 or (codings and codings[0].lower() != b"chunked"):
        raise Malformed("ambiguous framing")
    try:
        if codings:
            read_chunks(link, m)
        elif lengths:
            if not re.fullmatch(rb"[0-9]+", lengths[0]):
                raise Malformed("Content-Length")
            m.body = link.exactly(int(lengths[0]))
        elif m.status:
            m.body = link.rest()
            m.complete = not link.reset
    except Ended as e:
        m.complete = False
        m.body += e.args[0]
    return m


def read_chunks(link, m):
    while True:
        size = link.until(b"\r\n")
        if not re.fullmatch(rb"[0-9A-Fa-f]+(;[^\r\n]*)?\r\n", size):
            raise Malformed(f"chunk size {size[:40]!r}")
        count = int(size.split(b";")[0], 16)
        if not count:
            break
        m.body += link.exactly(count)
        if link.exactly(2) != b"\r\n":
            raise Malformed("junk after a chunk")
    while (line := link.until(b"\r\n")) != b"\r\n":
        if not FIELD.fullmatch(line[:-2]):
            raise Malformed("trailer")
        m.trailers += line


class Upstream:
    """A service on loopback. Answers every request through `script(link, request, number)`, which returns whether the
    connection goes on, and records all bytes that reach it, by connection."""

    def __init__(self, port=0):
        self.listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.links = []
        self.lock, self.settled, self.last = threading.Lock(), threading.Event(), None
        self.begin(lambda link, request, number: False)
        threading.Thread(target=self.accept, daemon=True).start()

    def begin(self, script):
        """A new case: what comes from now on is its own. A proxy must have noticed that its old connections ended, or the
        case would begin with one that is stale."""
        with self.lock:
            for link in self.links:
                link.end()
            if self.links:
                time.sleep(0.05)
            self.script, self.links, self.requests, self.wrong, self.threads = script, [], [], [], []

    def settle(self):
        """Waits until what was sent before this call has been recorded: connections are accepted in order, so one of our
        own comes behind the proxy's."""
        with socket.socket() as last:
            last.bind(("127.0.0.1", 0))
            self.last = last.getsockname()
            self.settled.clear()
            last.connect(("127.0.0.1", self.port))
            self.settled.wait(PATIENCE)
        for thread in self.threads:
            thread.join(1)

    def accept(self):
        while True:
            sock, peer = self.listener.accept()
            if peer == self.last:
                sock.close()
                self.settled.set()
                continue
            with self.lock:
                link = Link(sock)
                self.links.append(link)
                thread = threading.Thread(target=self.serve, args=(link, self.script, self.requests, self.wrong),
                                          daemon=True)
                thread.start()
                self.threads.append(thread)

    def serve(self, link, script, requests, wrong):
        try:
            while True:
                request = read_message(link)
                requests.append(request)
                if not request.complete or not script(link, request, len(requests)):
                    break
            link.close()
        except Ended as e:
            if e.args[0]:
                wrong.append(f"cut: {e.args[0][:60]!r}")
            link.close()
        except Malformed as e:
            wrong.append(str(e))
            link.close()
        except OSError:
            link.close()

    def bytes_seen(self):
        return b"".join(link.received for link in self.links)


def connect(port):
    return Link(socket.create_connection(("127.0.0.1", port), PATIENCE))


def response(status=b"200 OK", body=b"ok", fields=b""):
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, fields, len(body), body)


def chunk(data, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)
