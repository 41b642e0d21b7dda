"""The beginning of a scan: what is noted of it, and how an unfinished one is taken up again."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from checker import __version__
from checker.config import Budget
from checker.errors import UsageError
from checker.fetch import ConnectTo
from checker.fleet.order import Order, chosen, is_another_day
from checker.fleet.store import ScanReader, ScanStore
from checker.fleet.stored import latest
from checker.fleet.suppressions import suppressions_note
from checker.model.registry import Subject
from checker.rules import RuleSet

NOTHING_UNFINISHED = "--resume: there is no unfinished scan to go on with; scan without --resume"


@dataclass(frozen=True, slots=True)
class Begun:
    """An unfinished scan, and what it was started with."""

    id: str
    as_of: datetime
    profile: str
    connect_to: tuple[ConnectTo, ...]
    only: tuple[str, ...]
    budget: Budget
    fresh: bool = False
    keep_pages: bool = False

    def agree(
        self, *, as_of: datetime | None = None, profile: str | None = None, connect_to: Sequence[ConnectTo] = (),
        only: Sequence[str] = (), max_pages: int | None = None,
    ) -> None:  # fmt: skip
        """Raise UsageError if the command line says something else than the scan began with; empty = not said."""
        mine = [_text(c) for c in self.connect_to]
        pages = str(self.budget.pages)
        for option, said, began in (
            ("--as-of", [as_of.isoformat()] if as_of else [], [self.as_of.isoformat()]),
            ("--profile", [profile] if profile else [], [self.profile]),
            ("--connect-to", [_text(c) for c in connect_to], mine),
            ("--only", sorted(set(only)), sorted(set(self.only))),
            ("--max-pages", [str(max_pages)] if max_pages else [], [pages]),
        ):
            if said and said != began:
                if began:
                    with_what = " ".join(f"{option} {value}" for value in began)
                    raise UsageError(f"--resume: the scan began with {with_what}; repeat it or leave it out")
                raise UsageError(f"--resume: the scan began without {option}; leave it out")

    def applied(self, order: Order, now: datetime) -> Order:
        """The order with this scan's clock, hosts, subjects and budget; raises UsageError if its day is over."""
        if not self.connect_to and is_another_day(self.as_of, now):
            raise UsageError(
                f"--resume: scan {self.id} began as of {self.as_of.isoformat()}, more than 24 hours from now: live "
                "pages cannot be inspected as of another day; scan without --resume"
            )
        fetch = replace(order.fetch, connect_to=self.connect_to)
        return replace(
            order, as_of=self.as_of, fetch=fetch, only=self.only, budget=self.budget,
            fresh=self.fresh or order.fresh, keep_pages=self.keep_pages or order.keep_pages,
        )  # fmt: skip


def stopped_scan(store: Path) -> Begun:
    """The newest unfinished scan of a store; raises UsageError if there is none."""
    found = latest(store, unfinished=True)
    if found is None:
        raise UsageError(NOTHING_UNFINISHED)
    with ScanReader(store / "scans" / found) as scan:
        info = scan.info()
    return Begun(
        found, datetime.fromisoformat(info["as_of"]), info["profile"],
        tuple(ConnectTo.parse(text) for text in json.loads(info["connect_to"])), tuple(json.loads(info["only"])),
        Budget(**json.loads(info["budget"])), *(info.get(name) == "1" for name in ("fresh", "keep_pages")),
    )  # fmt: skip


def note_beginning(store: ScanStore, order: Order, scan_id: str, real: datetime) -> None:
    """Note in scan.sqlite all that `--resume` and reports must know of a new scan."""
    subjects = chosen(order.registry, order.only)
    store.note(
        id=scan_id, started_at=real.isoformat(timespec="seconds"), as_of=order.as_of.isoformat(),
        tool_version=__version__, registry_sha256=_digest(subjects), only=json.dumps(order.only),
        connect_to=json.dumps([_text(c) for c in order.fetch.connect_to]), budget=json.dumps(asdict(order.budget)),
        fresh=str(int(order.fresh)), keep_pages=str(int(order.keep_pages)),
        **rules_note(order.rules),
    )  # fmt: skip


def check_unchanged(store: ScanStore, order: Order) -> None:
    """Raise UsageError if registry or rules are not those that the scan began with, or it came to its end."""
    info = store.info()
    if "finished_at" in info:  # another process was quicker
        raise UsageError(NOTHING_UNFINISHED)
    same = [s for s in order.registry.subjects if not order.only or s.id in order.only]
    for what, began, now in (
        ("registry", info["registry_sha256"], _digest(same)),
        ("rules", info["rules_sha256"], order.rules.sha256),
    ):
        if began != now:
            raise UsageError(f"--resume: the {what} changed since scan {info['id']} began; scan without --resume")


def rules_note(rules: RuleSet) -> dict[str, str]:
    """Which rules judge, and what is suppressed, as noted in scan.sqlite: enough to render the scan without them."""
    profile = rules.profile
    return {
        "profile": profile.name, "rules_version": profile.version, "rules_sha256": rules.sha256,
        "profile_body": profile.model_dump_json(exclude_none=True),
        "suppressions": suppressions_note(rules.suppressions),
    }  # fmt: skip


def _digest(subjects: Sequence[Subject]) -> str:
    text = "\n".join(s.model_dump_json() for s in subjects)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(rule: ConnectTo) -> str:
    """A connect-to rule as it is written on the command line."""
    from_host, to_host = (f"[{h}]" if ":" in h else h for h in (rule.host, rule.to_host))
    return f"{from_host}:{rule.port or ''}:{to_host}:{rule.to_port or ''}"
