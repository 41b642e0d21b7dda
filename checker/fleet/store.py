"""The folder of one scan: facts and context of every subject, and scan.sqlite with what reports and queries read."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter

from checker.errors import CheckerError, StoreError
from checker.facts.refusal import refusal
from checker.facts.schema import SCHEMA_VERSION, specs, table_of
from checker.facts.store import remove
from checker.fleet.judged import held_back
from checker.fleet.lock import ScanLock
from checker.fleet.tables import ASSESSMENT, FINDING, GONE, RESULT, SCAN_INFO, SUBJECT, own_schema
from checker.model.facts import FACTS, Fetch, Link, PageTemplate, Tag, Workday
from checker.model.results import Assessment, Gone, SubjectResult

_LARGE = (Fetch, Link, PageTemplate, Tag, Workday)
"""Tables that stay in the subjects' own files; `checker query --subject` reads them there."""

MERGED = tuple(f for f in FACTS if f not in _LARGE)
"""Facts that stand in scan.sqlite too, of all subjects, with addresses as text."""

_RESULT = TypeAdapter(SubjectResult)


def subject_file(folder: Path, part: str, subject: str) -> Path:
    """Where the facts or context of a subject lie; ids are safe file names by the registry's check."""
    return folder / part / f"{subject}.sqlite"


def _merged_schema() -> str:
    out = []
    for fact in MERGED:
        columns = ", ".join(f"{s.name} {'TEXT' if s.interned else s.sql} NOT NULL" for s in specs(fact))
        name = table_of(fact)
        out.append(f"CREATE TABLE {name}({columns});")
        if any(s.name == "subject" for s in specs(fact)):
            out.append(f"CREATE INDEX merged_{name} ON {name}(subject);")
    return "\n".join(out)


class ScanReader:
    """scan.sqlite as it is at one moment, opened read-only: also of a scan that another process is still making."""

    def __init__(self, folder: Path) -> None:
        """Open the scan in `folder`; raises StoreError if there is none or it cannot be read."""
        self.folder = folder
        self._db = connected_to_read(folder)
        self._db.execute("BEGIN")
        self._db.execute("SELECT version FROM schema_info").fetchone()  # from here on it is one moment

    def info(self) -> dict[str, str]:
        """What is noted of the scan: id, times, clock, rules, registry, what it was started with."""
        return dict(self._db.execute("SELECT key, value FROM scan_info").fetchall())

    def finished(self) -> set[str]:
        """Ids of the subjects whose results are in."""
        return {row[0] for row in self._db.execute("SELECT subject FROM result")}

    def results(self) -> tuple[SubjectResult, ...]:
        """The results of all finished subjects in the order of the registry."""
        rows = self._db.execute("SELECT body FROM result ORDER BY position")
        return tuple(_RESULT.validate_json(body) for (body,) in rows)

    def close(self) -> None:
        """Give the file back as it was."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()


class ScanStore(ScanReader):
    """scan.sqlite of one scan, open for merging subjects as they finish; only one process can hold it."""

    def __init__(self, folder: Path, create: bool = False) -> None:
        """Open the scan in `folder`; raises StoreError if there is none and `create` is not set, or if it is held.

        Raises MachineError where the machine refuses; of a scan that could not begin nothing stays behind.
        """
        self.folder = folder
        path = folder / "scan.sqlite" if create else _existing(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = ScanLock(folder)
        except OSError as error:
            raise refusal(folder, error) or error from error
        try:
            self._db = _connected(path.resolve().as_uri(), path)
            try:
                self._open(path)
            except BaseException:
                self._db.close()
                raise
        except BaseException as error:
            if create and isinstance(error, CheckerError):
                remove(path)
            self._lock.release()
            if create:
                with suppress(OSError):
                    folder.rmdir()
            raise

    def _open(self, path: Path) -> None:
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            if not self._db.execute("SELECT 1 FROM sqlite_schema").fetchone():  # new, or killed before it had a schema
                born = f"INSERT INTO schema_info VALUES ({SCHEMA_VERSION}, 'scan');"
                self._db.executescript(f"BEGIN;{own_schema()}{_merged_schema()}{born}COMMIT;")
        except sqlite3.Error as error:
            raise refusal(path, error) or StoreError(f"{path}: cannot be opened ({error})") from error
        _check_version(self._db, path)

    def note(self, **values: str) -> None:
        """Note something of the scan, replacing what was noted before."""
        with self._together():
            self._note(values)

    def _note(self, values: dict[str, str]) -> None:
        self._db.executemany(SCAN_INFO.insert, list(values.items()))

    @contextmanager
    def _together(self) -> Iterator[None]:
        """All or nothing; raises MachineError where the machine refuses."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise refusal(self.folder / "scan.sqlite", error) or error from error

    def merge(self, position: int, result: SubjectResult) -> SubjectResult:
        """Put a finished subject in: its result, and the small tables of its facts with addresses as text.

        Returns the result as it stands now: held back if its facts turn out to be damaged.
        """
        problem = self._merge_facts(result.id)
        if problem:
            result = held_back(result, (problem,))
        self.replace_results([(position, result)])
        return result

    def _merge_facts(self, subject: str) -> str:
        """What went wrong, '' if nothing: damaged facts of one subject must not take the scan down."""
        facts = subject_file(self.folder, "facts", subject)
        if not facts.exists():  # its gathering could not even begin; the result says why
            return ""
        try:
            self._db.execute("ATTACH ? AS facts", (str(facts),))
        except sqlite3.DatabaseError as error:
            return f"事实文件无法读取：{error}"
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for fact in MERGED:
                self._merge_table(fact, subject)
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            if refused := refusal(self.folder / "scan.sqlite", error):
                raise refused from error
            return f"事实文件无法读取：{error}"
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._db.execute("DETACH facts")
        return ""

    def replace_results(self, results: Iterable[tuple[int, SubjectResult]], **notes: str) -> None:
        """Put results in by position, in place of earlier ones, with notes of the scan: all of it or nothing."""
        with self._together():
            for position, result in results:
                self._put_result(position, result)
            self._note(notes)

    def _put_result(self, position: int, result: SubjectResult) -> None:
        put, many = self._db.execute, self._db.executemany
        put(RESULT.insert, (result.id, position, _RESULT.dump_json(result).decode()))
        put(SUBJECT.insert, _subject_row(result))
        for table in (ASSESSMENT, FINDING, GONE):
            put(f"DELETE FROM {table.name} WHERE subject = ?", (result.id,))
        many(ASSESSMENT.insert, [_assessment_row(result.id, a) for a in result.assessments])
        many(FINDING.insert, [row for a in result.assessments for row in _finding_rows(result.id, a)])
        many(GONE.insert, [_gone_row(result.id, g) for g in result.gone])

    def _merge_table(self, fact: type, subject: str) -> None:
        columns = specs(fact)
        name = table_of(fact)
        has_subject = any(s.name == "subject" for s in columns)
        if has_subject:
            self._db.execute(f"DELETE FROM main.{name} WHERE subject = ?", (subject,))
        else:
            self._db.execute(f"DELETE FROM main.{name}")
        parts = [
            f"coalesce((SELECT url FROM facts.address WHERE id = t.{s.name}), '')" if s.interned == "address"
            else f"coalesce((SELECT digest FROM facts.template WHERE id = t.{s.name}), '')" if s.interned
            else f"t.{s.name}"
            for s in columns
        ]  # fmt: skip
        self._db.execute(f"INSERT INTO main.{name} SELECT {', '.join(parts)} FROM facts.{name} t")

    def close(self) -> None:
        """Leave one closed file; what was not committed is taken back."""
        try:
            with suppress(
                sqlite3.OperationalError
            ):  # somebody reads, or the disk is full: the log stays beside the file
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                self._db.execute("PRAGMA busy_timeout=1000")  # a reader is not waited for: it may stay for long
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._db.execute("PRAGMA journal_mode=DELETE")
        finally:
            self._db.close()
            self._lock.release()


