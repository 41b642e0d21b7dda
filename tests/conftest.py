"""What every test gets: no network but loopback, no store or colour of the person who runs it, and the shared data."""

import os
import socket
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
_NEVER_THERE = (".invalid", ".test", ".example")
_left: list[str] = []
"""Attempts to leave the machine since the last test began."""


def _is_local(host: Any) -> bool:
    if host is None or host in {"", b"", "localhost", b"localhost"}:
        return True
    try:
        address = ip_address(host.decode() if isinstance(host, bytes) else str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to resolve names and to connect anywhere else; what nobody could ever answer is refused quietly."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
        if not _is_local(host):
            if not str(host).endswith(_NEVER_THERE):
                _left.append(f"resolving {host}")
            raise socket.gaierror(socket.EAI_NONAME, "tests resolve no names")
    elif event in {"socket.connect", "socket.sendto"}:
        opened, address = arguments[:2]
        if not isinstance(address, tuple) or _is_local(address[0]):
            return
        if event == "socket.connect" and opened.type == socket.SOCK_DGRAM:
            return  # asks the routing table only; a datagram would be caught when it is sent
        _left.append(f"connecting to {address[0]}")
        raise OSError(101, "tests do not leave the machine")


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def _stays_on_the_machine() -> Iterator[None]:
    _left.clear()
    yield
    assert _left == [], "the test tried to leave the machine"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages, circulars and feeds, which is no part of the project."""
    folder = Path(os.environ.get("CHECKER_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; name the folder of real data with CHECKER_SHARED")
    return folder
