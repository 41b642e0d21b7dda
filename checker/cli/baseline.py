"""`--baseline FILE`: a JSON result of an earlier scan, read and refused before the first request."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from checker.cli.terminal import say
from checker.errors import UsageError
from checker.model.results import Verdict
from checker.report.json_report import SCHEMA_VERSION
from checker.score import Baseline

BaselineFile = Annotated[
    Path | None,
    typer.Option("--baseline", help="JSON result of an earlier scan: what it knows is marked, only new findings fail."),
]


_HOW = "write one with `checker scan -f json -o FILE` or `checker report -f json -o FILE`"


def read_baseline(path: Path) -> tuple[Baseline, str]:
    """A baseline and the name of the profile that it was judged by; raises UsageError, in the option's name."""
    found = _document(path)
    version = str(found.get("schema_version", ""))
    if _tool(found) != "checker" or not isinstance(found.get("subjects"), list) or "scan" not in found:
        raise _refused(path, f"is no JSON result of a scan; {_HOW}")
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise _refused(path, f"has schema {version}, this version of checker reads {SCHEMA_VERSION}; {_HOW}")
    try:
        baseline = _read(found["subjects"])
    except (KeyError, TypeError, AttributeError) as error:
        raise _refused(path, f"holds findings without a fingerprint, or is damaged ({error}); {_HOW}") from error
    return baseline, str(found["tool"].get("rules", {}).get("profile", ""))


def chosen_baseline(path: Path | None, profile: str, written: tuple[Path, ...] = ()) -> Baseline | None:
    """The baseline that a command was given, None if none; says so where another profile made it.

    `written` are the files that the command writes: a baseline that replaces itself would know everything.
    """
    if path is None:
        return None
    if any(path.resolve() == other.resolve() for other in written):
        raise _refused(path, "would be replaced by this result, and nothing would be new ever after; name another file")
    baseline, made_by = read_baseline(path)
    if made_by != profile:
        say(f"--baseline {path}: made under the profile {made_by or '?'}; what only {profile} finds is new")
    return baseline


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        what = "ndjson lines are no baseline" if path.suffix == ".ndjson" else "is no JSON"
        raise _refused(path, f"{what} ({error}); {_HOW}") from error
    return found if isinstance(found, dict) else {}


def _tool(found: dict[str, Any]) -> str:
    tool = found.get("tool")
    return str(tool.get("name", "")) if isinstance(tool, dict) else ""


def _read(subjects: list[dict[str, Any]]) -> Baseline:
    """A row of a place that was not read (unknown) is no sight of a finding: it is not known by that."""
    rows = [f for s in subjects for a in s["assessments"] for f in a["findings"]]
    for mark in (f["fingerprint"] for f in rows):
        if not isinstance(mark, str) or not mark:
            raise TypeError(f"fingerprint {mark!r}")
    seen = [f for f in rows if f.get("certainty") != "unknown"]
    counting = frozenset(f["fingerprint"] for f in seen if not f.get("notice"))
    return Baseline(
        counting,
        frozenset(str(s["id"]) for s in subjects if s.get("verdict") == Verdict.UNQUALIFIED),
        frozenset(f["fingerprint"] for f in seen) - counting,
    )


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(f"--baseline {path}: {why}")
