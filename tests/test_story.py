"""A small city over three inspections, by the commands: found, notified, rectified, back again, not to be told.

Every act runs once; the tests look at what it left. The only thing that is not as shipped is the pause before a dead
link is asked for again.
"""

import csv
import io
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.story_city import ACCOUNT_ID, OFFICE, OFFICE_ID, PORTAL, PORTAL_ID, City, Document, Story, posts, registry
from tests.workbook import records

HOME, OFFICE_HOME = f"http://{PORTAL}/", f"http://{OFFICE}/"
COLUMN = [f"{HOME}k{n}/" for n in range(5)]
LINK = [f"{HOME}xz/{n}.doc" for n in range(4)]
SUPPRESSION = """version: 1
suppressions:
  - {{rule: v3-home-stale, scope: {{subject: {subject}}}, reason: 系统迁移, {owner}
     created: 2021-12-01, expires: 2021-12-31}}
"""
CIRCULAR = """附件 1,,,,,,
12 月政府网站与政务新媒体问题整改情况,,,,,,
序号,网站/政务新媒体名称,主要存在问题,主办单位,发现日期,整改日期,备注
1,某县人民政府网,概况信息与统计公报不一致,某县人民政府办公室,12.07,,
2,某县发布(抖音),视频字幕与口播不一致,某县人民政府办公室,12.08,12.09,
"""


def play(folder: Path) -> Story:
    """Three inspections and what happens between them."""
    registry(folder)
    posts(folder, date(2021, 11, 8), date(2021, 9, 1))
    story = Story(folder, City(date(2021, 11, 8), tagless={20, 23}))
    city = story.city
    story.act("first", "scan", "2021-11-08")
    story.ran["notify"] = story.say("history", "notify", "--on", "2021-11-10", "--document", "第四季度通报")
    story.act("nothing mended", "recheck", "2021-11-15")
    city.today, city.police, city.office_day = date(2021, 11, 20), True, date(2021, 11, 19)
    city.blank, city.dead = {0, 4}, {"/xz/2.doc"}
    posts(folder, date(2021, 11, 22), date(2021, 11, 20))
    story.act("mended", "recheck", "2021-11-22")
    story.act("again", "recheck", "2021-11-23")
    city.dead = set()
    city.articles = [*range(10, 16), *city.articles]
    city.removed = {"/k4/", "/art/23.html"}
    registry(folder, range(4))
    story.act("second", "scan", "2021-11-24", "--pending-ok")
    marks = [mark_of(story, "second", x) for x in GONE_FOR_GOOD]
    story.ran["accept"] = story.say("history", "accept", *marks, "--by", "张三", "--note", "已按要求撤下")
    city.today, city.police, city.dead = date(2021, 12, 19), False, {"/xz/1.doc"}
    posts(folder, date(2021, 12, 20), date(2021, 12, 19))
    story.act("third", "scan", "2021-12-20")
    return story


GONE_FOR_GOOD = [
    ("v4-columns-blank", COLUMN[4]), ("a9-other-columns", COLUMN[4]), ("d8-meta-tags", f"{HOME}art/23.html"),
]  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return play(tmp_path_factory.mktemp("story"))


def mark_of(story: Story, name: str, place: tuple[str, str]) -> str:
    """Fingerprint of the finding of a rule that is there, or gone, at an address."""
    told = ((r, f) for s in story.told[name]["subjects"] for r, f in (*rows(s), *((g["rule"], g) for g in s["gone"])))
    return next(str(f["fingerprint"]) for rule, f in told if (rule, f["url"]) == place)


def subject(document: Document, id: str) -> Document:
    return next(s for s in document["subjects"] if s["id"] == id)


def rows(subject: Document) -> Iterator[tuple[str, Document]]:
    return ((a["rule"], f) for a in subject["assessments"] for f in a["findings"])


def findings(document: Document) -> list[tuple[str, Document]]:
    return [row for s in document["subjects"] for row in rows(s)]


