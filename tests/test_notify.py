"""`checker notify` and `scan --notify`: people are told of changes, shortly, and no address of theirs is ever shown."""

import builtins
import json
import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.cli.delivery import MOST_BYTES, services_of
from checker.demo import CityServer
from checker.errors import Exit, MachineError, UsageError
from checker.fleet.diff import compare
from checker.model.differences import Comparison, SubjectDifference
from checker.model.results import Change, Gone, Outcome, Score, SuppressionUse, Verdict
from checker.report._diff_message import Message, message
from tests.comparing import NOW, RULES, THEN, again, keep, row, rule, scan, seen_now, subject
from tests.golden_scan import HOSTILE
from tests.scanning import html, national
from tests.test_diff_shown import GOLDEN

SECRET = "S3cr3tT0ken"


class _Mailbox(ThreadingHTTPServer):
    """A webhook on the loopback: keeps what is posted, and answers as it was told to."""

    daemon_threads = True

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.status = status
        self.posted: list[tuple[str, dict[str, Any]]] = []


class _Post(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, _Mailbox)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def mailbox(status: int = 200) -> Iterator[_Mailbox]:
    server = _Mailbox(status)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def invoke(*words: str, **variables: str) -> Any:
    return CliRunner().invoke(app, list(words), env={"CHECKER_NOTIFY": "", **variables})


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with two scans, between which a veto arrived."""
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject(rule(seen_now("a")), verdict=Verdict.UNQUALIFIED)))
    return tmp_path


# --- the message


def _golden(store: Path) -> Comparison:
    then = subject(rule(row("kept")), rule(row("doubt", certainty="candidate"), effect="deduct"))
    now = subject(
        rule(seen_now("blank", f"栏目“{HOSTILE}”<at user_id=\"all\"></at>@所有人"), again("back"),
             seen_now("soon", "最新一条为 2021-10-27，已 12 天", problem="应更新栏目即将到期", notice=True)),
        rule(row("doubt"), seen_now("maybe", certainty="candidate"), effect="deduct"),
        verdict=Verdict.UNQUALIFIED, grade="不合格", score=Score(None, Decimal("91.5"), Decimal(0), Decimal(88)),
    )  # fmt: skip
    better = subject(id="www-two-example", score=Score(Decimal(96), Decimal(96), Decimal(0), Decimal(90)))
    keep(store, scan("20211101-100000", THEN, then, subject(id="www-two-example"), subject(id="www-left-example")))
    keep(store, scan("20211108-100000", NOW, now, better), facts=False, only="[]")
    use = SuppressionUse("x-typo", "网站 4211250023", "人名用字", "李四", "2021-07-01", "2021-11-03",
                         "suppressions.yaml:9", "expired", 0)  # fmt: skip
    found = compare(store, "20211101-100000", "20211108-100000", RULES)
    return replace(found, expired=(use,), subjects=tuple(map(_mended, found.subjects)))


def _mended(one: SubjectDifference) -> SubjectDifference:
    """The finding `kept` was looked at again."""
    became = {"kept": Change.RECTIFIED}
    return replace(one, findings=tuple(replace(f, change=became.get(f.fingerprint, f.change)) for f in one.findings))


def test_the_message(tmp_path: Path) -> None:
    sent = message(_golden(tmp_path), MOST_BYTES)
    out = f"{sent.title}\n\n{sent.body}\n"
    if os.environ.get("CHECKER_UPDATE_GOLDEN"):
        (GOLDEN / "notify.txt").write_text(out, "utf-8")
    assert (GOLDEN / "notify.txt").read_text("utf-8") == out
    assert sent.grave
    assert not re.search("[<>@\x00-\x09\x0b-\x1f\u202e]", out)


@pytest.mark.parametrize("most", [600, 1000, 2000, 4000])
def test_a_message_is_bounded_and_counts_what_it_leaves_out(tmp_path: Path, most: int) -> None:
    rows = [seen_now(f"column-{n:03}") for n in range(200)]
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject(rule(*rows), verdict=Verdict.UNQUALIFIED)))
    sent = message(compare(tmp_path, "1", "2", RULES), most)
    size = len(f"{sent.title}\n\n{sent.body}".encode())
    assert most - 250 < size <= most
    listed, left = sent.body.count("\n- "), int(re.findall(r"另有(\d+)项，见报告$", sent.body)[0])
    assert listed + left == 201  # the verdict, and every finding
    assert not re.search(r"：\n另有", sent.body)


def test_a_message_names_no_two_findings_alike(tmp_path: Path) -> None:
    long = "http://www.one.example/" + "x" * 200
    same = {"detail": "按钮没有文字", "location": "http://www.one.example/", "url": ""}
    rows = [
        *(seen_now(f"p{n}", "页面没有找错入口") for n in range(3)),
        *(seen_now(f"l{n}", "页面没有找错入口", url=f"{long}/{n}") for n in range(2)),
        *(seen_now(f"s{n}", **same) for n in range(2)),
        seen_now("post", "推文无法打开", location="account:x", url="", item="第3篇"),
    ]  # fmt: skip
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject(rule(*rows))))
    lines = [line for line in message(compare(tmp_path, "1", "2", RULES), 9000).body.splitlines() if "空白栏目" in line]
    start = "- www-one-example 网站：[单项否决] 空白栏目："
    assert [line.removeprefix(start) for line in lines] == [
        *(f"页面没有找错入口 www.one.example/p{n}" for n in range(3)),
        *(f"页面没有找错入口 …{'x' * 57}/{n}" for n in range(2)),
        *(f"按钮没有文字 www.one.example/ 〔s{n}〕" for n in range(2)),
        "推文无法打开 第3篇",
    ]


def test_a_message_tells_repetitions_in_one_line_and_what_a_suppression_did(tmp_path: Path) -> None:
    repeats = {"rule": "x-unrectified", "effect": "notice", "of_others": True}
    then = rule(row("a"), row("b"))
    now = rule(row("a", suppressed="r"), row("b", suppressed="r"), outcome=Outcome.PASS)
    keep(tmp_path, scan("1", THEN, subject(then, rule(**repeats), verdict=Verdict.UNQUALIFIED)))
    keep(tmp_path, scan("2", NOW, subject(now, rule(*(seen_now(f"r{n}") for n in range(9)), **repeats))))
    sent = message(compare(tmp_path, "1", "2", RULES), MOST_BYTES)
    assert sent.title == "网站和新媒体检查：2项有变化、1个对象结论变化"
    assert sent.body.splitlines()[2:] == [
        "结论变化 1：",
        "- www-one-example 网站：不合格 → 合格（等次 良，总分 95，第二部分 95）",
        "因豁免而变化 2：",
        "- www-one-example 网站：结论变化只因豁免，问题本身没有变化",
        "- www-one-example 网站：单项否决“空白栏目”（不通过 → 通过）只因豁免，问题本身没有变化",
        "有变化 2：",
        "- www-one-example 网站：[单项否决] 空白栏目：栏目“a”没有内容（已豁免） www.one.example/a",
        "- www-one-example 网站：[单项否决] 空白栏目：栏目“b”没有内容（已豁免） www.one.example/b",
        "上期通报未整改 9 项",
    ]


def test_a_message_of_nothing_says_so(tmp_path: Path) -> None:
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject()))
    found = compare(tmp_path, "1", "2", RULES)
    assert message(found, MOST_BYTES) == Message("网站和新媒体检查：没有变化", "\n".join([
        "前一次 1，检查时点 2021-11-01 10:00，指标 national 2019.1（4f2a91c0）",
        "后一次 2，检查时点 2021-11-08 10:00，指标 national 2019.1（4f2a91c0）",
    ]), False)  # fmt: skip


@pytest.mark.parametrize(
    ("then", "now", "changed"),
    [
        (subject(), subject(), False),
        (subject(rule(row("a"))), subject(), False),  # nobody looked again
        (subject(), subject(score=Score(Decimal(95), Decimal(95), Decimal(0), Decimal(80))), False),
        (subject(), subject(score=Score(Decimal(94), Decimal(94), Decimal(0), Decimal(80))), True),
        (subject(), subject(grade="优"), True),
        (subject(), subject(rule(seen_now("a"))), True),
        (subject(rule(row("a", certainty="candidate"))), subject(rule(row("a"))), True),
    ],
)
def test_what_is_a_change(tmp_path: Path, then: Any, now: Any, changed: bool) -> None:
    keep(tmp_path, scan("1", THEN, then), facts=False)
    keep(tmp_path, scan("2", NOW, now), facts=False)
    assert compare(tmp_path, "1", "2", RULES).changed is changed


def test_a_suppression_that_expired_since_is_a_change(tmp_path: Path) -> None:
    use = SuppressionUse("x", "s", "r", "o", "2021-07-01", "2021-11-03", "p", "expired", 0)
    uses = [use, replace(use, expires="2021-10-31"), replace(use, state="active")]
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject()))
    found = compare(tmp_path, "1", "2", RULES)
    assert found.changed is False
    import checker.fleet.diff as diffing  # noqa: PLC0415

    old, new = scan("1", THEN), replace(scan("2", NOW), suppressions=tuple(uses))
    assert list(diffing._expired(old, new)) == [use]
    assert replace(found, expired=(use,)).changed is True


# --- delivery


def test_a_webhook_gets_the_message(store: Path) -> None:
    with mailbox() as box:
        result = invoke("notify", "--store", str(store),
                        CHECKER_NOTIFY=f"json://127.0.0.1:{box.server_port}/{SECRET}")  # fmt: skip
    sent = message(compare(store, "1", "2", national()), MOST_BYTES)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"told of the changes from 1 to 2: json://127.0.0.1:{box.server_port}\n"
    assert [(path, p["title"], p["message"], p["type"]) for path, p in box.posted] == [
        (f"/{SECRET}", sent.title, sent.body, "warning")
    ]
    assert sent.title == "网站和新媒体检查：1项新增、1个对象结论变化"


def test_nobody_is_told_of_nothing_unless_always(store: Path) -> None:
    keep(store, scan("3", NOW, subject(rule(row("a", change=Change.UNCHANGED)), verdict=Verdict.UNQUALIFIED)))
    with mailbox() as box:
        address = f"json://127.0.0.1:{box.server_port}"
        quiet = invoke("notify", "--store", str(store), CHECKER_NOTIFY=address)
        assert (quiet.exit_code, quiet.stderr, box.posted) == (0, "nothing changed from 2 to 3: nobody is told\n", [])
        assert invoke("notify", "--store", str(store), "--always", CHECKER_NOTIFY=address).exit_code == 0
    assert [p["title"] for _, p in box.posted] == ["网站和新媒体检查：没有变化"]


def test_a_dry_run_prints_and_needs_nobody(store: Path) -> None:
    result = invoke("notify", "--dry-run", "--store", str(store))
    sent = message(compare(store, "1", "2", national()), MOST_BYTES)
    assert (result.exit_code, result.stdout, result.stderr) == (
        0, f"{sent.title}\n\n{sent.body}\n", "nothing was sent\n",
    )  # fmt: skip


def test_who_is_not_reached_is_named_without_his_secret(
    store: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with mailbox(500) as bad, mailbox() as good:
        hosts = [f"json://127.0.0.1:{box.server_port}" for box in (bad, good)]
        addresses = f"json://user:{SECRET}@127.0.0.1:{bad.server_port}/{SECRET}?+X-Token={SECRET} {hosts[1]}/hook"
        result = invoke("notify", "--store", str(store), CHECKER_NOTIFY=addresses)
        assert (len(bad.posted), len(good.posted)) == (1, 1)
    assert isinstance(result.exception, MachineError)
    assert result.exception.exit is Exit.INTERNAL
    assert str(result.exception) == f"not told: {hosts[0]} (1 of 2 did not take the message)"
    shown = result.output + caplog.text + "".join(capfd.readouterr()) + repr(result.exception.__cause__)
    assert SECRET not in shown
    assert caplog.records == []


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (f"wecombot://{SECRET}", "wecombot://…"),
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET}", "wecombot://…"),
        (f"dingtalk://{SECRET}", "dingtalk://…"),
        (f"feishu://{SECRET}", "feishu://…"),
        (f"lark://{SECRET}", "lark://…"),
        (f"mailtos://user:{SECRET}@example.com?to=a@example.com", "mailtos://example.com:587"),
        (f"jsons://user:{SECRET}@example.com/{SECRET}", "jsons://example.com"),
    ],
)
def test_a_service_is_named_without_its_secret(address: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM", address)
    assert [s.name for s in services_of("TEAM")] == [name]


@pytest.mark.parametrize(
    ("variables", "words", "message"),
    [
        ({}, [], "CHECKER_NOTIFY is not set"),
        ({}, ["--to-env", "TEAM"], "TEAM is not set"),
        ({"CHECKER_NOTIFY": f"json://a nonsense-{SECRET}"}, [], "CHECKER_NOTIFY: address 2 of 2 is none that"),
        ({"CHECKER_NOTIFY": f"unknown://{SECRET}"}, [], "CHECKER_NOTIFY: address 1 of 1 is none that"),
        ({}, ["--recheck", "1"], "--recheck names both inspections"),
    ],
)
def test_wrong_addresses_are_told_without_showing_them(
    store: Path, caplog: pytest.LogCaptureFixture, variables: dict[str, str], words: list[str], message: str
) -> None:
    result = invoke("notify", *words, "--store", str(store), **variables)
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)
    assert SECRET not in str(result.exception) + result.output + caplog.text


@pytest.mark.parametrize(
    ("mode", "text", "said"),
    [
        (0o644, "json://{host}\n", "others can read it, and it holds secrets; chmod 600"),
        (0o640, "json://{host}\n", "others can read it"),
        (0o600, f"json://{{host}}\nnonsense://{SECRET}\n", "some of its entries are none that apprise knows"),
        (0o600, "# nobody yet\n", "there is no address in it that apprise knows"),
        (None, "", "cannot be read (No such file or directory)"),
        (0o600, "# 同事\nteam=json://{host}/{secret}\n", ""),
        (0o600, "urls:\n  - json://{host}/{secret}\n", ""),
    ],
)
def test_addresses_in_a_file(
    store: Path, caplog: pytest.LogCaptureFixture, mode: int | None, text: str, said: str
) -> None:
    path = store / "people.conf"
    with mailbox() as box:
        if mode is not None:
            path.write_text(text.replace("{host}", f"127.0.0.1:{box.server_port}").replace("{secret}", SECRET), "utf-8")
            path.chmod(mode)
        result = invoke("notify", "--config", str(path), "--store", str(store))
    if said:
        assert isinstance(result.exception, UsageError)
        assert said in str(result.exception)
    assert (len(box.posted), result.exit_code) == ((0, 1) if said else (1, 0))
    assert SECRET not in str(result.exception) + result.output + caplog.text


def test_without_apprise_it_says_what_to_install(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *more: Any) -> Any:
        if name == "apprise":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", missing)
    result = invoke("notify", "--store", str(store), CHECKER_NOTIFY="json://127.0.0.1")
    assert isinstance(result.exception, MachineError)
    assert str(result.exception) == "apprise is missing, which sends messages; pip install '.[notify]'"
    assert invoke("notify", "--dry-run", "--store", str(store)).exit_code == 0


def test_the_newest_recheck_is_told_of(tmp_path: Path) -> None:
    answer = Gone("v4-columns-blank", "a", "main", "p", "i", "l", "d", "u", "certain", THEN, THEN, "", Change.RECTIFIED,
                  "已有内容")  # fmt: skip
    keep(tmp_path, scan("1", THEN, subject(rule(row("a")), verdict=Verdict.UNQUALIFIED)))
    unseen = replace(answer, fingerprint="d", change=Change.NOT_SEEN, reason="页面打不开")
    rows = row("c", rechecked="notRectified"), row("d", rechecked="unknown"), row("taken-over")
    doubtful = row("e", rechecked="notRectified", certainty="candidate")
    after = subject(rule(*rows, doubtful), gone=(answer, unseen), rectification="整改后合格")
    keep(tmp_path, scan("2", NOW, after, kind="recheck", based_on="1"))
    result = invoke("notify", "--recheck", "--dry-run", "--store", str(tmp_path))
    assert result.stdout.splitlines()[0] == "网站和新媒体复查：已整改1项、未整改1项、无法判定2项、1个对象结论变化"
    told = [line[:16] for line in result.stdout.splitlines() if line.startswith(("未整改", "无法判定", "已整改"))]
    assert told == ["未整改 1：", "无法判定 2：", "已整改 1："]
    assert "taken-over" not in result.stdout
    assert "整改情况 — → 整改后合格" in result.stdout


# --- after a scan


def _scan(store: Path, server: CityServer, *words: str, **variables: str) -> Any:
    sites = store.parent / "sites.yaml"
    entry = "id: one, code: null, name: 甲, url: 'http://www.one.example/', kind: portal, organizer: 甲, rate: 1000"
    sites.write_text(f"version: 1\nsites: [{{{entry}}}]\n", "utf-8")
    return invoke(
        "scan", "--sites", str(sites), "--store", str(store), "--connect-to", server.connect_to, "--as-of", NOW,
        "--no-browser", "--fail-on", "never", "--pending-ok", *words, **variables,
    )  # fmt: skip


def test_after_a_scan_people_are_told_what_changed_since_the_last(tmp_path: Path) -> None:
    store, first = tmp_path / "store", tmp_path / "first.json"
    news = '<ul><li><a href="/a.html">关于召开会议的通知</a>2021-11-01</li></ul>'
    city = {"www.one.example": {"/": html(news), "/a.html": html("<p>正文</p>")}}
    footer = "<footer>主办单位：甲　联系方式：0551-12345678</footer>"
    marked = {"www.one.example": {"/": html(news + footer), "/a.html": html(f"<p>正文</p>{footer}")}}
    with mailbox() as box:
        address = {"CHECKER_NOTIFY": f"json://127.0.0.1:{box.server_port}"}
        with CityServer(hosts=city) as server:
            nobody = _scan(store, server, "--notify")
            assert isinstance(nobody.exception, UsageError)
            assert not store.exists()
            one = _scan(store, server, "--notify", "-f", "json", "-o", str(first), **address)
            assert (one.exit_code, box.posted) == (0, [])
            assert "this is the first finished scan of the store" in one.stderr
        with CityServer(hosts=marked) as server:
            two = _scan(store, server, "--notify", "--baseline", str(first), "-f", "ndjson", **address)
    assert two.exit_code == 0, two.exception
    assert len(box.posted) == 1
    assert box.posted[0][1]["title"] == "网站和新媒体检查：对象或得分有变化"
    assert "- 甲：等次 待核，总分 " in box.posted[0][1]["message"]
    events = [json.loads(line) for line in two.stdout.splitlines()]
    (streamed,) = [e for e in events if e["type"] == "subject"]
    assert {f["baseline"] for a in streamed["assessments"] for f in a["findings"]} <= {"known", "new"}
