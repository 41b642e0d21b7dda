"""Servers on the loopback that speak TLS badly, one way each; certificates are made for the test run."""

import asyncio
import socket
import ssl
import warnings
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from checker.fetch.network import Resolve

HOST = "www.a.gov.cn"
NOW = datetime.now(UTC)
OURS, STRANGER = trustme.CA(organization_name="示例机构"), trustme.CA(organization_name="Unknown")
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\npage"


def issued(ca: trustme.CA = OURS, host: str = HOST, *, begins: int = -10, ends: int = 10) -> ssl.SSLContext:
    """A server's context with a certificate that is valid between these days from now."""
    given = ca.issue_cert(
        host, not_before=NOW + timedelta(days=begins), not_after=NOW + timedelta(days=ends),
        key_type=trustme.KeyType.RSA,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    given.configure_cert(context)
    return context


def self_signed() -> ssl.SSLContext:
    """A server's context with a certificate that only vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(serialization.Encoding.PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with trustme.Blob(pem).tempfile() as path:
        context.load_cert_chain(path)
    return context


def tls_1_0(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same server as of twenty years ago."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def cbc_only(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same server with one cipher: RSA key exchange, CBC, SHA-1."""
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


class TlsServer:
    """Answers every request with a page; without a context it speaks plain HTTP. `asked` are the requests' heads."""

    def __init__(self, context: ssl.SSLContext | None, address: str = "127.0.0.1") -> None:
        self._context = context
        self._address = address
        self.asked: list[bytes] = []
        self.connections = 0
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._address, 0, ssl=self._context)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        self.connections += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while self._context or await self._is_plain(reader, writer):
                    self.asked.append(await reader.readuntil(b"\r\n\r\n"))
                    writer.write(PAGE)
                    await writer.drain()
        finally:
            writer.close()

    async def _is_plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """What is no HTTP is refused in plain words."""
        if await reader.readexactly(3) == b"GET":
            return True
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        return False

    def url(self, host: str = HOST, scheme: str = "https") -> str:
        """The address of a page on this server."""
        return f"{scheme}://{host}:{self.port}/"


def names(known: Mapping[str, list[str]]) -> Resolve:
    """A resolver that knows these names; IPv4 and IPv6 by the family that is asked for."""

    async def resolve(host: str, port: int, family: socket.AddressFamily) -> list[str]:
        wanted = {socket.AF_INET6: ":", socket.AF_INET: "."}.get(family, "")
        found = [a for a in known.get(host, []) if wanted in a]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    return resolve
