"""What a case is, and what may come of it. Statuses are those of our own failure table: `exact` asks for them, without it
(other proxies) any error will do."""

from collections import namedtuple


Case = namedtuple("Case", "name rfc send expect")


class refused:
    """Answered with one of these statuses and closed; the upstream sees nothing."""

    def __init__(self, *statuses, closes=True):
        self.statuses, self.closes = statuses or (400,), closes

    def objection(self, o, exact):
        if o.raw:
            return f"reached the upstream: {o.raw[:60]!r}"
        if not o.answers:
            return None if o.closed and not exact else "no answer"
        status = o.answers[0].status
        if len(o.answers) > 1:
            return f"{len(o.answers)} answers"
        if status not in self.statuses and (exact or status < 400):
            return f"answered {status}"
        if exact and self.closes and not o.closed:
            return "connection kept"
        return None


class refused_midway:
    """The content turns out to be wrong on the way: an error (or a cut), closed; the upstream never takes it for whole."""

    def __init__(self, *statuses):
        self.statuses = statuses or (400,)

    def objection(self, o, exact):
        if o.requests and o.requests[0].complete:
            return f"passed on as whole: {o.requests[0].body[:40]!r}"
        if len(o.requests) > 1 or b"smuggled" in o.raw:
            return "smuggled"
        if o.answers and o.answers[0].status < 400 or exact and not o.answers:
            return f"answered {[a.status for a in o.answers]}"
        if exact and o.answers[0].status not in self.statuses:
            return f"answered {o.answers[0].status}"
        return None if o.closed else "connection kept"


class forwarded:
    """Reaches the upstream as exactly one valid request with these properties, and is answered."""

    def __init__(self, method=None, target=None, body=None, fields=None, absent=(), trailers=None, count=1):
        self.method, self.target, self.body, self.fields = method, target, body, fields or {}
        self.absent, self.trailers, self.count = absent, trailers, count

    def objection(self, o, exact):
        if o.wrong:
            return f"malformed at the upstream: {o.wrong[0]}"
        if len(o.requests) != self.count:
            return f"{len(o.requests)} requests at the upstream" + (
                f", answered {o.answers[0].status}" if o.answers else "")
        r = o.requests[0]
        checks = [(self.method, r.method, "method"), (self.target, r.target, "target"), (self.body, r.body, "content"),
                  (self.trailers, r.trailers, "trailers")]
        for wanted, got, what in checks:
            if wanted is not None and wanted != got:
                return f"{what} {got[:60]!r}"
        for name, value in self.fields.items():
            if r.value(name) != value:
                return f"{name.decode()}: {r.value(name)[:60]!r}"
        for name in self.absent:
            if r.all(name):
                return f"{name.decode()} passed on"
        if not r.all(b"host"):
            return "no Host"
        if not o.answers or o.answers[-1].status != 200:
            return f"answered {[a.status for a in o.answers]}"
        return None


class extended_via(forwarded):
    """A gateway names itself behind those who passed the request on before (a MUST: RFC 9110 7.6.3)."""

    def objection(self, o, exact):
        said = forwarded.objection(self, o, exact)
        return said or (None if o.requests[0].value(b"via").startswith(b"1.0 first, 1.1 ") else "no Via")


class answered:
    """Answered by the proxy itself, with one of these statuses; the connection may go on."""

    def __init__(self, *statuses, allow=False):
        self.statuses, self.allow = statuses, allow

    def objection(self, o, exact):
        if o.raw:
            return f"reached the upstream: {o.raw[:60]!r}"
        if not o.answers or o.answers[0].status not in self.statuses:
            return f"answered {[a.status for a in o.answers]}"
        return "no Allow" if self.allow and not o.answers[0].all(b"allow") else None


class either:
    """Several readings are right."""

    def __init__(self, *ways):
        self.ways = ways

    def objection(self, o, exact):
        said = [w.objection(o, exact) for w in self.ways]
        return None if None in said else said[0]


def get(fields=b"", target=b"/", version=b"HTTP/1.1", host=b"Host: a\r\n", method=b"GET"):
    return b"%s %s %s\r\n%s%s\r\n" % (method, target, version, host, fields)


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


def post(fields, body=b"", version=b"HTTP/1.1"):
    return b"POST / %s\r\nHost: a\r\n%s\r\n%s" % (version, fields, body)


def chunked(body, more=b""):
    return post(b"Transfer-Encoding: chunked\r\n" + more, body)
