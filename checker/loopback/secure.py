"""Secure connections on loopback: an authority of its own and one certificate, made when first asked for."""

import ssl
import tempfile
import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_VALID = timedelta(days=800)


class Certificates:
    """The authority and what it signed for `hosts`; made on first use, in a folder that `close` removes.

    The files have new names each time, because clients remember what they trust by the name of its file.
    """

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(hosts)
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._context: ssl.SSLContext | None = None

    @property
    def authority(self) -> Path:
        """PEM file of the authority, for whoever shall trust it."""
        self.context()
        assert self._folder is not None
        return Path(self._folder.name) / "authority.pem"

    def context(self) -> ssl.SSLContext:
        """What a server needs to answer; a name that is not one of the hosts is refused in the handshake."""
        with self._lock:
            if self._context is None:
                self._folder = tempfile.TemporaryDirectory(prefix="checker-loopback-")
                self._context = self._made(Path(self._folder.name))
            return self._context

    def close(self) -> None:
        """Remove the files."""
        with self._lock:
            if self._folder is not None:
                self._folder.cleanup()
            self._folder = self._context = None

    def _made(self, folder: Path) -> ssl.SSLContext:
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name = _named("checker loopback authority")
        root = _signed(root_name, root_key.public_key(), (root_name, root_key), ())
        leaf = _signed(_named("checker loopback"), key.public_key(), (root_name, root_key), sorted(self._hosts))
        (folder / "authority.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
        (folder / "hosts.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        (folder / "hosts.key").write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "hosts.pem", folder / "hosts.key")
        context.sni_callback = self._greeted
        return context

    def _greeted(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        return None if name in self._hosts else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _signed(
    name: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: tuple[x509.Name, ec.EllipticCurvePrivateKey],
    hosts: Collection[str],
) -> x509.Certificate:
    """A certificate for hosts; for none, an authority's."""
    now = datetime.now(UTC)
    signer = issuer[1].public_key()
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer[0]).public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )  # fmt: skip
    if hosts:
        names = [x509.DNSName(host) for host in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer[1], hashes.SHA256())
