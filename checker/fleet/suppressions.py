"""The suppressions of a scan as noted in scan.sqlite, so that later reports show them without the file."""

import json
from collections.abc import Iterable, Mapping, Sequence

from checker.evaluate.suppressed import uses_of
from checker.model.results import SubjectResult, SuppressionUse
from checker.model.suppressions import Suppression
from checker.rules.book import PlacedSuppression


def suppressions_note(suppressions: Iterable[PlacedSuppression]) -> str:
    """The entries with their places, for scan_info."""
    return json.dumps(
        [{"place": p.place, "entry": p.suppression.model_dump(mode="json")} for p in suppressions], ensure_ascii=False
    )


def suppressions_used(info: Mapping[str, str], results: Sequence[SubjectResult]) -> tuple[SuppressionUse, ...]:
    """How the suppressions noted in `info` stood on the inspection day, and how many rows of `results` they hid."""
    noted = [
        PlacedSuppression(Suppression.model_validate(n["entry"]), n["place"])
        for n in json.loads(info.get("suppressions", "[]"))
    ]
    return uses_of(noted, results, info["as_of"][:10])
