"""The wording of an account's posts: titles and texts against the word lists, and how much of them was read."""

from collections.abc import Iterable
from datetime import date

from checker.extract.wording import Hit, compiled, hits, masked
from checker.model.facts import Address, GatherLog, Post, TermHit
from checker.model.lexicon import CATEGORIES, Category, WordList
from checker.sources import AccountReading

SCOPE = "post"
"""Scope of the coverage line about the wording of posts."""

_JUDGED: tuple[Category, ...] = ("serious", "secret", "harmful")
"""What posts are judged by; without a list of each that holds on the day the reading is not complete."""


def post_wording(
    account: str, reading: AccountReading, lists: tuple[WordList, ...], today: date
) -> tuple[tuple[TermHit, ...], GatherLog]:
    """A row for each term and post, and the line that says whether every post's whole text was read.

    A list with dates of validity holds for a post of such a day.
    """
    posts = [row for row in reading.rows if isinstance(row, Post)]
    if not lists:
        return (), GatherLog(account, "term_hit", SCOPE, "failed", "规则文件夹中没有词表")
    lexicon = compiled(lists)
    rows = [
        _row(account, post, hit)
        for post in posts
        for text in _texts(post, reading.texts.get(_mark(post, reading), ""))
        for hit in hits(text, lexicon, _day(post, today))
    ]
    state, reason = _coverage(reading, posts, lexicon.lacking(_JUDGED, today))
    return _distinct(rows), GatherLog(account, "term_hit", SCOPE, state, reason)


def _mark(post: Post, reading: AccountReading) -> str:
    """What the text of a post is found by: its key, or its address where another source gave the text."""
    return post.key if post.key in reading.texts else str(post.url)


def _texts(post: Post, text: str) -> tuple[str, ...]:
    """The title and the text; of a post without a title of its own the title is the beginning of the text."""
    head = "".join(post.title.split())
    return (text,) if head and "".join(text.split()).startswith(head) else (post.title, text)


def _day(post: Post, today: date) -> date:
    try:
        return date.fromisoformat(post.on_date)
    except ValueError:
        return today


def _row(account: str, post: Post, hit: Hit) -> TermHit:
    where = post.url if post.url else Address(f"account:{account}")
    found = masked(" ".join(hit.found.split()))
    return TermHit(account, where, hit.category, found, hit.suggestion, hit.certainty, hit.quote, hit.lexicon)


def _distinct(rows: Iterable[TermHit]) -> tuple[TermHit, ...]:
    """One row for a term in a post, however often it stands there: the first with its quote."""
    return tuple({(row.location, row.category, row.term): row for row in reversed(list(rows))}.values())[::-1]


def _coverage(reading: AccountReading, posts: list[Post], lacking: tuple[Category, ...]) -> tuple[str, str]:
    """As complete as the posts are, and only if each had its text."""
    whole = next(line for line in reading.log if (line.fact, line.scope) == ("post", ""))
    if whole.state == "failed" and not posts:
        return "failed", whole.reason
    marks = [_mark(post, reading) for post in posts]
    bare = sum(mark not in reading.texts for mark in marks)
    cut = sum(mark in reading.texts and mark in reading.cut for mark in marks)
    reasons = [
        whole.reason if whole.state != "complete" else "",
        f"{bare}条只读到标题" if bare else "",
        f"{cut}条只读到摘要或开头" if cut else "",
        f"缺少词表：{'、'.join(CATEGORIES[category] for category in lacking)}" if lacking else "",
    ]
    reason = "；".join(text for text in reasons if text)
    return ("partial", reason) if reason else ("complete", "")
