"""The registry: what a person wrote in sites.yaml and accounts.yaml, validated and frozen.

pydantic stands where YAML enters; everything after `checker.registry` sees these types only. What needs more than one
entry (duplicates, parents, addresses relative to a site) is checked in `checker.registry`.
"""

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from checker.model.values import (
    Charset,
    EnvironmentName,
    Hours,
    Identifier,
    Moment,
    Number,
    Text,
    WebAddress,
    listed,
)

ColumnType = Literal[
    "news", "notice", "policy", "interpretation", "profile", "functions", "leaders", "data", "disclosure",
    "consultation", "application", "response", "survey", "interview", "services", "statistics", "report",
    "petition", "special", "other",
]  # fmt: skip
SiteKind = Literal["portal", "department", "special"]
Platform = Literal[
    "wechat-subscription", "wechat-service", "weibo", "toutiao", "douyin", "kuaishou", "channels", "app",
    "miniprogram", "other",
]  # fmt: skip

STANDARD_PERIODS = {"news": "14 d", "notice": "6 months", "policy": "6 months", "interpretation": "6 months"}
"""Types with a standard period (19号): a column of such a type should update even if nothing is registered."""

_List = BeforeValidator(listed)


class Entry(BaseModel):
    """Common manners of every registry entry: no unknown key, nothing converted silently, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Column(Entry):
    """A registered column (栏目) of a site; `url` absolute or relative to the site's."""

    name: Text
    url: Text
    type: ColumnType = "other"
    level: Literal[1, 2, 3] | None = None
    update_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    should_update: bool | None = None


class Board(Entry):
    """A message board that stands on another host."""

    name: Text
    url: WebAddress


class Search(Entry):
    """How the site's search is asked, where a plain address does not say it."""

    url: Text
    method: Literal["GET", "POST"] = "GET"
    charset: Charset = "utf-8"
    params: dict[str, str] = {}


def _search_form(value: Any) -> str:
    return "<keys>" if isinstance(value, dict | Search) else "<text>"


def _defaults(data: Any) -> Any:
    """The code is the id and the unit the organizer where an entry does not say otherwise."""
    if not isinstance(data, dict):
        return data
    data = dict(data)
    for key, origin in (("code", "id"), ("unit", "organizer")):
        if key not in data and isinstance(data.get(origin), str) and data[origin].strip():
            data[key] = data[origin]
    return data


class Site(Entry):
    """A government website as registered."""

    id: Identifier
    code: Text | None = None
    name: Text
    url: WebAddress
    kind: SiteKind
    organizer: Text
    unit: Text = ""
    group: Text = "未分组"
    parent: Identifier | None = None
    services: bool = True
    status: Literal["running", "closed"] = "running"
    aliases: Annotated[tuple[Text, ...], _List] = ()
    boards: Annotated[tuple[Board, ...], _List] = ()
    hours: Hours | None = None
    rate: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] | None = None
    max_pages: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    robots: Literal["obey", "authorised"] = "obey"
    authorised_by: Text | None = None
    columns: Annotated[tuple[Column, ...], _List] = ()
    search: (
        Annotated[Annotated[Text, Tag("<text>")] | Annotated[Search, Tag("<keys>")], Discriminator(_search_form)] | None
    ) = None

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: Any) -> Any:
        return _defaults(data)

    @model_validator(mode="after")
    def _authorised(self) -> "Site":
        if self.robots == "authorised" and not self.authorised_by:
            raise ValueError("robots: authorised needs authorised_by (who allowed it)")
        return self


class Feed(Entry):
    """An RSS, Atom or JSON feed that the operator runs or knows.

    `complete`: the operator vouches that it lists every post. `synced`: an address that tells when it was last filled.
    """

    feed: WebAddress
    complete: bool = False
    synced: WebAddress | None = None


class Sheet(Entry):
    """A spreadsheet export with the posts of an account; a relative path counts from the folder of accounts.yaml."""

    sheet: Text
    complete: bool = False


class WechatKeys(Entry):
    """Names of the environment variables that hold appid and secret; never the values."""

    appid_env: EnvironmentName
    secret_env: EnvironmentName


class WechatApi(Entry):
    """The owner's API of a WeChat account; the secrets stand in the environment."""

    wechat_api: WechatKeys


class ArticleLinks(Entry):
    """Links of single articles."""

    articles: Annotated[tuple[WebAddress, ...], Field(min_length=1), _List]


class WeiboUser(Entry):
    """A Weibo user; `public: true` allows one polite try without login.

    `token_env`: name of the environment variable that holds a token of the owner's or a contract's interface.
    """

    uid: Number
    public: bool = False
    token_env: EnvironmentName | None = None


class Weibo(Entry):
    """A Weibo account by its uid."""

    weibo: WeiboUser


class AppListing(Entry):
    """Where a mobile client is listed."""

    itunes_id: Number | None = None
    apk: WebAddress | None = None

    @model_validator(mode="after")
    def _something(self) -> "AppListing":
        if self.itunes_id is None and self.apk is None:
            raise ValueError("names neither itunes_id nor apk")
        return self


