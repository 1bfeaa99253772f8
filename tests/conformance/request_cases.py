"""Request lines, targets, hosts, and what a gateway owes its two sides (RFC 9112 where no other is named)."""

from expect import Case, SMUGGLED, answered, chunked, either, extended_via, forwarded, get, post, refused
from wire import chunk


def line(text):
    return text + b"\r\nHost: a\r\n\r\n"


LINES = [Case("request line: " + name, "3", line(text), refused(*statuses)) for name, text, *statuses in [
    ("two spaces", b"GET  / HTTP/1.1", 400), ("space at the front", b" GET / HTTP/1.1", 400), ("space at the end", b"GET / HTTP/1.1 ", 400),
    ("tab for space", b"GET\t/ HTTP/1.1", 400), ("form feed for space", b"GET\x0c/ HTTP/1.1", 400), ("space in the target", b"GET /a b HTTP/1.1", 400),
    ("HTTP/0.9", b"GET /", 400), ("no target", b"GET HTTP/1.1", 400), ("version 1.10", b"GET / HTTP/1.10", 400), ("version 01.1", b"GET / HTTP/01.1", 400),
    ("version in lower case", b"GET / http/1.1", 400), ("version without number", b"GET / HTTP/", 400), ("version HTTP/1", b"GET / HTTP/1", 400),
    ("version HTTP/1,1", b"GET / HTTP/1,1", 400), ("another protocol", b"GET / ICY/1.1", 400), ("version HTTP/2.0", b"GET / HTTP/2.0", 505),
    ("version HTTP/3.0", b"GET / HTTP/3.0", 505), ("version HTTP/0.9", b"GET / HTTP/0.9", 505), ("method with a brace", b"G{T / HTTP/1.1", 400),
    ("method with a colon", b"GET: / HTTP/1.1", 400), ("method with a quote", b'"GET" / HTTP/1.1', 400), ("method with NUL", b"G\x00T / HTTP/1.1", 400),
    ("method with a high byte", b"G\xc3\x8bT / HTTP/1.1", 400), ("method of 1000 letters", b"G" * 1000 + b" / HTTP/1.1", 501, 400),
    ("fragment", b"GET /a#b HTTP/1.1", 400), ("NUL in the target", b"GET /a\x00b HTTP/1.1", 400), ("DEL in the target", b"GET /a\x7fb HTTP/1.1", 400),
    ("tab in the target", b"GET /a\tb HTTP/1.1", 400), ("CR in the target", b"GET /a\rb HTTP/1.1", 400), ("relative target", b"GET a/b HTTP/1.1", 400),
    ("star for GET", b"GET * HTTP/1.1", 400), ("target without a scheme's slashes", b"GET http:/a/ HTTP/1.1", 400),
    ("another scheme", b"GET gopher://a/ HTTP/1.1", 400), ("authority form for GET", b"GET a:80 HTTP/1.1", 400),
    ("target of 64 KiB", b"GET /" + b"a" * 65536 + b" HTTP/1.1", 414), ("endless line", b"GET /" + b"a" * 1048576 + b" HTTP/1.1", 414),
    ("user information in the target", b"GET http://user:secret@a/ HTTP/1.1", 400), ("empty authority", b"GET http:///path HTTP/1.1", 400),
    ("bad port in the target", b"GET http://a:99999/ HTTP/1.1", 400), ("encoded NUL", b"GET /a%00b HTTP/1.1", 400),
    ("half an escape", b"GET /a%2 HTTP/1.1", 400), ("escape that is none", b"GET /a%zz HTTP/1.1", 400)]] + [
    Case("request line: HTTP/2 preface", "RFC 9113 3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", refused(505)),
    Case("request line: TLS on a plain port", "3", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500 + b"\r\n\r\n", refused()),
    Case("request line: minor version 1.2", "RFC 9110 2.5", line(b"GET / HTTP/1.2"), forwarded(method=b"GET")),
    Case("request line: any token is a method", "RFC 9110 9.1", line(b"BREW!~1 / HTTP/1.1"), forwarded(method=b"BREW!~1")),
    Case("request line: methods have a letter case", "RFC 9110 9.1", line(b"get / HTTP/1.1"), forwarded(method=b"get")),
    Case("request line: HTTP/1.0 goes on as 1.1", "RFC 9110 2.5", b"GET / HTTP/1.0\r\nHost: a\r\n\r\n", forwarded(method=b"GET")),
    Case("request line: HTTP/1.0 without Host", "3.2", b"GET / HTTP/1.0\r\n\r\n", forwarded(method=b"GET")),
]

