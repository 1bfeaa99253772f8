#!/usr/bin/env python3
"""Runs the cases against a proxy and judges by what its two sides saw.

    run.py errata BINARY          every case must come out as the failure table says; exit 1 where one does not
    run.py compare BINARY TABLE   the same cases at nginx and HAProxy too (both must be installed); writes TABLE
    run.py failures BINARY TABLE  what clients are told of broken services, by all three; writes TABLE
"""

import sys
import time

import answer_cases
import failures
import framing_cases
import proxies
import request_cases
from wire import Ended, Malformed, Upstream, connect, read_message, response


class Outcome:
    """What both sides saw of one case."""

    def __init__(self):
        self.answers, self.closed, self.strange, self.next = [], False, None, None
        self.requests, self.wrong, self.raw = [], [], b""

    def next_objection(self):
        return None if self.next in (None, b"next") else f"the next request was answered {self.next[:60]!r}"


def read_answers(link, outcome, count, method=b"GET"):
    """Final answers, up to `count`, with the interim ones before them."""
    try:
        final = 0
        while final < count:
            answer = read_message(link, method)
            outcome.answers.append(answer)
            final += answer.status >= 200
            if not answer.complete:
                outcome.closed = True
                return
    except Malformed as e:
        outcome.strange = str(e)
    except Ended:
        outcome.closed = True
    except TimeoutError:
        pass


def wait_for_end(link, outcome):
    try:
        while link.fill():
            pass
        outcome.closed = True
    except TimeoutError:
        pass


def ask(case, port, upstream):
    """One case of the client's side."""
    upstream.begin(lambda link, request, number: link.send(response(fields=b"Connection: close\r\n")) and False)
    outcome, link = Outcome(), connect(port)
    link.sock.settimeout(2)
    link.send(case.send)
    method = case.send.split(b" ", 1)[0]
    read_answers(link, outcome, getattr(case.expect, "count", 1), method)
    if outcome.answers and outcome.answers[-1].value(b"connection").lower() == b"close" or outcome.strange:
        wait_for_end(link, outcome)
    link.close()
    upstream.settle()
    outcome.requests, outcome.wrong, outcome.raw = upstream.requests, upstream.wrong, upstream.bytes_seen()
    return outcome


def play(script):
    """The upstream's side of a case; requests after the first are answered in order."""

    def serve(link, request, number):
        if request.target != b"/case":
            link.send(response(body=b"next", fields=b"Connection: close\r\n"))
            return False
        for step in script:
            if step == answer_cases.STALL:
                link.rest()
                return False
            if step in (answer_cases.CLOSE, answer_cases.RESET):
                if step == answer_cases.RESET:
                    time.sleep(0.05)  # what was sent before must have been read: a reset overtakes it
                link.close(reset=step == answer_cases.RESET)
                return False
            link.send(step)
        return True

    return serve


def serve(case, port, upstream):
    """One case of the upstream's side, then a request whose answer must be its own."""
    upstream.begin(play(case.script))
    outcome, link = Outcome(), connect(port)
    link.send(b"GET /case HTTP/1.1\r\nHost: a\r\n\r\n")
    read_answers(link, outcome, 1)
    link.close()
    link = connect(port)
    link.send(b"GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    try:
        outcome.next = read_message(link).body
    except (Ended, Malformed, TimeoutError) as e:
        outcome.next = repr(e).encode()
    link.close()
    return outcome


SIDES = [(ask, framing_cases.CASES + request_cases.CASES), (serve, answer_cases.CASES)]


def judge(start, exact):
    """All cases against one proxy: what is wrong, by side and case."""
    upstream = Upstream()
    with start(upstream.port) as port:
        said = {}
        for way, cases in SIDES:
            for case in cases:
                outcome = way(case, port, upstream)
                said[way.__name__, case.name] = case.expect.objection(outcome, exact)
    return said


def check(binary):
    said = judge(lambda port: proxies.errata(binary, port), True)
    wrong = {case: why for case, why in said.items() if why}
    for (side, name), why in wrong.items():
        print(f"{side}: {name}: {why}")
    print(f"{len(said)} cases, {len(wrong)} wrong")
    return 1 if wrong else 0


def cell(why):
    return "yes" if not why else "**no**: " + why.replace("|", "\\|")


def all_products(binary):
    return {"Errata": lambda port: proxies.errata(binary, port), "nginx": proxies.nginx, "HAProxy": proxies.haproxy}


def compare(binary, table):
    products = all_products(binary)
    said = {name: judge(start, False) for name, start in products.items()}
    with open(table, "w", encoding="utf-8") as out:
        out.write(proxies.introduction())
        total = sum(len(cases) for _, cases in SIDES)
        out.write("| | " + " | ".join(products) + " |\n|---|" + "---|" * len(products) + "\n")
        out.write(f"| as asked, of {total} | " + " | ".join(
            str(sum(not why for why in s.values())) for s in said.values()) + " |\n")
        for way, cases in SIDES:
            out.write("\n## " + {"ask": "What clients send", "serve": "What upstreams answer"}[way.__name__] + "\n\n")
            out.write("| case | section | " + " | ".join(products) + " |\n|---|---|" + "---|" * len(products) + "\n")
            for case in cases:
                section = case.rfc if case.rfc.startswith("RFC") else "RFC 9112 " + case.rfc
                name = case.name.replace("|", "\\|")
                out.write(f"| {name} | {section} | " + " | ".join(
                    cell(s[way.__name__, case.name]) for s in said.values()) + " |\n")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["errata"] and len(sys.argv) == 3:
        sys.exit(check(sys.argv[2]))
    if sys.argv[1:2] == ["compare"] and len(sys.argv) == 4:
        sys.exit(compare(sys.argv[2], sys.argv[3]))
    if sys.argv[1:2] == ["failures"] and len(sys.argv) == 4:
        failures.write(sys.argv[3], all_products(sys.argv[2]), play)
        sys.exit(0)
    print(__doc__, file=sys.stderr)
    sys.exit(2)
