"""Links of single articles on mp.weixin.qq.com: each shows when it was published and by which account.

An article in time proves an update; old ones prove nothing, since nobody says that there are no others. A page without
a time of publication (expired, deleted, captcha: all with HTTP 200) is no post.
"""

import html
import re
from dataclasses import dataclass, field
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from checker.address import host_of, normalise
from checker.model.facts import AccountMeta, Address, Post
from checker.model.registry import Account, ArticleLinks
from checker.sheets import plain
from checker.sources.platforms import PLATFORM, ask
from checker.sources.reading import Answer, Getter, Source, SourceResult, Told, failed, stamp, unreadable
from checker.sources.texts import written
from checker.sources.times import day_and_time, moment

HOST = "mp.weixin.qq.com"
MOST = 20
"""Links of one account that are read: they are asked for one after the other, seconds apart."""

_PARTLY = "只登记了部分文章链接，不能证明没有更新"
_NO_TIME = "页面没有发布时间"
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)")
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>|\s+", re.S | re.I)
_META = re.compile(
    r"""<meta\s[^<>]{0,80}?property=["']og:(title|description)["'][^<>]{0,80}?content=(["'])(.{0,500}?)\2""", re.S
)
_TIMES = ("ct", "ori_create_time", "createTime", "publish_time")
"""Names of the time of publication, the best first; publish_time is a day only and often filled by script."""

_CAPTCHA = ("环境异常", "访问过于频繁", "完成验证后即可继续访问", "请输入验证码")
_GONE = (
    ("链接已过期", "链接已过期"),
    ("已被发布者删除", "内容已被发布者删除"),
    ("自主注销", "账号已注销"),
    ("已注销", "账号已注销"),
    ("公众号已迁移", "账号已迁移"),
    ("帐号已迁移", "账号已迁移"),
    ("账号已迁移", "账号已迁移"),
    ("冻结", "账号已冻结"),
    ("屏蔽", "账号已被屏蔽"),
    ("违规", "内容因违规无法查看"),
    ("违反", "内容因违规无法查看"),
    ("侵权", "内容因侵权投诉无法查看"),
    ("参数错误", "链接参数错误"),
)
CLOSED = "账号已注销"


@dataclass(frozen=True, slots=True)
class Article:
    """What an article's page says. `when` is None if it is no article; then `refused` says why (Chinese).

    `account` is the account's name, `gh_id` its original id, `alias` its WeChat number, `kind` the item_show_type
    (0 article, 5 video, 7 audio, 8 pictures, 10 text …), '' where the page does not say. `text`: its words.
    """

    when: tuple[datetime, bool] | None
    title: str = ""
    account: str = ""
    gh_id: str = ""
    alias: str = ""
    kind: str = ""
    original: str = "unknown"
    refused: str = ""
    text: str = field(default="", compare=False, repr=False)


def parse_article(body: bytes) -> Article:
    """What a saved or fetched page of mp.weixin.qq.com says; never raises."""
    text = body[:3_000_000].decode("utf-8", "replace")
    when = next((found for name in _TIMES if (found := _time(text, name))), None)
    if when is None or (why := _in_place_of_it(text)):
        return Article(None, refused=_why_no_article(text) if when is None else why)
    described = {name: html.unescape(content).strip() for name, _, content in _META.findall(text)}
    title = _value(text, "msg_title") or described.get("title") or described.get("description") or ""
    return Article(
        when,
        " ".join(title.split())[:200],
        _value(text, "nickname"),
        _value(text, "user_name"),
        _after(text, 'profile_meta_value">'),
        _value(text, "item_show_type"),
        "yes" if _value(text, "copyright_stat") == "1" else "unknown",
        text=_content(text),
    )


def _in_place_of_it(text: str) -> str:
    """Why a page that carries a time is a notice all the same, '' if it is an article: it has neither `ct` nor a body.

    The words of notices stand in articles too, so they tell nothing where there is one.
    """
    why = "" if _time(text, "ct") or 'id="js_content"' in text else _why_no_article(text)
    return "" if why == _NO_TIME else why


def _content(html_text: str) -> str:
    """The words of the article itself; those of a post that is a picture or a text stand in its description."""
    tree = LexborHTMLParser(html_text)
    found = tree.css_first("#js_content")
    described = tree.css_first("meta[property='og:description']")
    inside = written(found.html or "") if found else ""
    return inside or written((described.attributes.get("content") or "") if described else "")


def is_captcha(answer: Answer) -> str:
    """Why an answer asks for proof that we are a person, '' if it does not."""
    if "captcha" in answer.final_url.lower() or "/mp/wappoc" in answer.final_url.lower():
        return "平台要求验证，未能读取"
    text = answer.body[:3_000_000].decode("utf-8", "replace")
    if _time(text, "ct"):
        return ""
    seen = _seen(text)
    return "平台要求验证，未能读取" if any(words in seen for words in _CAPTCHA) else ""


