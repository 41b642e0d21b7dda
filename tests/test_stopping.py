"""Ctrl-C and SIGTERM while a page is awaited: a sentence, the exit code, and no file half written."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

SITES = """\
version: 1
sites:
  - {id: a, code: null, name: 甲, url: "http://a.example/", kind: department, organizer: 甲}
"""


class Silent(ThreadingHTTPServer):
    """Takes requests and answers none before it is told to."""

    def __init__(self) -> None:
        self.asked, self.over = Event(), Event()
        super().__init__(("127.0.0.1", 0), _Waiting)


class _Waiting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Silent)
        self.server.asked.set()
        self.server.over.wait(30)


@pytest.fixture
def server() -> Iterator[Silent]:
    with Silent() as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.over.set()
        running.shutdown()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("registry", "discover", "a", "--write"), "stopped; nothing was written\n"),
        (("registry", "new", "http://a.example/", "-o", "new.yaml"), "stopped; nothing was written\n"),
        (("page", "http://a.example/", "-o", "page.txt"), "stopped\n"),
    ],
)
def test_a_signal_leaves_nothing_half_done(
    tmp_path: Path, server: Silent, words: tuple[str, ...], said: str, sign: signal.Signals
) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    connection = f"::127.0.0.1:{server.server_address[1]}"
    command = [sys.executable, "-m", "checker", *words, "--connect-to", connection]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert server.asked.wait(30)
        process.send_signal(sign)
        out, err = process.communicate(timeout=30)
    assert (out, err.decode()) == (b"", said)
    assert process.returncode == (130 if sign is signal.SIGINT else 143)
    assert {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()} == {"sites.yaml": SITES}
