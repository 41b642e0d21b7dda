"""The context of one subject, cut out of registry and history before its work starts."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from checker.facts.store import FactsWriter, remove
from checker.history.articles import articles_of, noted_before
from checker.history.files import HISTORY, opened
from checker.history.trail import State
from checker.history.visits import VisitBook
from checker.history.week import counted, coverage_of
from checker.model.context import Answer, ContextLog, FiledAccount, KnownFinding, SeenArticle, Sibling
from checker.model.registry import Account, AppStore, Registry, Site, Subject, Weibo

_FAMILIES = {"wechat-subscription": "wechat", "wechat-service": "wechat"}
"""Platforms that a QR picture on a page does not tell apart."""


_KNOWN = f"SELECT {', '.join(f.name for f in fields(KnownFinding))} FROM finding WHERE state <> '{State.ACCEPTED}'"
"""Rectified ones too, so that what comes back is known again; not those that a person accepted as gone for good."""

_NEVER_READ = "此前没有读全本站并记录栏目列表的检查，无法比对新出现的信息"


class ContextCutter:
    """Cuts the context of one subject after another out of registry and history."""

    def __init__(self, store: Path, registry: Registry, today: date) -> None:
        """Read what history knows once; `today` is the inspection day."""
        self._registry = registry
        self._book = VisitBook(store, today)
        self._history = store / "history.sqlite"
        self._findings = _by_subject(self._rows(_KNOWN))
        self._answers = _by_subject(self._rows("SELECT * FROM answer"))

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        if not self._history.exists():
            return []
        with opened(self._history, HISTORY, "history") as db:
            cursor = db.execute(sql)
            names = [d[0] for d in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def cut(self, subject: Subject, path: Path) -> None:
        """Write the context file of one subject, replacing what stands there."""
        remove(path)
        book = self._book
        with FactsWriter(path, "context") as context:
            context.write(self._siblings(subject))
            context.write(counted(book.attempts(subject.id), book.visits(subject.id)))
            context.write(KnownFinding(**row) for row in self._findings.get(subject.id, ()))
            context.write(Answer(**row) for row in self._answers.get(subject.id, ()))
            context.write([ContextLog("sibling", "complete", ""), coverage_of(book.week(subject.id))])
            context.write(self._filed(subject))
            context.write([self._filed_coverage(subject), ContextLog("known_finding", "complete", "")])
            context.write(self._seen(subject))

    def _seen(self, subject: Subject) -> Iterator[SeenArticle | ContextLog]:
        """Entries of lists that earlier scans saw, read for one subject at a time: a fleet's are too many at once."""
        if not isinstance(subject, Site):
            yield ContextLog("seen_article", "notApplicable", "账号没有栏目列表")
            return
        noted = False
        if self._history.exists():
            with opened(self._history, HISTORY, "history") as db:
                yield from (SeenArticle(subject.id, *row) for row in articles_of(db, subject.id))
                noted = noted_before(db, subject.id)
        yield ContextLog("seen_article", *(("complete", "") if noted else ("partial", _NEVER_READ)))

    def _siblings(self, subject: Subject) -> Iterator[Sibling]:
        for other in self._registry.subjects:
            if other.id == subject.id:
                continue
            kind, platform = ("site", other.kind) if isinstance(other, Site) else ("account", other.platform)
            same = (subject.id, kind, other.id, other.name, platform, other.organizer, other.status)
            if other.unit == subject.unit:
                yield Sibling(same[0], "unit", *same[1:])
            if not isinstance(other, Account) and other.parent == subject.id:
                yield Sibling(same[0], "child", *same[1:])

    def _filed(self, subject: Subject) -> Iterator[FiledAccount]:
        """All accounts of the registry, for a site: what its home page offers may be anybody's."""
        for account in self._registry.accounts if isinstance(subject, Site) else ():
            family = _FAMILIES.get(account.platform, account.platform)
            for handle in _handles(account) or ("",):
                yield FiledAccount(
                    subject.id,
                    account.id,
                    account.name,
                    family,
                    account.unit,
                    account.organizer,
                    account.status,
                    handle,
                )

    def _filed_coverage(self, subject: Subject) -> ContextLog:
        if not isinstance(subject, Site):
            return ContextLog("filed_account", "notApplicable", "账号不展示账号")
        given = self._registry.accounts_folder is not None or bool(self._registry.accounts)
        return ContextLog("filed_account", *(("complete", "") if given else ("failed", "未提供账号名录")))


def _handles(account: Account) -> tuple[str, ...]:
    """The account's ids on its platform, as far as its sources name them."""
    found = [source.weibo.uid for source in account.sources if isinstance(source, Weibo)]
    apps = [source.app for source in account.sources if isinstance(source, AppStore)]
    found += [handle for app in apps for handle in (app.itunes_id, app.apk) if handle]
    return tuple(dict.fromkeys(found))


def _by_subject(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["subject"], []).append(row)
    return found
