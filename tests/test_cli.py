"""The commands as their users meet them: streams, exit codes, messages, options."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from checker.cli.terminal import new_table, print_table
from checker.demo import CityServer
from checker.loopback import Reply
from tests.scanning import html

ROOT = Path(__file__).parent.parent
FRESH = '<ul><li><a href="/art/2021/11/1/art_1_1.html">关于召开全体会议的通知</a><span>2021-11-01</span></li></ul>'
OLD = FRESH.replace("2021", "2019")
SITES = """
version: 1
sites:
  - {{id: fresh, code: null, name: 新鲜的网站, url: "http://fresh.example", kind: department, organizer: 甲局, rate: 9}}
  - {{id: old, code: null, name: 陈旧的网站, url: "http://old.example", kind: department, organizer: 乙局, rate: 9}}
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def checker(*words: str, cwd: Path, **environment: str) -> Ran:
    """Run the installed command in a folder, away from any terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "checker", *words], cwd=cwd, capture_output=True, timeout=120, check=False,
        env={k: v for k, v in os.environ.items() if k != "FORCE_COLOR"} | environment,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def pages() -> dict[str, dict[str, Reply]]:
    article = html("<h1>关于召开全体会议的通知</h1>")
    return {
        "fresh.example": {"/": html(FRESH), "/art/2021/11/1/art_1_1.html": article},
        "old.example": {"/": html(OLD), "/art/2019/11/1/art_1_1.html": article},
    }


@pytest.fixture(scope="module")
def server() -> Iterator[CityServer]:
    with CityServer(hosts=pages()) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites.yaml").write_text(SITES.format(), "utf-8")
    return tmp_path


CLOCK = ("--as-of", "2021-11-08T10:00:00+08:00")


def scan(folder: Path, server: CityServer, *words: str) -> Ran:
    return checker("scan", "--connect-to", server.connect_to, *CLOCK, *words, cwd=folder)


def test_results_on_stdout_and_nothing_on_stderr_away_from_a_terminal(folder: Path, server: CityServer) -> None:
    ran = scan(folder, server)
    assert (ran.code, ran.err) == (1, "")
    assert "陈旧的网站" in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--only", "old"), 1),
        (("--only", "old", "--fail-on", "never"), 3),
        (("--only", "old", "--fail-on", "never", "--pending-ok"), 0),
        (("--only", "fresh"), 3),
        (("--only", "fresh", "--pending-ok"), 0),
    ],
)
def test_exit_codes_of_findings(folder: Path, server: CityServer, words: tuple[str, ...], code: int) -> None:
    """Without recorded columns the column vetoes are open, so `fresh` waits; findings go before waiting."""
    assert scan(folder, server, *words).code == code


def test_json_and_text_at_once(folder: Path, server: CityServer) -> None:
    ran = scan(folder, server, "-f", "json", "-o", "deep/result.json", "-f", "text")
    assert "陈旧的网站" in ran.out
    document = json.loads((folder / "deep" / "result.json").read_text("utf-8"))
    schema = json.loads((ROOT / "docs" / "schema" / "scan.schema.json").read_text("utf-8"))
    jsonschema.validate(document, schema)
    assert [s["id"] for s in document["subjects"]] == ["fresh", "old"]
    assert list(folder.glob("deep/*.part")) == []


def test_ndjson_is_one_event_a_line(folder: Path, server: CityServer) -> None:
    ran = scan(folder, server, "-f", "ndjson")
    events = [json.loads(line) for line in ran.out.splitlines()]
    assert [e["type"] for e in events] == ["scan-started", "subject", "subject", "scan-finished"]
    assert {e["id"] for e in events if e["type"] == "subject"} == {"fresh", "old"}


def test_evaluate_and_report_start_from_the_store(folder: Path, server: CityServer) -> None:
    scan(folder, server, "-f", "json", "-o", "scan.json")
    report = checker("report", "-f", "json", cwd=folder)
    again = checker("evaluate", "-f", "json", cwd=folder)
    assert report.out == (folder / "scan.json").read_text("utf-8")
    assert (report.code, again.code) == (0, 1)
    assert json.loads(again.out)["subjects"] == json.loads(report.out)["subjects"]
    gate = checker("evaluate", "--profile", "gate", "-f", "json", cwd=folder)
    assert json.loads(gate.out)["tool"]["rules"]["profile"] == "gate"
    assert json.loads(checker("report", "-f", "json", cwd=folder).out)["tool"]["rules"]["profile"] == "gate"


def test_plan_asks_nobody(folder: Path, server: CityServer) -> None:
    before = server.counts()
    ran = checker("scan", "--plan", *CLOCK, "--connect-to", "::127.0.0.1:1", cwd=folder)
    assert (ran.code, server.counts()) == (0, before)
    assert "fresh.example" in ran.out
    assert "No request was made" in ran.err
    assert not (folder / ".checker").exists()


WRONG = [
    (("scan", "--as-of", "yesterday"), "--as-of yesterday: not ISO 8601"),
    (("scan", "--as-of", "2021-11-08T10:00:00+08:00"), "more than 24 hours from now"),
    (("scan", "--connect-to", "nonsense"), "expected HOST1:PORT1:HOST2:PORT2"),
    (("scan", *CLOCK, "--connect-to", "::127.0.0.1:1"), "nothing answers at 127.0.0.1:1"),
    (("scan", "--only", "nobody", "--plan"), "--only nobody: no site or account of this id is registered"),
    (("scan", "-f", "pdf"), "--format pdf: there are"),
    (("scan", "-f", "json", "-f", "text"), "only one format can go to stdout"),
    (("scan", "-o", "a", "-o", "b"), "more --output files than --format names"),
    (("scan", "--fail-on", "anger"), "--fail-on anger: must be veto, deduction, notice, never"),
    (("scan", "--profile", "nationl"), "unknown profile 'nationl'; did you mean 'national'?"),
    (("scan", "--cacert", "no.pem"), "--cacert no.pem: no such file"),
    (("scan", "--executor", "slurm"), "--executor slurm: must be local or dask=ADDRESS"),
    (("scan", "--sites", "nowhere.yaml"), "nowhere.yaml"),
    (("scan", "--rules", "nowhere"), "nowhere"),
    (
        ("scan", "--profile", "./gate.yaml"),
        "a profile is named, not given as a file: it lies at rules/profiles/gate.yaml",
    ),
    (("scan", "--resume"), "there is no unfinished scan to go on with"),
    (("scan", "--store", "sites.yaml"), "'sites.yaml' is a file"),
    (("report",), "`checker scan` makes one"),
    (("report", "--scan", "nothing"), "no scan nothing; the newest are none"),
    (("evaluate", "--scan", "nothing"), "no scan nothing; the newest are none"),
    (("evaluate",), "`checker scan` makes one"),
    (("rules", "test", "v9-nothing"), "no rule 'v9-nothing'"),
    (("rules", "show", "v9-nothing"), "no rule 'v9-nothing'"),
]


@pytest.mark.parametrize(("words", "message"), WRONG, ids=[" ".join(w) for w, _ in WRONG])
def test_wrong_use_ends_with_2_and_says_what_to_do(folder: Path, words: tuple[str, ...], message: str) -> None:
    ran = checker(*words, cwd=folder)
    assert (ran.code, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())
    assert "Traceback" not in ran.err


def test_registry_errors_come_all_at_once_before_any_request(folder: Path, server: CityServer) -> None:
    (folder / "sites.yaml").write_text(
        'version: 1\nsites:\n  - {id: 3415220046, name: 甲, url: "http://a.example/", kind: portl, organizer: 甲}\n'
        '  - {id: b, code: null, name: 乙, url: "http://b.example/", kind: portal, organiser: 乙}\n',
        "utf-8",
    )
    before = server.counts()
    ran = scan(folder, server)
    assert (ran.code, server.counts()) == (2, before)
    assert "sites.yaml:3: " in ran.err
    assert "put it in quotes" in ran.err
    assert "did you mean 'portal'?" in ran.err
    assert "sites.yaml:4: " in ran.err
    assert "did you mean 'organizer'?" in ran.err


def test_an_interrupted_scan_is_gone_on_with(folder: Path, server: CityServer) -> None:
    """What other commands say while it runs, when it was stopped, and when it goes on."""
    slow = {"slow.example": {"/": html(FRESH, title="慢"), "*": Reply(200, "text/html", b"", seconds=60.0)}}
    (folder / "sites.yaml").write_text(SITES.replace("old.example", "slow.example").format(), "utf-8")
    with CityServer(hosts=pages() | slow) as there:
        process = subprocess.Popen(
            [sys.executable, "-m", "checker", "scan", "--connect-to", there.connect_to, *CLOCK, "-f", "ndjson",
             "--only", "fresh", "--only", "old"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        first = [process.stdout.readline(), process.stdout.readline()]
        running = checker("report", cwd=folder)
        refused = [checker(*words, cwd=folder) for words in (("evaluate",), ("scan", "--resume"))]
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert [json.loads(line)["type"] for line in first] == ["scan-started", "subject"]
    assert (running.code, "is not finished: the report holds only the subjects that are done" in running.err) == (
        0,
        True,
    )
    assert "检查没有做完" in running.out
    assert "新鲜的网站" in running.out
    assert [(r.code, r.out) for r in refused] == [(4, "")] * 2
    held = f"checker scan, process {process.pid} is at work in this store (--lock-timeout SECONDS waits for it)"
    assert all(held in " ".join(r.err.split()) for r in refused)
    assert (process.returncode, err.decode()) == (
        143, "stopped; what was gathered is kept, `checker scan --resume` goes on\n",
    )  # fmt: skip
    assert checker("report", cwd=folder).out == running.out
    stopped = checker("evaluate", cwd=folder)
    assert (stopped.code, "is not finished" in stopped.err) == (2, True)
    contrary = checker("scan", "--resume", "--connect-to", "::127.0.0.1:1", cwd=folder)
    assert (contrary.code, f"began with --connect-to {there.connect_to}" in " ".join(contrary.err.split())) == (2, True)
    with CityServer(hosts=pages() | {"slow.example": pages()["old.example"]}, port=there.port):
        resumed = checker("scan", "--resume", *CLOCK, "-f", "json", cwd=folder)
    assert resumed.code in {1, 3}, resumed.err
    assert "going on with scan" in resumed.err
    assert [s["id"] for s in json.loads(resumed.out)["subjects"]] == ["fresh", "old"]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_signal_ends_a_scan_with_one_line(folder: Path, sign: signal.Signals, workers: str) -> None:
    slow = {"*": Reply(200, "text/html", b"", seconds=60.0)}
    with CityServer(hosts={"fresh.example": pages()["fresh.example"], "old.example": slow}) as there:
        process = subprocess.Popen(
            [sys.executable, "-m", "checker", "scan", "--connect-to", there.connect_to, *CLOCK, "-f", "ndjson",
             "--workers", workers],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(sign)
        _, err = process.communicate(timeout=30)
    assert err.decode() == "stopped; what was gathered is kept, `checker scan --resume` goes on\n"
    assert process.returncode == (130 if sign is signal.SIGINT else 143)


def test_a_report_of_some_subjects_is_reckoned_anew(folder: Path, server: CityServer) -> None:
    scan(folder, server)
    whole = json.loads(checker("report", "-f", "json", cwd=folder).out)
    some = json.loads(checker("report", "-f", "json", "--only", "old", cwd=folder).out)
    assert some["subjects"] == [s for s in whole["subjects"] if s["id"] == "old"]
    assert some["units"] == [u for u in whole["units"] if u["subjects"] == ["old"]]
    assert some["summary"]["sites"]["registered"] == 1
    none = checker("report", "--only", "nobody", cwd=folder)
    assert (none.code, "--only nobody" in none.err) == (2, True)


def test_where_everything_goes_to_files_stderr_says_what_came_out(folder: Path, server: CityServer) -> None:
    ran = scan(folder, server, "-f", "json", "-o", "a.json", "-f", "text", "-o", "b.txt")
    number = json.loads((folder / "a.json").read_text("utf-8"))["scan"]["id"]
    summary = "政府网站：登记 2，检查 2：合格 0，待核 1，不合格 1"
    assert (ran.out, ran.err) == ("", f"{summary}\nscan {number}: a.json, b.txt\n")
    assert scan(folder, server, "-f", "json", "-o", "a.json", "--quiet").err == ""


def test_tables_never_cut_hosts_and_ids(tmp_path: Path) -> None:
    host = "a-very-long-name-of-a-government-office.with-a-department.of-a-county.example"
    entries = "".join(
        f'  - {{id: "subject-{n}", code: null, name: 甲{n}, url: "http://{host}/{n}/", kind: department, '
        f"organizer: 甲}}\n"
        for n in range(40)
    )
    (tmp_path / "sites.yaml").write_text(f"version: 1\nsites:\n{entries}", "utf-8")
    plan = checker("scan", "--plan", cwd=tmp_path, COLUMNS="80").out.splitlines()
    assert [line.split()[:41] for line in plan if line.startswith(host)] == [
        [host, *(f"subject-{n}" for n in range(40))]
    ]
    listed = checker("rules", "list", cwd=tmp_path, COLUMNS="40").out.splitlines()
    known = [e["id"] for e in json.loads(checker("rules", "list", "-f", "json", cwd=tmp_path).out)]
    assert [line.split()[0] for line in listed[1:]] == known


def test_a_narrow_terminal_shows_the_first_column_whole() -> None:
    table = new_table("host", "subjects")
    table.add_row("h" * 70, "s" * 60)
    out = io.StringIO()
    console = Console(file=out, width=80)
    print_table(table, console)
    text = out.getvalue()
    assert "h" * 70 in text
    assert "".join(line[70:].strip() for line in text.splitlines()[1:]) == "s" * 60


def test_try_shows_the_rows_of_a_rule_on_the_last_scan(folder: Path, server: CityServer) -> None:
    scan(folder, server)
    rule = ROOT / "rules" / "national-2019" / "site" / "v3-home-stale.yaml"
    ran = checker("rules", "try", str(rule), cwd=folder)
    assert ran.code == 0
    assert "old 陈旧的网站: fail" in ran.out
    assert "首页最新信息为2019-11-01" in ran.out


def test_rules_list_as_json(tmp_path: Path) -> None:
    entries = json.loads(checker("rules", "list", "-f", "json", cwd=tmp_path).out)
    statuses = {e["id"]: e["status"] for e in entries}
    assert statuses["v3-home-stale"] == "live"
    assert statuses["v5-unanswered"] == "waiting"
    assert statuses["e10-innovation"] == "manual"
    assert {"id", "title", "effect", "status"} <= entries[0].keys()


def test_a_reader_that_leaves_early_is_no_error(folder: Path, server: CityServer) -> None:
    scan(folder, server)
    script = f"{sys.executable} -m checker report -f json | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout[:1], done.stderr) == (0, b"{", b"")
    shut = f"{sys.executable} -m checker rules list | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shut], cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_no_color_wins_over_force_color(folder: Path, server: CityServer) -> None:
    scan(folder, server)
    assert "\x1b" in checker("report", cwd=folder, FORCE_COLOR="1").out
    assert "\x1b" not in checker("report", cwd=folder, FORCE_COLOR="1", NO_COLOR="1").out


def test_version(tmp_path: Path) -> None:
    assert checker("--version", cwd=tmp_path).out.startswith("checker 0.")


def test_a_report_into_a_link_or_a_pipe_is_written_into_it(folder: Path, server: CityServer) -> None:
    scan(folder, server)
    (folder / "target.json").write_text("old", "utf-8")
    (folder / "link.json").symlink_to(folder / "target.json")
    checker("report", "-f", "json", "-o", "link.json", cwd=folder)
    assert (folder / "link.json").is_symlink()
    assert json.loads((folder / "target.json").read_text("utf-8"))["schema_version"] == "1.0"
    os.mkfifo(folder / "pipe")
    reader = subprocess.Popen(["head", "-c1", str(folder / "pipe")], stdout=subprocess.PIPE)
    checker("report", "-f", "ndjson", "-o", "pipe", cwd=folder)
    assert reader.communicate(timeout=30)[0] == b"{"


def test_the_ending_of_a_file_tells_its_format(folder: Path, server: CityServer) -> None:
    assert scan(folder, server, "-o", "r.html", "-o", "r.json", "-o", "r").code in {1, 3}
    assert (folder / "r.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads((folder / "r.json").read_text("utf-8"))["schema_version"] == "1.0"
    assert "新鲜的网站" in (folder / "r").read_text("utf-8")
    refused = scan(folder, server, "-o", "r.docx")
    assert (
        refused.code,
        "its ending names no format; name one with -f: text, json" in " ".join(refused.err.split()),
    ) == (2, True)
