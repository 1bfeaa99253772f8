"""Where a request ends, and how its head is written: what two parsers could read differently (RFC 9112 where no other is
named)."""

from expect import Case, SMUGGLED, chunked, either, forwarded, get, post, refused, refused_midway
from wire import chunk

LENGTHS = [Case("Content-Length " + name, "6.3", post(b"Content-Length:" + value + b"\r\n", b"hello" + SMUGGLED),
                refused()) for name, value in [
    ("empty", b""), ("with a plus", b" +5"), ("negative", b" -5"), ("with spaces inside", b" 5 5"),
    ("hexadecimal", b" 0x5"), ("hexadecimal letter", b" a"), ("decimal", b" 5.0"), ("with a comma", b" 5,"),
    ("as an equal list", b" 5, 5"), ("as a differing list", b" 5, 6"), ("over 64 bits", b" 18446744073709551621"),
    ("endless", b" " + b"9" * 400), ("quoted", b' "5"'), ("with a vertical tab", b"\x0b5"), ("with a form feed", b" 5\x0c"),
    ("with NUL", b" 5\x00"), ("in exponent form", b" 5e0"), ("with an underscore", b" 1_0"),
    ("in full-width digits", b" \xef\xbc\x95")]]

CODINGS = [Case("Transfer-Encoding " + name, "6.1", post(b"Transfer-Encoding:" + value + b"\r\n", b"0\r\n\r\n" + SMUGGLED),
                refused(400, 501)) for name, value in [
    ("xchunked", b" xchunked"), ("chunkedx", b" chunkedx"), ("identity", b" identity"), ("empty", b""),
    ("gzip", b" gzip"), ("chunked, identity", b" chunked, identity"), ("identity, chunked", b" identity, chunked"),
    ("gzip, chunked", b" gzip, chunked"), ("chunked twice in a line", b" chunked, chunked"),
    ("with a vertical tab before", b"\x0bchunked"), ("with a vertical tab behind", b" chunked\x0b"),
    ("quoted", b' "chunked"'), ("with a parameter", b" chunked;a=b"), ("with NUL", b" chunked\x00"),
    ("with a high byte", b" chunked\xff"), ("with a comma before", b" ,chunked"), ("with a comma behind", b" chunked,"),
    ("with a bare CR", b" chunked\r X: y"), ("folded", b"\r\n chunked"), ("with a semicolon", b" chunked;")]]

