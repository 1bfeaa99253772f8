"""What upstreams answer: what a client may see of it, and whose answer the next client gets (RFC 9112 where no other is
named). A script is what the upstream does with its connection once it has the request."""

from collections import namedtuple

from wire import chunk, response

Answer = namedtuple("Answer", "name rfc script expect")

STALL, CLOSE, RESET = "stall", "close", "reset"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class bad_gateway:
    """Nothing of the answer can be trusted: 502 (or 504 where it never came), whole; the upstream connection is not used
    again."""

    def __init__(self, *statuses):
        self.statuses = statuses or (502,)

    def objection(self, o, exact):
        if o.strange:
            return f"passed on: {o.strange}"
        if not o.answers:
            return None if o.closed and not exact else "no answer"
        a = o.answers[-1]
        if a.status not in self.statuses and (exact or a.status < 500):
            return f"answered {a.status}"
        if not a.complete:
            return "own answer cut"
        return o.next_objection()


class relayed:
    """Passed on with this content; the next request gets its own answer."""

    def __init__(self, status=200, body=b"ok", interim=(), absent=(), fields=None):
        self.status, self.body, self.interim, self.absent, self.fields = status, body, list(interim), absent, fields or {}

    def objection(self, o, exact):
        if o.strange:
            return f"malformed towards the client: {o.strange}"
        if not o.answers:
            return "no answer"
        *before, a = o.answers
        if a.status != self.status or not a.complete:
            return f"answered {a.status}" + ("" if a.complete else ", cut")
        if self.body is not None and a.body != self.body:
            return f"content {a.body[:40]!r}"
        if [b.status for b in before] != self.interim:
            return f"interim {[b.status for b in before]}"
        for name in self.absent:
            if a.all(name):
                return f"{name.decode()} passed on"
        for name, value in self.fields.items():
            if a.value(name) != value:
                return f"{name.decode()}: {a.value(name)!r}"
        return o.next_objection()


class visibly_cut:
    """Either refused as a whole (502, 504) or begun and visibly cut: no last chunk, fewer octets than announced, a
    reset. Never a clean end."""

    def objection(self, o, exact):
        if o.strange:
            return f"malformed towards the client: {o.strange}"
        if not o.answers:
            return None if o.closed else "no answer"
        a = o.answers[-1]
        if a.status < 500 and a.complete:
            return f"{a.status} looks complete: {a.body[:40]!r}"
        return o.next_objection()


class any_of:
    def __init__(self, *ways):
        self.ways = ways

    def objection(self, o, exact):
        said = [w.objection(o, exact) for w in self.ways]
        return None if None in said else said[0]


def head(status_line, fields=b"Content-Length: 2\r\n", body=b"ok"):
    return status_line + b"\r\n" + fields + b"\r\n" + body


STATUS_LINES = [Answer("status line: " + name, "4", [head(text), CLOSE], bad_gateway()) for name, text in [
    ("HTTP/0.9", b"<html>hello</html>"), ("mail server", b"220 mail.example ESMTP"), ("ICY", b"ICY 200 OK"), ("two digits", b"HTTP/1.1 20 OK"),
    ("four digits", b"HTTP/1.1 2000 OK"), ("letters", b"HTTP/1.1 OK 200"), ("status 000", b"HTTP/1.1 000 Zero"), ("status 099", b"HTTP/1.1 099 Low"),
    ("status 600", b"HTTP/1.1 600 High"), ("status 999", b"HTTP/1.1 999 Blocked"), ("negative", b"HTTP/1.1 -200 OK"), ("lower case", b"http/1.1 200 OK"),
    ("version 2.0", b"HTTP/2.0 200 OK"), ("version 1.10", b"HTTP/1.10 200 OK"), ("version 1", b"HTTP/1 200 OK"), ("two spaces", b"HTTP/1.1  200 OK"),
    ("tab", b"HTTP/1.1\t200 OK"), ("space at the front", b" HTTP/1.1 200 OK"), ("empty line at the front", b"\r\nHTTP/1.1 200 OK"),
    ("NUL in the reason", b"HTTP/1.1 200 O\x00K"), ("bare CR in the reason", b"HTTP/1.1 200 OK\rX: a"), ("bare LF", b"HTTP/1.1 200 OK\nX: a"),
    ("TLS alert", b"\x15\x03\x01\x00\x02\x02\x16"), ("garbage", b"\x00\x01\x02\x03\xff\xfe"), ("no status", b"HTTP/1.1"), ("dotted", b"HTTP/1.1 200.1 OK")]]

