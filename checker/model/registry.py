"""The registry: what a person wrote in sites.yaml and accounts.yaml, validated and frozen.

pydantic stands where YAML enters; everything after `checker.registry` sees these types only.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

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
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]

STANDARD_PERIODS = {"news": "14 d", "notice": "6 months", "policy": "6 months", "interpretation": "6 months"}
"""Types with a standard period (19号): a column of such a type should update even if nothing is registered."""


class Entry(BaseModel):
    """Common manners of every registry entry: no unknown key, nothing converted silently, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


def web_address(value: str) -> str:
    """`value` if it is an absolute http(s) address with a host, else ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", value):
        raise ValueError(f"{value!r} is not an absolute http:// or https:// address")
    return value


class Column(Entry):
    """A registered column (栏目) of a site."""

    name: Text
    url: Text
    type: ColumnType = "other"
    level: Literal[1, 2, 3] | None = None
    update_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    should_update: bool | None = None


class Board(Entry):
    """A message board that stands on another host."""

    name: Text
    url: Text


class Search(Entry):
    """How the site's search is asked, where a plain address does not say it."""

    url: Text
    method: Literal["GET", "POST"] = "GET"
    charset: Text = "utf-8"
    params: dict[str, str] = {}


class Site(Entry):
    """A government website as registered."""

    id: Identifier
    code: Text | None = None
    name: Text
    url: Text
    kind: SiteKind
    organizer: Text
    unit: Text = ""
    group: Text = "未分组"
    parent: Identifier | None = None
    services: bool = True
    status: Literal["running", "closed"] = "running"
    aliases: tuple[Text, ...] = ()
    boards: tuple[Board, ...] = ()
    hours: Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d-\d\d:\d\d$")] | None = None
    rate: Annotated[float, Field(gt=0, le=1000)] | None = None
    max_pages: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    robots: Literal["obey", "authorised"] = "obey"
    authorised_by: Text | None = None
    columns: tuple[Column, ...] = ()
    search: Text | Search | None = None

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: Any) -> Any:
        if isinstance(data, dict):
            data = dict(data)
            if "code" not in data and isinstance(data.get("id"), str):
                data["code"] = data["id"]
            data.setdefault("unit", data.get("organizer", ""))
            for key in ("aliases", "boards", "columns"):
                if isinstance(data.get(key), list):
                    data[key] = tuple(data[key])
        return data

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return web_address(value)

    @model_validator(mode="after")
    def _authorised(self) -> "Site":
        if self.robots == "authorised" and not self.authorised_by:
            raise ValueError("robots: authorised needs authorised_by (who allowed it)")
        return self


class Feed(Entry):
    """An RSS, Atom or JSON feed that the operator runs or knows."""

    feed: Text
    complete: bool = False
    synced: Text | None = None


class Sheet(Entry):
    """A spreadsheet export with the posts of an account."""

    sheet: Text
    complete: bool = False


class WechatApi(Entry):
    """The owner's API of a WeChat account; the secrets stand in the environment."""

    wechat_api: dict[str, str]


class ArticleLinks(Entry):
    """Links of single articles."""

    articles: tuple[Text, ...]

    @model_validator(mode="before")
    @classmethod
    def _tuple(cls, data: Any) -> Any:
        return {**data, "articles": tuple(data["articles"])} if isinstance(data.get("articles"), list) else data


class Weibo(Entry):
    """A Weibo account by its uid."""

    weibo: dict[str, int | bool | str]


class AppStore(Entry):
    """A mobile client in the stores."""

    app: dict[str, int | str]


class Manual(Entry):
    """A person looks."""

    manual: Literal[True]


Source = Feed | Sheet | WechatApi | ArticleLinks | Weibo | AppStore | Manual
SOURCE_KEYS: dict[str, type[Entry]] = {
    "feed": Feed, "sheet": Sheet, "wechat_api": WechatApi, "articles": ArticleLinks, "weibo": Weibo,
    "app": AppStore, "manual": Manual,
}  # fmt: skip
"""The key that tells a source's kind, and its type."""


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
    sources: tuple[Source, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: Any) -> Any:
        if isinstance(data, dict):
            data = dict(data)
            if "code" not in data and isinstance(data.get("id"), str):
                data["code"] = data["id"]
            data.setdefault("unit", data.get("organizer", ""))
            if isinstance(data.get("sources"), list):
                data["sources"] = tuple(data["sources"])
        return data


Subject = Site | Account


class ScanDefaults(Entry):
    """`scan:` of sites.yaml: defaults that the command line overrides."""

    connect_to: Text | tuple[Text, ...] | None = None
    as_of: datetime | None = None
    profile: Text | None = None
    max_pages: Annotated[int, Field(ge=1)] | None = None

    @field_validator("connect_to", mode="before")
    @classmethod
    def _tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


class SitesFile(Entry):
    """The whole of sites.yaml."""

    version: Literal[1]
    scan: ScanDefaults = ScanDefaults()
    duties: dict[str, str] = {}
    statistics: dict[str, str] = {}
    sites: tuple[Site, ...]

    @model_validator(mode="before")
    @classmethod
    def _tuple(cls, data: Any) -> Any:
        return {**data, "sites": tuple(data["sites"])} if isinstance(data.get("sites"), list) else data


class AccountsFile(Entry):
    """The whole of accounts.yaml."""

    version: Literal[1]
    accounts: tuple[Account, ...]

    @model_validator(mode="before")
    @classmethod
    def _tuple(cls, data: Any) -> Any:
        return {**data, "accounts": tuple(data["accounts"])} if isinstance(data.get("accounts"), list) else data


class Registry(Entry):
    """Both files together, and whether the accounts file was there."""

    sites: tuple[Site, ...] = ()
    accounts: tuple[Account, ...] = ()
    scan: ScanDefaults = ScanDefaults()

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Sites first, then accounts, in the order of the files."""
        return (*self.sites, *self.accounts)