def _existing(folder: Path) -> Path:
    path = folder / "scan.sqlite"
    if not path.exists():
        raise StoreError(f"{folder}: there is no scan here; `checker scan` makes one")
    return path


def _connected(uri: str, path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be opened ({error})") from error


def connected_to_read(folder: Path) -> sqlite3.Connection:
    """scan.sqlite of the scan in `folder`, read-only and of our schema, also while it is written; raises StoreError."""
    path = _existing(folder)
    whole = has_no_log(path)
    try:
        return _opened_to_read(path, "mode=ro")
    except StoreError:
        if not whole:
            raise
        return _opened_to_read(path, "immutable=1")  # a store that nobody can write, not even the log of a reader


def has_no_log(path: Path) -> bool:
    """Whether everything stands in the file itself, so that it can be read where not even a log can be made."""
    log = path.with_name(f"{path.name}-wal")
    return not log.exists() or not log.stat().st_size


def _opened_to_read(path: Path, how: str) -> sqlite3.Connection:
    db = _connected(f"{path.resolve().as_uri()}?{how}", path)
    try:
        _check_version(db, path)
    except StoreError:
        db.close()
        raise
    return db


def _check_version(db: sqlite3.Connection, path: Path) -> None:
    try:
        version = db.execute("SELECT version FROM schema_info").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be opened ({error})") from error
    if version is None or version[0] != SCHEMA_VERSION:
        found = version[0] if version else "unknown"
        raise StoreError(f"{path}: schema {found}, this version of checker reads schema {SCHEMA_VERSION}")


def _subject_row(result: SubjectResult) -> tuple[Any, ...]:
    score = result.score
    numbers = ["" if v is None else str(v) for v in (score.total, score.part2, score.bonus, score.lowest)]
    return (
        result.id, result.kind, result.name, result.unit, result.group, result.status, result.verdict or "",
        result.grade or "", *numbers, result.rectification,
    )  # fmt: skip


def _assessment_row(subject: str, a: Assessment) -> tuple[Any, ...]:
    return (
        subject, a.rule, a.effect, a.outcome.value, float(a.points), float(a.at_risk), a.problem, a.reason or "",
        a.title, int(a.blocks),
    )  # fmt: skip


def _finding_rows(subject: str, assessment: Assessment) -> Iterable[tuple[Any, ...]]:
    for f in assessment.findings:
        yield (
            subject, assessment.rule, f.fingerprint, f.clause, f.problem, f.item, f.location, f.detail, f.url,
            f.certainty, float(f.points), int(f.notice), f.change, f.first_seen, f.evidence.seen_at, f.evidence.quote,
            f.evidence.archive or "", f.evidence.sha256 or "", f.suppressed or "", f.notified_on, f.key, f.scope,
        )  # fmt: skip


def _gone_row(subject: str, g: Gone) -> tuple[Any, ...]:
    return (
        subject, g.rule, g.fingerprint, g.problem, g.location, g.detail, g.first_seen, g.last_seen, g.notified_on,
        g.change, g.reason,
    )  # fmt: skip
