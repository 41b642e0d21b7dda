"""Whether checker and an independent link checker say the same of a real documentation tree; prints every difference.

The tree is Debian's python3-doc (fetched with apt-get, or CHECKER_DOC_TREE names a folder of pages); some of its files
are taken away, so that there is something to find, and its links to other hosts too, so that nobody else is asked.
LinkChecker gets a virtual environment of its own. Both ask the same server on this machine.
"""

import csv
import functools
import http.server
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "checker-bench"
PACKAGE = "python3.11-doc"
TREE = "usr/share/doc/python3.11/html"
EVERY = 37
"""Each so many-th file is taken away."""

_FOREIGN = re.compile(rb'\s(?:href|src|action|content)="(?:https?:)?//', re.IGNORECASE)
SITE = """\
version: 1
sites:
  - id: doc
    code: null
    name: Documentation
    url: "{home}"
    kind: special
    organizer: Debian
    rate: 1000
    max_pages: 5000
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What one tool says of a link target: ok, broken or unknown, and in its own words why."""

    verdict: str
    why: str


def run(*command: str, **how: object) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, whatever its exit code says."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload,no-any-return]  # noqa: S603


def tree() -> Path:
    """A folder of documentation pages; raises SystemExit where none can be had."""
    if named := os.environ.get("CHECKER_DOC_TREE"):
        return Path(named)
    unpacked = CACHE / PACKAGE
    if not (unpacked / TREE).exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        run("apt-get", "update", "-qq")
        run("apt-get", "download", PACKAGE, cwd=CACHE)
        for package in CACHE.glob(f"{PACKAGE}_*.deb"):
            run("dpkg-deb", "-x", str(package), str(unpacked))
    if not (unpacked / TREE).exists():
        raise SystemExit(f"{PACKAGE} cannot be had here; name a folder of pages: CHECKER_DOC_TREE=/path make agreement")
    return unpacked / TREE


def damaged(source: Path, to: Path) -> list[str]:
    """A copy of the tree without each EVERY-th file and without links to other hosts; the paths that are gone."""
    shutil.copytree(source, to, symlinks=False, ignore_dangling_symlinks=True)
    for page in to.rglob("*.html"):
        page.write_bytes(_FOREIGN.sub(rb' data-was="', page.read_bytes()))
    files = sorted(p for p in to.rglob("*") if p.is_file() and p.name != "index.html")
    gone = files[::EVERY]
    for path in gone:
        path.unlink()
    return [str(p.relative_to(to)) for p in gone]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    """Says nothing of clients that go away."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on a port of this machine; its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def ours(home: str, folder: Path) -> dict[str, Said]:
    """What checker says of every link target on the same host."""
    (folder / "sites.yaml").write_text(SITE.format(home=home))
    command = ("scan", "--sites", str(folder / "sites.yaml"), "--store", str(folder / "store"), "--fail-on", "never")
    done = run(
        sys.executable, "-m", "checker", *command, "--no-browser", "--pending-ok", "-q", "-f", "json", cwd=folder
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    facts = next((folder / "store" / "scans").glob("*/facts/doc.sqlite"))
    db = sqlite3.connect(f"file:{facts}?mode=ro", uri=True)
    rows = db.execute("SELECT a.url, c.verdict, c.reason FROM link_check c JOIN address a ON a.id = c.url").fetchall()
    db.close()
    return {url: Said(verdict, reason) for url, verdict, reason in rows if url.startswith(home)}


def theirs(home: str, folder: Path) -> dict[str, Said]:
    """What LinkChecker says of every link target on the same host."""
    home_of_tool = CACHE / "linkchecker"
    if not (home_of_tool / "bin" / "linkchecker").exists():
        venv.create(home_of_tool, with_pip=True)
        run(str(home_of_tool / "bin" / "pip"), "install", "--quiet", "LinkChecker")
    out = folder / "linkchecker.csv"
    (folder / "rc").write_text("[checking]\nmaxrequestspersecond=1000\nsslverify=0\nrecursionlevel=-1\n")
    options = (
        "--config",
        str(folder / "rc"),
        "-v",
        "--no-status",
        "--no-warnings",
        "-F",
        f"csv/utf-8/{out}",
        "-o",
        "none",
    )
    run(str(home_of_tool / "bin" / "linkchecker"), *options, home, cwd=folder)
    lines = [line for line in out.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    said: dict[str, Said] = {}
    for row in csv.DictReader(lines, delimiter=";"):
        url = urldefrag(row["url"] or row["urlname"]).url
        if url.startswith(home):
            said[url] = Said("ok" if row["valid"] == "True" else "broken", row["result"])
    return said


def explained(url: str, our: Said | None, their: Said | None, root: Path) -> str:
    """Why the two differ, as far as it can be seen from the tree itself; '' if it cannot."""
    path = root / urlsplit(url).path.lstrip("/")
    there = path.is_file() or (path / "index.html").is_file()
    if our is None:
        return "no page links to it: the start page itself, what style sheets load, search descriptions"
    if their is None:
        return "LinkChecker leaves out this kind of reference (scripts, canonical and search links)"
    if our.verdict == "unknown":
        return f"checker does not guess: {our.why}"
    right = "ok" if there else "broken"
    return (
        f"the file is {'there' if there else 'gone'}: {'checker' if our.verdict == right else 'LinkChecker'} is right"
    )


def _words(said: Said | None) -> str:
    return f"{said.verdict} ({said.why})" if said else "-"


def compare(our: dict[str, Said], their: dict[str, Said], root: Path) -> None:
    """Print how many verdicts agree and every one that does not."""
    both = our.keys() & their.keys()
    agree = sum(our[u].verdict == their[u].verdict for u in both)
    print(
        f"targets: checker {len(our)}, LinkChecker {len(their)}, both {len(both)}; same verdict {agree} of {len(both)}"
    )
    for name, said in (("checker", our), ("LinkChecker", their)):
        counts = Counter(s.verdict for s in said.values())
        print(f"  {name:<12} " + ", ".join(f"{verdict} {n}" for verdict, n in sorted(counts.items())))
    reasons: dict[str, list[str]] = {}
    for url in sorted(our.keys() | their.keys()):
        mine, other = our.get(url), their.get(url)
        if mine is None or other is None or mine.verdict != other.verdict:
            why = explained(url, mine, other, root) or "NOT EXPLAINED"
            reasons.setdefault(why, []).append(f"{url}  checker: {_words(mine)}  LinkChecker: {_words(other)}")
    for why, shown_all in reasons.items():
        print(f"{len(shown_all)} differ: {why}")
        print("\n".join(f"    {shown}" for shown in shown_all[:10]))


def main() -> None:
    """Serve the tree, ask both, compare."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o777)  # LinkChecker gives up root's rights before it writes
        gone = damaged(tree(), folder / "tree")
        with served(folder / "tree") as home:
            print(f"{len(gone)} files taken away, served at {home}")
            begun = time.perf_counter()
            our = ours(home, folder)
            between = time.perf_counter()
            their = theirs(home, folder)
            print(f"checker {between - begun:.1f} s, LinkChecker {time.perf_counter() - between:.1f} s")
            compare(our, their, folder / "tree")


if __name__ == "__main__":
    main()
