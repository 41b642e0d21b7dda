"""sites.yaml and accounts.yaml → Registry, or every problem of both files at once.

Beyond the types (`checker.model.registry`): what needs two entries or two files, and addresses that count from others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from checker.address import host_of, normalise
from checker.errors import Problem, RegistryError
from checker.model.facts import Address, RegisteredAccount, RegisteredSite, SiteColumn
from checker.model.registry import (
    STANDARD_PERIODS,
    Account,
    AccountsFile,
    ArticleLinks,
    Column,
    Feed,
    Registry,
    Search,
    Sheet,
    Site,
    SitesFile,
    Source,
)
from checker.yaml_lines import Lines, Place, load, validated

F = TypeVar("F", bound=BaseModel)
S = TypeVar("S", Site, Account)
_ALIAS = re.compile(r"(?P<host>[^\s/?#@:]+)(:\d{1,5})?(/[^\s?#]*)?")


@dataclass(frozen=True, slots=True)
class _Kind(Generic[F, S]):
    """One of the two files: how it is called, and what stands in it."""

    list: str
    option: str
    file: type[F]
    entry: type[S]
    code: str


_SITES = _Kind("sites", "--sites", SitesFile, Site, "网站标识码")
_ACCOUNTS = _Kind("accounts", "--accounts", AccountsFile, Account, "政务新媒体标识码")


@dataclass(frozen=True, slots=True)
class _Read(Generic[F, S]):
    """A file as far as it could be read: the whole if nothing in it is wrong, else the entries that are right."""

    kind: _Kind[F, S]
    lines: Lines
    whole: F | None
    entries: tuple[tuple[int, S], ...]

    def problem(self, index: int, place: Place, message: str) -> Problem:
        return self.lines.problem((self.kind.list, index, *place), message)

    def where(self, index: int, place: Place) -> str:
        return f"{self.lines.file}:{self.lines.line((self.kind.list, index, *place))}"

    def ids(self) -> list[tuple[int, str]]:
        """Index and id of every entry that has one, right or wrong otherwise."""
        listed = self.lines.data.get(self.kind.list) if isinstance(self.lines.data, dict) else None
        rows = enumerate(listed) if isinstance(listed, list) else ()
        return [(i, row["id"]) for i, row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]


def read_registry(sites: Path | None, accounts: Path | None) -> Registry:
    """The registry in these files (None = not given), frozen and consistent.

    Raises RegistryError with every problem of both files as file:line: message.
    """
    site_file, problems = _read(sites, _SITES)
    account_file, found = _read(accounts, _ACCOUNTS)
    problems += found
    if site_file:
        problems += _site_problems(site_file, account_file)
    if account_file:
        problems += _code_problems(account_file)
    problems += _duplicate_ids([f for f in (site_file, account_file) if f])
    if not problems and not any(f and f.entries for f in (site_file, account_file)):
        problems = [Problem(str(sites or accounts or "sites.yaml"), 0, "nothing is registered: no site and no account")]
    if problems:
        raise RegistryError(list(dict.fromkeys(problems)))
    whole_sites = site_file.whole if site_file else None
    whole_accounts = account_file.whole if account_file else None
    return _joined(whole_sites, whole_accounts, sites, accounts)


def _joined(
    sites: SitesFile | None, accounts: AccountsFile | None, sites_path: Path | None, accounts_path: Path | None
) -> Registry:
    first = sites or SitesFile(version=1, sites=())
    return Registry(
        sites=first.sites,
        accounts=_placed(accounts.accounts, accounts_path) if accounts and accounts_path else (),
        scan=first.scan,
        duties=first.duties,
        statistics=first.statistics,
        sites_folder=sites_path.absolute().parent if sites_path else None,
        accounts_folder=accounts_path.absolute().parent if accounts_path else None,
    )


def _placed(accounts: Iterable[Account], path: Path) -> tuple[Account, ...]:
    """The paths of sheets made absolute: they count from the folder of accounts.yaml, wherever the scan is run."""
    folder = path.absolute().parent

    def placed(source: Source) -> Source:
        return source.model_copy(update={"sheet": str(folder / source.sheet)}) if isinstance(source, Sheet) else source

    return tuple(a.model_copy(update={"sources": tuple(map(placed, a.sources))}) if a.sources else a for a in accounts)


def _read(path: Path | None, kind: _Kind[F, S]) -> tuple[_Read[F, S] | None, list[Problem]]:
    if path is None:
        return None, []
    lines, problems = load(path)
    if lines is None:
        hint = f"; name another file with {kind.option}" if not path.exists() else ""
        return None, [Problem(p.file, p.line, p.message + hint) for p in problems]
    whole, found = validated(kind.file, lines)
    if whole is not None:
        return _Read(kind, lines, whole, tuple(enumerate(getattr(whole, kind.list)))), problems
    return _Read(kind, lines, None, tuple(_right_entries(lines, kind))), problems + found


def _right_entries(lines: Lines, kind: _Kind[F, S]) -> Iterator[tuple[int, S]]:
    """The entries that are right by themselves, so that a fault in one does not hide the faults of others."""
    listed = lines.data.get(kind.list) if isinstance(lines.data, dict) else None
    for index, row in enumerate(listed if isinstance(listed, list) else ()):
        try:
            yield index, kind.entry.model_validate(row)
        except ValidationError:
            continue


def _duplicate_ids(files: Iterable[_Read[Any, Any]]) -> Iterator[Problem]:
    """Ids are file names too, so they must differ in more than upper and lower case."""
    seen: dict[str, tuple[_Read[Any, Any], int]] = {}
    for file in files:
        for index, one in file.ids():
            first, at = seen.setdefault(one.casefold(), (file, index))
            if (first, at) != (file, index):
                yield file.problem(index, ("id",), f"id '{one}' is used twice (first in {first.where(at, ('id',))})")


def _code_problems(file: _Read[Any, Any]) -> Iterator[Problem]:
    """A code of impossible length or signs; an id that stands for the code must have its form."""
    length, form = (10, "10 letters and digits") if file.kind is _SITES else (16, "16 letters and digits")
    for index, entry in file.entries:
        if entry.code is None or re.fullmatch(rf"[A-Za-z0-9]{{{length}}}", entry.code):
            continue
        said = file.lines.spot((file.kind.list, index)).within("code") is not None
        hint = "" if said else "; give its code, or code: null if it is not filed"
        message = f"'{entry.code}' is no {file.kind.code} ({form}, not {len(entry.code)}){hint}"
        yield file.problem(index, ("code" if said else "id",), message)


def _site_problems(file: _Read[SitesFile, Site], accounts: _Read[AccountsFile, Account] | None) -> Iterator[Problem]:
    yield from _code_problems(file)
    yield from _duplicate_homes(file)
    yield from _parent_problems(file, accounts)
    for index, site in file.entries:
        for place, message in (*_alias_problems(site), *_column_problems(site, index, file), *_search_problems(site)):
            yield file.problem(index, place, message)


def _home(site: Site) -> str | None:
    """What makes two home addresses the same: http or https and a home page's file name do not."""
    home = normalise(site.url)
    return re.sub(r"/(index|default)\.\w{2,5}$", "/", home.split("://", 1)[1], flags=re.IGNORECASE) if home else None