def gone(document: Document, change: str, notified: bool | None = None) -> list[tuple[str, str]]:
    """Rule and address of what is gone in this way."""
    found = (g for s in document["subjects"] for g in s["gone"] if g["change"] == change)
    return sorted((g["rule"], g["url"]) for g in found if notified is None or bool(g["notified_on"]) is notified)


def rectification(document: Document) -> dict[str, str | None]:
    return {s["id"]: s["rectification"] for s in document["subjects"]}


def outcome(document: Document, id: str, rule: str) -> str:
    return next(str(a["outcome"]) for a in subject(document, id)["assessments"] if a["rule"] == rule)


def unrectified(document: Document) -> dict[str, list[str]]:
    """What `x-unrectified` names, by certainty: rule and address of the findings that it speaks of."""
    found: dict[str, list[str]] = {}
    for rule, f in findings(document):
        if rule == "x-unrectified":
            found.setdefault(f["certainty"], []).append(f["item"])
    return found


def test_the_first_inspection_finds_what_is_wrong(story: Story) -> None:
    document = story.told["first"]
    assert (story.ran["first"].code, {s["verdict"] for s in document["subjects"]}) == (1, {"unqualified"})
    certain = Counter(rule for rule, f in findings(document) if f["certainty"] == "certain")
    planted = ("v4-columns-blank", "d2-marks", "d3-links", "d8-meta-tags", "v3-home-stale", "n2-stale")
    assert [certain[rule] for rule in planted] == [5, 1, 2, 2, 1, 1]
    assert {f["change"] for _, f in findings(document)} == {"new"}
    assert "noted as notified on 2021-11-10" in story.ran["notify"].err


def test_while_nothing_is_mended_a_recheck_says_so_of_what_it_can_tell(story: Story) -> None:
    """The account's sheet was not exported anew: it proves nothing of the week since, so nobody is accused by it."""
    ran, document = story.ran["nothing mended"], story.told["nothing mended"]
    assert (ran.code, rectification(document)) == (1, {PORTAL_ID: "未整改", OFFICE_ID: "未整改", ACCOUNT_ID: "待核"})
    assert gone(document, "rectified") == gone(document, "removed") == []
    assert gone(document, "notSeen") == [("n2-stale", f"account:{ACCOUNT_ID}")]
    assert "无法判定 1" in ran.err


def test_what_was_mended_is_rectified_and_stays_so_in_the_next_recheck(story: Story) -> None:
    document, again = story.told["mended"], story.told["again"]
    assert set(rectification(document).values()) == {"整改后合格"}
    assert gone(document, "rectified", notified=True) == sorted([
        *(("v4-columns-blank", COLUMN[n]) for n in (1, 2, 3)), *(("a9-other-columns", COLUMN[n]) for n in (1, 2, 3)),
        ("d2-marks", HOME), ("d3-links", LINK[1]), ("v3-home-stale", OFFICE_HOME),
        ("n2-stale", f"account:{ACCOUNT_ID}"),
    ])  # fmt: skip
    assert rectification(again) == {PORTAL_ID: "整改后合格", OFFICE_ID: "整改后合格", ACCOUNT_ID: "整改后合格"}
    assert gone(again, "rectified") == []
    asked = [f["fingerprint"] for _, f in findings(again) if f.get("rechecked")]
    assert set(asked).isdisjoint(g["fingerprint"] for s in document["subjects"] for g in s["gone"])


def test_the_second_inspection_tells_rectified_removed_and_not_seen_apart(story: Story) -> None:
    document = story.told["second"]
    assert (story.ran["second"].code, {s["verdict"] for s in document["subjects"]}) == (0, {"qualified"})
    assert gone(document, "rectified", notified=True) == [("d3-links", LINK[2])]
    assert gone(document, "removed", notified=True) == sorted(GONE_FOR_GOOD)
    assert gone(document, "notSeen") == [MOVED_ON]
    standing = [(rule, f["url"]) for rule, f in findings(document) if f["notified_on"]]
    assert sorted(standing) == sorted([
        ("a1-profile", HOME), ("a2-functions", HOME), ("a3-leaders", HOME), ("a9-other-columns", COLUMN[0]),
        ("d1-name-and-domain", HOME), ("v4-columns-blank", COLUMN[0]), ("x-header-name", OFFICE_HOME),
    ])  # fmt: skip