TARGETS = [Case("target: " + name, rfc, line(b"GET " + target + b" HTTP/1.1"), expect) for name, rfc, target, expect in [
    ("query", "3.2.1", b"/a?b=c&d", forwarded(target=b"/a?b=c&d")), ("question marks in the query", "RFC 3986 3.4", b"/a?b?c", forwarded(target=b"/a?b?c")),
    ("encoded space", "RFC 3986 2.1", b"/a%20b", forwarded(target=b"/a%20b")), ("encoded slash", "RFC 3986 2.2", b"/a%2Fb", forwarded(target=b"/a%2Fb")),
    ("encoded CRLF", "RFC 3986 2.1", b"/a%0d%0aX:%20b", either(forwarded(target=b"/a%0d%0aX:%20b"), refused())),
    ("empty segments", "RFC 3986 3.3", b"//a//b", forwarded(target=b"//a//b")), ("path parameters", "RFC 3986 3.3", b"/a;b=c/d", forwarded(target=b"/a;b=c/d")),
    ("absolute form", "3.2.2", b"http://b.example:81/c?d", forwarded(target=b"/c?d", fields={b"host": b"b.example:81"})),
    ("absolute form without path", "3.2.2", b"http://b.example", forwarded(target=b"/", fields={b"host": b"b.example"})),
    ("absolute form, query without path", "3.2.2", b"http://b.example?c", forwarded(target=b"/?c", fields={b"host": b"b.example"})),
    ("absolute form in capitals", "3.2.2", b"HTTP://b.example/c", forwarded(target=b"/c", fields={b"host": b"b.example"}))]] + [
    Case("target: OPTIONS *", "3.2.4", line(b"OPTIONS * HTTP/1.1"), forwarded(method=b"OPTIONS", target=b"*")),
    Case("target: OPTIONS in absolute form", "3.2.4", line(b"OPTIONS http://a HTTP/1.1"), forwarded(target=b"*")),
]

HOSTS = [Case("Host " + name, "3.2", b"GET / HTTP/1.1\r\n" + fields + b"\r\n", refused()) for name, fields in [
    ("missing", b""), ("twice, differing", b"Host: a\r\nHost: b\r\n"), ("twice, equal", b"Host: a\r\nHost: a\r\n"), ("empty", b"Host:\r\n"),
    ("with a space", b"Host: a b\r\n"), ("with a comma", b"Host: a,b\r\n"), ("with user information", b"Host: u@a\r\n"), ("with a slash", b"Host: a/b\r\n"),
    ("with a path", b"Host: a/../b\r\n"), ("with a question mark", b"Host: a?b\r\n"), ("with a hash", b"Host: a#b\r\n"), ("with a backslash", b"Host: a\\b\r\n"),
    ("with a letter port", b"Host: a:b\r\n"), ("with port 65536", b"Host: a:65536\r\n"), ("with a negative port", b"Host: a:-1\r\n"),
    ("with two ports", b"Host: a:1:2\r\n"), ("with an open bracket", b"Host: [::1\r\n"), ("with a bad IPv6 address", b"Host: [::g]\r\n"),
    ("with text behind a bracket", b"Host: [::1]a\r\n"), ("with NUL", b"Host: a\x00b\r\n"), ("with a tab", b"Host: a\tb\r\n"), ("with a scheme", b"Host: http://a\r\n"),
    ("with a high byte", b"Host: \xe4\r\n"), ("with half an escape", b"Host: a%2\r\n"), ("with angle brackets", b"Host: <a>\r\n"), ("with a quote", b'Host: "a"\r\n'),
    ("behind space before the colon", b"Host : a\r\n"), ("folded", b"Host:\r\n a\r\n")]] + [
    Case("Host with port", "3.2", get(host=b"Host: a:8080\r\n"), forwarded(fields={b"host": b"a:8080"})),
    Case("Host with IPv6 address", "3.2", get(host=b"Host: [::1]:80\r\n"), forwarded()),
    Case("Host twice in absolute form", "3.2", b"GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", refused()),
    Case("Host differs from the target", "3.2.2", b"GET http://b.example/ HTTP/1.1\r\nHost: a\r\n\r\n", either(forwarded(fields={b"host": b"b.example"}), refused())),
    Case("Host named by Connection", "RFC 9110 7.6.1", get(b"Connection: Host\r\n"), either(forwarded(fields={b"host": b"a"}), refused())),
]