def _duplicate_homes(file: _Read[SitesFile, Site]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, site in file.entries:
        home = _home(site)
        if home is None:
            yield file.problem(index, ("url",), f"'{site.url}' is not an address that can be asked for")
        elif (first := seen.setdefault(home, index)) != index:
            where = file.where(first, ("url",))
            yield file.problem(index, ("url",), f"home address {site.url} is used twice (first in {where})")


def _parent_problems(file: _Read[SitesFile, Site], accounts: _Read[AccountsFile, Account] | None) -> Iterator[Problem]:
    known = {one for _, one in file.ids()}
    others = {one for _, one in accounts.ids()} if accounts else set()
    above = {site.id: site.parent for _, site in file.entries}
    for index, site in file.entries:
        if site.parent is None:
            continue
        if site.parent not in known:
            what = "is an account, not a site" if site.parent in others else "is not registered as a site"
            yield file.problem(index, ("parent",), f"parent '{site.parent}' {what}")
        elif _circles(site.id, above):
            yield file.problem(index, ("parent",), f"site '{site.id}' is its own parent, in the end")


def _circles(start: str, above: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    one = above.get(start)
    while one is not None and one not in seen:
        if one == start:
            return True
        seen.add(one)
        one = above.get(one)
    return False


def _alias_problems(site: Site) -> Iterator[tuple[Place, str]]:
    for i, alias in enumerate(site.aliases):
        host = _ALIAS.fullmatch(alias)
        if "://" in alias:
            yield (
                ("aliases", i),
                f"'{alias}' is an address; give the host only: {host_of(alias) or 'www.example.gov.cn'}",
            )
        elif not host or "." not in host["host"] or normalise(f"http://{alias}") is None:
            yield ("aliases", i), f"'{alias}' is not a host such as www.example.gov.cn"


def _column_problems(site: Site, index: int, file: _Read[SitesFile, Site]) -> Iterator[tuple[Place, str]]:
    seen: dict[str, int] = {}
    for i, column in enumerate(site.columns):
        url, place = normalise(column.url, site.url), ("columns", i, "url")
        if url is None:
            yield place, f"'{column.url}' is not an address, neither by itself nor from {site.url}"
        elif (first := seen.setdefault(url, i)) != i:
            yield place, f"column {url} is registered twice (first in {file.where(index, ('columns', first, 'url'))})"


def _search_problems(site: Site) -> Iterator[tuple[Place, str]]:
    search = site.search
    if search is None:
        return
    url = search.url if isinstance(search, Search) else search
    values = tuple(search.params.values()) if isinstance(search, Search) else ()
    if not any("{query}" in part for part in (url, *values)):
        yield ("search",), "nothing says where the words go; write {query} in their place, in quotes"
    if normalise(url.replace("{query}", "x"), site.url) is None:
        yield ("search",), f"'{url}' is not an address, neither by itself nor from {site.url}"


def columns_of(site: Site) -> tuple[SiteColumn, ...]:
    """The registered columns as facts; level 0 where none is given (1 if the home navigation shows it, later)."""
    return tuple(
        SiteColumn(
            subject=site.id,
            url=Address(normalise(column.url, site.url) or column.url),
            name=column.name,
            type=column.type,
            level=column.level or 0,
            should_update=should_update(column),
            update_days=column.update_days or 0,
            registered=1,
            origin="registry",
            reason="登记",
        )
        for column in site.columns
    )


def should_update(column: Column) -> str:
    """yes, no or unknown: what is written goes first, then a registered period, then the type's standard period."""
    if column.should_update is False:
        return "no"
    return "yes" if column.should_update or column.update_days or column.type in STANDARD_PERIODS else "unknown"


def site_fact(site: Site) -> RegisteredSite:
    """The registry entry as the row that its facts file carries."""
    home = normalise(site.url) or site.url
    return RegisteredSite(
        subject=site.id,
        code=site.code or "",
        name=site.name,
        url=Address(home),
        host=host_of(home),
        kind=site.kind,
        organizer=site.organizer,
        unit=site.unit,
        group_name=site.group,
        parent=site.parent or "",
        services=int(site.services),
        status=site.status,
        robots=site.robots,
        authorised_by=site.authorised_by or "" if site.robots == "authorised" else "",
    )


def account_fact(account: Account) -> RegisteredAccount:
    """The registry entry as the row that its facts file carries."""
    return RegisteredAccount(
        subject=account.id,
        code=account.code or "",
        name=account.name,
        platform=account.platform,
        organizer=account.organizer,
        unit=account.unit,
        group_name=account.group,
        status=account.status,
    )


def _asked(source: Source) -> str:
    if isinstance(source, Feed):
        return source.feed
    return source.articles[0] if isinstance(source, ArticleLinks) else ""