MOVED_ON = ("d8-meta-tags", f"{HOME}art/20.html")


def test_what_a_circular_named_and_is_still_there_is_certain_and_what_is_mended_silent(story: Story) -> None:
    document = story.told["second"]
    still = [f["fingerprint"] for _, f in findings(document) if f["notified_on"]]
    doubtful = [mark_of(story, "second", place) for place in (*GONE_FOR_GOOD, MOVED_ON)]
    named = unrectified(document)
    assert {k: sorted(v) for k, v in named.items()} == {"certain": sorted(still), "candidate": sorted(doubtful)}


def test_what_comes_back_is_reopened_and_what_was_accepted_is_settled(story: Story) -> None:
    document = story.told["third"]
    back = [(rule, f["url"]) for rule, f in findings(document) if f["change"] == "reopened"]
    assert back == [
        ("d2-marks", HOME), ("d3-links", LINK[1]), ("v3-home-stale", OFFICE_HOME),
        ("v4-columns-stale", f"{OFFICE_HOME}art/1.html"),
    ]  # fmt: skip
    assert {f["notified_on"] for _, f in findings(document) if f["change"] == "reopened"} == {None}
    accepted = {mark_of(story, "second", place) for place in GONE_FOR_GOOD}
    assert accepted.isdisjoint(g["fingerprint"] for s in document["subjects"] for g in s["gone"])
    assert unrectified(document)["candidate"] == [mark_of(story, "second", MOVED_ON)]
    settled = [g["item"] for s in document["subjects"] for g in s["gone"] if g["rule"] == "x-unrectified"]
    assert (set(settled), MOVED_ON in gone(document, "notSeen")) == (accepted, True)


def test_the_trail_tells_the_whole_story(story: Story) -> None:
    ran = story.say("history", "list", mark_of(story, "third", ("v3-home-stale", OFFICE_HOME)), "-f", "json")
    trail = [(e["what"], e["at"][:10], e["scan"] or e["note"]) for e in json.loads(ran.out)["trail"]]
    assert trail == [
        ("found", "2021-11-08", story.id("first")),
        ("notified", "2021-11-10", "第四季度通报"),
        ("rectified", "2021-11-22", story.id("mended")),
        ("reopened", "2021-12-20", story.id("third")),
    ]
    shown = story.say("history", "list", mark_of(story, "third", ("v3-home-stale", OFFICE_HOME))).out
    words = [line.split()[1:3] for line in shown.partition("经过")[2].splitlines() if line.startswith("2021")]
    assert [next(w for w in pair if ":" not in w) for pair in words] == ["发现", "通报", "整改", "复发"]
    asked = "SELECT f.state, e.what FROM finding f JOIN event e USING (fingerprint) WHERE f.fingerprint = '{}'"
    answer = story.say("query", "--history", "-f", "json", asked.format(mark_of(story, "second", MOVED_ON)))
    assert sorted(r["what"] for r in json.loads(answer.out)) == ["found", "notified"]
    assert {r["state"] for r in json.loads(answer.out)} == {"open"}


