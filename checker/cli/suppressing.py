"""`--suppressions FILE`: rows that somebody answers for do not count, for a time; an expired one is told aloud."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.terminal import say
from checker.errors import UsageError
from checker.evaluate.suppressed import EXPIRED, uses_of
from checker.model.results import SuppressionUse
from checker.report._lines import plain
from checker.rules import RuleBook, RuleSet
from checker.rules.suppressions import read_suppressions

DEFAULT = Path("suppressions.yaml")

SuppressionsFile = Annotated[
    Path | None,
    typer.Option(
        "--suppressions",
        help=f"Rows that somebody answers for, with owner and expiry; default: ./{DEFAULT}, if it is there.",
    ),
]


def suppressing(rules: RuleSet, book: RuleBook, path: Path | None) -> RuleSet:
    """The rule set with what `path` (else ./suppressions.yaml) suppresses; raises UsageError, RuleError."""
    if path is not None and not path.is_file():
        raise UsageError(f"--suppressions {path}: no such file")
    file = path or (DEFAULT if DEFAULT.is_file() else None)
    return rules if file is None else replace(rules, suppressions=read_suppressions(file, book, rules))


def tell_expired_of(rules: RuleSet, today: str) -> None:
    """Shout about the suppressions of a rule set that have expired on the inspection day."""
    tell_expired(uses_of(rules.suppressions, (), today))


def tell_strangers_of(rules: RuleSet, registered: Collection[str]) -> None:
    """A suppression of a subject that nobody registered hides nothing: perhaps a slip of the pen."""
    for placed in rules.suppressions:
        subject = placed.suppression.scope.subject
        if subject and subject not in registered:
            close = get_close_matches(subject, list(registered), n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            what = f"the suppression of {placed.suppression.rule} is for {plain(subject)}"
            say(f"{placed.place}: {what}, which is not registered{hint}")


def tell_expired(uses: Iterable[SuppressionUse]) -> None:
    """One line for each expired suppression: where it is written, who answers for it, what to do."""
    for use in uses:
        if use.state == EXPIRED:
            what = f"{use.rule} ({plain(use.scope)}, owner {plain(use.owner)})"
            say(
                f"{use.place}: the suppression of {what} expired on {use.expires} and hides nothing any more: "
                "mend what it hid, or give it a new expiry, or take it out"
            )