def _values(text: str, name: str) -> list[str]:
    """What a script assigns to a name: `var ct = "…"`, `window.ct = '…'`, `nickname = htmlDecode("…")`, `ct: '…'`."""
    pattern = (
        rf"""(?<![\w$-]){name}\s*[=:]\s*(?:[\w.]{{1,40}}\(\s*)?(?:""\s*\|\|\s*)?(["'])((?:\\.|(?!\1)[^\\\n])*)\1"""
    )
    return [html.unescape(_unescaped(found[2])).strip() for found in re.finditer(pattern, text)]


def _value(text: str, name: str) -> str:
    return next((value for value in _values(text, name) if value), "")


def _time(text: str, name: str) -> tuple[datetime, bool] | None:
    return next((found for value in _values(text, name) if (found := moment(value))), None)


def _unescaped(text: str) -> str:
    r"""A string of a script without its escapes; \x26 and \u0026 are characters, any other escaped one is itself."""
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else m[3], text)


def _after(text: str, mark: str) -> str:
    """The text that follows a mark, up to the next tag."""
    rest = text.partition(mark)[2]
    return html.unescape(rest[:200].partition("<")[0]).strip()


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text[:500_000])


def _why_no_article(text: str) -> str:
    seen = _seen(text)
    if any(words in seen for words in _CAPTCHA):
        return "平台要求验证，未能读取"
    return next((reason for words, reason in _GONE if words in seen), _NO_TIME)


async def read(account: Account, source: ArticleLinks, fetch: Getter, as_of: datetime) -> SourceResult:
    """The posts behind a list of links, read one after the other; never complete."""
    links = [normalise(link) or link for link in source.articles]
    own = [link for link in links if host_of(link) == HOST]
    found: list[tuple[str, Article]] = []
    for link in own[:MOST]:
        article = await _read_one(link, fetch)
        found.append((link, article))
        if article.refused.startswith(PLATFORM):  # it wants no more of us: the other links would be refused as well
            break
    problems = _problems(links, own, found, as_of)
    names = _names([article for _, article in found])
    if len(names) > 1:
        problems.append(f"链接属于不同账号，其他账号的文章不计：{'、'.join(names)}")
        found = [(link, article) for link, article in found if _is_own(account, article, found)]
    posts = tuple(_post(account, link, article) for link, article in found if article.when)
    meta = _meta(account, names, [a for _, a in found])
    told = (Told("account_meta", "", "failed", "文章页没有显示唯一的账号名称"),)
    if not posts:
        return _with(failed("articles", "；".join(problems), as_of), meta, told)
    return SourceResult(
        posts, (), meta, "partial", _PARTLY, "articles", stamp(as_of),
        told=told, problems=tuple(problems), hits_only=True,
        texts={link[:500]: article.text for link, article in found if article.when and article.text},
    )  # fmt: skip


def _with(result: SourceResult, meta: tuple[AccountMeta, ...], told: tuple[Told, ...]) -> SourceResult:
    return SourceResult((), (), meta, result.state, result.reason, result.source, result.fetched, told=told)


async def _read_one(link: str, fetch: Getter) -> Article:
    answer, refused = await ask(fetch, link, is_captcha)
    if answer is None:
        return Article(None, refused=refused)
    why = unreadable(answer)
    return Article(None, refused=why) if why else parse_article(answer.body)


def _problems(links: list[str], own: list[str], found: list[tuple[str, Article]], as_of: datetime) -> list[str]:
    elsewhere, unread = len(links) - len(own), len(own) - len(found)
    reasons = [article.refused for _, article in found if article.when is None]
    counted = [f"{reasons.count(why)}条链接未能读取发布时间：{why}" for why in dict.fromkeys(reasons)]
    ahead = sum(a.when[0].date() > as_of.date() for _, a in found if a.when)
    if elsewhere:
        counted.append(f"{elsewhere}条链接不是微信公众号文章，读不到发布时间，请改用订阅源或表格")
    if unread:
        counted.append(f"{unread}条链接未读取")
    return [*counted, *([f"{ahead}条日期晚于检查日"] if ahead else [])]


def _post(account: Account, link: str, article: Article) -> Post:
    assert article.when
    day, at = day_and_time(article.when)
    return Post(account.id, link[:500], Address(link), article.title, day, at, article.original, "articles")


def _names(articles: list[Article]) -> list[str]:
    """The names of the accounts that the articles belong to: one for each original id, as its newest article has it."""
    dated = sorted(((a.when[0], a) for a in articles if a.when and a.account), key=lambda pair: pair[0])
    return sorted({a.gh_id or a.account: a.account for _, a in dated}.values())


def _is_own(account: Account, article: Article, found: list[tuple[str, Article]]) -> bool:
    """Whether an article among those of several accounts is this one's: by its account's name, or by the same id."""
    own = {a.gh_id for _, a in found if plain(a.account) == plain(account.name)}
    return plain(article.account) == plain(account.name) or bool(article.gh_id and article.gh_id in own)


def _meta(account: Account, names: list[str], articles: list[Article]) -> tuple[AccountMeta, ...]:
    closed = any(article.refused == CLOSED for article in articles)
    rows = [AccountMeta(account.id, "name", names[0], "articles")] if len(names) == 1 else []
    rows += [AccountMeta(account.id, "status", "closed", "articles")] if closed and not names else []
    return tuple(rows)


SOURCE = Source("articles", ("post", "account_meta"), read, lambda _: (f"https://{HOST}/",))