@pytest.mark.parametrize(("before", "after"), [("first", "second"), ("second", "third")])
def test_a_comparison_says_what_the_scans_say(story: Story, before: str, after: str) -> None:
    """What a recheck settled between two scans is no news of the later one; the comparison has it all the same."""
    document = json.loads(story.say("diff", story.id(before), story.id(after), "-f", "json").out)
    compared = {f["fingerprint"]: f["change"] for s in document["subjects"] for f in s["findings"]}
    later = story.told[after]
    mine = {g["fingerprint"]: g["change"] for s in later["subjects"] for g in s["gone"]}
    known = {f["fingerprint"] for _, f in findings(story.told[before])}
    assert {m: compared[m] for m in mine if m in known} == {m: change for m, change in mine.items() if m in known}
    there = {f["fingerprint"]: f["change"] for _, f in findings(later) if f["certainty"] != "unknown"}
    assert {m: compared[m] for m in there} == there
    others = {m: change for m, change in compared.items() if m not in mine and m not in there}
    assert set(others.values()) <= {"rectified"}


def test_a_baseline_lets_known_faults_pass_and_new_ones_fail(story: Story, tmp_path: Path) -> None:
    mine = story.copy(tmp_path / "copy")
    gate = ("--fail-on", "deduction", "--pending-ok", "-f", "json", "-o")
    known = mine.say("evaluate", "--scan", story.id("second"), "--baseline", "second.json", *gate, "known.json")
    arrived = mine.say("evaluate", "--scan", story.id("third"), "--baseline", "second.json", *gate, "new.json")
    assert (known.code, arrived.code) == (0, 1)
    document = json.loads((mine.folder / "new.json").read_text("utf-8"))
    new = [(rule, f["url"]) for rule, f in findings(document) if f["baseline"] == "new" and f["certainty"] == "certain"]
    assert new == [
        ("d2-marks", HOME), ("d3-links", LINK[1]), ("v3-home-stale", OFFICE_HOME),
        ("v4-columns-stale", f"{OFFICE_HOME}art/1.html"),
    ]  # fmt: skip


def test_a_suppression_hides_a_row_until_it_expires_and_then_shouts(story: Story, tmp_path: Path) -> None:
    mine = story.copy(tmp_path / "copy")
    (mine.folder / "suppressions.yaml").write_text(SUPPRESSION.format(subject=OFFICE_ID, owner="owner: 李四,"), "utf-8")
    ran = mine.say("evaluate", "--scan", story.id("third"), "-f", "json", "-o", "hidden.json", "--pending-ok")
    document = json.loads((mine.folder / "hidden.json").read_text("utf-8"))
    hidden = [(rule, f["suppressed"]) for rule, f in findings(document) if f["suppressed"]]
    assert (ran.code, hidden) == (0, [("v3-home-stale", "系统迁移（负责人：李四，至2021-12-31）")])
    assert subject(document, OFFICE_ID)["verdict"] == "qualified"
    later = mine.visit("scan", "2022-01-10", "--only", OFFICE_ID, "-f", "json", "-o", "later.json")
    assert (later.code, "(对象 jyj, owner 李四) expired on 2021-12-31" in later.err) == (1, True)
    again = json.loads((mine.folder / "later.json").read_text("utf-8"))
    assert outcome(again, OFFICE_ID, "v3-home-stale") == "fail"
    assert [u["state"] for u in again["suppressions"]] == ["expired"]
    ran = mine.visit("recheck", "2022-01-11", "--pending-ok", "--scan", str(again["scan"]["id"]))
    assert (ran.code, f"subjects ({PORTAL_ID}) are not looked at: scan" in ran.err) == (0, True)


