"""Two small inspections by hand, and stores that hold them: for the difference, and for what people are told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import checker.fleet.diff as diffing
from checker.fleet.store import ScanStore
from checker.model.context import KnownFinding
from checker.model.differences import Comparison
from checker.model.results import (
    Assessment,
    Change,
    Decided,
    Evidence,
    Finding,
    Gone,
    KindSummary,
    Outcome,
    RuleSetInfo,
    Scan,
    Score,
    SubjectResult,
    Verdict,
)
from checker.model.rules import Profile
from tests.scanning import national

THEN, NOW = "2021-11-01T10:00:00+08:00", "2021-11-08T10:00:00+08:00"
NOBODY = KindSummary(0, 0, 0, 0, 0, 0, None, None)


def row(mark: str, detail: str = "", **more: Any) -> Finding:
    """A certain finding whose fingerprint is `mark`; first seen at THEN unless said otherwise."""
    place = f"http://www.one.example/{mark}"
    known = Finding(
        mark, "main", "空白栏目", place, place, detail or f"栏目“{mark}”没有内容", place, "certain", Decimal(0),
        Evidence(THEN), first_seen=THEN, key=place,
    )  # fmt: skip
    return replace(known, **more)


def rule(*rows: Finding, **more: Any) -> Assessment:
    """A rule with these rows: a veto that failed unless said otherwise."""
    known = Assessment("v4-columns-blank", "空白栏目", "veto", Outcome.FAIL, "空白栏目", findings=rows)
    return replace(known, **more)


def subject(*assessments: Assessment, id: str = "www-one-example", **more: Any) -> SubjectResult:
    """A site that is 合格 with 95 points unless said otherwise."""
    known = SubjectResult(
        "site", id, f"{id} 网站", f"http://{id}/", "", "主办", "单位", "市直", "running", Verdict.QUALIFIED, "良",
        Decided(1, 1, (), ()), Score(Decimal(95), Decimal(95), Decimal(0), Decimal(90)), assessments,
    )  # fmt: skip
    return replace(known, **more)


def scan(id: str, as_of: str, *subjects: SubjectResult, **more: Any) -> Scan:
    """A finished scan by the same rules as all others unless said otherwise."""
    rules = RuleSetInfo("national", "2019.1", "4f2a91c0" * 8)
    return replace(Scan(id, as_of, as_of, as_of, "0.1.0", rules, subjects, (), NOBODY, NOBODY), **more)


def keep(store: Path, found: Scan, facts: bool = True, **notes: str) -> Scan:
    """Put a scan into a store as a finished one; with `facts` a file lies where those of each subject would."""
    folder = store / "scans" / found.id
    opened = ScanStore(folder, create=True)
    opened.note(
        id=found.id, started_at=found.started_at, as_of=found.as_of, tool_version=found.tool_version,
        registry_sha256="", only="[]", connect_to="[]", budget="{}", profile=found.rules.profile,
        rules_version=found.rules.version, rules_sha256=found.rules.sha256, kind=found.kind, based_on=found.based_on,
        profile_body=Profile(name="national", title="national").model_dump_json(exclude_none=True),
    )  # fmt: skip
    if found.complete:
        opened.note(finished_at=found.finished_at)
    opened.note(**notes)
    opened.replace_results(enumerate(found.subjects))
    opened.close()
    for one in found.subjects if facts else ():
        for part in ("facts", "context"):
            (folder / part).mkdir(exist_ok=True)
            (folder / part / f"{one.id}.sqlite").touch()
    return found


def seen_now(mark: str, detail: str = "", **more: Any) -> Finding:
    """A row that nobody saw before NOW."""
    return row(mark, detail, first_seen=NOW, **more)


def again(mark: str, **more: Any) -> Finding:
    """A row that is there again."""
    return row(mark, change=Change.REOPENED, **more)


RULES = replace(national(), sha256="4f2a91c0" * 8)


LATER = "2021-11-05T10:00:00+08:00"


def answering(monkeypatch: pytest.MonkeyPatch) -> dict[str, Change]:
    """What the facts say of findings that are gone, by fingerprint; of all others they say nothing."""
    said: dict[str, Change] = {}

    def gone(
        facts: Path, context: Path, rules: object, known: Iterable[KnownFinding], assessments: Sequence[Assessment]
    ) -> tuple[Gone, ...]:
        return tuple(
            Gone(k.rule, k.fingerprint, k.clause, k.problem, k.item, k.location, k.detail, k.url, k.certainty,
                 k.first_seen, k.last_seen, k.notified_on, said[k.fingerprint], "见采集记录")
            for k in known if k.fingerprint in said
        )  # fmt: skip

    monkeypatch.setattr(diffing, "gone", gone)
    return said


def became(comparison: Comparison) -> list[tuple[str, str, str]]:
    return [(f.fingerprint, f.change.value, f.reason) for s in comparison.subjects for f in s.findings]
