"""Whether anything listens at a socket address; asked before a scan that is sent there by --connect-to."""

import socket


def reachable(host: str, port: int, seconds: float = 3.0) -> bool:
    """True if a TCP connection to host and port can be opened within so many seconds."""
    try:
        with socket.create_connection((host, port), timeout=seconds):
            return True
    except OSError:
        return False