def test_a_suppression_that_nobody_answers_for_is_refused_before_the_first_request(
    story: Story, tmp_path: Path
) -> None:
    mine = story.copy(tmp_path / "copy")
    (mine.folder / "suppressions.yaml").write_text(SUPPRESSION.format(subject=OFFICE_ID, owner=""), "utf-8")
    before = content(mine.folder)
    ran = mine.visit("scan", "2021-12-21", "-f", "json", "-o", "never.json")
    assert (ran.code, ran.out, mine.asked) == (2, "", 0)
    assert "suppressions.yaml:3: suppressions[1]: key 'owner' is missing" in ran.err
    assert content(mine.folder) == before


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but the lock, which every command that writes opens."""
    files = (p for p in folder.rglob("*") if p.is_file() and "lock" not in p.name)
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def reports(story: Story) -> Mapping[str, bytes]:
    """The second inspection in every format."""
    names = ("html", "xlsx", "csv", "sarif", "junit", "markdown")
    words = [w for n in names for w in ("-f", n)] + [w for n in names for w in ("-o", f"report.{n}")]
    ran = story.say("report", "--scan", story.id("second"), *words)
    assert ran.code == 0, ran.err
    return {n: (story.folder / f"report.{n}").read_bytes() for n in names}


def test_all_reports_of_a_scan_agree(story: Story, reports: Mapping[str, bytes]) -> None:
    document = story.told["second"]
    listed = [f for _, f in findings(document)]
    told = [f for f in listed if f["certainty"] != "unknown"]
    mended = len(gone(document, "rectified"))
    lost = sum(len(s["gone"]) for s in document["subjects"])
    lines = list(csv.DictReader(io.StringIO(reports["csv"].decode("utf-8-sig"))))
    assert Counter(line["change"] == "rectified" for line in lines) == {
        True: mended,
        False: len(listed) + lost - mended,
    }
    results = json.loads(reports["sarif"])["runs"][0]["results"]
    absent = [r for r in results if r.get("baselineState") == "absent"]
    assert (len(results) - len(absent), len(absent)) == (len(listed), lost)
    assert sum(r["properties"]["change"] == "rectified" for r in absent) == mended
    annex = records(reports["xlsx"], "整改情况")
    assert len(records(reports["xlsx"], "问题清单")) == len(told)
    assert sum(r["处数"] for r in annex if r["整改情况"] == "已整改") == mended
    html = reports["html"].decode()
    assert len(re.findall(r'<li id="f\d+"', html)) == len(told)
    assert html.count('<span class="badge qualified">已整改</span>') == mended
    markdown = reports["markdown"].decode()
    assert len(re.findall(r"^- \\\[已整改", markdown, re.MULTILINE)) == mended
    own = [f for rule, f in findings(document) if rule != "x-unrectified"]
    scoring = sum(f["certainty"] == "certain" and not f["notice"] for f in own)
    assert re.findall(r"查实问题 (\d+) 条", markdown) == [str(scoring)]


def test_junit_fails_what_fails(story: Story, reports: Mapping[str, bytes]) -> None:
    document = story.told["second"]
    cases = ET.fromstring(reports["junit"])
    failed = [(s["id"], a["rule"]) for s in document["subjects"] for a in s["assessments"]
              if a["outcome"] == "fail" and a["effect"] in {"veto", "deduct"}]  # fmt: skip
    assert [(c.get("classname"), str(c.get("name")).split()[0]) for c in cases.iter("testcase")
            if c.find("failure") is not None] == failed  # fmt: skip
    assert reports["junit"].decode().count("[已整改") == len(gone(document, "rectified"))


def test_a_circular_from_elsewhere_is_held_against_the_next_inspection(story: Story, tmp_path: Path) -> None:
    mine = story.copy(tmp_path / "copy")
    (mine.folder / "circular.csv").write_text(CIRCULAR, "utf-8")
    words = ("history", "import", "circular.csv", "--source", "市月报", "--on", "2021-12-22")
    first, second = mine.say(*words), mine.say(*words)
    assert (first.code, first.err.split("\n")[0]) == (0, "2 new, 0 updated, 0 unchanged")
    assert (second.code, second.err.split("\n")[0]) == (0, "0 new, 0 updated, 2 unchanged")
    mine.act("fourth", "scan", "2021-12-27", "--only", PORTAL_ID, "--only", ACCOUNT_ID)
    named = [(f["certainty"], f["detail"]) for _, f in findings(mine.told["fourth"]) if "2021-12-22" in f["detail"]]
    reason = "不能确认已经整改：没有对应的检查规则，需人工核实"
    assert named == [("candidate", f"2021-12-22通报的问题“概况信息与统计公报不一致”{reason}")]


def test_after_pruning_what_is_left_can_be_used_and_what_is_gone_is_told(story: Story, tmp_path: Path) -> None:
    mine = story.copy(tmp_path / "copy")
    plan = mine.say("history", "prune", "--keep-scans", "1")
    assert (plan.code, "--yes does it" in plan.err) == (0, True)
    assert content(mine.folder) == content(story.folder)
    assert mine.say("history", "prune", "--keep-scans", "1", "--yes").code == 0
    left = sorted(p.name for p in (mine.folder / ".checker" / "scans").iterdir())
    assert left == [story.id("first"), story.id("third")]  # what was notified rests on the first
    told = mine.say("report", "--scan", story.id("second"))
    assert (told.code, f"scan {story.id('second')} was pruned" in told.err) == (2, True)
    report = json.loads(mine.say("report", "-f", "json").out)
    assert [s["assessments"] for s in report["subjects"]] == [s["assessments"] for s in story.told["third"]["subjects"]]
    compared = json.loads(mine.say("diff", "-f", "json").out)
    assert (compared["before"]["id"], compared["after"]["id"]) == (story.id("first"), story.id("third"))
    mine.act("later", "recheck", "2021-12-27", "--pending-ok")
    assert mine.ran["later"].code == 1
    assert gone(mine.told["later"], "rectified") == []


def test_a_history_of_a_newer_version_is_refused_and_not_touched(story: Story, tmp_path: Path) -> None:
    mine = story.copy(tmp_path / "copy")
    file = mine.folder / ".checker" / "history.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("UPDATE schema_info SET version = 99")
    before = content(mine.folder)
    for words in (("history", "list"), ("history", "prune", "--keep-scans", "1", "--yes")):
        ran = mine.say(*words)
        assert (ran.code, "history.sqlite" in ran.err, "Traceback" in ran.err) == (4, True, False), words
    ran = mine.visit("recheck", "2021-12-27")
    assert (ran.code, "history.sqlite" in ran.err, mine.asked) == (4, True, 0)
    assert content(mine.folder) == before


def test_a_facts_file_that_was_written_by_halves_is_told_and_nothing_is_lost(story: Story, tmp_path: Path) -> None:
    mine = story.copy(tmp_path / "copy")
    facts = mine.folder / ".checker" / "scans" / story.id("third") / "facts" / f"{OFFICE_ID}.sqlite"
    facts.write_bytes(facts.read_bytes()[: facts.stat().st_size // 3])
    before = content(mine.folder)
    report = json.loads(mine.say("report", "-f", "json").out)
    assert [s["assessments"] for s in report["subjects"]] == [s["assessments"] for s in story.told["third"]["subjects"]]
    compared = json.loads(mine.say("diff", "-f", "json").out)
    office = subject(compared, OFFICE_ID)
    assert "rectified" not in {f["change"] for f in office["findings"]}
    assert content(mine.folder) == before
    mine.act("later", "recheck", "2021-12-27", "--pending-ok", "--scan", story.id("third"))
    assert f"the facts of {OFFICE_ID} in scan {story.id('third')} are damaged" in mine.ran["later"].err
    assert {s["id"] for s in mine.told["later"]["subjects"]} == {PORTAL_ID, OFFICE_ID}
    scans = {name: body for name, body in before.items() if name.startswith(".checker/scans/")}
    assert scans.items() <= content(mine.folder).items()
    judged = mine.say("evaluate", "--pending-ok", "--scan", story.id("third"))
    assert (judged.code, f"{OFFICE_ID}: 评估中断" in judged.err) == (4, True)
    kept = json.loads(mine.say("report", "-f", "json", "--scan", story.id("third")).out)
    assert subject(kept, OFFICE_ID)["assessments"] == subject(report, OFFICE_ID)["assessments"]