FRAMING = LENGTHS + CODINGS + [
    Case("CL.TE", "6.1", post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + SMUGGLED), refused()),
    Case("TE.CL", "6.1", post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n" + SMUGGLED), refused()),
    Case("TE.TE, the second obscure", "6.1",
         post(b"Transfer-Encoding: chunked\r\nTransfer-encoding: x\r\n", b"0\r\n\r\n" + SMUGGLED), refused(400, 501)),
    Case("chunked on two lines", "6.1",
         post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + SMUGGLED), refused()),
    Case("two equal lengths", "6.3", post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"), refused()),
    Case("two differing lengths", "6.3", post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!"), refused()),
    Case("the second length in another case", "6.3", post(b"Content-Length: 5\r\ncontent-length: 6\r\n", b"hello!"), refused()),
    Case("coding in HTTP/1.0", "6.1", post(b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n", b"HTTP/1.0"), refused()),
    Case("coding in HTTP/1.0 with a length", "6.1",
         post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n", b"HTTP/1.0"), refused()),
    Case("Content-Length with space before the colon", "5.1", post(b"Content-Length : 5\r\n", b"hello"), refused()),
    Case("Content-Length with tab before the colon", "5.1", post(b"Content-Length\t: 5\r\n", b"hello"), refused()),
    Case("Transfer-Encoding with space before the colon", "5.1",
         post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"), refused()),
    Case("a length behind a bare LF", "2.2", post(b"X: a\nContent-Length: 5\r\n", b"hello"), refused()),
    Case("a length behind a bare CR", "2.2", post(b"X: a\rContent-Length: 5\r\n", b"hello"), refused()),
    Case("a length in a folded line", "5.2", post(b"X: a\r\n Content-Length: 5\r\n", b"hello"), refused()),
    Case("a coding in a folded line", "5.2", post(b"X: a\r\n\tTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"), refused()),
    Case("a length named by Connection", "RFC 9110 7.6.1",
         post(b"Connection: Content-Length\r\nContent-Length: 5\r\n", b"hello"), either(forwarded(body=b"hello"), refused())),
    Case("a coding named by Connection", "RFC 9110 7.6.1",
         chunked(chunk(b"hello") + b"0\r\n\r\n", b"Connection: Transfer-Encoding\r\n"),
         either(forwarded(body=b"hello"), refused())),
    Case("coding in any letter case", "7", post(b"Transfer-Encoding: CHUNKED\r\n", chunk(b"hello") + b"0\r\n\r\n"),
         forwarded(body=b"hello")),
    Case("length with leading zeros", "6.2", post(b"Content-Length: 0005\r\n", b"hello"),
         either(forwarded(body=b"hello"), refused())),
    Case("length with white space around", "5.1", post(b"Content-Length: \t5 \r\n", b"hello"), forwarded(body=b"hello")),
    Case("content in GET", "RFC 9110 9.3.1", get(b"Content-Length: 5\r\n") + b"hello", forwarded(body=b"hello")),
    Case("POST without any framing has none", "6.3", post(b""), forwarded(body=b"")),
    Case("bytes behind the content are the next request", "9.3.2",
         post(b"Content-Length: 5\r\n", b"hello" + get(target=b"/2")), forwarded(body=b"hello", count=2)),
]

CHUNKS = [Case("chunks: " + name, "7.1", chunked(body + SMUGGLED), refused_midway()) for name, body in [
    ("size with 0x", b"0x5\r\nhello\r\n0\r\n\r\n"), ("negative size", b"-5\r\nhello\r\n0\r\n\r\n"),
    ("size with plus", b"+5\r\nhello\r\n0\r\n\r\n"), ("space behind the size", b"5 \r\nhello\r\n0\r\n\r\n"),
    ("space before the size", b" 5\r\nhello\r\n0\r\n\r\n"), ("tab behind the size", b"5\t\r\nhello\r\n0\r\n\r\n"),
    ("empty size", b"\r\nhello\r\n0\r\n\r\n"), ("size that is no number", b"zz\r\nhello\r\n0\r\n\r\n"),
    ("size over 64 bits", b"10000000000000005\r\nhello\r\n0\r\n\r\n"), ("size of 2^64-1", b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    ("size with an underscore", b"1_0\r\nhellohellohello!\r\n0\r\n\r\n"), ("size in a list", b"5,5\r\nhello\r\n0\r\n\r\n"),
    ("bare LF behind the size", b"5\nhello\r\n0\r\n\r\n"), ("bare CR behind the size", b"5\rhello\r\n0\r\n\r\n"),
    ("bare LF behind the data", b"5\r\nhello\n0\r\n\r\n"), ("data longer than said", b"5\r\nhello!!\r\n0\r\n\r\n"),
    ("data shorter than said", b"6\r\nhello\r\n0\r\n\r\n"), ("no CRLF behind the data", b"5\r\nhello0\r\n\r\n"),
    ("NUL in the size", b"5\x00\r\nhello\r\n0\r\n\r\n"), ("LF in an extension", b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    ("CR in an extension", b"5;a\rb\r\nhello\r\n0\r\n\r\n"), ("NUL in an extension", b"5;\x00\r\nhello\r\n0\r\n\r\n"),
    ("extension of 64 KiB", b"5;" + b"x" * 65536 + b"\r\nhello\r\n0\r\n\r\n"),
    ("extensions of 20 KiB in all", (b"1;" + b"x" * 500 + b"\r\na\r\n") * 40 + b"0\r\n\r\n"),
    ("bare LF in the trailers", b"5\r\nhello\r\n0\r\nX: a\n\r\n"), ("space before a trailer's colon", b"5\r\nhello\r\n0\r\nX : a\r\n\r\n"),
    ("folded trailer", b"5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n"), ("trailer that is no field", b"5\r\nhello\r\n0\r\nsomething\r\n\r\n"),
    ("trailers of 64 KiB", b"5\r\nhello\r\n0\r\nX: " + b"x" * 65536 + b"\r\n\r\n"),
    ("NUL in a trailer", b"5\r\nhello\r\n0\r\nX: \x00\r\n\r\n")]] + [
    Case("chunks: extension dropped", "7.1.1", chunked(chunk(b"hello", b";a=b;c=\"d\"") + b"0\r\n\r\n"), forwarded(body=b"hello")),
    Case("chunks: white space before an extension", "7.1.1", chunked(b"5 ;a=b\r\nhello\r\n0\r\n\r\n"), forwarded(body=b"hello")),
    Case("chunks: sizes in both letter cases", "7.1", chunked(b"A\r\n0123456789\r\nb\r\n01234567890\r\n0\r\n\r\n"),
         forwarded(body=b"012345678901234567890")),
    Case("chunks: size with leading zeros", "7.1", chunked(b"0005\r\nhello\r\n000\r\n\r\n"), forwarded(body=b"hello")),
    Case("chunks: none but the last", "7.1", chunked(b"0\r\n\r\n"), forwarded(body=b"")),
    Case("chunks: trailers without framing fields", "RFC 9110 6.5.1",
         chunked(chunk(b"hello") + b"0\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\nHost: b\r\n\r\n"),
         either(forwarded(body=b"hello", trailers=b""), refused_midway())),
]

HEADS = [Case(name, "5.1" if "line" in name or "name" in name else "2.2", get(fields), refused()) for name, fields in [
    ("bare LF ends a field", b"X: a\nY: b\r\n"), ("bare CR in a value", b"X: a\rb\r\n"), ("NUL in a value", b"X: a\x00b\r\n"),
    ("vertical tab in a value", b"X: a\x0bb\r\n"), ("escape in a value", b"X: a\x1bb\r\n"), ("DEL in a value", b"X: a\x7fb\r\n"),
    ("folded line", b"X: a\r\n b\r\n"), ("folded line with tab", b"X: a\r\n\tb\r\n"), ("first line folded", b" X: a\r\n"),
    ("empty name", b": a\r\n"), ("line without colon", b"something\r\n"), ("space in a name", b"X Y: a\r\n"),
    ("space behind a name", b"X : a\r\n"), ("NUL in a name", b"X\x00: a\r\n"), ("high byte in a name", b"X\xff: a\r\n"),
    ("bracket in a name", b"X[: a\r\n"), ("CRLF in a name", b"X\r\n: a\r\n"), ("quote in a name", b'"X": a\r\n'),
    ("slash in a name", b"X/Y: a\r\n"), ("control in a name", b"X\x01: a\r\n"), ("parenthesis in a name", b"X(: a\r\n")]] + [
    Case("head with bare LFs only", "2.2", b"GET / HTTP/1.1\nHost: a\n\n", refused()),
    Case("request line ends in bare LF", "2.2", b"GET / HTTP/1.1\nHost: a\r\n\r\n", refused()),
    Case("request line ends in bare CR", "2.2", b"GET / HTTP/1.1\rHost: a\r\n\r\n", refused()),
    Case("value with high bytes", "RFC 9110 5.5", get(b"X-A: caf\xe9\r\n"), forwarded(fields={b"x-a": b"caf\xe9"})),
    Case("value with tab inside", "RFC 9110 5.5", get(b"X-A: a\tb\r\n"), forwarded(fields={b"x-a": b"a\tb"})),
    Case("empty value", "RFC 9110 5.5", get(b"X-A:\r\n"), forwarded(fields={b"x-a": b""})),
    Case("white space around a value", "5.1", get(b"X-A: \t b \t\r\n"), forwarded(fields={b"x-a": b"b"})),
    Case("one empty line before", "2.2", b"\r\n" + get(), forwarded(method=b"GET")),
    Case("too many fields", "RFC 9110 5.4", get(b"".join(b"X-%d: a\r\n" % i for i in range(5000))), refused(431)),
    Case("head of 1 MiB", "RFC 9110 5.4", get(b"X: " + b"x" * 1048576 + b"\r\n"), refused(431)),
    Case("head of many fields, 1 MiB", "RFC 9110 5.4", get((b"X: " + b"x" * 1000 + b"\r\n") * 1000), refused(431)),
]

CASES = FRAMING + CHUNKS + HEADS
