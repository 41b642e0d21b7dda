"""The cases of a rule: rows in, outcome out, through the same evaluation as a scan.

Comes in: a rule with its cases. Goes out: one line of difference for each expectation that is not met.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checker.evaluate import PLACES, evaluate
from checker.evaluate.desk import STATES, State
from checker.facts.query import Memory
from checker.facts.schema import INTERNED, FieldSpec, specs, table_of, tables
from checker.model.context import CONTEXT
from checker.model.facts import Address
from checker.model.results import Assessment, Finding
from checker.model.rules import Case, Profile
from checker.rules import LoadedRule, RuleSet

SUBJECT = "s1"
HOME = "http://www.a.gov.cn/"
_SITE: dict[str, Any] = {
    "subject": SUBJECT, "code": "3499000001", "name": "示例市人民政府", "url": HOME, "host": "www.a.gov.cn",
    "kind": "portal", "organizer": "示例市人民政府办公室", "unit": "示例市", "group_name": "市直", "services": 1,
    "status": "running", "robots": "obey",
}  # fmt: skip
_ACCOUNT: dict[str, Any] = {
    "subject": SUBJECT, "code": "349900M001WX0001", "name": "示例发布", "platform": "wechat-subscription",
    "organizer": "示例市人民政府办公室", "unit": "示例市", "group_name": "市直", "status": "running",
}  # fmt: skip
_STATE = ("fingerprint", "change", "reason")
_CONTEXT_TABLES = frozenset(table_of(f) for f in CONTEXT)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of one rule and what differs from its expectation; no difference means it holds."""

    rule: str
    case: str
    differences: tuple[str, ...]


class CaseError(Exception):
    """A case that names a table, column or coverage that does not exist."""


def run_cases(loaded: LoadedRule) -> Iterator[CaseResult]:
    """Run every case of a rule."""
    for case in loaded.rule.cases:
        try:
            differences = _differences(case, assess_case(loaded, case))
        except (CaseError, ValueError) as error:
            differences = (str(error),)
        yield CaseResult(loaded.rule.id, case.name, differences)


def assess_case(loaded: LoadedRule, case: Case) -> Assessment:
    """The assessment of a case's facts; raises CaseError if its rows do not fit the schema."""
    memory = Memory.empty()
    states = _states(case)
    _fill(memory, loaded, case)
    rule = loaded.rule.model_copy(update={"params": loaded.rule.params | case.params})
    judged = LoadedRule(rule, loaded.file, loaded.reads, loaded.needs)
    alone = RuleSet(Profile(name="case", title="case"), (judged,), "")
    reader = memory.reader()
    try:
        return evaluate(reader, alone, absent="complete", states=states)[0]
    finally:
        reader.close()


def _states(case: Case) -> tuple[State, ...] | None:
    """What a case says became of known findings; None leaves it to the engine, which finds them nowhere."""
    rows = case.given.get(STATES)
    if rows is None:
        return None
    for row in rows:
        if unknown := sorted(row.keys() - set(_STATE)):
            raise CaseError(f"given.{STATES}: no column '{unknown[0]}'; there are {', '.join(_STATE)}")
    return tuple((str(r.get("fingerprint", "")), str(r.get("change", "")), str(r.get("reason", ""))) for r in rows)


def _fill(memory: Memory, loaded: LoadedRule, case: Case) -> None:
    moment = datetime.fromisoformat(case.as_of)
    if moment.tzinfo is None:
        raise CaseError(f"as_of {case.as_of} has no time zone; write +08:00")
    given = {table: rows for table, rows in case.given.items() if table != STATES}
    given["clock"] = ({"as_of": case.as_of, "today": moment.date().isoformat()},)
    for_site = loaded.rule.applies_to.site is not None and "account" not in given
    name, default = ("site", _SITE) if for_site else ("account", _ACCOUNT)
    given[name] = tuple({**default, **row} for row in given.get(name, ({},)))
    if "gather_log" in given:
        raise CaseError("write coverage under 'gathered', not as gather_log rows")
    given["gather_log"] = tuple(_coverage(case))
    for table, rows in given.items():
        _insert(memory, table, rows)