FIELDS = [Answer("head: " + name, "5", [head(b"HTTP/1.1 200 OK", fields + b"Content-Length: 2\r\n"), CLOSE], bad_gateway()) for name, fields in [
    ("space before the colon", b"X : a\r\n"), ("no colon", b"something\r\n"), ("empty name", b": a\r\n"), ("NUL in a value", b"X: a\x00b\r\n"),
    ("bare CR in a value", b"X: a\rSet-Cookie: b\r\n"), ("bare LF in a value", b"X: a\nSet-Cookie: b\r\n"), ("folded line", b"X: a\r\n b\r\n"),
    ("space in a name", b"X Y: a\r\n"), ("DEL in a value", b"X: a\x7f\r\n"), ("high byte in a name", b"X\xff: a\r\n"), ("first line folded", b" X: a\r\n"),
    ("endless field", b"X: " + b"x" * 1048576 + b"\r\n"), ("endless fields", b"X: a\r\n" * 20000)]]

LENGTHS = [Answer("Content-Length " + name, "6.3", [head(b"HTTP/1.1 200 OK", b"Content-Length:" + value + b"\r\n"), CLOSE], bad_gateway()) for name, value in [
    ("empty", b""), ("with a plus", b" +2"), ("negative", b" -2"), ("hexadecimal", b" 0x2"), ("over 64 bits", b" 18446744073709551618"), ("with spaces inside", b" 2 2"),
    ("as a differing list", b" 2, 3"), ("with letters", b" 2b"), ("decimal", b" 2.0"), ("quoted", b' "2"'), ("endless", b" " + b"9" * 400)]]

