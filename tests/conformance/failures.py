"""What clients are told when a service is broken: the same scenarios for each proxy, shown side by side."""

import json
import socket

import answer_cases
from wire import Ended, Malformed, Upstream, chunk, connect, read_message, response

GET = b"GET /case HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
CLOSE, RESET, STALL = answer_cases.CLOSE, answer_cases.RESET, answer_cases.STALL

SCENARIOS = [
    ("closes before it answers, GET", GET, [CLOSE]),
    ("closes before it answers, POST", POST, [CLOSE]),
    ("resets before it answers, POST", POST, [RESET]),
    ("closes inside the head", GET, [b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE]),
    ("does not answer in time", GET, [STALL]),
    ("stops inside the head", GET, [b"HTTP/1.1 200 OK\r\nContent-Le", STALL]),
    ("speaks another protocol", GET, [b"220 mail.example ESMTP\r\n\r\n", CLOSE]),
    ("contradicts itself about the length", GET, [response(fields=b"Content-Length: 3\r\n"), CLOSE]),
    ("sends a head of 1 MiB", GET, [b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1048576 + b"\r\n\r\n", CLOSE]),
    ("breaks off inside the content", GET, [b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf", CLOSE]),
    ("breaks off inside chunked content", GET, [answer_cases.CHUNKED + chunk(b"half"), CLOSE]),
    ("says 500 in HTML", GET, [response(b"500 Oops", b"<html><h1>Oops</h1><p>The database is down.</p></html>",
                                        b"Content-Type: text/html\r\n")]),
    ("says 503 with Retry-After", GET, [response(b"503 Busy", b"", b"Retry-After: 7\r\n")]),
    ("says 407", GET, [response(b"407 Proxy Authentication Required", b"", b"Proxy-Authenticate: Basic\r\n")]),
]


def told(port, request):
    """What a client makes of the answer, in a few words."""
    link = connect(port)
    link.sock.settimeout(8)
    link.send(request)
    try:
        answer = read_message(link)
        while answer.status < 200:
            answer = read_message(link)
    except Ended:
        return "nothing: the connection is closed"
    except Malformed as e:
        return f"no HTTP: {e}"
    except TimeoutError:
        return "nothing for 8 s"
    finally:
        link.close()
    if not answer.complete:
        return f"{answer.status}, visibly cut"
    words = [str(answer.status)]
    if b"json" in answer.value(b"content-type"):
        words.append(f"`{json.loads(answer.body)['code']}`")
    elif answer.status >= 400:
        words.append(answer.value(b"content-type").decode() or "no content")
    if answer.all(b"retry-after"):
        words.append(f"retry after {answer.value(b'retry-after').decode()} s")
    return ", ".join(words)


def unreachable(start):
    """The scenarios in which no service can be connected to."""
    said = []
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        with start(bound.getsockname()[1]) as port:
            said.append(("refuses the connection", told(port, POST)))
    with socket.socket() as full, socket.socket() as filler:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        filler.connect(full.getsockname())  # the backlog is full: further connects are never answered
        with start(full.getsockname()[1]) as port:
            said.append(("does not answer the connect", told(port, POST)))
    return said


def tell(start, play):
    upstream = Upstream()
    said = unreachable(start)
    with start(upstream.port) as port:
        for name, request, script in SCENARIOS:
            upstream.begin(play(script))
            said.append((name, told(port, request)))
    return said


def write(table, products, play):
    said = {name: tell(start, play) for name, start in products.items()}
    with open(table, "w", encoding="utf-8") as out:
        out.write("""# A broken service, side by side

What a client is told when the service behind the gateway does this, with the defaults of each product but for time-outs of
one second. Made by `tests/conformance/run.py failures`; not edited by hand. Errata's codes are explained in
[errors.md](errors.md).

""")
        out.write("| the service... | " + " | ".join(products) + " |\n|---|" + "---|" * len(products) + "\n")
        for rows in zip(*said.values()):
            out.write(f"| {rows[0][0]} | " + " | ".join(what for _, what in rows) + " |\n")