class AppStore(Entry):
    """A mobile client in the stores."""

    app: AppListing


class Manual(Entry):
    """A person looks."""

    manual: Literal[True]


Source = Feed | Sheet | WechatApi | ArticleLinks | Weibo | AppStore | Manual
SOURCE_KEYS: dict[str, type[Source]] = {
    "feed": Feed, "sheet": Sheet, "wechat_api": WechatApi, "articles": ArticleLinks, "weibo": Weibo,
    "app": AppStore, "manual": Manual,
}  # fmt: skip
"""The key that tells a source's kind, and its type."""


def source_kind(source: Source) -> str:
    """The key that tells a source's kind: feed, sheet, wechat_api …"""
    return next(key for key, kind in SOURCE_KEYS.items() if isinstance(source, kind))


_UNREADABLE = {"toutiao", "douyin", "kuaishou", "channels", "miniprogram", "wechat"}
"""Platforms that somebody may write for a kind of source, and that no reader of that name exists for."""


def _one_source(value: Any) -> Any:
    """Exactly one known kind, told in one message instead of one for each kind that it is not."""
    if isinstance(value, Entry):
        return value
    kinds = ", ".join(SOURCE_KEYS)
    if not isinstance(value, dict):
        raise ValueError('a source is written as its kind and what it needs, such as {feed: "https://…"}')
    found = [key for key in SOURCE_KEYS if key in value]
    if len(found) > 1:
        raise ValueError(f"two sources in one entry ({', '.join(found)}); give each its own '- '")
    if not found:
        unknown = [str(key)[:60] for key in value if key not in {"complete", "synced"}]
        close = [m for key in unknown for m in difflib.get_close_matches(key, list(SOURCE_KEYS), n=1, cutoff=0.6)]
        hint = f"did you mean '{close[0]}'?" if close else f"known are {kinds}"
        if unknown and unknown[0] in _UNREADABLE:
            other = "wechat_api, articles, feed" if unknown[0] == "wechat" else "feed"
            hint = f"its pages are not read; use {other}, sheet (an export of its console) or manual (a person looks)"
        raise ValueError(
            f"unknown kind of source '{unknown[0]}'; {hint}" if unknown else f"kind of source missing; {hint}"
        )
    return value


def _source_tag(value: Any) -> str | None:
    if isinstance(value, Entry):
        return f"<{source_kind(value)}>"  # type: ignore[arg-type]
    return next((f"<{key}>" for key in SOURCE_KEYS if key in value), None)


# The tags stand in brackets because a tag that is also a key would be taken for a step into the file.
OneSource = Annotated[
    Annotated[Feed, Tag("<feed>")]
    | Annotated[Sheet, Tag("<sheet>")]
    | Annotated[WechatApi, Tag("<wechat_api>")]
    | Annotated[ArticleLinks, Tag("<articles>")]
    | Annotated[Weibo, Tag("<weibo>")]
    | Annotated[AppStore, Tag("<app>")]
    | Annotated[Manual, Tag("<manual>")],
    Discriminator(_source_tag),
    BeforeValidator(_one_source),
]


class Account(Entry):
    """A government new-media account as registered."""

    id: Identifier
    code: Text | None = None
    name: Text
    platform: Platform
    organizer: Text
    unit: Text = ""
    group: Text = "未分组"
    status: Literal["running", "closing", "closed"] = "running"
    sources: Annotated[tuple[OneSource, ...], _List] = ()

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: Any) -> Any:
        return _defaults(data)


Subject = Site | Account


def _places(value: Any) -> Any:
    return (value,) if isinstance(value, str) else listed(value)


class ScanDefaults(Entry):
    """`scan:` of sites.yaml: defaults that the command line overrides."""

    connect_to: Annotated[tuple[Text, ...], BeforeValidator(_places)] = ()
    as_of: Moment | None = None
    profile: Text | None = None
    max_pages: Annotated[int, Field(ge=1)] | None = None


class SitesFile(Entry):
    """The whole of sites.yaml."""

    version: Literal[1]
    scan: ScanDefaults = ScanDefaults()
    duties: dict[str, str] = {}
    statistics: dict[str, str] = {}
    sites: Annotated[tuple[Site, ...], _List]

    @field_validator("duties")
    @classmethod
    def _known_duties(cls, value: dict[str, str]) -> dict[str, str]:
        for key in value.keys() - {"reposts"}:
            raise ValueError(f"unknown duty '{key[:60]}'; known is 'reposts'")
        return value


class AccountsFile(Entry):
    """The whole of accounts.yaml."""

    version: Literal[1]
    accounts: Annotated[tuple[Account, ...], _List]


class Registry(Entry):
    """Both files together; the folders are where their relative paths count from, None if a file was not given."""

    sites: tuple[Site, ...] = ()
    accounts: tuple[Account, ...] = ()
    scan: ScanDefaults = ScanDefaults()
    duties: dict[str, str] = {}
    statistics: dict[str, str] = {}
    sites_folder: Path | None = None
    accounts_folder: Path | None = None

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Sites first, then accounts, in the order of the files."""
        return (*self.sites, *self.accounts)
