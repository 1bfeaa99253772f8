#!/usr/bin/env python3
"""tls.py GATEWAY: TLS on both sides, as the openssl program and curl see it.

Names, versions, client certificates, resumption, rotation towards clients; verification towards upstreams.
"""

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from proxies import free_port, wait_for
from wire import PATIENCE, Upstream, response

GATEWAY = os.path.abspath(sys.argv.pop())
REQUEST = "GET /seen HTTP/1.1\r\nHost: a.example\r\nX-Client-Cert-Subject: CN=mallory\r\nConnection: close\r\n\r\n"


def run(command, stdin=""):
    """Exit status, standard output and standard error together."""
    done = subprocess.run(shlex.split(command), input=stdin, capture_output=True, text=True, errors="replace",
                          timeout=PATIENCE * 2, check=False)
    return done.returncode, done.stdout + done.stderr


def made(command):
    status, said = run(command)
    assert status == 0, f"{command}: {said}"


def echo(link, request, number):
    """The upstream: answers with the fields that reached it."""
    link.send(response(body=json.dumps([[n.decode(), v.decode()] for n, v in request.fields]).encode()))
    return True


class Certificates:
    """An authority and whom it signed, as NAME.pem and NAME.key in a directory."""

    KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

    def __init__(self, directory):
        self.directory = directory
        self.sign_oneself("ca", "/CN=authority")
        for name, subject, names in [("a", "/CN=a", "DNS:a.example"), ("b", "/CN=b", "DNS:*.b.example"),
                                     ("renewed", "/CN=renewed", "DNS:a.example"), ("alice", "/O=Org/CN=alice", "DNS:c"),
                                     ("service", "/CN=service", "IP:127.0.0.1"), ("other", "/CN=other", "DNS:other")]:
            self.sign(name, subject, names)
        self.sign("expired", "/CN=expired", "IP:127.0.0.1", days=-1)
        self.sign_oneself("stranger", "/CN=stranger", "-addext subjectAltName=IP:127.0.0.1")

    def file(self, name):
        return os.path.join(self.directory, name)

    def sign(self, name, subject, names, days=30):
        with open(self.file("names"), "w", encoding="ascii") as out:
            out.write(f"subjectAltName={names}\n")
        made(f"openssl req -new {self.KEY} -subj {subject} -keyout {self.file(name)}.key -out {self.file('request')}")
        made(f"openssl x509 -req -in {self.file('request')} -CA {self.file('ca.pem')} -CAkey {self.file('ca.key')}"
             f" -CAcreateserial -days {days} -extfile {self.file('names')} -out {self.file(name)}.pem")

    def sign_oneself(self, name, subject, more=""):
        made(f"openssl req -x509 {self.KEY} -days 30 -subj {subject} {more}"
             f" -keyout {self.file(name)}.key -out {self.file(name)}.pem")

    def shown(self, name):
        return f"-cert {self.file(name)}.pem -key {self.file(name)}.key"


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.made = Certificates(cls.directory)
        for end in ("pem", "key"):
            os.link(cls.made.file(f"a.{end}"), cls.made.file(f"used.{end}"))
        cls.upstream = Upstream()
        cls.upstream.begin(echo)
        cls.services = {}
        for name, options in [("good", cls.made.shown("service")), ("expired", cls.made.shown("expired")),
                              ("other", cls.made.shown("other")), ("stranger", cls.made.shown("stranger")),
                              ("old", f"{cls.made.shown('service')} -tls1_1 -cipher DEFAULT@SECLEVEL=0"),
                              ("strict", f"{cls.made.shown('service')} -Verify 1 -verify_return_error"
                                         f" -CAfile {cls.made.file('ca.pem')}")]:
            port = cls.services[name] = free_port()
            cls.start(f"openssl s_server -accept 127.0.0.1:{port} -www {options}", port)
        cls.names, cls.mutual, cls.optional, cls.plain = (free_port() for _ in range(4))
        config = cls.made.file("errata.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write(cls.configuration())
        cls.gateway = cls.start(f"{GATEWAY} run --config {config}", cls.plain)

    @classmethod
    def start(cls, command, port):
        log = cls.enterClassContext(open(cls.made.file("log"), "ab"))
        process = subprocess.Popen(shlex.split(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.terminate)
        wait_for(port, process)
        return process

    @classmethod
    def configuration(cls):
        def files(name):
            return f"certificate: {cls.made.file(name)}.pem, key: {cls.made.file(name)}.key"

        ca = cls.made.file("ca.pem")
        lines = ["version: 1", "name: gw-test", "threads: 2", "access_log: off", "listeners:"]
        lines += [f"- {{address: 127.0.0.1:{port}, tls: {{{tls}}}}}" for port, tls in [
            (cls.names, f"certificates: [{{{files('used')}}}, {{{files('b')}}}]"),
            (cls.mutual, f"certificates: [{{{files('a')}}}], client_ca: {ca}"),
            (cls.optional, f"certificates: [{{{files('a')}}}], client_ca: {ca}, client_required: false")]]
        lines += [f"- {{address: 127.0.0.1:{cls.plain}}}", "upstreams:",
                  f"  app: {{endpoints: [http://127.0.0.1:{cls.upstream.port}]}}"]
        lines += [f"  {name}: {{endpoints: [https://127.0.0.1:{port}], tls: {{ca: {ca}}}}}"
                  for name, port in cls.services.items()]
        lines += [f"  known: {{endpoints: [https://127.0.0.1:{cls.services['strict']}],"
                  f" tls: {{ca: {ca}, {files('alice')}}}}}",
                  f"  pinned: {{endpoints: [https://127.0.0.1:{cls.services['other']}], tls: {{ca: {ca}, name: other}}}}",
                  "routes:"]
        lines += [f"- {{match: {{path_prefix: /{name}}}, upstream: {name}}}" for name in [*cls.services, "known", "pinned"]]
        return "\n".join([*lines, "- {upstream: app}", ""])

    def client(self, port, options="", name="a.example"):
        """openssl s_client that asks once, verifies whom it reaches, and says all that it sees."""
        asking = f"-servername {name}" if name else "-noservername"
        return run(f"openssl s_client -connect 127.0.0.1:{port} {asking} -verify_return_error -ign_eof"
                   f" -CAfile {self.made.file('ca.pem')} {options}", REQUEST)

    def curl(self, port, options="", name="a.example"):
        return run(f"curl -sS --max-time {PATIENCE} --cacert {self.made.file('ca.pem')}"
                   f" --resolve {name}:{port}:127.0.0.1 {options} https://{name}:{port}/seen")

    def fields_seen(self, said):
        return dict(json.loads(re.search(r"^\[\[.*\]\]", said, re.M)[0]))

    def test_versions(self):
        for option, version in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")]:
            status, said = self.client(self.names, option)
            self.assertEqual(status, 0, said)
            self.assertRegex(said, f"New, {version}, Cipher is ")
            self.assertIn("Verify return code: 0 (ok)", said)
            self.assertIn("HTTP/1.1 200 OK", said)
            self.assertEqual(self.fields_seen(said)["x-forwarded-proto"], "https")
        for option in ("-tls1", "-tls1_1"):
            status, said = self.client(self.names, f"{option} -cipher DEFAULT@SECLEVEL=0")
            self.assertNotEqual(status, 0, said)
            self.assertIn("alert protocol version", said)

    def test_names(self):
        for name, subject in [("a.example", "a"), ("www.b.example", "b"), ("WWW.B.EXAMPLE", "b"), ("none.example", "a"),
                              ("", "a")]:
            self.assertIn(f"subject=CN = {subject}\n", self.client(self.names, name=name)[1], name)
        status, said = self.curl(self.names, name="www.b.example")
        self.assertEqual(status, 0, said)
        status, said = self.curl(self.names, name="none.example")
        self.assertEqual(status, 60, f"curl must not accept another host's certificate: {said}")

    def test_curl(self):
        for version in ("--http1.1", "--http1.0", "--http2", "--tlsv1.3", "--tls-max 1.2"):
            status, said = self.curl(self.names, f"{version} -o {self.made.file('body')}"
                                                 " -w '%{http_code} %{ssl_verify_result} %{http_version}'")
            self.assertEqual((status, said), (0, "200 0 1.1"), version)

    def test_client_certificates(self):
        alice = self.made.shown("alice")
        status, said = self.client(self.mutual, alice)
        self.assertEqual(status, 0, said)
        self.assertEqual(self.fields_seen(said)["x-client-cert-subject"], "CN=alice,O=Org")
        status, said = self.curl(self.mutual, f"{alice.replace('-cert', '--cert').replace('-key', '--key')}"
                                              " -H 'X-Client-Cert-Subject: CN=mallory'")
        self.assertEqual(self.fields_seen(said)["x-client-cert-subject"], "CN=alice,O=Org")
        for version in ("-tls1_2", "-tls1_3"):
            for shown in ("", self.made.shown("stranger")):
                status, said = self.client(self.mutual, f"{version} {shown}")
                self.assertRegex(said, "alert (certificate required|handshake failure|unknown ca)")
                self.assertNotIn("HTTP/1.1", said)
        status, said = self.curl(self.mutual)
        self.assertNotEqual(status, 0, said)

    def test_clients_that_may_have_a_certificate(self):
        self.assertEqual(self.fields_seen(self.client(self.optional, self.made.shown("alice"))[1])["x-client-cert-subject"],
                         "CN=alice,O=Org")
        self.assertNotIn("x-client-cert-subject", self.fields_seen(self.client(self.optional)[1]))
        status, said = self.curl(self.optional, "-H 'x-client-cert-subject: CN=mallory'")
        self.assertEqual(status, 0, said)
        self.assertNotIn("x-client-cert-subject", self.fields_seen(said))

    def test_resumption(self):
        for version in ("-tls1_2", "-tls1_3"):
            for port, shown in [(self.names, ""), (self.mutual, self.made.shown("alice"))]:
                session = self.made.file("session")
                self.assertRegex(self.client(port, f"{version} {shown} -sess_out {session}")[1], "(?m)^New, TLS")
                for _ in range(3):  # whichever thread accepts it
                    status, said = self.client(port, f"{version} {shown} -sess_in {session}")
                    self.assertEqual(status, 0, said)
                    self.assertRegex(said, "(?m)^Reused, TLS")
                    self.assertIn("HTTP/1.1 200 OK", said)
        said = run(f"openssl s_client -connect 127.0.0.1:{self.names} -tls1_2 -reconnect")[1]
        self.assertEqual(len(re.findall("(?m)^Reused, TLSv1.2", said)), 5, said)

    def test_z_rotation(self):
        """Last: the others' certificates are replaced."""
        for end in ("pem", "key"):
            os.replace(self.made.file(f"renewed.{end}"), self.made.file(f"used.{end}"))
        self.gateway.send_signal(signal.SIGHUP)
        bound = time.monotonic() + PATIENCE
        said = ""
        while "subject=CN = renewed\n" not in said and time.monotonic() < bound:
            said = self.client(self.names)[1]
        self.assertIn("subject=CN = renewed\n", said)
        self.assertIn("HTTP/1.1 200 OK", said)
        self.assertIn("subject=CN = b\n", self.client(self.names, name="www.b.example")[1])
        self.assertIsNone(self.gateway.poll(), "the same process")

    def test_upstreams(self):
        """The answer to /NAME comes from the service of that name."""
        certificate, alert = "tls_certificate_error", "tls_alert_received; alert-id="
        for name, status, code, error in [
                ("good", 200, None, None), ("known", 200, None, None), ("pinned", 200, None, None),
                ("expired", 502, "UPSTREAM_TLS_CERTIFICATE", certificate),
                ("other", 502, "UPSTREAM_TLS_CERTIFICATE", certificate),
                ("stranger", 502, "UPSTREAM_TLS_CERTIFICATE", certificate),
                ("old", 502, "UPSTREAM_TLS_ALERT", alert + "70"),
                ("strict", 502, "UPSTREAM_TLS_ALERT", alert + "116")]:
            with self.subTest(name):
                said = run(f"curl -sS --max-time {PATIENCE} -i http://127.0.0.1:{self.plain}/{name}")[1]
                self.assertRegex(said, f"^HTTP/1.1 {status} ")
                if code:
                    self.assertIn(f'"code":"{code}"', said)
                    self.assertIn(f"Proxy-Status: gw-test; error={error}\n", said.replace("\r", ""))
                    self.assertNotIn("Retry-After", said)
                    self.assertIn("X-Should-Retry: false", said)
                else:
                    self.assertIn("s_server -accept", said)


if __name__ == "__main__":
    unittest.main()
