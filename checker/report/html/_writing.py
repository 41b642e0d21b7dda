"""What stands between text of pages and markup: everything is escaped, and what steers is made visible."""

import re
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from checker.report._legend import TERMS
from checker.report._lines import plain
from checker.report._rows import (
    BASELINE_WORDS,
    GONE_WORDS,
    SCAN_WORDS,
    SUPPRESSION_WORDS,
    below_the_line,
    code,
    gone_title,
    gone_word,
    platform,
)
from checker.report._wording import (
    ASK_THE_OWNER,
    ASK_WHERE_IT_LEADS,
    EFFECTS,
    VERDICTS,
    figure,
    forbidden,
    moment,
    share,
    tally,
    verdict_line,
)
from checker.report.text import FINGERPRINT_LENGTH, KINDS

if TYPE_CHECKING:
    from jinja2 import Environment

_LONGEST = 2000
_RECTIFIED = {"整改后合格": "qualified", "不合格": "unqualified", "未整改": "unqualified", "待核": "pending"}
"""How each 整改情况 is coloured."""
_LINK = re.compile(r"https?://[^\s\"'<>\\^`{|}]+", re.I)
_QUOTED = re.compile(r"[“《]([^“”《》]{2,80})[”》]")


@cache
def environment() -> "Environment":
    """The templates, with escaping always on and `visible` over whatever they print."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - most commands print no HTML

    found = Environment(
        loader=PackageLoader("checker.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters.update(
        figure=figure, moment=moment, share=share, linkable=linkable, marked=marked, tally=tally,
        verdict_line=verdict_line, short=lambda fingerprint: fingerprint[:FINGERPRINT_LENGTH], forbidden=forbidden,
        platform=platform, code=code, gone_word=gone_word, gone_title=gone_title, below_the_line=below_the_line,
    )  # fmt: skip
    found.globals.update(
        EFFECTS=EFFECTS, VERDICTS=VERDICTS, KINDS=KINDS, TERMS=TERMS, BASELINE_WORDS=BASELINE_WORDS,
        SCAN_WORDS=SCAN_WORDS, SUPPRESSION_WORDS=SUPPRESSION_WORDS, GONE_WORDS=GONE_WORDS,
        RECTIFIED=_RECTIFIED, ASK_THE_OWNER=ASK_THE_OWNER, ASK_WHERE_IT_LEADS=ASK_WHERE_IT_LEADS,
    )  # fmt: skip
    return found


@cache
def part(name: str) -> str:
    """A file of this folder as markup of our own, to be put between its tags as it is."""
    from markupsafe import Markup  # noqa: PLC0415

    return Markup(files("checker.report.html").joinpath(name).read_text("utf-8"))  # noqa: S704 - not from any page


def visible(value: Any) -> Any:
    """Text on one line with steering characters shown; markup made by the templates themselves passes."""
    return plain(value, _LONGEST) if isinstance(value, str) and not hasattr(value, "__html__") else value


def linkable(address: str) -> bool:
    """Whether an address may become a link: http or https, whole, and nothing in it that is not shown as it is."""
    return bool(_LINK.fullmatch(address)) and plain(address, _LONGEST) == address


def marked(quote: str, item: str, detail: str) -> list[tuple[str, bool]]:
    """The quote in pieces, each with whether it is what the finding is about.

    That is the item that is counted, or a term that the finding names in quotation marks; or all of the quote if the
    finding repeats it.
    """
    shown = plain(quote, _LONGEST)
    told = plain(detail, _LONGEST)
    terms = [t for t in (plain(item), *_QUOTED.findall(told)) if t and t in shown]
    if not terms:
        return [(shown, bool(shown) and shown in told)]
    either = re.compile("|".join(re.escape(t) for t in sorted(set(terms), key=len, reverse=True)))
    edges = [0, *(edge for found in either.finditer(shown) for edge in found.span()), len(shown)]
    return [(shown[a:b], bool(n % 2)) for n, (a, b) in enumerate(pairwise(edges)) if a < b]