def _coverage(case: Case) -> Iterator[dict[str, Any]]:
    """`{list_item: failed}` for every scope, `{list_item: {"http://…": failed, home: partial}}` for some."""
    columns = [str(row.get("url", "")) for row in case.given.get("site_column", ())]
    for fact, what in case.gathered.items():
        if fact not in tables():
            raise CaseError(f"gathered: no fact '{fact}'")
        everywhere = [*(p for p in PLACES if p != "column"), *columns]
        scopes = what if isinstance(what, dict) else dict.fromkeys(everywhere, what)
        for scope, state in scopes.items():
            yield {"fact": fact, "scope": scope, "state": state, "reason": "案例"}


def _insert(memory: Memory, table: str, rows: Any) -> None:
    fact = tables().get(table)
    if fact is None:
        raise CaseError(f"given: no table '{table}'")
    columns = specs(fact)
    where = f"context.{table}" if table in _CONTEXT_TABLES else table
    for row in rows:
        unknown = sorted(row.keys() - {s.name for s in columns})
        if unknown:
            raise CaseError(f"given.{table}: no column '{unknown[0]}'; there are {', '.join(s.name for s in columns)}")
        values = [_value(memory, spec, row) for spec in columns]
        memory.connection.execute(f"INSERT INTO {where} VALUES ({', '.join('?' * len(values))})", values)


def _value(memory: Memory, spec: FieldSpec, row: dict[str, Any]) -> Any:
    if spec.interned:
        return _intern(memory, spec, str(row.get(spec.name, "")))
    if spec.name in row:
        return row[spec.name]
    if spec.name == "subject":
        return SUBJECT
    if spec.name == "expires_on":
        return "9999-12-31"
    if spec.default is not None:
        return spec.default
    return 0 if spec.sql in {"INTEGER", "REAL"} else ""


def _intern(memory: Memory, spec: FieldSpec, text: str) -> int:
    if not text:
        return 0
    table, column = spec.interned, "url" if spec.interned == INTERNED[Address] else "digest"
    memory.connection.execute(f"INSERT OR IGNORE INTO {table}({column}) VALUES (?)", (text,))
    return int(memory.connection.execute(f"SELECT id FROM {table} WHERE {column} = ?", (text,)).fetchone()[0])


def _differences(case: Case, found: Assessment) -> tuple[str, ...]:
    expect = case.expect
    out = []
    if found.outcome != expect.outcome:
        why = f" (reason: {found.reason})" if found.reason else ""
        out.append(f"outcome {found.outcome}, expected {expect.outcome}{why}")
    for name in ("points", "at_risk"):
        wanted, got = getattr(expect, name), getattr(found, name)
        if wanted is not None and wanted != got:
            out.append(f"{name} {got}, expected {wanted}")
    if expect.rows is not None:
        out += _row_differences(expect.rows, found.findings)
    return tuple(out)


def _row_differences(expected: tuple[dict[str, Any], ...], findings: tuple[Finding, ...]) -> list[str]:
    """Rows are compared in order of (clause, item), each on the keys that the case gives."""
    got = sorted(findings, key=lambda f: (f.clause, f.item, f.location))
    wanted = sorted(expected, key=lambda r: (str(r.get("clause", "")), str(r.get("item", r.get("location", "")))))
    out = [] if len(got) == len(wanted) else [f"{len(got)} rows, expected {len(wanted)}: {[_brief(f) for f in got]}"]
    for finding, row in zip(got, wanted, strict=False):
        shown = _brief(finding)
        out += [
            f"row {shown.get('item')}: {key} is {shown.get(key)!r}, expected {value!r}"
            for key, value in row.items()
            if key != "subject" and shown.get(key) != value
        ]
    return out


def _brief(finding: Finding) -> dict[str, Any]:
    return {
        "clause": finding.clause, "item": finding.item, "location": finding.location, "detail": finding.detail,
        "url": finding.url, "certainty": finding.certainty, "quote": finding.evidence.quote,
        "problem": finding.problem,
    }  # fmt: skip