DUTIES = [
    Case("Connection's options stay here", "RFC 9110 7.6.1", get(b"Connection: X-Mine, keep-alive\r\nX-Mine: a\r\nX-Other: b\r\n"),
         forwarded(absent=[b"x-mine"], fields={b"x-other": b"b"})),
    Case("Connection on two lines", "RFC 9110 7.6.1", get(b"Connection: X-A\r\nConnection: x-b\r\nX-A: a\r\nX-B: b\r\n"), forwarded(absent=[b"x-a", b"x-b"])),
    Case("Keep-Alive stays here", "RFC 9110 7.6.1", get(b"Keep-Alive: timeout=5\r\n"), forwarded(absent=[b"keep-alive"])),
    Case("Proxy-Connection stays here", "RFC 9110 7.6.1", get(b"Proxy-Connection: keep-alive\r\n"), forwarded(absent=[b"proxy-connection"])),
    Case("TE stays here but for trailers", "RFC 9110 10.1.4", get(b"TE: gzip\r\nConnection: TE\r\n"), forwarded(absent=[b"te"])),
    Case("Upgrade without Connection stays here", "RFC 9110 7.8", get(b"Upgrade: websocket\r\n"), forwarded(absent=[b"upgrade"])),
    Case("Upgrade in HTTP/1.0 is ignored", "RFC 9110 7.8", get(b"Upgrade: websocket\r\nConnection: Upgrade\r\n", version=b"HTTP/1.0"), forwarded(absent=[b"upgrade"])),
    Case("h2c is never passed on", "RFC 9113 3.1", get(b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
         forwarded(absent=[b"upgrade", b"http2-settings"])),
    Case("Via is added", "RFC 9110 7.6.3", get(b"Via: 1.0 first\r\n"), extended_via()),
    Case("TRACE is refused", "RFC 9110 9.3.8", line(b"TRACE / HTTP/1.1"), answered(405, 501, allow=True)),
    Case("CONNECT is refused", "RFC 9110 9.3.6", line(b"CONNECT a:443 HTTP/1.1"), answered(400, 405, 501)),
    Case("Max-Forwards 0 of OPTIONS ends here", "RFC 9110 7.6.2", get(b"Max-Forwards: 0\r\n", method=b"OPTIONS"), answered(200, 204, allow=True)),
    Case("Max-Forwards 0 of TRACE ends here", "RFC 9110 7.6.2", get(b"Max-Forwards: 0\r\n", method=b"TRACE"), answered(200, 204, 405, 501)),
    Case("Max-Forwards counts down", "RFC 9110 7.6.2", get(b"Max-Forwards: 7\r\n", method=b"OPTIONS"), forwarded(fields={b"max-forwards": b"6"})),
    Case("Max-Forwards of GET stays", "RFC 9110 7.6.2", get(b"Max-Forwards: 0\r\n"), forwarded(fields={b"max-forwards": b"0"})),
    Case("an expectation that is unknown", "RFC 9110 10.1.1", post(b"Expect: a miracle\r\nContent-Length: 5\r\n", b"hello"), either(refused(417), forwarded(body=b"hello"))),
    Case("Expect in HTTP/1.0 is ignored", "RFC 9110 10.1.1", post(b"Expect: 100-continue\r\nContent-Length: 5\r\n", b"hello", b"HTTP/1.0"), forwarded(body=b"hello")),
    Case("Expect in any letter case", "RFC 9110 10.1.1", post(b"Expect: 100-Continue\r\nContent-Length: 5\r\n", b"hello"), forwarded(body=b"hello")),
    Case("trailers travel with TE", "RFC 9110 6.5", chunked(chunk(b"hello") + b"0\r\nX-Sum: 5\r\n\r\n", b"TE: trailers\r\nConnection: TE\r\nTrailer: X-Sum\r\n"),
         either(forwarded(body=b"hello", trailers=b"X-Sum: 5\r\n"), forwarded(body=b"hello", trailers=b""))),
    Case("pipelined requests, each once", "9.3.2", get(target=b"/1") + get(target=b"/2") + get(target=b"/3"), forwarded(target=b"/1", count=3)),
    Case("nothing is read behind a refusal", "11.2", get(b"X : a\r\n") + SMUGGLED, refused()),
    Case("range and conditions untouched", "RFC 9110 13, 14", get(b'Range: bytes=0-4\r\nIf-Match: "a"\r\nIf-None-Match: *\r\n'),
         forwarded(fields={b"range": b"bytes=0-4", b"if-match": b'"a"', b"if-none-match": b"*"})),
    Case("cookies and authorization untouched", "RFC 9110 7.6", get(b"Cookie: a=b\r\nAuthorization: Bearer c\r\n"),
         forwarded(fields={b"cookie": b"a=b", b"authorization": b"Bearer c"})),
    Case("Transfer-Encoding is written anew", "7", chunked(chunk(b"hel") + chunk(b"lo") + b"0\r\n\r\n"), forwarded(body=b"hello")),
]

CASES = LINES + TARGETS + HOSTS + DUTIES
