"""A small HTTP/1.1 server on loopback that answers by Host header, on one port plain and secure."""

import re
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from checker.loopback.reply import Pages, Reply
from checker.loopback.secure import Certificates

_NO_HOST = Reply(502, "text/plain; charset=utf-8", "没有这个网站（no such host here）\n".encode())

_HANDSHAKE = 0x16
"""The first byte of whoever wants a secure connection."""

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{1,12})")
_MOST_SENT = 1_000_000


def _not_found(_: str) -> Reply:
    return Reply(404, "text/plain; charset=utf-8", "页面不存在".encode())


class LoopbackServer:
    """Serves hosts on 127.0.0.1 between `start` and `stop`, or as a context manager.

    `port` 0 lets the system choose; the port in use is `port` after the start. The hosts in `secure` answer over TLS
    too; `cacert` is whom to trust then. `missing` is the answer of a known host for a path that it does not have.
    Raises OSError if the port is taken.
    """

    def __init__(
        self,
        hosts: Mapping[str, Pages],
        port: int = 0,
        secure: Collection[str] = (),
        missing: Callable[[str], Reply] = _not_found,
    ) -> None:
        self._hosts = hosts
        self._missing = missing
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self.certificates = Certificates(secure)
        self._server = _Server(port, self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="loopback", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def connect_to(self) -> str:
        """The value of --connect-to that sends every request here."""
        return f"::127.0.0.1:{self.port}"

    @property
    def cacert(self) -> Path:
        """PEM file of the authority that signed the certificate of the secure hosts; there until `stop`."""
        return self.certificates.authority

    def count(self, host: str, path: str) -> int:
        """How often a path of a host was asked for."""
        with self._lock:
            return self._counts[host, path]

    def counts(self) -> dict[tuple[str, str], int]:
        """How often each (host, path) was asked for, unknown ones included."""
        with self._lock:
            return dict(self._counts)

    def reply(self, host: str, path: str) -> Reply:
        """The answer to one request; counts it and waits where the answer is a slow one."""
        with self._lock:
            self._counts[host, path] += 1
            first_time = self._counts[host, path] == 1
        pages = self._hosts.get(host)
        if pages is None:
            return _NO_HOST
        found = pages.get(path) or pages.get(path.partition("?")[0]) or pages.get("*") or self._missing(host)
        if found.first is not None and first_time:
            return found.first
        if found.seconds:
            self._stopping.wait(found.seconds)
        return found

    def start(self) -> Self:
        """Start to answer; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop, close every connection and wait for the threads."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        self.certificates.close()

    def wait(self) -> None:
        """Block until `stop` is called from elsewhere."""
        self._stopping.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    """Threads per connection; remembers the open ones so that a stop need not wait for idle clients."""

    request_queue_size = 256
    daemon_threads = False
    block_on_close = True

    def __init__(self, port: int, owner: LoopbackServer) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def remember(self, connection: socket.socket) -> None:
        with self._guard:
            self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        with self._guard:
            self._open.discard(connection)

    def hang_up(self) -> None:
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was faster


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "LoopbackServer"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet
    timeout = 60
    server: _Server

    def setup(self) -> None:
        self.server.remember(self.request)
        self.unsafe = self._secured()
        super().setup()

    def _secured(self) -> bool:
        """Whether a secure connection was wanted and did not come about."""
        connection = self.request
        try:
            connection.settimeout(self.timeout)
            wanted = connection.recv(1, socket.MSG_PEEK)[:1] == bytes([_HANDSHAKE])
            if not wanted:
                return False
            context = self.server.owner.certificates.context()
            self.server.forget(connection)
            self.request = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            self.server.remember(self.request)
            self.request.do_handshake()
        except OSError:  # ssl.SSLError is one
            return True
        return False

    def finish(self) -> None:
        self.server.forget(self.request)
        try:
            super().finish()
        except OSError:
            return  # the client has gone
        finally:
            if isinstance(self.request, ssl.SSLSocket):  # the server only knows the socket that was inside
                self.request.close()

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_POST(self) -> None:
        sent = self.headers.get("Content-Length", "0")
        self.rfile.read(min(int(sent), _MOST_SENT) if sent.isdecimal() else 0)
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        host = self.headers.get("Host", "").partition(":")[0].lower()
        reply = self.server.owner.reply(host, self.path)
        etag = dict(reply.headers).get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            reply, with_body = Reply(304, reply.content_type, b"", headers=reply.headers), False
        reply = _part(reply, self.headers.get("Range", ""))
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(reply.body)

    def handle(self) -> None:
        if self.unsafe:
            return
        try:
            super().handle()
        except ConnectionError:
            return  # the client has gone

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the console belongs to the commands."""


def _part(reply: Reply, wanted: str) -> Reply:
    """The bytes that were asked for, where a file is given in parts."""
    match = _RANGE.fullmatch(wanted)
    if match is None or reply.status != 200 or ("Accept-Ranges", "bytes") not in reply.headers:
        return reply
    whole, first = len(reply.body), int(match[1])
    last = min(int(match[2]), whole - 1)
    ranged = ("Content-Range", f"bytes {first}-{last}/{whole}")
    return Reply(206, reply.content_type, reply.body[first : last + 1], headers=(*reply.headers, ranged))