FRAMING = LENGTHS + [
    Answer("two differing lengths", "6.3", [head(b"HTTP/1.1 200 OK", b"Content-Length: 2\r\nContent-Length: 1\r\n"), CLOSE], bad_gateway()),
    Answer("two equal lengths", "6.3", [head(b"HTTP/1.1 200 OK", b"Content-Length: 2\r\nContent-Length: 2\r\n"), CLOSE], any_of(bad_gateway(), relayed())),
    Answer("an equal list of lengths", "6.3", [head(b"HTTP/1.1 200 OK", b"Content-Length: 2, 2\r\n"), CLOSE], any_of(bad_gateway(), relayed())),
    Answer("length and coding", "6.3", [head(b"HTTP/1.1 200 OK", b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"), CLOSE], bad_gateway()),
    Answer("coding and length", "6.3", [head(b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", b"0\r\n\r\n"), CLOSE], bad_gateway()),
] + [Answer("Transfer-Encoding " + name, "6.1", [head(version + b" 200 OK", b"Transfer-Encoding:" + value + b"\r\n", chunk(b"ok") + b"0\r\n\r\n"), CLOSE], bad_gateway())
     for name, version, value in [
    ("gzip, chunked", b"HTTP/1.1", b" gzip, chunked"), ("xchunked", b"HTTP/1.1", b" xchunked"), ("chunked, identity", b"HTTP/1.1", b" chunked, identity"),
    ("identity", b"HTTP/1.1", b" identity"), ("empty", b"HTTP/1.1", b""), ("chunked twice", b"HTTP/1.1", b" chunked, chunked"),
    ("with a parameter", b"HTTP/1.1", b" chunked;a=b"), ("in HTTP/1.0", b"HTTP/1.0", b" chunked")]]

CUTS = [Answer("cut: " + name, "8", script, visibly_cut()) for name, script in [
    ("short of its length", [b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf", CLOSE]), ("short of its length, reset", [b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf", RESET]),
    ("no last chunk", [CHUNKED + chunk(b"half"), CLOSE]), ("inside a chunk", [CHUNKED + b"9\r\nhalf", CLOSE]), ("inside the size", [CHUNKED + b"9", CLOSE]),
    ("before the trailers' end", [CHUNKED + chunk(b"half") + b"0\r\n", CLOSE]), ("chunked, reset", [CHUNKED + chunk(b"half"), RESET]),
    ("until close, reset", [b"HTTP/1.1 200 OK\r\n\r\nhalf", RESET]), ("bad size", [CHUNKED + chunk(b"half") + b"zz\r\n", CLOSE]), ("negative size", [CHUNKED + chunk(b"half") + b"-1\r\n", CLOSE]),
    ("size over 64 bits", [CHUNKED + chunk(b"half") + b"fffffffffffffffff\r\n", CLOSE]), ("junk behind a chunk", [CHUNKED + b"4\r\nhalfX\r\n0\r\n\r\n", CLOSE]),
    ("bare LF behind a size", [CHUNKED + b"4\nhalf\r\n0\r\n\r\n", CLOSE]), ("trailer that is no field", [CHUNKED + chunk(b"half") + b"0\r\nsomething\r\n\r\n", CLOSE]),
    ("endless extension", [CHUNKED + b"4;" + b"x" * 200000 + b"\r\nhalf\r\n0\r\n\r\n", CLOSE]), ("silence inside", [b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf", STALL]),
    ("silence inside chunks", [CHUNKED + chunk(b"half"), STALL])]] + [
    Answer("cut: inside the head", "8", [b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE], bad_gateway()),
    Answer("cut: before a byte", "8", [CLOSE], bad_gateway()), Answer("cut: reset before a byte", "8", [RESET], bad_gateway()),
    Answer("silence", "RFC 9110 15.6.5", [STALL], bad_gateway(504)), Answer("silence inside the head", "RFC 9110 15.6.5", [b"HTTP/1.1 200 OK\r\nConte", STALL], bad_gateway(504)),
]

EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
SEMANTICS = [
    Answer("103 is passed on", "RFC 8297 2", [EARLY + response()], relayed(interim=[103])), Answer("several interim answers", "RFC 9110 15.2", [EARLY * 3 + response()], relayed(interim=[103] * 3)),
    Answer("100 nobody asked for", "RFC 9110 15.2.1", [b"HTTP/1.1 100 Continue\r\n\r\n" + response()], any_of(relayed(), relayed(interim=[100]))),
    Answer("a storm of interim answers", "RFC 9110 15.2", [EARLY * 20000, STALL], any_of(bad_gateway(), visibly_cut())), Answer("only interim answers", "RFC 9110 15.2", [EARLY, CLOSE], visibly_cut()),
    Answer("101 nobody asked for", "RFC 9110 15.2.2", [b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", STALL], bad_gateway()),
    Answer("204 with content", "RFC 9110 15.3.5", [head(b"HTTP/1.1 204 No Content", b"", b"poison"), STALL], any_of(relayed(204, b""), bad_gateway())),
    Answer("204 with a length", "RFC 9110 8.6", [head(b"HTTP/1.1 204 No Content", b"Content-Length: 0\r\n", b"")], relayed(204, b"", absent=[b"content-length"])),
    Answer("304 with content", "RFC 9110 15.4.5", [head(b"HTTP/1.1 304 Not Modified", b"Content-Length: 6\r\n", b"poison"), STALL], any_of(relayed(304, b""), bad_gateway())),
    Answer("an answer too many", "6.3", [response() + response(body=b"poison")], relayed()), Answer("bytes behind an answer", "6.3", [response() + b"poison"], relayed()),
    Answer("bytes behind the last chunk", "7.1", [CHUNKED + chunk(b"ok") + b"0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"], relayed()),
    Answer("more than its length", "6.3", [head(b"HTTP/1.1 200 OK", b"Content-Length: 2\r\n", b"okpoison"), STALL], relayed()), Answer("HTTP/1.0 answer", "RFC 9110 2.5", [head(b"HTTP/1.0 200 OK"), CLOSE], relayed()),
    Answer("until close", "6.3", [b"HTTP/1.1 200 OK\r\n\r\nok", CLOSE], relayed()), Answer("chunked", "7.1", [CHUNKED + chunk(b"o") + chunk(b"k") + b"0\r\n\r\n"], relayed()),
    Answer("chunk extensions are dropped", "7.1.1", [CHUNKED + chunk(b"ok", b";a=b") + b"0\r\n\r\n"], relayed()), Answer("empty reason", "4", [head(b"HTTP/1.1 200 ")], relayed()),
    Answer("Connection's options stay here", "RFC 9110 7.6.1", [response(fields=b"Connection: X-Mine\r\nX-Mine: a\r\nX-Other: b\r\n")], relayed(absent=[b"x-mine"], fields={b"x-other": b"b"})),
    Answer("Keep-Alive stays here", "RFC 9110 7.6.1", [response(fields=b"Keep-Alive: timeout=5\r\n")], relayed(absent=[b"keep-alive"])),
    Answer("Proxy-Connection stays here", "RFC 9110 7.6.1", [response(fields=b"Proxy-Connection: close\r\n")], relayed(absent=[b"proxy-connection"])),
    Answer("cookies stay apart", "RFC 9110 5.3", [response(fields=b"Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n")], relayed(fields={b"set-cookie": b"a=b, c=d"})),
    Answer("early answer to content", "9.6", [response(b"200 OK", b"ok", b"Connection: close\r\n"), CLOSE], relayed()), Answer("unknown status in a known class", "RFC 9110 15", [head(b"HTTP/1.1 299 Odd")], relayed(299)),
]

CASES = STATUS_LINES + FIELDS + FRAMING + CUTS + SEMANTICS
